"""Who can act in an organisation at an instant: its members, and those whom a mandate lets in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from veilleur.domains.organisations.models import Mandate, Membership, Organisation
from veilleur.domains.organisations.queries import list_current_members
from veilleur.domains.organisations.queries.mandates import running_at
from veilleur.domains.organisations.queries.second_factors import people_with_second_factor
from veilleur.domains.organisations.rules.mandates import role_by_mandate


@dataclass(frozen=True)
class Hand:
    """Somebody who has a role there. `until` excluded, None: no end is known. Not `is_own`: by a mandate."""

    id: UUID
    pseudonym: str
    name: str
    email: str
    role: str
    is_own: bool
    has_second_factor: bool
    until: datetime | None
    provider: str = ""


def whole_hands(organisation_id: int, now: datetime) -> list[Hand]:
    """Return the active people who have a role in an organisation at `now`, its own first, by name.

    A person who is both a member and a provider's is named once, as a member. Four queries.
    """
    own = list(list_current_members(organisation_id, now).select_related("person").order_by(*_BY_NAME))
    mandates = {
        mandate.provider_id: mandate for mandate in running_at(Mandate.objects.of(organisation_id), now)
    }
    serving = Membership.objects.across_organisations("whom a mandate lets in belongs to the provider")
    serving = serving.filter(Q(until=None) | Q(until__gt=now), since__lte=now, organisation_id__in=mandates)
    rows = [*own, *serving.select_related("person", "organisation").order_by(*_BY_NAME)]
    rows = [row for row in rows if row.person.is_active]
    safe = people_with_second_factor([row.person_id for row in rows])
    found: dict[int, Hand] = {}
    for row in rows:
        mandate = None if row.organisation_id == organisation_id else mandates[row.organisation_id]
        role = row.role if mandate is None else role_by_mandate(row.role, mandate.strongest_role)
        if role is None or row.person_id in found:
            continue
        found[row.person_id] = Hand(
            id=row.person.public_id,
            pseudonym=row.person.pseudonym,
            name=row.person.name,
            email=row.person.email,
            role=role,
            is_own=mandate is None,
            has_second_factor=row.person_id in safe,
            until=_first(row.until, mandate.until if mandate else None),
            provider=row.organisation.name if mandate else "",
        )
    return list(found.values())


def second_factor_roles(organisation_id: int) -> frozenset[str]:
    """Return the roles for which nobody gets in by the password alone."""
    rows = Organisation.objects.filter(pk=organisation_id).values_list("second_factor_roles", flat=True)
    return frozenset(rows.get())


_BY_NAME = ("person__name", "pk")


def _first(*instants: datetime | None) -> datetime | None:
    return min((each for each in instants if each is not None), default=None)
