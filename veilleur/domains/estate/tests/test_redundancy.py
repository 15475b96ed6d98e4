"""What stands in for what: written with its dates and facts, read back into the map."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from veilleur.domains.estate.actions import end_dependency, end_redundancy, set_redundancy
from veilleur.domains.estate.factories import make_asset, make_dependency, make_redundancy, make_service
from veilleur.domains.estate.models import Dependency, Redundancy
from veilleur.domains.estate.queries import whole_map
from veilleur.domains.estate.rules.impact import impact_of
from veilleur.domains.estate.rules.map import DependencyKind, LifeState
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


class Farm:
    """A service on three servers."""

    def __init__(self, organisation: Any = None) -> None:
        self.organisation = organisation or make_organisation()
        self.service = make_service(self.organisation, "Shop")
        self.servers = [make_asset(self.organisation, f"web-{number}") for number in range(3)]
        self.edges = [make_dependency(self.service, each, DependencyKind.RUNS_ON) for each in self.servers]

    def say(self, needed: int, edges: Iterable[Dependency] | None = None, now: datetime = NOW) -> Any:
        return set_redundancy(
            now=now,
            actor=SYSTEM,
            organisation_id=self.organisation.pk,
            edges=frozenset(edge.public_id for edge in edges or self.edges),
            needed=needed,
        )

    def end_edge(self, number: int) -> None:
        done = end_dependency(
            now=LATER,
            actor=SYSTEM,
            organisation_id=self.organisation.pk,
            dependency=self.edges[number].public_id,
        )
        assert not isinstance(done, Refused)

    def harm(self, *lost: int, at: datetime = LATER) -> str | None:
        estate = whole_map(self.organisation.pk, at)
        servers = [self.servers[each].public_id for each in lost]
        return impact_of(estate, servers).harm_of(self.service.public_id)

    def said(self) -> list[tuple[int, bool]]:
        rows = Redundancy.objects.of(self.organisation.pk).order_by("pk")
        return [(row.needed, row.until is None) for row in rows]

    def facts(self) -> list[str]:
        return [entry.kind for entry in whole_entries(self.organisation.pk)]


@pytest.fixture
def farm() -> Farm:
    return Farm()


def test_a_service_holds_as_long_as_enough_of_its_servers_work(farm: Farm) -> None:
    assert farm.harm(0) == "lost"

    farm.say(2)

    assert farm.harm(0) == "degraded"
    assert farm.harm(0, 1) == "lost"
    assert farm.harm(0, at=NOW - timedelta(minutes=1)) == "lost"
    assert farm.facts() == ["estate.redundancy_set"]


def test_said_again_it_is_the_same_and_said_otherwise_the_former_ends(farm: Farm) -> None:
    first = farm.say(2)

    assert farm.say(2) == first
    farm.say(1, now=LATER)

    assert farm.said() == [(2, False), (1, True)]
    assert farm.facts() == ["estate.redundancy_set", "estate.redundancy_ended", "estate.redundancy_set"]
    assert farm.harm(0, 1, at=NOW) == "lost"
    assert farm.harm(0, 1) == "degraded"


def test_an_alternative_that_leaves_the_map_leaves_the_others_to_stand_in(farm: Farm) -> None:
    farm.say(1)

    farm.end_edge(2)

    assert farm.harm(0) == "degraded"
    assert farm.harm(0, 1) == "lost"


def test_where_none_can_be_spared_any_more_the_redundancy_ends(farm: Farm) -> None:
    farm.say(2)

    farm.end_edge(2)

    assert farm.said() == [(2, False)]
    assert farm.harm(0) == "lost"


def test_a_redundancy_is_ended_and_every_one_is_needed_again(farm: Farm) -> None:
    made = farm.say(1)
    by = {"now": LATER, "actor": SYSTEM, "organisation_id": farm.organisation.pk}
    ask = {**by, "redundancy": made.public_id}

    end_redundancy(**ask)

    assert farm.harm(0) == "lost"
    assert end_redundancy(**ask) == Refused("no_such_redundancy")


def test_a_planned_or_retired_server_stands_in_for_nothing(farm: Farm) -> None:
    farm.say(1, farm.edges[:2])
    farm.servers[1].life_state = LifeState.RETIRED
    farm.servers[1].save()

    assert farm.harm(0) == "lost"


def test_what_makes_no_sense_is_refused_and_nothing_is_written(farm: Farm) -> None:
    power = make_dependency(farm.service, make_asset(farm.organisation), DependencyKind.NEEDS_TO_START)
    strange = Farm().edges[0]

    assert farm.say(3) == Refused("needed_out_of_range")
    assert farm.say(0) == Refused("needed_out_of_range")
    assert farm.say(1, farm.edges[:1]) == Refused("needed_out_of_range")
    assert farm.say(1, [farm.edges[0], power]) == Refused("alternatives_differ")
    assert farm.say(1, [farm.edges[0], strange]) == Refused("no_such_dependency")
    assert farm.said() == []
    assert farm.facts() == []


def test_an_alternative_of_another_node_counts_for_nothing(farm: Farm) -> None:
    first, second = make_asset(farm.organisation), make_asset(farm.organisation)
    other = make_dependency(first, second, DependencyKind.RUNS_ON)

    make_redundancy(farm.edges[0], other)

    edges = whole_map(farm.organisation.pk, LATER).edges
    assert [edge.group for edge in edges if edge.dependent != farm.service.public_id] == [None]
    assert farm.harm(0) == "lost"
