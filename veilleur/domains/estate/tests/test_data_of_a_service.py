"""Which data a service needs is settled by people, for what they were asked about, and nothing else."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from veilleur.domains.estate.actions import add_dependency, settle_data_of_service
from veilleur.domains.estate.actions.needs import SettledNeeds
from veilleur.domains.estate.factories import make_asset, make_data_set, make_service
from veilleur.domains.estate.queries import whole_services
from veilleur.domains.estate.rules.map import DependencyKind, NewEdge
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)


class Shop:
    """A service that needs its accounts; letters and drawings are there, and needed by nobody."""

    def __init__(self) -> None:
        self.organisation = make_organisation()
        self.machine = make_asset(self.organisation)
        self.service = make_service(self.organisation, "Shop", runs_on=self.machine)
        self.accounts = self.data("accounts", used_by=self.service)
        self.letters, self.drawings = self.data("letters"), self.data("drawings")

    def data(self, name: str, used_by: Any = None) -> UUID:
        made = make_data_set(
            self.organisation, name, stored_on=self.machine, locator=f"/srv/{name}", used_by=used_by
        )
        return UUID(str(made.public_id))

    def settle(self, *, needed: set[UUID], asked: set[UUID]) -> SettledNeeds | Refused:
        return settle_data_of_service(
            now=NOW,
            actor=SYSTEM,
            organisation_id=self.organisation.pk,
            service=self.service.public_id,
            needed=frozenset(needed),
            asked=frozenset(asked),
        )

    def needed(self) -> set[UUID]:
        (row,) = whole_services(self.organisation.pk)
        return set(row.data_set_ids)

    def facts(self) -> list[str]:
        return [entry.kind for entry in whole_entries(self.organisation.pk)]


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_data_that_was_there_before_the_service_is_tied_to_it(shop: Shop) -> None:
    asked = {shop.accounts, shop.letters, shop.drawings}

    done = shop.settle(needed={shop.accounts, shop.letters}, asked=asked)

    assert done == SettledNeeds(frozenset({shop.letters}), frozenset())
    assert shop.needed() == {shop.accounts, shop.letters}
    assert shop.facts() == ["estate.dependency_added"]


def test_what_was_tied_wrongly_is_untied(shop: Shop) -> None:
    done = shop.settle(needed=set(), asked={shop.accounts})

    assert done == SettledNeeds(frozenset(), frozenset({shop.accounts}))
    assert shop.needed() == set()
    assert shop.facts() == ["estate.dependency_ended"]


def test_what_came_onto_the_map_meanwhile_stays_tied(shop: Shop) -> None:
    shop.settle(needed={shop.letters}, asked={shop.letters, shop.drawings})

    assert shop.needed() == {shop.accounts, shop.letters}


def test_the_same_again_writes_nothing(shop: Shop) -> None:
    done = shop.settle(needed={shop.accounts}, asked={shop.accounts, shop.letters})

    assert done == SettledNeeds(frozenset(), frozenset())
    assert shop.facts() == []


def test_data_of_another_company_and_what_is_no_data_are_refused(shop: Shop) -> None:
    elsewhere = Shop()

    assert shop.settle(needed={elsewhere.letters}, asked=set()) == Refused("no_such_data_set")
    assert shop.settle(needed={shop.machine.public_id}, asked=set()) == Refused("no_such_data_set")
    assert shop.needed() == {shop.accounts}


def test_what_would_make_each_wait_for_the_other_is_refused_and_nothing_is_written(shop: Shop) -> None:
    waits = NewEdge(shop.letters, shop.service.public_id, DependencyKind.NEEDS_TO_START)
    add_dependency(now=NOW, actor=SYSTEM, organisation_id=shop.organisation.pk, edge=waits)
    before = shop.facts()

    done = shop.settle(needed={shop.drawings, shop.letters}, asked={shop.accounts})

    assert done == Refused("circular")
    assert shop.needed() == {shop.accounts}
    assert shop.facts() == before
