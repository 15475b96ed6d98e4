"""Who was erased where, and who asked to be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from veilleur.domains.organisations.labels.personal_data import ERASED_PERSON
from veilleur.domains.organisations.models import Erasure, Membership, Organisation, Person
from veilleur.domains.organisations.rules.personal_data import Whose
from veilleur.shared.viewer import Viewer

# Who was erased where, as keys of organisation and person.
Erased = frozenset[tuple[int, int]]
_REASON = "an account goes when no organisation holds it any more"


@dataclass(frozen=True)
class ErasureRow:
    """What pages show of an erasure. `name`: "" once it is done. `left`: where it was named, table and id."""

    id: UUID
    person: UUID
    name: str
    asked_at: datetime
    by_themselves: bool
    ordered_at: datetime | None
    done_at: datetime | None
    rows: int
    bodies: int
    is_account_gone: bool
    left: tuple[tuple[str, UUID], ...]


@dataclass(frozen=True)
class FormerRow:
    """Somebody who belonged to the organisation until `until`, and of whom it still holds data."""

    id: UUID
    name: str
    email: str
    until: datetime


@dataclass(frozen=True)
class PersonHere:
    """Somebody of whom the organisation holds data. `until`: empty while the person belongs to it."""

    key: int
    whose: Whose
    role: str
    since: datetime
    until: datetime | None
    is_held_elsewhere: bool


def erased_in(organisation_ids: Collection[int]) -> Erased:
    """Return who was erased where, as keys of organisation and person: nobody is named there any more.

    Whoever belongs there anew, by an account that another organisation held, is named again.
    """
    members = Membership.objects.across_organisations("of the erasure's own organisation").filter(
        organisation_id=OuterRef("organisation_id"), person_id=OuterRef("person_id"), until=None
    )
    rows = Erasure.objects.across_organisations("some organisations are asked about").filter(
        ~Exists(members), organisation_id__in=organisation_ids, done_at__isnull=False
    )
    return frozenset(rows.values_list("organisation_id", "person_id"))


def shown_name(person: Person, organisation_id: int, erased: Erased) -> str:
    """Return by what a person is shown in an organisation; `erased` as `erased_in` returns it."""
    is_erased = not person.name or (organisation_id, person.pk) in erased
    return str(ERASED_PERSON) if is_erased else person.name


def whose(person: Person) -> Whose:
    """Return a person in all the ways in which rows refer to one."""
    return Whose(person.pk, person.public_id, person.pseudonym, person.email, person.name)


def person_here(organisation_id: int, person: UUID) -> PersonHere | None:
    """Return somebody of whom an organisation holds data; None for anybody else, and once it is erased."""
    rows = Membership.objects.of(organisation_id).select_related("person")
    member = rows.filter(person__public_id=person).first()
    if member is None or (organisation_id, member.person_id) in erased_in([organisation_id]):
        return None
    return PersonHere(
        member.person_id,
        whose(member.person),
        member.role,
        member.since,
        member.until,
        is_held_elsewhere(member.person_id, organisation_id),
    )


def visible_person_here(viewer: Viewer, person: UUID) -> PersonHere | None:
    """Return somebody of whom the viewer's organisation holds data, as `person_here`."""
    return person_here(viewer.organisation_id, person) if viewer.may_see(viewer.organisation_id) else None


def is_held_elsewhere(person_id: int, organisation_id: int) -> bool:
    """Return whether another organisation holds the account: the person belongs or belonged to it, and it
    did not erase them.
    """
    rows = Membership.objects.across_organisations(_REASON).exclude(organisation_id=organisation_id)
    held = set(rows.filter(person_id=person_id).values_list("organisation_id", flat=True))
    return any((each, person_id) not in erased_in(held) for each in held)


def visible_former(viewer: Viewer, now: datetime) -> list[FormerRow]:
    """Return who left the viewer's organisation and was not erased there, those who left last first."""
    erased = erased_in([viewer.organisation_id])
    rows = Membership.objects.visible_to(viewer).filter(until__lte=now).select_related("person")
    return [
        FormerRow(row.person.public_id, row.person.name, row.person.email, row.until)
        for row in rows.order_by("-until", "pk")
        if (row.organisation_id, row.person_id) not in erased and row.person.name
    ]


def visible_erasures(viewer: Viewer) -> list[ErasureRow]:
    """Return what was asked for, ordered and done in the viewer's organisation, the newest first."""
    rows = Erasure.objects.visible_to(viewer).select_related("person")
    return [_row(row) for row in rows.order_by("-asked_at", "-pk")]


def visible_erasure(viewer: Viewer, erasure: UUID) -> ErasureRow | None:
    """Return one erasure of the viewer's organisation."""
    row = Erasure.objects.visible_to(viewer).select_related("person").filter(public_id=erasure).first()
    return None if row is None else _row(row)


def own_request(viewer: Viewer) -> ErasureRow | None:
    """Return what the viewer asked for in the organisation that is looked at, while it is not done."""
    rows = Erasure.objects.visible_to(viewer).select_related("person")
    row = rows.filter(person_id=viewer.person_id, done_at=None).first()
    return None if row is None else _row(row)


def whole_open_erasure(organisation: UUID, erasure: UUID) -> Erasure | None:
    """Return an erasure that was ordered and is not done: for the job."""
    here = Organisation.objects.filter(public_id=organisation).first()
    if here is None:
        return None
    rows = Erasure.objects.of(here.pk).select_related("person")
    row: Erasure | None = rows.filter(public_id=erasure, done_at=None, ordered_at__isnull=False).first()
    return row


def whole_done_erasures() -> list[tuple[UUID, UUID, datetime]]:
    """Return every erasure that was done: organisation, person, when; the oldest first."""
    rows = Erasure.objects.across_organisations("a restored copy has to forget them again")
    done = rows.filter(Q(done_at__isnull=False)).order_by("done_at", "pk")
    return list(done.values_list("organisation__public_id", "person__public_id", "done_at"))


def _row(row: Any) -> ErasureRow:
    person = row.person
    return ErasureRow(
        id=row.public_id,
        person=person.public_id,
        name="" if row.done_at else person.name,
        asked_at=row.asked_at,
        by_themselves=row.asked_by == person.pseudonym,
        ordered_at=row.ordered_at,
        done_at=row.done_at,
        rows=row.rows,
        bodies=row.bodies,
        is_account_gone=row.is_account_gone,
        left=tuple((each["table"], UUID(each["id"])) for each in row.left),
    )
