"""A member ends a check with a reason and takes it up again; what is down now heads the home page's list."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from veilleur.domains.estate.factories import (
    make_activity,
    make_asset,
    make_dependency,
    make_redundancy,
    make_service,
)
from veilleur.domains.estate.rules.map import DependencyKind
from veilleur.domains.monitoring.actions import take_results
from veilleur.domains.monitoring.factories import make_check, make_result
from veilleur.domains.monitoring.queries import visible_retired
from veilleur.domains.monitoring.rules.outcomes import Evidence
from veilleur.domains.organisations.factories import make_organisation, make_person
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import WATCH, Viewer

pytestmark = pytest.mark.django_db

# Rows that factories made; their tables are behind the doors of their domain.
Organisation = Row = Any


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def signed_in(client: Client, organisation: Organisation) -> Client:
    client.force_login(make_person(organisation, language="en"))
    return client


def fail(check: Row, minutes_ago: int = 10) -> None:
    """Let a check be down, since so many minutes."""
    start = utc_now() - timedelta(minutes=minutes_ago)
    take_results(
        now=utc_now(),
        actor=WATCH,
        results=tuple(
            make_result(check.public_id, at, evidence=Evidence.FAILED, code="refused")
            for at in (start, start + timedelta(seconds=15), utc_now() - timedelta(seconds=1))
        ),
    )


def test_of_many_checks_those_of_one_machine_or_in_one_state_are_shown(
    signed_in: Client, organisation: Organisation
) -> None:
    first, second = make_asset(organisation, "first"), make_asset(organisation, "second")
    fail(make_check(first, target="127.0.0.1:81"))
    make_check(second, target="127.0.0.1:82")
    page = reverse("desk:checks")

    everything = signed_in.get(page).content.decode()
    of_second = signed_in.get(page, {"machine": str(second.public_id)}).content.decode()
    down = signed_in.get(page, {"state": "bad"}).content.decode()
    odd = signed_in.get(page, {"machine": "nothing", "state": "nothing"}).content.decode()
    none = signed_in.get(page, {"state": "watch"}).content.decode()

    assert seen_in(everything) == {":81", ":82"}
    assert seen_in(of_second) == {":82"}
    assert "1 check of 2." in of_second
    assert seen_in(down) == {":81"}
    assert seen_in(odd) == {":81", ":82"}
    assert "No check is like that." in none


def seen_in(page: str) -> set[str]:
    rows = page.partition("<tbody>")[2]
    return {port for port in (":81", ":82") if port in rows}


def retired(organisation: Organisation) -> list[str]:
    return [row.reason for row in visible_retired(Viewer(1, organisation.pk, frozenset({organisation.pk})))]


@pytest.mark.parametrize("page", ["checks", "machine"])
def test_every_check_can_be_ended_from_where_it_is_shown(
    signed_in: Client, organisation: Organisation, page: str
) -> None:
    machine = make_asset(organisation, "etq-01")
    check = make_check(machine)
    address = (
        reverse("desk:checks") if page == "checks" else reverse("desk:machine", args=[machine.public_id])
    )

    assert reverse("desk:retire_check", args=[check.public_id]) in signed_in.get(address).content.decode()


def test_to_look_at_the_question_ends_nothing(signed_in: Client, organisation: Organisation) -> None:
    check = make_check(make_asset(organisation, "etq-01"))

    text = signed_in.get(reverse("desk:retire_check", args=[check.public_id])).content.decode()

    assert "on etq-01?" in text
    assert retired(organisation) == []


@pytest.mark.parametrize("reason", ["", "   ", "two\nlines", "x" * 501])
def test_without_a_reason_that_can_be_kept_nothing_ends(
    signed_in: Client, organisation: Organisation, reason: str
) -> None:
    check = make_check(make_asset(organisation))

    answer = signed_in.post(reverse("desk:retire_check", args=[check.public_id]), {"reason": reason})

    assert "One answer needs another look." in answer.content.decode()
    assert retired(organisation) == []


def test_what_is_ended_is_listed_with_its_reason_and_can_be_taken_up_again(
    signed_in: Client, organisation: Organisation
) -> None:
    machine = make_asset(organisation, "etq-01")
    check = make_check(machine, "disk", "/mnt/usb")

    ended = signed_in.post(
        reverse("desk:retire_check", args=[check.public_id]), {"reason": "The stick is gone."}, follow=True
    ).content.decode()
    listed = signed_in.get(reverse("desk:checks")).content.decode()
    again = signed_in.post(reverse("desk:resume_check", args=[check.public_id]), follow=True).content.decode()

    for text in (ended, listed):
        assert "No longer watched" in text
        assert "The stick is gone." in text
    assert "Disk space /mnt/usb is no longer watched." in ended
    assert "No longer watched" not in again
    assert "Being confirmed" not in again
    assert "Not checked yet." in again


def test_stopping_twice_leads_to_the_machine_that_says_so(
    signed_in: Client, organisation: Organisation
) -> None:
    machine = make_asset(organisation, "erp-db")
    check = make_check(machine, "disk", "/mnt/usb")
    for _twice in range(2):
        response = signed_in.post(
            reverse("desk:retire_check", args=[check.public_id]), {"reason": "gone"}, follow=True
        )

        assert response.redirect_chain == [(reverse("desk:machine", args=[machine.public_id]), 302)]
        assert "Disk space /mnt/usb is no longer watched." in response.content.decode()


@pytest.mark.parametrize("route", ["desk:retire_check", "desk:resume_check"])
def test_another_organisations_check_is_none(signed_in: Client, route: str) -> None:
    check = make_check(make_asset(make_organisation("Autre")))

    assert signed_in.post(reverse(route, args=[check.public_id]), {"reason": "gone"}).status_code == 404


def test_what_is_down_now_is_the_first_thing_to_do_with_its_link(
    signed_in: Client, organisation: Organisation
) -> None:
    machine = make_asset(organisation, "erp-db")
    make_service(organisation, "ERP", runs_on=machine)
    fail(make_check(machine, "listener", "10.20.0.17:5432", note="postgres"))

    text = signed_in.get("/").content.decode()

    month = text[text.index('id="month"') :]
    first = month[month.index("<li") : month.index("</li>")]
    assert reverse("desk:machine", args=[machine.public_id]) in first
    assert "Put right what has been down since" in first
    assert "postgres (10.20.0.17:5432)" in first
    assert "erp-db, ERP" in first
    assert "Or stop watching what is not meant to run any more." in first
    assert "What counts today, for erp-db, ERP: put right" in text


def test_several_breakdowns_of_one_machine_are_one_thing_to_do(
    signed_in: Client, organisation: Organisation
) -> None:
    etq, erp = make_asset(organisation, "etq-01"), make_asset(organisation, "erp-db")
    for port in (22, 9100, 3306):
        fail(make_check(etq, "listener", f"10.20.1.25:{port}"), minutes_ago=20)
    fail(make_check(erp, "listener", "10.20.0.17:5432"), minutes_ago=90)

    text = signed_in.get("/").content.decode()

    month = text[text.index('id="month"') :]
    assert month.count("Put right") == 2
    assert month.index("10.20.0.17:5432") < month.index("Put right the three checks that are down")


def works(signed_in: Client) -> Any:
    """Return the answer to the first question."""
    return signed_in.get(reverse("desk:home")).context["page"].answers[0]


def test_what_works_says_nothing_of_a_service_that_nobody_watches(
    signed_in: Client, organisation: Organisation
) -> None:
    machines = [make_asset(organisation, name) for name in ("erp-01", "etq-01")]
    for machine, name in zip(machines, ("Accounting", "Labels"), strict=True):
        make_service(organisation, name, runs_on=machine)
    checks = [make_check(machine) for machine in machines]
    results = tuple(make_result(check.public_id, utc_now(), code="connected") for check in checks)
    take_results(now=utc_now(), actor=WATCH, results=results)
    before = works(signed_in)

    signed_in.post(reverse("desk:retire_check", args=[checks[1].public_id]), {"reason": "Too loud."})
    one, signed = works(signed_in), signed_in.get(reverse("desk:home")).content.decode()
    make_service(organisation, "Payroll")
    two = works(signed_in)

    assert (before.verdict, before.sentence) == ("good", "Everything that is watched works.")
    assert (one.verdict, one.sentence) == (
        "unknown",
        "Nobody watches Labels: whether it works is unknown.",
    )
    assert "Nobody watches Labels" in signed
    assert two.sentence == "Nobody watches Labels and one other service: whether they work is unknown."


def test_what_is_down_is_told_before_what_nobody_watches(
    signed_in: Client, organisation: Organisation
) -> None:
    make_service(organisation, "Payroll")
    fail(make_check(make_asset(organisation, "etq-01")))

    assert works(signed_in).verdict == "bad"


def test_what_is_only_to_be_watched_is_no_breakdown(signed_in: Client, organisation: Organisation) -> None:
    check = make_check(make_asset(organisation, "cao-01"), "disk", "/srv")
    at = utc_now() - timedelta(seconds=50)
    results = (make_result(check.public_id, at + timedelta(seconds=n), value=91_000) for n in (1, 2, 3))
    take_results(now=utc_now(), actor=WATCH, results=tuple(results))

    assert "Put right" not in signed_in.get("/").content.decode()


def test_what_is_down_says_which_activities_it_disturbs(
    signed_in: Client, organisation: Organisation
) -> None:
    machine = make_asset(organisation, "erp-db")
    erp = make_service(organisation, "ERP", runs_on=machine)
    make_activity(organisation, "Invoice", relies_on=(erp,))
    fail(make_check(machine))

    lines = works(signed_in).lines

    assert [(line.label, line.verdict, line.sentence) for line in lines] == [
        ("Activities", "bad", "Invoice is disturbed."),
        ("Services", "bad", "ERP is disturbed."),
    ]


def test_where_the_map_is_silent_whom_a_breakdown_disturbs_is_unknown(
    signed_in: Client, organisation: Organisation
) -> None:
    fail(make_check(make_asset(organisation, "lonely")))

    (line,) = works(signed_in).lines

    assert line.verdict == "unknown"
    assert "the map says nothing of what depends on it" in line.sentence


def test_what_another_machine_carries_on_goes_on_with_less(
    signed_in: Client, organisation: Organisation
) -> None:
    shop = make_service(organisation, "Shop")
    web = [make_asset(organisation) for _number in range(2)]
    make_redundancy(*(make_dependency(shop, each, DependencyKind.RUNS_ON) for each in web))
    fail(make_check(web[0]))

    (line,) = works(signed_in).lines

    assert (line.verdict, line.sentence) == ("watch", "Shop goes on with what is left.")
