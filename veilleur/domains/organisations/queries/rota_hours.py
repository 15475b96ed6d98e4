"""The hours that people were on call, by kind, for one month of a rota: what goes to pay."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from veilleur.domains.organisations.models import OnCallIntervention, OnCallRota, Person
from veilleur.domains.organisations.queries.erasures import erased_in, shown_name
from veilleur.domains.organisations.queries.rota import plan_of
from veilleur.domains.organisations.rules.duty import day_bounds
from veilleur.domains.organisations.rules.pay import paid_hours
from veilleur.domains.organisations.rules.rest import PayKind
from veilleur.shared.intervals import IntervalSet
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class PayRow:
    """How long somebody was on call in a month, and how long they worked meanwhile, both by kind of hour."""

    name: str
    email: str
    hours: dict[PayKind, timedelta]
    interventions: dict[PayKind, timedelta]

    @property
    def on_call(self) -> timedelta:
        """Return how long in all."""
        return sum(self.hours.values(), timedelta())

    @property
    def worked(self) -> timedelta:
        """Return how long they worked in all."""
        return sum(self.interventions.values(), timedelta())


@dataclass(frozen=True)
class PayMonth:
    """The rows of one month of a rota, by name. `until` (excluded): what lies ahead is not counted."""

    rota: str
    first_day: date
    until: datetime
    rows: tuple[PayRow, ...]


def visible_pay_month(viewer: Viewer, rota: UUID, first_day: date, now: datetime) -> PayMonth | None:
    """Return a month's hours by a rota, ended ones too; None for one that the viewer's organisation has not.

    `first_day` is the first of the month, on the wall of the organisation's zone.
    """
    row = OnCallRota.objects.visible_to(viewer).filter(public_id=rota).first()
    if row is None:
        return None
    plan = plan_of(row)
    zone = plan.terms[0].zone
    start, _ = day_bounds(first_day, zone)
    _, end = day_bounds(_last_day(first_day), zone)
    until = max(start, min(end, now))
    duty = {person: times for person, times in plan.duty(start, until).items() if times}
    worked = _interventions(row, start, until)
    erased = erased_in([row.organisation_id])
    people = Person.objects.filter(public_id__in={*duty, *worked}).order_by("name", "pk")
    empty = IntervalSet.empty()
    rows = tuple(
        PayRow(
            name=shown_name(person, row.organisation_id, erased),
            # Whoever was erased here may have an account that another organisation holds.
            email="" if (row.organisation_id, person.pk) in erased else person.email,
            hours=paid_hours(plan.terms, duty.get(str(person.public_id), empty)),
            interventions=paid_hours(plan.terms, worked.get(str(person.public_id), empty)),
        )
        for person in people
    )
    return PayMonth(row.name, first_day, until, rows)


def _interventions(rota: OnCallRota, start: datetime, end: datetime) -> dict[str, IntervalSet]:
    rows = OnCallIntervention.objects.of(rota.organisation_id).filter(rota=rota)
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    for row in rows.filter(starts_at__lt=end, ends_at__gt=start).select_related("person"):
        found.setdefault(str(row.person.public_id), []).append((row.starts_at, row.ends_at))
    return {person: IntervalSet.of(spans).clip(start, end) for person, spans in found.items()}


def _last_day(first_day: date) -> date:
    return (first_day + timedelta(days=32)).replace(day=1) - timedelta(days=1)
