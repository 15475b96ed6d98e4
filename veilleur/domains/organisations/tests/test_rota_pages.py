"""The pages of on-call rotas: by forms the whole way, what each viewer sees, and the file for pay."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.utils import translation

from veilleur.domains.organisations.factories import (
    make_erasure,
    make_intervention,
    make_mandate,
    make_membership,
    make_organisation,
    make_person,
    make_rota,
    make_shift,
    make_swap,
    make_terms,
    make_turns,
    signed_in,
)
from veilleur.domains.organisations.labels.personal_data import ERASED_PERSON
from veilleur.domains.organisations.models import Membership, OnCallRota, OnCallSwap, Organisation, Person
from veilleur.domains.organisations.queries import viewer_of
from veilleur.domains.organisations.queries.rota_hours import visible_pay_month
from veilleur.domains.organisations.queries.rota_now import NowRow, visible_on_call_now
from veilleur.domains.organisations.queries.rota_pages import (
    visible_calendar,
    visible_rota,
    visible_rotas,
    visible_shifts,
    visible_swaps,
)
from veilleur.domains.organisations.rules.rest import PayKind
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.rules.rota_words import Cover
from veilleur.domains.organisations.views.on_call_words import said_now
from veilleur.shared.clock import utc_now

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
FORM = {"name": "Nuits", "team": "", "opens": "08:00", "closes": "18:00", "weekdays": ["0"], "holidays": "FR"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(company: Organisation) -> Person:
    return make_person(company, name="Anna")


def now_rows(person: Person, now: datetime = NOW) -> list[NowRow]:
    viewer = viewer_of(person.pk, now)
    assert viewer is not None
    return visible_on_call_now(viewer, now)


def test_a_rota_is_made_planned_and_swapped_by_the_pages(company: Organisation, anna: Person) -> None:
    ben = make_person(company, name="Ben", role=Role.TECHNICIAN)
    manager, technician = signed_in(anna), signed_in(ben)

    made = manager.post("/people/on-call/new/", {**FORM, "cover": "always"})
    base = made["Location"].removesuffix("turns/")
    turns = {"first_day": f"{utc_now():%Y-%m-%d}", "handover": "00:00", "days": "7"}
    people = {"person_1": str(anna.public_id), "person_2": str(ben.public_id)}
    assert manager.post(f"{base}turns/", {**turns, **people})["Location"] == base
    viewer = viewer_of(anna.pk, utc_now())
    assert viewer is not None
    whole = visible_shifts(viewer, utc_now())[1:]
    gives = next(shift.start for shift in whole if shift.name == "Anna").isoformat()
    takes = next(shift.start for shift in whole if shift.name == "Ben").isoformat()
    manager.post(f"{base}swap/", {"gives": gives, "takes": takes})
    swap = OnCallSwap.objects.of(company.pk).get()
    assert "Anna" in technician.get("/people/on-call/").content.decode()
    technician.post(f"/people/on-call/swaps/{swap.public_id}/", {"answer": "agree"})

    names = {shift.start.isoformat(): shift.name for shift in visible_shifts(viewer, utc_now())}
    assert "Anna" not in {names.get(gives)}
    assert manager.get(base).status_code == 200
    assert technician.get(f"{base}hours.csv").status_code == 403


@pytest.mark.parametrize(
    ("address", "data", "sentence"),
    [
        ("new/", {**FORM, "cover": "within", "weekdays": []}, "Without a working day"),
        ("new/", {**FORM, "cover": "always", "closes": "08:00"}, "Work ends when it begins"),
        ("{rota}/turns/", {"first_day": "1999-01-01", "handover": "9:00", "days": "7"}, "too far away"),
        ("{rota}/turns/", {"first_day": "2026-11-30", "handover": "9:00", "days": "0"}, "greater than"),
        ("{rota}/take-over/", {"start": "2026-03-29T02:30", "end": "2026-03-29T04:00"}, "may not exist"),
        ("{rota}/intervention/", {"start": "2099-03-01T02:30", "end": "2099-03-01T04:00"}, "what has been"),
        ("{rota}/swap/", {"gives": "x", "takes": "y"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    company: Organisation, anna: Person, address: str, data: dict[str, str], sentence: str
) -> None:
    rota = make_rota(company)
    anna.language = "en"
    anna.save()

    answer = signed_in(anna).post(f"/people/on-call/{address.format(rota=rota.public_id)}", data)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_the_list_says_how_long_nobody_answers(company: Organisation, anna: Person) -> None:
    make_rota(company, cover=Cover.ALWAYS)
    viewer = viewer_of(anna.pk, NOW)
    assert viewer is not None

    row = visible_rotas(viewer, NOW)[0]

    assert (row.open_hours, row.first_gap) == (timedelta(days=28), NOW)
    assert [one.is_gap for one in now_rows(anna)] == [True]


def test_a_calendar_shows_the_long_day_whole_and_its_gap(company: Organisation, anna: Person) -> None:
    rota = make_rota(company, cover=Cover.ALWAYS)
    make_turns(rota, [anna])
    start = datetime(2026, 10, 25, 10, tzinfo=UTC)
    make_shift(rota, None, start, start + timedelta(hours=2))
    viewer = viewer_of(anna.pk, NOW)
    assert viewer is not None

    week = visible_calendar(viewer, rota.public_id, date(2026, 10, 19), 1, NOW)[0]

    sunday = week.days[6]
    assert [piece.name for piece in sunday.pieces] == ["Anna", "", "Anna"]
    assert sunday.pieces[2].end - sunday.pieces[0].start == timedelta(hours=25)
    assert week.days[5].pieces[0].is_whole
    assert week.days[5].pieces[0].is_own


def test_whoever_left_is_named_and_their_hours_are_open(company: Organisation, anna: Person) -> None:
    rota = make_rota(company, cover=Cover.ALWAYS)
    gone = make_person(company, name="Gone")
    make_turns(rota, [gone])
    Membership.objects.of(company.pk).filter(person=gone).update(until=NOW - timedelta(days=1))
    viewer = viewer_of(anna.pk, NOW)
    assert viewer is not None

    row = visible_rota(viewer, rota.public_id, NOW)

    assert row is not None
    assert [(one.code.value, name) for one, name in row.warned] == [("left", "Gone")]
    assert row.gaps == ((NOW, NOW + timedelta(days=28)),)


def test_a_customer_sees_whom_its_mandate_lets_in(anna: Person, company: Organisation) -> None:
    provider = make_organisation("Infogérance")
    tess = make_person(provider, name="Tess", role=Role.TECHNICIAN)
    rota = make_rota(provider, "Duty", cover=Cover.ALWAYS, serves_customers=True)
    make_turns(rota, [tess])
    make_rota(provider, "Inside", cover=Cover.ALWAYS)

    assert now_rows(anna) == []
    mandate = make_mandate(company, provider)
    shown = now_rows(anna)
    mandate.closed_at = NOW
    mandate.save()

    assert [(row.name, row.provider, row.role, row.id) for row in shown] == [
        ("Tess", "Infogérance", "technician", None)
    ]
    assert now_rows(anna) == []


def test_whom_a_mandate_does_not_let_in_has_no_name_at_the_customer(
    anna: Person, company: Organisation
) -> None:
    provider = make_organisation("Infogérance")
    referent = make_person(provider, name="Rita", role=Role.REFERENT)
    rota = make_rota(provider, cover=Cover.ALWAYS, serves_customers=True)
    make_turns(rota, [referent])
    make_mandate(company, provider)

    assert [(row.name, row.is_somebody, row.is_gap) for row in now_rows(anna)] == [("", True, False)]


@pytest.fixture
def paid(company: Organisation, anna: Person) -> OnCallRota:
    """Return a rota on which somebody with a dangerous name had all of October and worked for 90 minutes."""
    rota = make_rota(company, "Nuits", cover=Cover.ALWAYS)
    evil = make_person(company, name="=HYPERLINK(1)", email="evil@vexin.example", role=Role.TECHNICIAN)
    make_turns(rota, [evil])
    called = datetime(2026, 10, 3, 1, 0, tzinfo=UTC)
    make_intervention(rota, evil, called, called + timedelta(minutes=90))
    return rota


@pytest.mark.parametrize(("language", "separator", "mark"), [("fr", ";", ","), ("en", ",", ".")])
def test_the_file_for_pay_is_of_the_pages_language_and_harmless(
    paid: OnCallRota, anna: Person, language: str, separator: str, mark: str
) -> None:
    anna.language = language
    anna.save()

    answer = signed_in(anna).get(f"/people/on-call/{paid.public_id}/hours.csv?month=2026-10")

    assert answer["Content-Disposition"] == 'attachment; filename="on-call-2026-10.csv"'
    text = answer.content.decode("utf-8-sig")
    head, line = list(csv.reader(StringIO(text), delimiter=separator))
    assert len(head) == len(line)
    assert line[:4] == ["2026-10", "Nuits", "'=HYPERLINK(1)", "evil@vexin.example"]
    # 31 days and the hour that the clocks give back.
    assert line[9:11] == [f"745{mark}00", f"1{mark}50"]
    assert sum(float(cell.replace(",", ".")) for cell in line[4:9]) == 745
    # Called on a Saturday at three in the morning.
    none = f"0{mark}00"
    assert line[11:16] == [none, none, f"1{mark}50", none, none]


def test_alsace_and_moselle_have_two_more_holidays_to_pay(company: Organisation, anna: Person) -> None:
    viewer = viewer_of(anna.pk, NOW)
    assert viewer is not None
    found = {}
    for code in ("FR", "FR-57"):
        rota = make_rota(company, code, cover=Cover.ALWAYS, holidays=code)
        make_turns(rota, [anna])
        month = visible_pay_month(viewer, rota.public_id, date(2026, 4, 1), NOW)
        assert month is not None
        found[code] = month.rows[0].hours[PayKind.HOLIDAY]

    assert found == {"FR": timedelta(hours=24), "FR-57": timedelta(hours=48)}


def test_other_holidays_count_for_pay_from_when_the_rota_was_changed(
    company: Organisation, anna: Person
) -> None:
    viewer = viewer_of(anna.pk, NOW)
    assert viewer is not None
    rota = make_rota(company, cover=Cover.ALWAYS, holidays="FR-57")
    make_turns(rota, [anna])
    # After Good Friday, 3 April, and Easter Monday; before 1 May.
    make_terms(rota, datetime(2026, 4, 20, tzinfo=UTC), cover=Cover.ALWAYS, holidays="FR")

    month = visible_pay_month(viewer, rota.public_id, date(2026, 4, 1), NOW)

    assert month is not None
    assert month.rows[0].hours[PayKind.HOLIDAY] == timedelta(hours=48)
    row = visible_calendar(viewer, rota.public_id, date(2026, 3, 30), 1, NOW)[0].days[4]
    assert row.is_holiday


def test_whoever_was_erased_keeps_their_hours_and_has_neither_name_nor_address(
    company: Organisation, anna: Person
) -> None:
    viewer = viewer_of(anna.pk, NOW)
    assert viewer is not None
    ben = make_person(company, name="Ben")
    make_membership(make_organisation("Autre"), ben)
    rota = make_rota(company, cover=Cover.ALWAYS)
    make_turns(rota, [ben])
    Membership.objects.of(company.pk).filter(person=ben).update(until=NOW)
    make_erasure(company, ben, ordered_at=NOW, ordered_by="p-anna", done_at=NOW)

    month = visible_pay_month(viewer, rota.public_id, date(2026, 10, 1), NOW)
    monday = visible_calendar(viewer, rota.public_id, date(2026, 10, 5), 1, NOW)[0].days[0]

    assert month is not None
    assert [(row.name, row.email) for row in month.rows] == [(str(ERASED_PERSON), "")]
    assert [piece.name for piece in monday.pieces] == [str(ERASED_PERSON)]


def test_whoever_was_erased_is_nameless_among_those_who_take_turns_and_in_a_swap_that_waits(
    company: Organisation, anna: Person
) -> None:
    viewer, ben = viewer_of(anna.pk, NOW), make_person(company, name="Ben")
    assert viewer is not None
    make_membership(make_organisation("Autre"), ben)
    rota = make_rota(company, cover=Cover.ALWAYS)
    make_turns(rota, [ben, anna])
    make_swap(rota, ben, anna)
    Membership.objects.of(company.pk).filter(person=ben).update(until=NOW)
    make_erasure(company, ben, ordered_at=NOW, ordered_by="p-anna", done_at=NOW)

    row, (swap,) = visible_rota(viewer, rota.public_id, NOW), visible_swaps(viewer)

    assert row is not None
    assert [name for _key, name in row.takers] == [str(ERASED_PERSON), "Anna"]
    assert (swap.asked_by, swap.asked_of) == (str(ERASED_PERSON), "Anna")


def test_the_hours_of_a_rota_that_ended_are_still_reached_by_whoever_plans(
    company: Organisation, anna: Person
) -> None:
    ended = make_rota(company, "Nuits", ended_at=utc_now() - timedelta(days=3))
    make_rota(company, "Ancienne", ended_at=utc_now() - timedelta(days=100))
    place = f"/people/on-call/{ended.public_id}/hours.csv"

    page = signed_in(anna).get("/people/on-call/").content.decode()

    assert page.count(f'href="{place}?month=') == 2
    assert "Ancienne" not in page
    assert signed_in(anna).get(place).status_code == 200
    ben = make_person(company, role=Role.TECHNICIAN)
    assert place not in signed_in(ben).get("/people/on-call/").content.decode()


def test_a_month_that_runs_is_counted_until_now(paid: OnCallRota, anna: Person) -> None:
    viewer = viewer_of(anna.pk, NOW)
    assert viewer is not None

    month = visible_pay_month(viewer, paid.public_id, date(2026, 11, 1), NOW)

    assert month is not None
    assert month.until == NOW
    assert month.rows[0].on_call == NOW - datetime(2026, 10, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize("query", ["month=x", "month=9999-99", "month=0001-01", "from=x", "from=0001-01-01"])
def test_an_address_that_names_no_time_shows_the_present(paid: OnCallRota, anna: Person, query: str) -> None:
    client, base = signed_in(anna), f"/people/on-call/{paid.public_id}/"

    assert client.get(f"{base}?{query}").status_code == 200
    assert client.get(f"{base}hours.csv?{query}").status_code == 200


def test_nobody_is_asked_for_a_team_where_there_is_none(company: Organisation, anna: Person) -> None:
    client = signed_in(anna)

    asked_without = 'name="team"' in client.get("/people/on-call/new/").content.decode()
    made = client.post("/people/on-call/new/", {**FORM, "cover": "always"})
    client.post("/people/teams/new/", {"name": "Support", "members": [str(anna.public_id)]})

    assert not asked_without
    assert made.status_code == 302
    assert 'name="team"' in client.get("/people/on-call/new/").content.decode()


def row(name: str, *, is_needed: bool = True, is_somebody: bool = True) -> NowRow:
    return NowRow(None, "Nights", "", name, "", is_somebody, is_needed, None)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "No rota says who is on call"),
        ([row("", is_somebody=False, is_needed=False)], "Nobody is needed now"),
        ([row("Anna")], "Anna is on call now"),
        # One person by two rotas is one person.
        ([row("Anna"), row("Anna")], "Anna is on call now"),
        (
            [row("Anna"), row("Ben"), row("", is_somebody=False, is_needed=False)],
            "Anna and Ben are on call now",
        ),
        ([row("")], "Somebody of the provider’s is on call now"),
        ([row("Anna"), row("")], "2 people are on call now"),
        # A gap comes before whoever answers.
        ([row("Anna"), row("", is_somebody=False)], "Nights: nobody answers now"),
        ([row("", is_somebody=False)] * 2, "Nobody answers now in 2 rotas"),
    ],
)
def test_the_page_concludes_who_answers(rows: list[NowRow], said: str) -> None:
    with translation.override("en"):
        assert said_now(rows) == said


def test_the_pages_of_duty_begin_with_what_they_say(company: Organisation, anna: Person) -> None:
    make_turns(make_rota(company, cover=Cover.ALWAYS), [anna])
    Person.objects.filter(pk=anna.pk).update(language="en")
    client = signed_in(anna)

    assert "<h1>Anna is on call now</h1>" in client.get("/people/on-call/").content.decode()
    assert "<h1>You are on call until" in client.get("/people/on-call/mine/").content.decode()
