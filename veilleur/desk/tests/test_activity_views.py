"""Business activities on their pages: declared, described, disturbed, and what they make of a service."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from veilleur.desk.pages.activities import activity_page, busy_lines
from veilleur.desk.tests.office import Office
from veilleur.domains.backups.factories import NOON
from veilleur.domains.estate.factories import make_activity
from veilleur.domains.estate.queries import visible_activities, visible_service
from veilleur.domains.estate.rules.rhythms import BusyPeriod, Rhythm
from veilleur.domains.organisations.queries import visible_members
from veilleur.shared.verdict import Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Office:
    return Office(client)


def body(office: Office, route: str, *arguments: Any) -> str:
    return str(office.client.get(reverse(route, args=arguments)).content.decode())


def test_an_activity_is_declared_with_its_services_and_leads_to_its_page(office: Office) -> None:
    said = {"name": "Invoice", "is_vital": "on", "services": str(office.service.public_id)}

    answered = office.client.post(reverse("desk:add_activity"), said, follow=True)

    (row,) = visible_activities(office.viewer)
    assert answered.redirect_chain[-1][0] == reverse("desk:activity", args=[row.id])
    assert row.services == (office.service.public_id,)
    page = body(office, "desk:service", office.service.public_id)
    assert "Critical" in page
    assert reverse("desk:activity", args=[row.id]) in page


def test_a_name_that_is_taken_is_said_at_its_field_and_nothing_typed_is_lost(office: Office) -> None:
    make_activity(office.organisation, "Invoice")

    answered = office.client.post(
        reverse("desk:add_activity"), {"name": "invoice", "purpose": "Bills and reminders"}
    )

    text = answered.content.decode()
    assert "There is an activity of this name already." in text
    assert "Bills and reminders" in text


def test_an_activity_without_services_is_unknown_and_says_what_is_missing(office: Office) -> None:
    activity = make_activity(office.organisation, "Invoice")

    page = activity_page(office.viewer, activity.public_id, NOON)

    assert page is not None
    assert page.line.verdict is Verdict.UNKNOWN
    assert page.headline == "Invoice: nobody has said what it relies on."


def test_an_activity_whose_machine_is_not_watched_is_unknown_never_good(office: Office) -> None:
    activity = make_activity(office.organisation, "Invoice", relies_on=(office.service,))

    page = activity_page(office.viewer, activity.public_id, NOON)

    assert page is not None
    assert page.line.verdict is Verdict.UNKNOWN
    assert page.headline == "Invoice: whether everything it relies on works is unknown."


def test_busy_days_are_added_on_their_page_and_removed_again(office: Office) -> None:
    activity = make_activity(office.organisation, "Invoice")
    place = reverse("desk:busy_periods", args=[activity.public_id])

    office.client.post(place, {"rhythm": "monthly", "name": "Closing", "first": "28", "last": "3"})

    (row,) = visible_activities(office.viewer)
    assert row.busy == (BusyPeriod(Rhythm.MONTHLY, 28, 3, "Closing"),)
    assert "from day 28 of every month to day 3 of the next" in body(
        office, "desk:activity", activity.public_id
    )
    office.client.post(
        reverse("desk:remove_busy_period", args=[activity.public_id]),
        {"period": busy_lines(row.busy)[0].code},
    )
    assert visible_activities(office.viewer)[0].busy == ()


def test_a_day_that_no_year_has_is_said_at_its_field(office: Office) -> None:
    activity = make_activity(office.organisation, "Invoice")
    said = {"first_day": "31", "first_month": "4", "last_day": "2", "last_month": "5"}

    answered = office.client.post(
        reverse("desk:busy_periods", args=[activity.public_id]),
        {"rhythm": "yearly", "name": "Spring", **said},
    )

    assert "There is no such day" in answered.content.decode()
    assert visible_activities(office.viewer)[0].busy == ()


def test_a_rhythm_that_does_not_exist_changes_nothing(office: Office) -> None:
    activity = make_activity(office.organisation, "Invoice")

    answered = office.client.post(
        reverse("desk:busy_periods", args=[activity.public_id]), {"rhythm": "hourly", "name": "Rush"}
    )

    assert answered.status_code == 200
    assert visible_activities(office.viewer)[0].busy == ()


def test_what_a_service_means_is_said_on_its_page(office: Office) -> None:
    office.client.post(
        reverse("desk:describe_service", args=[office.service.public_id]),
        {"referent": "", "max_outage_s": "3600", "data_loss_effect": "All orders would be lost."},
    )

    view = visible_service(office.viewer, office.service.public_id)
    assert view is not None
    assert (view.row.max_outage_s, view.row.data_loss_effect) == (3600, "All orders would be lost.")
    page = body(office, "desk:service", office.service.public_id)
    assert "All orders would be lost." in page
    # Four hours are admitted, and one hour is the longest that the company can do without it.
    assert "shorter than its objective" in page


def test_a_document_about_an_activity_is_on_its_page_and_leads_back(office: Office) -> None:
    activity = make_activity(office.organisation, "Invoice")
    owner = visible_members(office.viewer, NOON)[0]
    place = reverse("knowledge:new_document", args=["start"])
    care = {"owner": str(owner.id), "review_months": "6", "audience": "team_and_provider"}
    text = {"title": "Begin invoicing again", "text": "1. Open the ERP"}

    answered = office.client.post(place, text | care | {"about": str(activity.public_id)}, follow=True)

    assert "Begin invoicing again" in body(office, "desk:activity", activity.public_id)
    assert reverse("desk:activity", args=[activity.public_id]) in answered.content.decode()


def test_an_activity_that_was_taken_off_the_map_has_no_page_any_more(office: Office) -> None:
    activity = make_activity(office.organisation, "Invoice", relies_on=(office.service,))

    office.client.post(reverse("desk:end_activity", args=[activity.public_id]))

    gone = office.client.get(reverse("desk:activity", args=[activity.public_id]))
    assert gone.status_code == 404
    assert visible_activities(office.viewer) == []
