"""Reads of organisations, persons and memberships: who looks, at what, and who may sign in at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from veilleur.domains.organisations.models import Membership, Organisation, Person, SetupLink
from veilleur.domains.organisations.rules.setup_tokens import digest_of
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class OrganisationRow:
    """What pages show of an organisation."""

    id: UUID
    name: str
    language: str
    time_zone: str
    is_demo: bool


def viewer_of(person_id: int, now: datetime, *, chosen: UUID | None = None) -> Viewer | None:
    """Return who that person is for queries at `now`, or None without a current membership.

    `chosen` is the public id of the organisation to look at; one that the person does not belong to, or no
    longer, is passed over for the first organisation joined. One query.
    """
    current = list(
        _current_memberships(now)
        .filter(person_id=person_id, person__is_active=True)
        .order_by("since", "id")
        .values_list("organisation_id", "organisation__public_id")
    )
    if not current:
        return None
    organisation_id = next((key for key, public_id in current if public_id == chosen), current[0][0])
    return Viewer(
        person_id=person_id,
        organisation_id=organisation_id,
        organisation_ids=frozenset(key for key, _ in current),
    )


def visible_organisation(viewer: Viewer) -> OrganisationRow:
    """Return the organisation that the viewer is looking at."""
    return _row(Organisation.objects.get(id=viewer.organisation_id))


def visible_organisations(viewer: Viewer) -> list[OrganisationRow]:
    """Return all organisations that the viewer may look at, by name."""
    rows = Organisation.objects.filter(id__in=viewer.organisation_ids).order_by("name", "id")
    return [_row(organisation) for organisation in rows]


def whole_organisations(*, with_demo: bool = True) -> list[Organisation]:
    """Return every organisation in order of creation: for processes that serve all of them."""
    rows = Organisation.objects.order_by("id")
    return list(rows if with_demo else rows.filter(is_demo=False))


def organisation_of(public_id: UUID) -> Organisation | None:
    """Return the organisation with that public id: for commands, where the operator sees everything."""
    return Organisation.objects.filter(public_id=public_id).first()


def person_with_email(email: str) -> Person | None:
    """Return the person who signs in with that address, whatever its case: for commands and sign-in only."""
    return Person.objects.filter(email=Person.objects.normalize_email(email)).first()


def organisation_ids_of(person_id: int, now: datetime) -> list[int]:
    """Return the database keys of the organisations a person belongs to at `now`, in ascending order."""
    memberships = _current_memberships(now).filter(person_id=person_id)
    return sorted(memberships.values_list("organisation_id", flat=True))


def chains_of(person_id: int, now: datetime) -> Sequence[int | None]:
    """Return the journal's chains for facts about a person: each organisation, or the installation (None)."""
    return organisation_ids_of(person_id, now) or [None]


def is_anybody_able_to_sign_in(organisation_id: int, now: datetime) -> bool:
    """Return whether an active person with a password belongs to the organisation at `now`."""
    people = _current_memberships(now).filter(organisation_id=organisation_id, person__is_active=True)
    return any(
        person.has_usable_password()
        for person in Person.objects.filter(id__in=people.values("person_id")).only("password")
    )


def organisation_of_setup_link(token: str, now: datetime) -> OrganisationRow | None:
    """Return the organisation that an open set-up link leads into, None for any link that does not work."""
    link = (
        SetupLink.objects.across_organisations("the token says for which organisation")
        .select_related("organisation")
        .filter(token_digest=digest_of(token), closed_at=None, expires_at__gt=now)
        .first()
    )
    return None if link is None else _row(link.organisation)


def visible_names(viewer: Viewer) -> dict[str, str]:
    """Return the names of all who ever were members of the viewer's organisation, by pseudonym. One query."""
    members = Membership.objects.visible_to(viewer).select_related("person")
    return {member.person.pseudonym: member.person.name for member in members}


def _current_memberships(now: datetime) -> TenantQuerySet:
    rows = Membership.objects.across_organisations("a person's organisations are what is asked")
    return rows.filter(Q(until__isnull=True) | Q(until__gt=now), since__lte=now)


def _row(organisation: Organisation) -> OrganisationRow:
    return OrganisationRow(
        id=organisation.public_id,
        name=organisation.name,
        language=organisation.language,
        time_zone=organisation.time_zone,
        is_demo=organisation.is_demo,
    )
