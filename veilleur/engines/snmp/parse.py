"""What a device answered becomes its facts. Pure, and for whatever a device may answer."""

from collections.abc import Mapping
from datetime import timedelta

from veilleur.domains.estate.rules.devices import (
    DeviceFacts,
    DevicePiece,
    DevicePort,
    Neighbour,
    Printer,
    Supply,
)
from veilleur.domains.estate.rules.sweep import card_of
from veilleur.engines.agent_protocol.fields import clean
from veilleur.engines.snmp.commands import Column, Heard, Piece, Port, Print, System

# Where in a table, and what: numbers, octets, or the number of an object in dots.
Index = tuple[int, ...]
Value = int | bytes | str
Answers = Mapping[Column, Mapping[Index, Value]]

_TEXT, _DESCRIPTION = 200, 500
_MOST_PIECES = 500
# What a piece is (RFC 6933, IANAPhysicalClass); a port is told by itself.
_KINDS = {
    1: "other", 3: "chassis", 4: "backplane", 5: "container", 6: "power_supply", 7: "fan", 8: "sensor",
    9: "module", 11: "stack", 12: "processor",
}  # fmt: skip
# Kinds of identity (IEEE 802.1AB) that are the address of a card.
_DEVICE_BY_CARD, _PORT_BY_CARD = 4, 3
_UP, _DOWN, _ENABLED = 1, frozenset({2, 7}), 1
_MEGA = 10**6
_LARGEST = 2**31


def facts_of(answers: Answers) -> DeviceFacts:
    """Return the facts of a device that answered."""
    table = _Table(answers)
    only = (0,)
    return DeviceFacts(
        name=table.text(System.NAME, only),
        description=table.text(System.DESCRIPTION, only, _DESCRIPTION),
        object_id=table.text(System.OBJECT_ID, only),
        # Hundredths of a second.
        up_for=timedelta(seconds=max(table.number(System.UP_FOR, only), 0) // 100),
        place=table.text(System.PLACE, only),
        ports=_ports(table),
        pieces=_pieces(table),
        neighbours=_neighbours(table),
        printer=_printer(table),
    )


class _Table:
    """The answers, read value by value; what has not the type it should have is as if it were not there."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def places(self, *columns: Column, length: int) -> list[Index]:
        """Return where any of these columns has something, in order."""
        found = {index for column in columns for index in self._answers.get(column, ())}
        return sorted(index for index in found if len(index) == length)

    def octets(self, column: Column, index: Index) -> bytes:
        """Return octets, none where there are none."""
        value = self._answers.get(column, {}).get(index)
        return value if isinstance(value, bytes) else b""

    def text(self, column: Column, index: Index, most: int = _TEXT) -> str:
        """Return a text, cleaned and cut."""
        value = self._answers.get(column, {}).get(index, "")
        if isinstance(value, int):
            return ""
        return clean(value if isinstance(value, str) else _letters(value), most)

    def number(self, column: Column, index: Index, otherwise: int = 0) -> int:
        """Return a number, or the other one where there is none."""
        value = self._answers.get(column, {}).get(index)
        return value if isinstance(value, int) and -_LARGEST <= value <= 2 * _LARGEST else otherwise


def _letters(octets: bytes) -> str:
    """Return letters: UTF-8, or else those of Western Europe, with which old devices write."""
    octets = octets.strip(b"\0")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def _ports(table: _Table) -> tuple[DevicePort, ...]:
    found = []
    for index in table.places(Port.DESCRIPTION, Port.NAME, Port.UP, length=1):
        description = table.text(Port.DESCRIPTION, index)
        state = table.number(Port.UP, index)
        # The slow column ends at four thousand million; the fast one counts millions.
        speed = table.number(Port.FAST, index) or table.number(Port.SPEED, index) // _MEGA
        found.append(
            DevicePort(
                index=index[0],
                name=table.text(Port.NAME, index) or description,
                description=description,
                label=table.text(Port.LABEL, index),
                mac=card_of(table.octets(Port.CARD, index).hex()),
                speed_mbits=max(speed, 0),
                is_enabled=table.number(Port.ENABLED, index, _ENABLED) == _ENABLED,
                is_up=True if state == _UP else False if state in _DOWN else None,
            )
        )
    return tuple(found)


def _pieces(table: _Table) -> tuple[DevicePiece, ...]:
    found = []
    for index in table.places(Piece.KIND, Piece.SERIAL, length=1):
        kind = _KINDS.get(table.number(Piece.KIND, index), "other")
        serial, model = table.text(Piece.SERIAL, index), table.text(Piece.MODEL, index)
        # Hundreds of ports, sensors and slots that have nothing of their own.
        if not (serial or (model and kind in {"chassis", "stack"})):
            continue
        found.append(
            DevicePiece(
                index=index[0],
                kind=kind,
                name=table.text(Piece.NAME, index) or table.text(Piece.DESCRIPTION, index),
                maker=table.text(Piece.MAKER, index),
                model=model,
                serial=serial,
                hardware=table.text(Piece.HARDWARE, index),
                firmware=table.text(Piece.FIRMWARE, index),
                software=table.text(Piece.SOFTWARE, index),
            )
        )
    return tuple(found[:_MOST_PIECES])


def _neighbours(table: _Table) -> tuple[Neighbour, ...]:
    """Return what is heard; the places are (when, at which own port, which of several there)."""
    found = set()
    for index in table.places(Heard.DEVICE, Heard.NAME, length=3):
        own = (index[1],)
        at = (
            table.text(Heard.OWN_PORT_DESCRIPTION, own) or _named(table, Heard.OWN_PORT, own) or str(index[1])
        )
        is_card = table.number(Heard.DEVICE_KIND, index) == _DEVICE_BY_CARD
        is_port_card = table.number(Heard.PORT_KIND, index) == _PORT_BY_CARD
        device = _named(table, Heard.DEVICE, index, is_card=is_card)
        found.add(
            Neighbour(
                at=at,
                name=table.text(Heard.NAME, index) or device,
                device=device,
                port=_named(table, Heard.PORT, index, is_card=is_port_card)
                or table.text(Heard.PORT_DESCRIPTION, index),
                description=table.text(Heard.DESCRIPTION, index, _DESCRIPTION),
            )
        )
    return tuple(sorted(found))


def _named(table: _Table, column: Column, index: Index, *, is_card: bool = False) -> str:
    return card_of(table.octets(column, index).hex()) if is_card else table.text(column, index)


def _printer(table: _Table) -> Printer | None:
    own = table.places(Print.NAME, Print.SERIAL, length=1)
    counters = table.places(Print.PAGES, length=2)
    supplies = table.places(Print.SUPPLY, length=2)
    if not (own or counters or supplies):
        return None
    pages = max((table.number(Print.PAGES, index, -1) for index in counters), default=-1)
    return Printer(
        name=next((text for index in own if (text := table.text(Print.NAME, index))), ""),
        serial=next((text for index in own if (text := table.text(Print.SERIAL, index))), ""),
        pages=pages if pages >= 0 else None,
        supplies=tuple(
            Supply(table.text(Print.SUPPLY, index), _left(table, index)) for index in supplies[:_MOST_PIECES]
        ),
    )


def _left(table: _Table, index: Index) -> int | None:
    """Return the share that is left; numbers below nought say that the printer does not know."""
    most, left = table.number(Print.MOST, index, -1), table.number(Print.LEFT, index, -1)
    return min(100 * left // most, 100) if most > 0 and left >= 0 else None
