"""Reads of teams."""

from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.organisations.models import Team, TeamMember
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class TeamRow:
    """What pages show of a team: people by public id and name, in order of names."""

    id: UUID
    name: str
    email: str
    people: tuple[tuple[UUID, str], ...]


def visible_teams(viewer: Viewer) -> list[TeamRow]:
    """Return the teams of the viewer's organisation that were not dissolved, by name. Two queries."""
    return _rows(Team.objects.visible_to(viewer), TeamMember.objects.visible_to(viewer))


def whole_teams(organisation_id: int) -> list[TeamRow]:
    """Return the same of a whole organisation, for rules."""
    return _rows(Team.objects.of(organisation_id), TeamMember.objects.of(organisation_id))


def _rows(teams: TenantQuerySet, members: TenantQuerySet) -> list[TeamRow]:
    teams = teams.filter(until=None).order_by("name", "pk")
    inside = members.filter(until=None).select_related("person")
    people: dict[int, list[tuple[UUID, str]]] = {}
    for row in inside.order_by("person__name", "pk"):
        people.setdefault(row.team_id, []).append((row.person.public_id, row.person.name))
    return [
        TeamRow(id=team.public_id, name=team.name, email=team.email, people=tuple(people.get(team.pk, ())))
        for team in teams
    ]


def visible_team(viewer: Viewer, public_id: UUID) -> TeamRow | None:
    """Return one team of the viewer's organisation."""
    return next((row for row in visible_teams(viewer) if row.id == public_id), None)
