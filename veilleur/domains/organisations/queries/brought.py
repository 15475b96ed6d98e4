"""Reads of whom a directory or an identity provider brought: to both, people belong in the same way.

`accounts` are rows of `DirectoryAccount` or `ProviderAccount`; `source` is the column that says by which.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from veilleur.domains.organisations.models import Membership
from veilleur.domains.organisations.queries.erasures import erased_in, shown_name
from veilleur.domains.organisations.queries.role_words import RoleWords
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class GivenRow(RoleWords):
    """What pages show of a name there that gives a role here."""

    given_by: str
    role: str
    side: str


@dataclass(frozen=True)
class SentAwayRow:
    """Somebody who was sent away by hand and does not come back by themselves. `id` is the account's."""

    id: UUID
    name: str
    email: str


def sent_away(viewer: Viewer, accounts: TenantQuerySet) -> list[SentAwayRow]:
    """Return whom these accounts do not bring back, by name; who was erased has neither name nor address."""
    rows: Iterable[Any] = (
        accounts.filter(is_kept_out=True, person__isnull=False)
        .select_related("person")
        .order_by("person__name", "pk")
    )
    erased = erased_in([viewer.organisation_id])
    named = [(row, shown_name(row.person, viewer.organisation_id, erased)) for row in rows]
    return [
        SentAwayRow(row.public_id, name, row.person.email if name == row.person.name else "")
        for row, name in named
    ]


def only_at_home(accounts: TenantQuerySet, source: str) -> Q:
    """Return the condition on memberships by which whoever was brought sees that organisation only, whatever
    they signed in by, and nothing once what brought them is removed.
    """
    brought = accounts.filter(person_id=OuterRef("person_id"), gone_at=None)
    at_home = {"organisation_id": OuterRef("organisation_id"), f"{source}__removed_at": None}
    return ~Exists(brought) | Exists(brought.filter(**at_home))


def is_of_others(domain: str, organisation_id: int) -> bool:
    """Return whether people with an address of this domain belong to another organisation, too."""
    members = Membership.objects.across_organisations("whether a domain is one organisation's own")
    members = members.filter(person__email__endswith=f"@{domain}", person__is_active=True, until=None)
    return bool(members.exclude(organisation_id=organisation_id).exists())
