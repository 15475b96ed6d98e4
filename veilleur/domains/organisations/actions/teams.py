"""Teams: who answers together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.facts import TeamChanged, TeamDissolved, TeamMade
from veilleur.domains.organisations.models import Organisation, Person, Team, TeamMember
from veilleur.domains.organisations.queries import list_current_members
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@dataclass(frozen=True)
class TeamContent:
    """What a team is called, where it is reached, and who is in it: persons by public id."""

    name: str
    email: str
    people: Collection[UUID]


@recorded
def make_team(*, now: datetime, actor: Actor, organisation_id: int, content: TeamContent) -> UUID | Refused:
    """Return the public id of a new team. Refuse "team_named_already" and "no_such_member"."""
    _hold_teams(organisation_id)
    people = _members(organisation_id, content.people, now)
    if people is None:
        return Refused("no_such_member")
    if _is_named(organisation_id, content.name, apart_from=None):
        return Refused("team_named_already")
    team = Team(
        organisation_id=organisation_id,
        public_id=new_id(now),
        name=content.name,
        email=content.email,
        since=now,
    )
    team.save(force_insert=True)
    record(TeamMade(content.name), subject=team.public_id, organisation_id=organisation_id)
    _set_people(team, people, now)
    return team.public_id


@recorded
def change_team(
    *, now: datetime, actor: Actor, organisation_id: int, team: UUID, content: TeamContent
) -> Refused | None:
    """Give a team another name or address, or other people; nothing for what it has.

    Refuse "no_such_team", "no_such_member" and "team_named_already".
    """
    _hold_teams(organisation_id)
    row = _standing(organisation_id, team)
    if row is None:
        return Refused("no_such_team")
    people = _members(organisation_id, content.people, now)
    if people is None:
        return Refused("no_such_member")
    if _is_named(organisation_id, content.name, apart_from=row):
        return Refused("team_named_already")
    is_other = (row.name, row.email) != (content.name, content.email)
    row.name, row.email = content.name, content.email
    row.save(update_fields=["name", "email"])
    _set_people(row, people, now, is_other=is_other)
    return None


@recorded
def dissolve_team(*, now: datetime, actor: Actor, organisation_id: int, team: UUID) -> Refused | None:
    """End a team and whoever is in it; refuse "no_such_team"."""
    _hold_teams(organisation_id)
    row = _standing(organisation_id, team)
    if row is None:
        return Refused("no_such_team")
    row.until = now
    row.save(update_fields=["until"])
    TeamMember.objects.of(organisation_id).filter(team=row, until=None).update(until=now)
    record(TeamDissolved(), subject=team, organisation_id=organisation_id)
    return None


def _hold_teams(organisation_id: int) -> None:
    """Lock the organisation's people until the commit: who joins a team stays a member meanwhile."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)


def _standing(organisation_id: int, team: UUID) -> Team | None:
    row: Team | None = Team.objects.of(organisation_id).filter(public_id=team, until=None).first()
    return row


def _is_named(organisation_id: int, name: str, *, apart_from: Team | None) -> bool:
    others = Team.objects.of(organisation_id).filter(name__iexact=name, until=None)
    return bool(others.exclude(pk=apart_from.pk if apart_from is not None else None).exists())


def _members(organisation_id: int, people: Collection[UUID], now: datetime) -> list[Person] | None:
    """Return the persons, each once; None if one of them does not belong to the organisation at `now`."""
    wanted = set(people)
    rows = list_current_members(organisation_id, now).filter(person__public_id__in=wanted)
    found = [member.person for member in rows.select_related("person").order_by("person_id")]
    return found if len(found) == len(wanted) else None


def _set_people(team: Team, people: list[Person], now: datetime, *, is_other: bool = False) -> None:
    rows = TeamMember.objects.of(team.organisation_id).filter(team=team, until=None)
    inside = {row.person_id: row for row in rows.select_related("person").order_by("person_id")}
    wanted = {person.pk for person in people}
    leaving = [row for key, row in inside.items() if key not in wanted]
    joining = [person for person in people if person.pk not in inside]
    rows.filter(pk__in=[row.pk for row in leaving]).update(until=now)
    for person in joining:
        TeamMember(
            organisation_id=team.organisation_id,
            public_id=new_id(now),
            team=team,
            person=person,
            since=now,
        ).save(force_insert=True)
    if joining or leaving or is_other:
        fact = TeamChanged(
            name=team.name,
            joined=tuple(person.pseudonym for person in joining),
            left=tuple(row.person.pseudonym for row in leaving),
        )
        record(fact, subject=team.public_id, organisation_id=team.organisation_id)
