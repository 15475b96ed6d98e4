"""What grows old: systems whose security updates end, warranties that end under what people count on.

Pure; a day that is named is included, as in `rules.machine.support_level`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

# Choosing, paying and setting up a replacement takes about this long.
WARNED_BEFORE = timedelta(days=90)


class Ageing(StrEnum):
    """What of a component has ended, or ends soon; the gravest first."""

    SYSTEM_ENDED = "system_ended"
    SYSTEM_ENDS = "system_ends"
    WARRANTY_ENDED = "warranty_ended"
    WARRANTY_ENDS = "warranty_ends"


@dataclass(frozen=True)
class AgeingIn:
    """A component in service. `updates_until` is None where no fresh reading and dated table says until when.

    `is_counted_on`: an activity that is critical or important stands still without it.
    """

    id: UUID
    name: str
    updates_until: date | None
    warranty_until: date | None
    is_counted_on: bool


@dataclass(frozen=True)
class Aged:
    """One thing that has ended, or ends soon, and its last day."""

    ageing: Ageing
    id: UUID
    name: str
    until: date


def aged(components: Iterable[AgeingIn], today: date) -> tuple[Aged, ...]:
    """Return what has ended or ends within `WARNED_BEFORE`, the gravest kind first, then by its last day.

    A system counts on any component: an old one endangers all others. A warranty counts only where people
    count on the component; elsewhere it may as well end.
    """
    found = []
    for each in components:
        system = _ageing(each.updates_until, today, Ageing.SYSTEM_ENDED, Ageing.SYSTEM_ENDS)
        if system and each.updates_until:
            found.append(Aged(system, each.id, each.name, each.updates_until))
        warranty = _ageing(each.warranty_until, today, Ageing.WARRANTY_ENDED, Ageing.WARRANTY_ENDS)
        if warranty and each.warranty_until and each.is_counted_on:
            found.append(Aged(warranty, each.id, each.name, each.warranty_until))
    order = list(Ageing)
    return tuple(sorted(found, key=lambda one: (order.index(one.ageing), one.until, one.name)))


def _ageing(until: date | None, today: date, ended: Ageing, ends: Ageing) -> Ageing | None:
    if until is None or until > today + WARNED_BEFORE:
        return None
    return ended if until < today else ends
