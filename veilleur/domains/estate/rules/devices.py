"""What a switch, a printer or another device tells of itself over SNMP, as plain values."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from veilleur.domains.estate.rules.identity import Signs, identities_of, real_mac, real_serial
from veilleur.domains.estate.rules.inventory import Interface
from veilleur.domains.estate.rules.machine import TOLD_APART, Hardware, MachineFacts, OperatingSystem
from veilleur.domains.estate.rules.map import AssetKind

_MOST_MACS = 16


class Digest(StrEnum):
    """By what a user of SNMP version 3 proves the password; the first is for old devices alone."""

    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"


class Cipher(StrEnum):
    """By what is encrypted what a user of SNMP version 3 asks; DES is no longer any protection."""

    AES128 = "aes128"
    AES256 = "aes256"


@dataclass(frozen=True)
class Community:
    """Version 2c: a word that goes over the network in clear, with everything that is read."""

    word: str = field(repr=False)


@dataclass(frozen=True)
class SnmpUser:
    """Version 3, with proof and encryption. An empty `privacy` leaves what is read in clear."""

    login: str
    password: str = field(repr=False)
    privacy: str = field(default="", repr=False)
    digest: Digest = Digest.SHA256
    cipher: Cipher = Cipher.AES128


@dataclass(frozen=True)
class DeviceAccess:
    """Where a device answers, and as whom it is asked."""

    host: str
    who: Community | SnmpUser
    port: int = 161


@dataclass(frozen=True, order=True)
class DevicePort:
    """A port of a device. `is_up` says whether something live is plugged in; None where it is not told.

    `speed_mbits` is 0 where it is not told; `mac` in lower case with colons, "" without one.
    """

    index: int
    name: str
    description: str = ""
    label: str = ""
    mac: str = ""
    speed_mbits: int = 0
    is_enabled: bool = True
    is_up: bool | None = None


@dataclass(frozen=True, order=True)
class DevicePiece:
    """A piece that has a number of its own: a chassis, a module, a power supply."""

    index: int
    kind: str
    name: str = ""
    maker: str = ""
    model: str = ""
    serial: str = ""
    hardware: str = ""
    firmware: str = ""
    software: str = ""


@dataclass(frozen=True, order=True)
class Neighbour:
    """What a device hears at one of its ports (LLDP): `port` is there, `at` is its own."""

    at: str
    name: str
    device: str = ""
    port: str = ""
    description: str = ""


@dataclass(frozen=True, order=True)
class Supply:
    """A consumable of a printer. `left_percent` is None where the printer does not know it."""

    name: str
    left_percent: int | None = None


@dataclass(frozen=True)
class Printer:
    """What only printers tell. `pages` is None where no page was ever counted."""

    name: str = ""
    serial: str = ""
    pages: int | None = None
    supplies: tuple[Supply, ...] = ()


@dataclass(frozen=True)
class DeviceFacts:
    """What was read of a device at one time.

    `object_id` names its make and model in the maker's own numbers; `up_for` starts anew after 497 days.
    """

    name: str
    description: str
    object_id: str
    up_for: timedelta
    place: str = ""
    ports: tuple[DevicePort, ...] = ()
    pieces: tuple[DevicePiece, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    printer: Printer | None = None

    @property
    def serial(self) -> str:
        """Return the serial number of the whole, "" where it tells none."""
        whole = next(
            (each.serial for each in self.pieces if each.kind in {"stack", "chassis"} and each.serial), ""
        )
        return whole or (self.printer.serial if self.printer else "")


def machine_of(device: DeviceFacts, host: str) -> MachineFacts:
    """Return a device as the estate keeps machines: what it does not tell stays as it is known.

    `host` is how it was reached: the name of one that tells none.
    """
    whole = next((each for each in device.pieces if each.kind in {"stack", "chassis"}), None)
    name = device.name or host
    macs = sorted({real_mac(port.mac) for port in device.ports} - {""})[:_MOST_MACS]
    serial = real_serial(device.serial)
    return MachineFacts(
        host_name=name,
        identities=identities_of(Signs(serial=serial, macs=tuple(macs), host_name=name)),
        system=OperatingSystem("", whole.software[:40] if whole else "", device.description[:200]),
        hardware=Hardware(
            kind=AssetKind.PRINTER if device.printer else AssetKind.NETWORK_DEVICE,
            cpu_count=0,
            memory_bytes=0,
            manufacturer=whole.maker if whole else "",
            model=(whole.model if whole else "") or (device.printer.name if device.printer else ""),
            serial=serial,
        ),
        interfaces=_interfaces(device),
        packages=TOLD_APART,
        volumes=TOLD_APART,
        addresses=TOLD_APART,
        listeners=TOLD_APART,
        databases=TOLD_APART,
    )


def _interfaces(device: DeviceFacts) -> tuple[Interface, ...]:
    return tuple(sorted({Interface(port.name[:100], port.mac) for port in device.ports if port.name}))
