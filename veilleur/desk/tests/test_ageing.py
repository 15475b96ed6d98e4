"""What grows old is told on the home page, once for each kind."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from veilleur.desk.pages.ageing import ageing_steps
from veilleur.desk.tests.office import Office
from veilleur.domains.estate.factories import make_activity, make_asset, make_service
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def office(client: Client) -> Office:
    return Office(client)


def test_systems_without_updates_are_one_step_that_names_some_of_them(office: Office) -> None:
    now, today = utc_now(), timezone.localdate()
    for number in range(5):
        make_asset(
            office.organisation, f"old-{number}", full_support_until=today - (9 + number) * DAY, read_at=now
        )

    with translation.override("en"):
        (step,) = ageing_steps(office.viewer, now)

    assert step.text.startswith("5 systems get no security updates")
    assert step.about == "old-4, old-3, old-2 and 2 others"
    assert step.is_late


def test_a_machine_that_told_nothing_for_long_is_not_said_to_be_old(office: Office) -> None:
    now, today = utc_now(), timezone.localdate()
    make_asset(office.organisation, "silent", full_support_until=today - DAY, read_at=now - 60 * DAY)

    assert ageing_steps(office.viewer, now) == ()


def test_a_warranty_is_told_where_a_critical_activity_stands_on_the_machine(office: Office) -> None:
    now, today = utc_now(), timezone.localdate()
    counted_on = make_asset(office.organisation, "erp-01", warranty_until=today + 20 * DAY)
    make_asset(office.organisation, "spare", warranty_until=today + 20 * DAY)
    service = make_service(office.organisation, "ERP", runs_on=counted_on)
    make_activity(office.organisation, "Invoice", relies_on=(service,), is_vital=True)

    (step,) = ageing_steps(office.viewer, now)

    assert step.about == "erp-01"
    assert str(counted_on.public_id) in step.url
    assert not step.is_late
