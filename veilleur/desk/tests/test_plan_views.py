"""Plans renamed, switched off and on, ended on their page, places retired: what is shown before and after."""

import pytest
from django.urls import reverse

from veilleur.desk.tests.office import Office, said
from veilleur.domains.backups.factories import make_plan
from veilleur.domains.backups.queries import visible_retired
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.journal.queries import whole_entries

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


def test_a_plan_that_is_switched_off_shows_its_place_and_no_rhythm(office: Office) -> None:
    rhythm, place = "a copy every", "into Safe"
    pages = (("protection",), ("plan", office.plan.public_id))
    assert all(rhythm in office.page(*page) for page in pages)

    office.post("switch_plan", office.plan.public_id, on="0")

    assert all(place in office.page(*page) for page in pages)
    assert not any(rhythm in office.page(*page) for page in pages)


def test_a_path_that_is_the_name_of_its_data_is_shown_once(office: Office) -> None:
    office.wish("/srv/letters/2026")

    page = office.page("plan", office.plans()["Accounting"].id)

    assert page.count("/srv/letters/2026") == 1


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


@pytest.mark.parametrize("route", ["plan", "end_plan", "switch_plan", "run_plan", "test_plan"])
def test_a_form_of_a_plan_that_has_ended_leads_to_the_page_that_says_so(office: Office, route: str) -> None:
    office.post("end_plan", office.plan.public_id)
    facts = facts_of(office)

    response = office.post(route, office.plan.public_id, name="x", on="1")

    assert response.headers["Location"] == reverse("desk:plan", args=[office.plan.public_id])
    page = office.page("plan", office.plan.public_id)
    assert "Plan has ended, on" in page
    assert "Switch it" not in page
    assert "Keep this name" not in page
    assert facts_of(office) == facts


def test_a_place_or_data_that_is_retired_twice_has_a_page_that_says_so(office: Office) -> None:
    office.post("end_plan", office.plan.public_id)
    for route, what in (("retire_data", office.data_set), ("retire_place", office.place)):
        office.post(route, what.public_id)
        facts = facts_of(office)

        response = office.post(route, what.public_id)

        assert response.headers["Location"] == reverse(f"desk:{route}", args=[what.public_id])
        assert facts_of(office) == facts
    assert "Safe is retired" in office.page("retire_place", office.place.public_id)
    assert "Base ERP is kept no more" in office.page("retire_data", office.data_set.public_id)


def facts_of(office: Office) -> list[str]:
    return [entry.kind for entry in whole_entries(office.organisation.pk)]


def test_data_in_a_plan_names_the_plans_to_end_first(office: Office) -> None:
    text = office.page("retire_data", office.data_set.public_id)
    response = office.post("retire_data", office.data_set.public_id)

    assert "Base ERP is still copied" in text
    assert reverse("desk:plan", args=[office.plan.public_id]) in text
    assert "End that plan first. (Plan)" in said(response)


def test_data_that_nobody_wants_any_more_is_counted_nowhere(office: Office) -> None:
    office.post("end_plan", office.plan.public_id)
    link = reverse("desk:retire_data", args=[office.data_set.public_id])
    assert link in office.page("protection")
    asked = office.page("retire_data", office.data_set.public_id)

    response = office.post("retire_data", office.data_set.public_id)

    assert "These services need it" in asked
    assert "Shop" in asked
    assert "one copy" in asked
    assert "None of its copies was removed." in said(response)
    text = office.page("protection")
    assert "Base ERP is not protected" not in text
    assert "1 data set that is kept no more" in text
    assert "Base ERP" not in office.page("service", office.service.public_id)
    # Its copy is still in the place, and nobody would miss it.
    assert "has no copy in any other place" not in office.page("retire_place", office.place.public_id)


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
