"""Routes of the API about the organisation and its people."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from veilleur.domains.organisations.queries import MemberRow, visible_members, visible_organisation
from veilleur.shared.api import Instant, Page, Part, part_of
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in

router = Router(tags=["organisation"])


class OrganisationOut(Schema):
    """The organisation that the token belongs to. `time_zone` is a name of the IANA database."""

    id: UUID
    name: str
    language: str
    time_zone: str
    is_demo: bool


class PersonOut(Schema):
    """Somebody who belongs to the organisation now. `since` is when the membership began."""

    id: UUID
    name: str
    email: str
    role: Literal["manager", "technician", "referent", "requester", "auditor"]
    side: Literal["internal", "provider"]
    since: Instant


@router.get("/organisation", response=OrganisationOut)
def get_organisation(request: HttpRequest) -> Any:
    """Return the organisation that the token belongs to."""
    row = visible_organisation(viewer_in(request))
    names = ("id", "name", "language", "time_zone", "is_demo")
    return {name: getattr(row, name) for name in names}


@router.get("/people", response=Page[PersonOut])
def list_people(request: HttpRequest, part: Query[Part]) -> Any:
    """Return who belongs to the organisation now."""
    rows = visible_members(viewer_in(request), utc_now())
    return part_of(rows, part, _person, lambda row: row.id)


def _person(row: MemberRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "name", "email", "role", "side", "since")}
