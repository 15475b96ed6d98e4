"""On-call rotas for tests."""

from datetime import UTC, datetime, timedelta
from datetime import time as clock

from veilleur.domains.organisations.factories.people import SINCE
from veilleur.domains.organisations.models import (
    Membership,
    OnCallAbsence,
    OnCallIntervention,
    OnCallRota,
    OnCallShift,
    OnCallStandIn,
    OnCallSwap,
    OnCallTerms,
    OnCallTurns,
    OnCallTurnTaker,
    Organisation,
    Person,
)
from veilleur.domains.organisations.rules.rota_words import AbsenceKind, Cover, ShiftKind, SwapOutcome
from veilleur.shared.ids import new_id


def make_rota(organisation: Organisation, name: str = "Nights", **fields: object) -> OnCallRota:
    """Return a stored rota of all members since 5 January 2026: outside 8:00 to 18:00 on working days."""
    known: dict[str, object] = {key: fields.pop(key) for key in ("cover", "holidays") if key in fields}
    rota = OnCallRota(
        organisation=organisation, public_id=new_id(SINCE), **{"name": name, "since": SINCE, **fields}
    )
    rota.save()
    make_terms(rota, rota.since, **known)
    return rota


def make_terms(rota: OnCallRota, since: datetime, **fields: object) -> OnCallTerms:
    """Return stored terms of a rota: outside 8:00 to 18:00 on working days of France."""
    terms = OnCallTerms(
        organisation=rota.organisation,
        public_id=new_id(SINCE),
        rota=rota,
        since=since,
        opens=clock(8),
        closes=clock(18),
        weekdays=[0, 1, 2, 3, 4],
        **{"cover": Cover.OUTSIDE, "holidays": "FR", **fields},
    )
    terms.save()
    return terms


def make_turns(rota: OnCallRota, people: list[Person], **fields: object) -> OnCallTurns:
    """Return stored turns of a week each, handed over on Mondays at 9:00 since 5 January 2026."""
    values = {
        "first_day": SINCE.date(),
        "handover": clock(9),
        "days": 7,
        "planned_at": SINCE,
        **fields,
    }
    turns = OnCallTurns(organisation=rota.organisation, public_id=new_id(SINCE), rota=rota, **values)
    turns.save()
    for position, person in enumerate(people):
        OnCallTurnTaker(
            organisation=rota.organisation,
            public_id=new_id(SINCE),
            turns=turns,
            person=person,
            position=position,
        ).save()
    return turns


def make_swap(rota: OnCallRota, asked_by: Person, asked_of: Person, **fields: object) -> OnCallSwap:
    """Return a stored swap that waits for an answer: the weeks of 11 and of 18 January 2027."""
    monday = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
    week = timedelta(days=7)
    values = {
        "gives_from": monday,
        "gives_until": monday + week,
        "takes_from": monday + week,
        "takes_until": monday + 2 * week,
        "asked_at": SINCE,
        "outcome": SwapOutcome.OPEN,
        **fields,
    }
    swap = OnCallSwap(
        organisation=rota.organisation,
        public_id=new_id(SINCE),
        rota=rota,
        asked_by=asked_by,
        asked_of=asked_of,
        **values,
    )
    swap.save()
    return swap


def make_shift(rota: OnCallRota, person: Person | None, start: datetime, end: datetime) -> OnCallShift:
    """Return a stored shift that was planned by hand on 5 January 2026."""
    shift = OnCallShift(
        organisation=rota.organisation,
        public_id=new_id(SINCE),
        rota=rota,
        person=person,
        kind=ShiftKind.PLANNED,
        starts_at=start,
        ends_at=end,
        decided_at=SINCE,
    )
    shift.save()
    return shift


def make_intervention(rota: OnCallRota, person: Person, start: datetime, end: datetime) -> OnCallIntervention:
    """Return a stored intervention, noted when it ended."""
    row = OnCallIntervention(
        organisation=rota.organisation,
        public_id=new_id(SINCE),
        rota=rota,
        person=person,
        starts_at=start,
        ends_at=end,
        noted_at=end,
    )
    row.save()
    return row


def make_absence(
    person: Person, organisation: Organisation, start: datetime, end: datetime, **fields: object
) -> OnCallAbsence:
    """Return a stored absence, entered on 5 January 2026: leave, with nobody who stands in."""
    row = OnCallAbsence(
        organisation=organisation,
        public_id=new_id(SINCE),
        person=person,
        starts_at=start,
        ends_at=end,
        **{"kind": AbsenceKind.LEAVE, "entered_at": SINCE, **fields},
    )
    row.save()
    return row


def make_stand_in(absence: OnCallAbsence, rota: OnCallRota, person: Person) -> OnCallStandIn:
    """Return a stored stand-in."""
    row = OnCallStandIn(
        organisation=rota.organisation, public_id=new_id(SINCE), absence=absence, rota=rota, person=person
    )
    row.save()
    return row


def make_sample_rota(organisation: Organisation) -> None:
    """Make a rota by which everybody takes turns, and a swap that waits for the first member's answer."""
    members = Membership.objects.of(organisation.pk).select_related("person").order_by("pk")
    people = [member.person for member in members]
    rota = make_rota(organisation)
    make_turns(rota, people)
    make_swap(rota, people[1], people[0])
    make_shift(rota, people[0], SINCE, SINCE + timedelta(hours=5))
    make_intervention(rota, people[0], SINCE, SINCE + timedelta(hours=1))
    # So far ahead that it takes no shift away that somebody could swap.
    far = datetime(2090, 9, 1, tzinfo=UTC)
    absence = make_absence(people[0], organisation, far, far + timedelta(days=14))
    make_stand_in(absence, rota, people[1])
