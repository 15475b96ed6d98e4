"""The home page names data that nobody tied to a service and that has no copy."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from veilleur.desk.pages.bare import bare_steps
from veilleur.desk.tests.office import Office
from veilleur.domains.backups.actions import name_source
from veilleur.domains.backups.factories import NOON, make_plan, make_restore_test, make_run
from veilleur.domains.backups.rules.bare import BareData
from veilleur.domains.backups.rules.plans import NewItem
from veilleur.domains.backups.rules.states import RunState, SourceKind, TestState
from veilleur.domains.estate.factories import make_data_set
from veilleur.domains.monitoring.actions import take_results
from veilleur.domains.monitoring.factories import make_check, make_result
from veilleur.shared.clock import utc_now
from veilleur.shared.ids import new_id
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import SYSTEM, WATCH

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Office:
    return Office(client)


def failing(office: Office) -> Any:
    letters = make_data_set(office.organisation, "Letters of 2019")
    plan = make_plan(
        office.organisation.pk,
        repository=office.place,
        items={letters: (SourceKind.FILES, "/srv/letters")},
    )
    return make_run(plan, letters, state=RunState.FAILED, reason="source_missing")


def test_a_failing_backup_of_a_service_is_an_action_and_no_loss_of_data_of_none(office: Office) -> None:
    at = NOON + timedelta(hours=1)
    make_run(office.plan, office.data_set, started_at=at, state=RunState.FAILED, reason="source_missing")

    text = office.page("home")

    month = text[text.index('id="month"') :]
    assert "This data gets no new copy. Data that should be protected" in month
    assert "Of no service" not in text


def test_a_failed_restore_test_of_no_service_is_on_the_home_page_and_beside_the_place(office: Office) -> None:
    letters = make_data_set(office.organisation, "Letters of 2019")
    items = {letters: (SourceKind.FILES, "/srv/letters")}
    plan = make_plan(office.organisation.pk, repository=office.place, items=items)
    make_restore_test(make_run(plan, letters), state=TestState.FAILED, reason="facts_differ")

    home, backups = office.page("home"), office.page("protection")

    assert "Letters of 2019: this data may not come back. Its last restore test failed." in home
    places = backups[backups.index("What each one survives") :]
    assert "The last restore test of this data from it failed: " in places


def test_a_database_whose_backup_fails_is_not_shown_as_in_good_hands(office: Office) -> None:
    shop = make_data_set(office.organisation, "Shop database")
    items = {shop: (SourceKind.POSTGRESQL, "host=db.example dbname=shop")}
    plan = make_plan(office.organisation.pk, repository=office.place, items=items)
    item = NewItem(shop.public_id, SourceKind.POSTGRESQL, "host=db.example dbname=shop")
    name_source(now=NOON, actor=SYSTEM, organisation_id=office.organisation.pk, source=item)
    make_run(plan, shop, state=RunState.FAILED, reason="server_unreachable")

    text = office.page("protection")

    databases = text[text.index("A database that cannot be read is unknown") :]
    assert "Its last backup failed" in databases
    assert "In a plan" not in databases


def test_a_failing_backup_of_no_service_is_an_action_and_makes_the_third_answer_bad(office: Office) -> None:
    before = office.page("home")
    failing(office)

    text = office.page("home")

    assert "Letters of 2019" not in before
    third = text[text.index("How much work") : text.index("Am I up to date")]
    assert "Letters of 2019: this data has no copy. Data that should be protected" in third
    assert "state-bad" in third
    month = text[text.index('id="month"') :]
    assert "This data has no copy. Data that should be protected" in month
    assert f'href="{reverse("desk:protection")}"' in month


def test_a_failing_backup_of_a_service_does_not_wait_for_the_months_end() -> None:
    watched = BareData(new_id(NOON), "Shop", Verdict.WATCH, "server_unreachable", has_copy=True)

    (claimed,) = bare_steps((replace(watched, is_claimed=True),), NOON)
    (unclaimed,) = bare_steps((replace(watched, reason="plan_off"),), NOON)

    assert claimed.due_at is None
    assert unclaimed.due_at is not None


def test_a_service_whose_database_did_not_answer_is_not_said_to_work(office: Office) -> None:
    check = make_check(office.machine)
    good = make_result(check.public_id, utc_now(), code="connected")
    take_results(now=utc_now(), actor=WATCH, results=(good,))
    before = office.page("service", office.service.public_id)
    make_run(office.plan, office.data_set, state=RunState.FAILED, reason="server_unreachable")

    service, home, watch = (
        office.page("service", office.service.public_id),
        office.page("home"),
        office.page("checks"),
    )

    assert "Shop works" in before
    assert "Whether Shop works is unknown" in service
    for text in (home, watch):
        assert "The database of Shop did not answer its last backup" in text
