"""Reads of teams."""

from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.organisations.models import Team, TeamMember
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
    teams = Team.objects.visible_to(viewer).filter(until=None).order_by("name", "pk")
    inside = TeamMember.objects.visible_to(viewer).filter(until=None).select_related("person")
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
