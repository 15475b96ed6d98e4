"""Which machine was read from afar: one known by a lasting sign, a new one, or one for a person to say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.estate.rules.identity import Doubt, Recognition, Scheme, swapped
from veilleur.domains.estate.rules.machine import Identity

_LASTING = (Scheme.MACHINE_ID, Scheme.DMI_UUID, Scheme.SERIAL, Scheme.MAC)
# Of which a machine has one: another value is another machine.
_ONE_EACH = (Scheme.MACHINE_ID, Scheme.DMI_UUID, Scheme.SERIAL)


@dataclass(frozen=True)
class Whose:
    """What a person says of a machine that is read: that it is one that is known, or that it is new."""

    asset: UUID | None = None
    is_new: bool = False


@dataclass(frozen=True)
class Taken:
    """The machine that was brought up to date, and whether it is new to the estate."""

    asset: UUID
    is_new: bool


def taken_as(
    told: Collection[Identity],
    holders: Mapping[Identity, UUID],
    held: Mapping[UUID, Collection[Identity]],
    called_so: Collection[UUID],
) -> Recognition:
    """Return which machine tells these signs; no asset and no doubt for one that is new.

    `holders` says which asset holds a sign, `held` all signs of those, `called_so` which have its name:
    a name alone joins nothing, and keeps a person from having one machine twice.
    """
    known = list(dict.fromkeys(holders[each] for each in _looked_up(told) if each in holders))
    if len(known) > 1:
        return Recognition(None, Doubt.CONTRADICTION, tuple(known))
    if not known:
        return Recognition(None, Doubt.ONE_SIGN if called_so else None, tuple(called_so))
    has_other = any(_differ(scheme, told, held.get(known[0], ())) for scheme in _ONE_EACH)
    return Recognition(None, Doubt.CONTRADICTION, (known[0],)) if has_other else Recognition(known[0])


def lasting(told: Collection[Identity]) -> tuple[Identity, ...]:
    """Return the signs to look for, with the number of the firmware in both its orders of bytes."""
    return tuple(_looked_up(told))


def _looked_up(told: Collection[Identity]) -> list[Identity]:
    found = [each for each in told if each.scheme in _LASTING]
    uuids = [each.value for each in found if each.scheme == Scheme.DMI_UUID]
    return [*found, *(Identity(Scheme.DMI_UUID, swapped(each)) for each in uuids)]


def _differ(scheme: Scheme, told: Collection[Identity], held: Collection[Identity]) -> bool:
    ours = {each.value for each in _looked_up(told) if each.scheme == scheme}
    theirs = {each.value for each in held if each.scheme == scheme}
    return bool(ours and theirs and not ours & theirs)
