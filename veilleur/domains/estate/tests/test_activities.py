"""Business activities enter the map, are described, rely on services, are busy, and leave."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from veilleur.domains.estate import actions
from veilleur.domains.estate.factories import make_activity, make_asset, make_service
from veilleur.domains.estate.models import BusinessActivity
from veilleur.domains.estate.queries import (
    whole_activities,
    whole_criticality,
    whole_map,
    whole_services,
)
from veilleur.domains.estate.rules.activities import ActivityDraft, Criticality, Grade, HourEffects
from veilleur.domains.estate.rules.map import ServiceDraft
from veilleur.domains.estate.rules.rhythms import BusyPeriod, Rhythm
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.organisations.actions import end_membership
from veilleur.domains.organisations.factories import make_organisation, make_person
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
CLOSING = BusyPeriod(Rhythm.MONTHLY, 28, 5, "Closing")


class Company:
    """One that invoices with its ERP, and has people."""

    def __init__(self) -> None:
        self.organisation = make_organisation()
        self.erp = make_service(self.organisation, "ERP", runs_on=make_asset(self.organisation))
        self.anna = make_person(self.organisation, name="Anna", role=Role.REFERENT)
        self.scope: dict[str, Any] = {
            "now": NOW,
            "actor": SYSTEM,
            "organisation_id": self.organisation.pk,
        }

    def declare(self, name: str = "Invoice", **said: Any) -> Any:
        services = frozenset({self.erp.public_id})
        return actions.declare_activity(**self.scope, draft=ActivityDraft(name, **said), services=services)

    def facts(self) -> list[str]:
        return [entry.kind for entry in whole_entries(self.organisation.pk)]


@pytest.fixture
def company() -> Company:
    return Company()


def test_an_activity_stands_on_its_services_and_makes_them_critical(company: Company) -> None:
    made = company.declare(is_vital=True, referent=company.anna.public_id)

    (row,) = whole_activities(company.organisation.pk)
    assert (row.id, row.name, row.services) == (made.public_id, "Invoice", (company.erp.public_id,))
    assert row.said.referent == company.anna.public_id
    found = whole_criticality(company.organisation.pk)
    assert found[company.erp.public_id].level is Criticality.CRITICAL
    assert found[company.erp.public_id].because == (made.public_id,)
    assert company.facts() == [
        "estate.activity_declared",
        "estate.activity_changed",
        "estate.dependency_added",
    ]


def test_nothing_is_written_of_an_activity_that_relies_on_what_is_not_there(company: Company) -> None:
    done = actions.declare_activity(
        **company.scope, draft=ActivityDraft("Invoice"), services=frozenset({UUID(int=5)})
    )

    assert done == Refused("no_such_service")
    assert whole_activities(company.organisation.pk) == []
    assert company.facts() == []


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (ActivityDraft("  "), "name_missing"),
        (ActivityDraft("INVOICE"), "activity_name_taken"),
        (ActivityDraft("Sell", referent=UUID(int=5)), "no_such_member"),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_reason(
    company: Company, draft: ActivityDraft, reason: str
) -> None:
    company.declare()

    assert actions.declare_activity(**company.scope, draft=draft) == Refused(reason)


def test_describing_an_activity_records_what_changed_and_nothing_the_second_time(company: Company) -> None:
    made = company.declare()
    before = len(company.facts())
    draft = ActivityDraft("Invoice", effects=HourEffects(turnover=Grade.SERIOUS), turnover_eur=300)

    for _time in range(2):
        done = actions.describe_activity(**company.scope, activity=made.public_id, draft=draft)
        assert isinstance(done, BusinessActivity)

    (entry,) = list(whole_entries(company.organisation.pk))[before:]
    assert json.loads(entry.body)["changes"] == [
        {"field": "hour_turnover_eur", "before": "", "after": "300"},
        {"field": "hour_turnover", "before": "", "after": "serious"},
    ]


def test_a_referent_who_has_left_stays_until_somebody_else_is_chosen(company: Company) -> None:
    made = company.declare(referent=company.anna.public_id)
    end_membership(**company.scope, person=company.anna.public_id)
    draft = ActivityDraft("Invoice", purpose="Bills", referent=company.anna.public_id)

    kept = actions.describe_activity(**company.scope, activity=made.public_id, draft=draft)
    refused = actions.declare_activity(
        **company.scope, draft=ActivityDraft("Sell", referent=company.anna.public_id)
    )

    assert isinstance(kept, BusinessActivity)
    assert whole_activities(company.organisation.pk)[0].said.referent == company.anna.public_id
    assert refused == Refused("no_such_member")


def test_services_are_tied_and_untied_as_they_were_asked_about(company: Company) -> None:
    made = company.declare()
    shop = make_service(company.organisation, "Shop")

    refused = actions.settle_services_of_activity(
        **company.scope,
        activity=made.public_id,
        needed=frozenset({shop.public_id}),
        asked=frozenset({shop.public_id, company.erp.public_id}),
    )

    assert refused is None
    assert whole_activities(company.organisation.pk)[0].services == (shop.public_id,)


def test_busy_periods_are_added_and_taken_away_and_each_once(company: Company) -> None:
    made = company.declare()
    change = {**company.scope, "activity": made.public_id}

    actions.change_busy_periods(**change, added=frozenset({CLOSING}))
    actions.change_busy_periods(**change, added=frozenset({CLOSING}))

    assert whole_activities(company.organisation.pk)[0].busy == (CLOSING,)
    assert company.facts().count("estate.busy_periods_set") == 1
    actions.change_busy_periods(**change, removed=frozenset({CLOSING}))
    assert whole_activities(company.organisation.pk)[0].busy == ()


@pytest.mark.parametrize(
    ("period", "reason"),
    [
        (BusyPeriod(Rhythm.MONTHLY, 0, 3, "Closing"), "no_such_day"),
        (BusyPeriod(Rhythm.YEARLY, 101, 230, "Winter"), "no_such_day"),
        (BusyPeriod(Rhythm.WEEKLY, 0, 4, " "), "name_missing"),
    ],
)
def test_days_that_are_none_are_refused(company: Company, period: BusyPeriod, reason: str) -> None:
    made = company.declare()

    done = actions.change_busy_periods(**company.scope, activity=made.public_id, added=frozenset({period}))

    assert done == Refused(reason)


def test_busy_periods_stay_few(company: Company) -> None:
    made = company.declare()
    many = frozenset(BusyPeriod(Rhythm.WEEKLY, 0, 0, f"Monday {number}") for number in range(21))

    done = actions.change_busy_periods(**company.scope, activity=made.public_id, added=many)

    assert done == Refused("too_many_periods")
    assert whole_activities(company.organisation.pk)[0].busy == ()


def test_an_activity_that_ends_leaves_with_its_edges_and_the_past_keeps_it(company: Company) -> None:
    made = company.declare(is_vital=True)
    later = NOW + timedelta(days=1)

    done = actions.end_activity(**company.scope | {"now": later}, activity=made.public_id)

    assert isinstance(done, BusinessActivity)
    assert whole_activities(company.organisation.pk) == []
    assert whole_criticality(company.organisation.pk) == {}
    assert made.public_id in {node.id for node in whole_map(company.organisation.pk, NOW).nodes}
    again = actions.end_activity(**company.scope, activity=made.public_id)
    assert again == Refused("no_such_activity")


def test_what_people_say_of_a_service_is_kept_and_confirms_it(company: Company) -> None:
    proposed = make_service(company.organisation, "Mail", is_proposed=True)
    draft = ServiceDraft(company.anna.public_id, 86_400, "Two years of letters.")

    actions.describe_service(**company.scope, service=proposed.public_id, draft=draft)

    row = next(row for row in whole_services(company.organisation.pk) if row.name == "Mail")
    assert (row.referent, row.max_outage_s, row.data_loss_effect, row.is_proposed) == (
        company.anna.public_id,
        86_400,
        "Two years of letters.",
        False,
    )


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (ServiceDraft(max_outage_s=0), "outage_not_positive"),
        (ServiceDraft(referent=UUID(int=5)), "no_such_member"),
    ],
)
def test_what_cannot_be_said_of_a_service_is_refused(
    company: Company, draft: ServiceDraft, reason: str
) -> None:
    done = actions.describe_service(**company.scope, service=company.erp.public_id, draft=draft)

    assert done == Refused(reason)


def test_an_activity_of_another_organisation_is_not_there(company: Company) -> None:
    foreign = make_activity(make_organisation("Somebody else"), "Sell")

    done = actions.end_activity(**company.scope, activity=foreign.public_id)

    assert done == Refused("no_such_activity")
