"""Who is on call now: by the organisation's own rotas, and by those of the providers that serve it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from veilleur.domains.organisations.labels import ROLES
from veilleur.domains.organisations.models import Mandate, Membership, OnCallRota, Person
from veilleur.domains.organisations.queries.mandates import running_at
from veilleur.domains.organisations.queries.rota import plans_of, standing
from veilleur.domains.organisations.rules.duty import Plan, runs
from veilleur.domains.organisations.rules.mandates import role_by_mandate
from veilleur.domains.organisations.rules.rota import person_at
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer

_AHEAD = timedelta(days=28)
_OF_PROVIDER = "a mandate says whose rotas serve the viewer's organisation"


@dataclass(frozen=True)
class NowRow:
    """Who is on call by one rota, until when (excluded), and since when nobody where it is a gap.

    `id`: of a rota of one's own; None for a provider's. `name` is empty where nobody is on call, or the
    mandate does not let that person work here: `is_somebody` tells the two apart. `is_needed`: the hours
    must be covered now.
    """

    id: UUID | None
    rota: str
    provider: str
    name: str
    role: str
    is_somebody: bool
    is_needed: bool
    until: datetime | None

    @property
    def role_word(self) -> str:
        """Return as what the person works here, for a provider's rota; else nothing."""
        return str(ROLES[self.role]) if self.role else ""

    @property
    def is_gap(self) -> bool:
        """Return whether somebody should be on call, and nobody is."""
        return self.is_needed and not self.is_somebody


def visible_on_call_now(viewer: Viewer, now: datetime) -> list[NowRow]:
    """Return who is on call at `now`: by the rotas of the viewer's organisation, then by its providers'."""
    return [*_own(viewer, now), *_of_providers(viewer, now)]


def _own(viewer: Viewer, now: datetime) -> list[NowRow]:
    rotas = list(standing(OnCallRota.objects.visible_to(viewer), now))
    found = _now_of(rotas, now)
    names = _names({person for _plan, person in found.values() if person})
    return [
        _row(rota, found[rota.pk], now, name=names.get(found[rota.pk][1] or "", ""), own=True)
        for rota in rotas
    ]


def _of_providers(viewer: Viewer, now: datetime) -> list[NowRow]:
    """Return whom the providers' rotas give, by name where their mandate lets that person work here."""
    mandates = running_at(Mandate.objects.visible_to(viewer), now)
    strongest = {mandate.provider_id: mandate.strongest_role for mandate in mandates}
    rows = OnCallRota.objects.across_organisations(_OF_PROVIDER).filter(
        organisation_id__in=strongest, serves_customers=True
    )
    rotas = list(standing(rows, now).select_related("organisation"))
    found = _now_of(rotas, now)
    persons = {person for _plan, person in found.values() if person}
    names = _names(persons)
    roles = {
        (member.organisation_id, str(member.person.public_id)): role_by_mandate(
            member.role, strongest[member.organisation_id]
        )
        for member in _members(persons, set(strongest))
    }
    rows_found = []
    for rota in rotas:
        person = found[rota.pk][1]
        role = roles.get((rota.organisation_id, person or ""))
        name = names.get(person or "", "") if role else ""
        rows_found.append(_row(rota, found[rota.pk], now, name=name, role=role or ""))
    return rows_found


def _members(persons: set[str], organisations: set[int]) -> TenantQuerySet:
    rows = Membership.objects.across_organisations(_OF_PROVIDER).select_related("person")
    named: TenantQuerySet = rows.filter(
        organisation_id__in=organisations, person__public_id__in=persons, until=None
    )
    return named


def _now_of(rotas: list[OnCallRota], now: datetime) -> dict[int, tuple[Plan, str | None]]:
    """Return for each rota its plan and who is on call at `now`."""
    plans = plans_of(rotas)
    instant = timedelta(microseconds=1)
    return {key: (plan, person_at(plan.duty(now, now + instant), now)) for key, plan in plans.items()}


def _names(persons: set[str]) -> dict[str, str]:
    rows = Person.objects.filter(public_id__in=persons)
    return {str(person.public_id): person.name for person in rows}


def _row(
    rota: OnCallRota,
    found: tuple[Plan, str | None],
    now: datetime,
    *,
    name: str,
    role: str = "",
    own: bool = False,
) -> NowRow:
    plan, person = found
    return NowRow(
        id=rota.public_id if own else None,
        rota=rota.name,
        provider="" if own else rota.organisation.name,
        name=name,
        role=role,
        is_somebody=person is not None,
        is_needed=plan.intervals(now, now + timedelta(microseconds=1)).contains(now),
        until=_until(plan, person, now),
    )


def _until(plan: Plan, person: str | None, now: datetime) -> datetime | None:
    """Return until when that person is on call, or nobody is; None: as far as is looked."""
    following = runs(plan.duty(now, now + _AHEAD))
    if not following:
        return None
    if person is None:
        return following[0].start
    return following[0].end if following[0].end < now + _AHEAD else None
