"""Which signs name a machine, which name none, and when two that look alike are not to be merged.

A sign that does not tell machines apart is worse than none: it would join two of them. So what makers leave
unfilled is no sign, and one sign alone joins nothing that already reports for itself.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from veilleur.domains.estate.rules.machine import Identity

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Numbers that firmware shows on every board of a kind.
_SHARED_UUIDS = frozenset(
    {
        "03000200-0400-0500-0006-000700080009",
        "00020003-0004-0005-0006-000700080009",
        "12345678-1234-5678-90ab-cddeefaabbcc",
        "78563412-3412-7856-90ab-cddeefaabbcc",
        "fefefefe-fefe-fefe-fefe-fefefefefefe",
        "01234567-8910-1112-1314-151617181920",
    }
)
# What stands where nobody filled a number in; compared as letters and digits alone, in lower case.
_FILLERS = frozenset(
    {
        "", "0", "none", "na", "null", "nil", "unknown", "undefined", "default", "defaultstring", "oem",
        "invalid", "tobefilledbyoem", "tobefilled", "systemserialnumber", "serialnumber", "serial",
        "chassisserialnumber", "baseboardserialnumber", "bssserialnumber", "notspecified", "notapplicable",
        "notavailable", "notset", "empty", "oemstring", "standard", "sernum", "noserial", "noserialnumber",
        "systemproductname", "systemmanufacturer", "123456789", "1234567890", "0123456789", "12345678",
        "01234567890123456789", "assettag", "noassettag", "sn", "xxxxxxxxxxxx", "parallels", "evalboard",
        "capri", "eval", "overlayblk", "ssnnotfound", "mbserialnumber", "tbd", "todo", "testserial",
    }
)  # fmt: skip
_LEAST_SERIAL, _LONGEST_SERIAL = 4, 200
# Cards that programs make, the same on every machine that has the program.
_SHARED_MACS = ("00:50:56:c0:00:", "0a:00:27:00:00:", "02:42:", "00:15:5d:00:00:", "00:00:00:", "00:ff:")
_LOCAL_OR_GROUP = 0b11
_MOST_MACS = 16


class Scheme(StrEnum):
    """The kinds of sign, strongest first."""

    MACHINE_ID = "machine_id"
    AGENT_ID = "agent_id"
    DEVICE_ID = "device_id"
    DMI_UUID = "dmi_uuid"
    SERIAL = "serial"
    MAC = "mac"
    HOST_NAME = "host_name"


@dataclass(frozen=True)
class Signs:
    """What a device says of who it is, cleaned: "" or () for what it does not say, or what is no sign."""

    agent_id: str = ""
    device_id: str = ""
    uuid: str = ""
    serial: str = ""
    macs: tuple[str, ...] = ()
    host_name: str = ""


class Sameness(StrEnum):
    """Whether two tellings are of the same hardware, by its numbers alone."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


class Doubt(StrEnum):
    """Why a device waits for a person. ONE_SIGN: one number is a known machine's, and nothing else is."""

    UNKNOWN = "unknown"
    ONE_SIGN = "one_sign"
    CONTRADICTION = "contradiction"
    CLONE = "clone"


@dataclass(frozen=True)
class KnownDevice:
    """A device that has reported before."""

    id: UUID
    signs: Signs
    asset: UUID | None


@dataclass(frozen=True)
class Recognition:
    """Which machine a new device is: `asset`, or why nobody but a person can say, and which it might be."""

    asset: UUID | None
    doubt: Doubt | None = None
    candidates: tuple[UUID, ...] = ()


def real_uuid(text: str) -> str:
    """Return the number in lower case, "" where it names no machine: too even, or one that makers share."""
    number = text.strip().strip("{}").lower()
    if not _UUID.fullmatch(number) or number in _SHARED_UUIDS:
        return ""
    return number if len(set(number.replace("-", ""))) > 3 else ""


def swapped(uuid: str) -> str:
    """Return the same number with its first three groups in the other order of bytes.

    Firmware before SMBIOS 2.6 and some readers disagree on that order: "00112233-4455-6677-…" is told as
    "33221100-5544-7766-…".
    """
    groups = uuid.split("-")
    return "-".join([*(bytes.fromhex(each)[::-1].hex() for each in groups[:3]), *groups[3:]])


def real_serial(text: str) -> str:
    """Return the number in capitals with single spaces, "" for what makers leave there when it has none."""
    # Capitals may take more letters than were told.
    number = " ".join(text.split()).upper()[:_LONGEST_SERIAL]
    bare = re.sub(r"[\W_]", "", number).lower()
    if bare in _FILLERS or len(bare) < _LEAST_SERIAL or len(set(bare)) < 3:
        return ""
    return number


def real_mac(text: str) -> str:
    """Return the address of a card in lower case with colons, "" for one that other machines have as well.

    Addresses that a system gives itself (their second bit) and those of groups name no card.
    """
    digits = re.sub(r"[\s:.\-]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{12}", digits):
        return ""
    address = ":".join(digits[first : first + 2] for first in range(0, 12, 2))
    if int(digits[:2], 16) & _LOCAL_OR_GROUP or address.startswith(_SHARED_MACS):
        return ""
    return address if len(set(digits)) > 1 else ""


def identities_of(signs: Signs) -> tuple[Identity, ...]:
    """Return the signs as an asset keeps them, strongest first."""
    told = [
        (Scheme.AGENT_ID, signs.agent_id),
        (Scheme.DEVICE_ID, signs.device_id),
        (Scheme.DMI_UUID, signs.uuid),
        (Scheme.SERIAL, signs.serial),
        *((Scheme.MAC, mac) for mac in signs.macs[:_MOST_MACS]),
        (Scheme.HOST_NAME, signs.host_name),
    ]
    return tuple(Identity(scheme, value) for scheme, value in told if value)


def looked_up(signs: Signs) -> tuple[Identity, ...]:
    """Return the signs to look for: those of `identities_of`, and the number with its bytes swapped."""
    other = (Identity(Scheme.DMI_UUID, swapped(signs.uuid)),) if signs.uuid else ()
    return (*identities_of(signs), *other)


def sameness(known: Signs, told: Signs) -> Sameness:
    """Return whether both are of the same hardware: one number that differs is enough to say no."""
    pairs = [(known.uuid, told.uuid), (known.uuid and swapped(known.uuid), told.uuid)]
    says: list[bool] = []
    if known.uuid and told.uuid:
        says.append(any(one == other for one, other in pairs))
    if known.serial and told.serial:
        says.append(known.serial == told.serial)
    if not says:
        return Sameness.UNKNOWN
    return Sameness.SAME if all(says) else Sameness.DIFFERENT


def merged_signs(known: Signs, told: Signs) -> Signs:
    """Return what is known of a device after it told again: what it does not say any more stays."""
    kept = {name: getattr(known, name) for name in vars(known) if not getattr(told, name)}
    return replace(told, **kept)


def is_same_agent(known: Signs, told: Signs) -> bool:
    """Return whether both come from one agent: its number where both tell it, else the device's name."""
    if known.agent_id and told.agent_id:
        return known.agent_id == told.agent_id
    return bool(known.device_id) and known.device_id == told.device_id


def device_of(told: Signs, known: Collection[KnownDevice]) -> KnownDevice | None:
    """Return the known device that tells again, None for one that nobody has heard of.

    An agent that was copied with its machine has the number of the other one: hardware that differs makes
    another device of it.
    """
    same = [device for device in known if is_same_agent(device.signs, told)]
    by = {kind: [each for each in same if sameness(each.signs, told) is kind] for kind in Sameness}
    if by[Sameness.SAME]:
        return by[Sameness.SAME][0]
    bare = [each for each in by[Sameness.UNKNOWN] if not (each.signs.uuid or each.signs.serial)]
    unsure = bare or by[Sameness.UNKNOWN]
    return unsure[0] if bare or len(unsure) == 1 else None


def recognise(
    told: Signs,
    devices: Collection[KnownDevice],
    holders: Mapping[Identity, UUID],
    held: Mapping[UUID, frozenset[Identity]],
) -> Recognition:
    """Return which machine a device is that reports for the first time.

    `devices` are those of the same agent, and those that report for one of the holders; `holders` says which
    asset holds a sign, `held` all signs of those assets. A machine is known by two numbers of its hardware
    that agree; by one, where no other device reports for it and its name is the same. Everything else is
    for a person to say.
    """
    copies = [each for each in devices if is_same_agent(each.signs, told)]
    candidates = _candidates(told, copies, holders)
    if copies:
        return Recognition(None, Doubt.CLONE, candidates)
    by_uuid = _holder(holders, Scheme.DMI_UUID, (told.uuid, told.uuid and swapped(told.uuid)))
    by_serial = _holder(holders, Scheme.SERIAL, (told.serial,))
    named = by_uuid or by_serial
    if named is None:
        return Recognition(None, Doubt.UNKNOWN, candidates)
    if by_uuid and by_serial:
        is_one = by_uuid == by_serial
        return Recognition(named) if is_one else Recognition(None, Doubt.CONTRADICTION, candidates)
    other = (Scheme.SERIAL, told.serial) if by_uuid else (Scheme.DMI_UUID, told.uuid)
    schemes = {identity.scheme for identity in held.get(named, ())}
    if other[1] and other[0] in schemes:
        return Recognition(None, Doubt.CONTRADICTION, candidates)
    is_free = all(each.asset != named for each in devices)
    names = {each.value.lower() for each in held.get(named, ()) if each.scheme == Scheme.HOST_NAME}
    has_name = told.host_name.lower() in names
    return Recognition(named) if is_free and has_name else Recognition(None, Doubt.ONE_SIGN, candidates)


def _holder(holders: Mapping[Identity, UUID], scheme: Scheme, values: Collection[str]) -> UUID | None:
    found = (holders.get(Identity(scheme, value)) for value in values if value)
    return next((each for each in found if each is not None), None)


def _candidates(
    told: Signs, copies: Collection[KnownDevice], holders: Mapping[Identity, UUID]
) -> tuple[UUID, ...]:
    """Return the assets that it might be, those with the strongest sign first."""
    by_agent = [each.asset for each in copies if each.asset is not None]
    by_sign = [holders[identity] for identity in looked_up(told) if identity in holders]
    return tuple(dict.fromkeys([*by_agent, *by_sign]))
