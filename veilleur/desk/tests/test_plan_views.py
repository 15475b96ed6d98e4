"""Plans renamed, paused, taken up and ended on their page, places retired: what is shown before and after."""

import pytest
from django.urls import reverse

from veilleur.desk.tests.office import Office, said
from veilleur.domains.backups.factories import make_plan
from veilleur.domains.backups.queries import visible_retired
from veilleur.domains.backups.rules.states import SourceKind

pytestmark = pytest.mark.django_db


def test_a_plan_is_renamed(office: Office) -> None:
    office.post("plan", office.plan.public_id, name="Payroll")

    assert set(office.plans()) == {"Payroll"}


def test_a_plan_is_switched_off_and_its_data_shows_as_not_protected(office: Office) -> None:
    assert "Back up now" in office.page("protection")

    response = office.post("switch_plan", office.plan.public_id, on="0")

    text = office.page("protection")
    assert "grows by the hour" in said(response)
    assert "Base ERP is not protected any more." in text
    assert "Switched off" in text
    assert "Back up now" not in text
    assert "Plan is switched off" in office.page("plan", office.plan.public_id)


def test_a_plan_is_switched_on_again(office: Office) -> None:
    office.post("switch_plan", office.plan.public_id, on="0")

    office.post("switch_plan", office.plan.public_id, on="1")

    assert office.plans()["Plan"].is_on
    assert "Back up now" in office.page("protection")


def test_ending_a_plan_is_shown_before_it_is_done(office: Office) -> None:
    asked = office.page("end_plan", office.plan.public_id)
    assert set(office.plans()) == {"Plan"}

    response = office.post("end_plan", office.plan.public_id)

    assert "Base ERP" in asked
    assert office.place.folder in asked
    assert "one copy" in asked
    assert "Its copies stay in Safe" in said(response)
    assert office.plans() == {}
    assert "Its plan was ended" in office.page("protection")


def test_what_another_plan_goes_on_copying_is_not_said_to_be_left_alone(office: Office) -> None:
    items = {office.data_set: (SourceKind.FILES, "/srv/data")}
    make_plan(office.organisation.pk, repository=office.place, items=items, name="Other")

    assert "Another plan goes on copying" in office.page("end_plan", office.plan.public_id)


def test_a_place_in_use_names_the_plans_to_end_first(office: Office) -> None:
    text = office.page("retire_place", office.place.public_id)
    response = office.post("retire_place", office.place.public_id)

    assert "Safe is still used" in text
    assert reverse("desk:plan", args=[office.plan.public_id]) in text
    assert "End that plan first. (Plan)" in said(response)
    assert visible_retired(office.viewer) == ()


def test_a_place_is_retired_after_saying_what_stays_where(office: Office) -> None:
    office.post("end_plan", office.plan.public_id)
    asked = office.page("retire_place", office.place.public_id)

    response = office.post("retire_place", office.place.public_id)

    assert "has no copy in any other place" in asked
    assert office.place.folder in asked
    assert "Nothing in" in said(response)
    assert [row.id for row in visible_retired(office.viewer)] == [office.place.public_id]
    assert "no answer counts what is still in these folders" in office.page("protection")


@pytest.mark.parametrize(
    ("route", "what"),
    [("plan", "plan"), ("end_plan", "plan"), ("switch_plan", "plan"), ("retire_place", "place")],
)
def test_what_is_gone_answers_as_what_never_was(office: Office, route: str, what: str) -> None:
    office.post("end_plan", office.plan.public_id)
    office.post("retire_place", office.place.public_id)

    assert office.post(route, getattr(office, what).public_id, name="x").status_code == 404


def test_a_promise_that_copies_cannot_keep_is_said(office: Office) -> None:
    tight = make_plan(
        office.organisation.pk,
        repository=office.place,
        items={office.data_set: (SourceKind.FILES, "/srv/data")},
        rpo_s=60,
        interval_s=300,
        name="Tight",
    )

    assert "Promise not kept" in office.page("protection")
    assert "Another means is needed" in office.page("plan", tight.public_id)
