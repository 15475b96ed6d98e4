"""What is asked of a device: columns and single values of standard tables, by number. Pure.

Numbers are those of the documents that define them (RFC 3418, 2863, 6933, 3805, IEEE 802.1AB): no file of
definitions is loaded, and none of a maker's own is needed.
"""

from enum import StrEnum


class System(StrEnum):
    """Of each device, one value each."""

    DESCRIPTION = "1.3.6.1.2.1.1.1"
    OBJECT_ID = "1.3.6.1.2.1.1.2"
    UP_FOR = "1.3.6.1.2.1.1.3"
    NAME = "1.3.6.1.2.1.1.5"
    PLACE = "1.3.6.1.2.1.1.6"


class Port(StrEnum):
    """Of each port."""

    DESCRIPTION = "1.3.6.1.2.1.2.2.1.2"
    SPEED = "1.3.6.1.2.1.2.2.1.5"
    CARD = "1.3.6.1.2.1.2.2.1.6"
    ENABLED = "1.3.6.1.2.1.2.2.1.7"
    UP = "1.3.6.1.2.1.2.2.1.8"
    NAME = "1.3.6.1.2.1.31.1.1.1.1"
    FAST = "1.3.6.1.2.1.31.1.1.1.15"
    LABEL = "1.3.6.1.2.1.31.1.1.1.18"


class Piece(StrEnum):
    """Of each piece."""

    DESCRIPTION = "1.3.6.1.2.1.47.1.1.1.1.2"
    KIND = "1.3.6.1.2.1.47.1.1.1.1.5"
    NAME = "1.3.6.1.2.1.47.1.1.1.1.7"
    HARDWARE = "1.3.6.1.2.1.47.1.1.1.1.8"
    FIRMWARE = "1.3.6.1.2.1.47.1.1.1.1.9"
    SOFTWARE = "1.3.6.1.2.1.47.1.1.1.1.10"
    SERIAL = "1.3.6.1.2.1.47.1.1.1.1.11"
    MAKER = "1.3.6.1.2.1.47.1.1.1.1.12"
    MODEL = "1.3.6.1.2.1.47.1.1.1.1.13"


class Heard(StrEnum):
    """Of each neighbour; the last two are of the device's own ports."""

    DEVICE_KIND = "1.0.8802.1.1.2.1.4.1.1.4"
    DEVICE = "1.0.8802.1.1.2.1.4.1.1.5"
    PORT_KIND = "1.0.8802.1.1.2.1.4.1.1.6"
    PORT = "1.0.8802.1.1.2.1.4.1.1.7"
    PORT_DESCRIPTION = "1.0.8802.1.1.2.1.4.1.1.8"
    NAME = "1.0.8802.1.1.2.1.4.1.1.9"
    DESCRIPTION = "1.0.8802.1.1.2.1.4.1.1.10"
    OWN_PORT = "1.0.8802.1.1.2.1.3.7.1.3"
    OWN_PORT_DESCRIPTION = "1.0.8802.1.1.2.1.3.7.1.4"


class Print(StrEnum):
    """Of a printer."""

    NAME = "1.3.6.1.2.1.43.5.1.1.16"
    SERIAL = "1.3.6.1.2.1.43.5.1.1.17"
    PAGES = "1.3.6.1.2.1.43.10.2.1.4"
    SUPPLY = "1.3.6.1.2.1.43.11.1.1.6"
    MOST = "1.3.6.1.2.1.43.11.1.1.8"
    LEFT = "1.3.6.1.2.1.43.11.1.1.9"


Column = System | Port | Piece | Heard | Print

# The first is asked of every device: who does not answer it is asked no more.
FIRST: tuple[Column, ...] = tuple(System)
TABLES: tuple[Column, ...] = (*Port, *Piece, *Heard, *Print)
