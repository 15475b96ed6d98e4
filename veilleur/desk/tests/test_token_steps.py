"""An API token that ends is told on the home page, to who can do something about it."""

from datetime import timedelta
from typing import Any

import pytest

from veilleur.desk.pages.home import home_page
from veilleur.desk.pages.token_steps import token_steps
from veilleur.domains.organisations.factories import (
    make_api_token,
    make_mandate,
    make_organisation,
    make_person,
    signed_in,
)
from veilleur.domains.organisations.queries import viewer_of
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import Viewer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# Rows that factories made; their tables are behind the doors of their domain.
Organisation = Person = Any


@pytest.fixture
def company() -> Organisation:
    return make_organisation(language="en")


@pytest.fixture
def manager(company: Organisation) -> Person:
    return make_person(company, name="Anna", language="en")


@pytest.fixture
def technician(company: Organisation) -> Person:
    return make_person(company, name="Ben", role=Role.TECHNICIAN, language="en")


def make(company: Organisation, maker: Person, name: str, ends_in: timedelta, **fields: object) -> None:
    make_api_token(company, maker, name=name, expires_at=utc_now() + ends_in, **fields)


def month_of(person: Person, at: Organisation | None = None) -> str:
    text = signed_in(person, at=at).get("/").content.decode()
    return text[text.index('id="month"') :]


def viewer(person: Person) -> Viewer:
    found = viewer_of(person.pk, utc_now())
    assert found is not None
    return found


def test_the_maker_and_who_decides_see_that_a_token_ends_and_nobody_else(
    company: Organisation, manager: Person, technician: Person
) -> None:
    make(company, technician, "Wall screen", 9 * DAY)
    make(company, technician, "Yearly report", 60 * DAY)
    other = make_person(company, name="Carla", role=Role.TECHNICIAN, language="en")

    own, managers = month_of(technician), month_of(manager)

    assert "The API token Wall screen ends on" in own
    assert "(in 9 days)" in own
    assert 'href="/account/security/tokens/"' in own
    assert 'href="/organisation/tokens/"' in managers
    assert "Ben" in managers
    assert "Yearly report" not in own + managers
    assert "Wall screen" not in month_of(other)


def test_a_token_that_ended_in_use_is_told_as_late_and_one_that_was_idle_is_not(
    company: Organisation, manager: Person
) -> None:
    now = utc_now()
    make(company, manager, "Report", -2 * DAY, last_used_at=now - 3 * DAY, is_organisations=True)
    make(company, manager, "Forgotten", -2 * DAY, last_used_at=now - 40 * DAY)
    make(company, manager, "Replaced", -2 * DAY, last_used_at=now - 3 * DAY, revoked_at=now)

    (step,) = token_steps(viewer(manager), now)

    assert step.text.startswith("The API token Report ended on")
    assert (step.about, step.is_late) == ("the organisation", True)


def test_the_token_of_the_organisation_leads_who_no_longer_decides_nowhere(
    company: Organisation, technician: Person
) -> None:
    make(company, technician, "Report", DAY, is_organisations=True)

    (step,) = token_steps(viewer(technician), utc_now())

    assert step.url == ""


def test_a_provider_hears_of_its_own_tokens_there_and_of_none_of_its_customers(
    company: Organisation, manager: Person
) -> None:
    provider = make_organisation("Infogérance du Vexin")
    make_mandate(company, provider)
    tess = make_person(provider, name="Tess", language="en")
    make(company, manager, "Of the customer", DAY, is_organisations=True)
    make(company, tess, "Of the provider", DAY)
    make(provider, tess, "At home", DAY)

    month = month_of(tess, at=company)

    assert "Of the provider" in month
    assert "Of the customer" not in month
    assert "At home" not in month


def test_it_costs_one_query_and_the_other_pages_none(
    company: Organisation, manager: Person, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        make(company, manager, f"Report {number}", DAY)
    seen = viewer(manager)

    with django_assert_num_queries(1):
        assert len(token_steps(seen, utc_now())) == 3
    assert not [step for step in home_page(seen, utc_now()).steps if "Report" in step.text]
