"""How critical an activity is, what that makes of the services below it, and when it is busy."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.estate.rules.activities import (
    WORST_FIRST,
    Criticality,
    Grade,
    HourEffects,
    ServiceCriticality,
    below,
    criticality_below,
    criticality_of,
)
from veilleur.domains.estate.rules.busy import busy_intervals, is_busy_day
from veilleur.domains.estate.rules.map import DependencyKind, EstateMap, MapEdge, MapNode, NodeKind
from veilleur.domains.estate.rules.rhythms import BusyPeriod, Rhythm, is_day_of

NONE, NOTICEABLE, SERIOUS = Grade.NONE, Grade.NOTICEABLE, Grade.SERIOUS
PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("is_vital", "grades", "expected"),
    [
        # Nothing is said: it may be anything.
        (False, ("", "", "", ""), Criticality.UNKNOWN),
        # Vital whatever else is said.
        (True, ("", "", "", ""), Criticality.CRITICAL),
        (True, (NONE, NONE, NONE, NONE), Criticality.CRITICAL),
        # One serious effect of any kind is enough.
        (False, (NONE, NONE, NONE, SERIOUS), Criticality.CRITICAL),
        (False, ("", SERIOUS, "", ""), Criticality.CRITICAL),
        (False, (NOTICEABLE, NONE, NONE, NONE), Criticality.IMPORTANT),
        # Noticeable already, whatever the rest is.
        (False, (NOTICEABLE, "", "", ""), Criticality.IMPORTANT),
        # Ordinary only once every kind is said to be none.
        (False, (NONE, NONE, NONE, NONE), Criticality.ORDINARY),
        (False, (NONE, NONE, NONE, ""), Criticality.UNKNOWN),
    ],
)
def test_an_activity_is_as_critical_as_its_worst_effect(
    is_vital: bool, grades: tuple[str, str, str, str], expected: Criticality
) -> None:
    assert criticality_of(is_vital=is_vital, effects=HourEffects(*grades)) is expected


def node(number: int, kind: NodeKind) -> MapNode:
    return MapNode(UUID(int=number), kind, f"node {number}")


INVOICE, SELL = node(1, NodeKind.ACTIVITY), node(2, NodeKind.ACTIVITY)
ERP, SHOP, DIRECTORY = (node(number, NodeKind.SERVICE) for number in (11, 12, 13))
SERVER, BACKUP = node(21, NodeKind.ASSET), node(22, NodeKind.ASSET)
NODES = (INVOICE, SELL, ERP, SHOP, DIRECTORY, SERVER, BACKUP)


def edge(dependent: MapNode, dependency: MapNode, kind: DependencyKind) -> MapEdge:
    return MapEdge(dependent.id, dependency.id, kind)


MAP = EstateMap(
    NODES,
    (
        edge(INVOICE, ERP, DependencyKind.RELIES_ON),
        edge(SELL, SHOP, DependencyKind.RELIES_ON),
        edge(ERP, DIRECTORY, DependencyKind.NEEDS_TO_START),
        edge(SHOP, DIRECTORY, DependencyKind.AUTHENTICATES_WITH),
        edge(DIRECTORY, SERVER, DependencyKind.RUNS_ON),
        edge(ERP, BACKUP, DependencyKind.BACKED_UP_BY),
    ),
)


def test_a_service_is_as_critical_as_the_worst_activity_that_stands_still_without_it() -> None:
    levels = {INVOICE.id: Criticality.CRITICAL, SELL.id: Criticality.IMPORTANT}

    found = criticality_below(MAP, levels)

    assert found[SHOP.id] == ServiceCriticality(Criticality.IMPORTANT, (SELL.id,))
    assert found[DIRECTORY.id] == ServiceCriticality(Criticality.CRITICAL, (INVOICE.id,))
    assert found[SERVER.id].level is Criticality.CRITICAL


def test_what_only_copies_a_service_is_not_made_critical_by_it() -> None:
    assert BACKUP.id not in below(MAP, INVOICE.id)


def test_an_activity_of_which_nothing_is_said_leaves_a_service_unknown_rather_than_ordinary() -> None:
    levels = {INVOICE.id: Criticality.ORDINARY, SELL.id: Criticality.UNKNOWN}

    found = criticality_below(MAP, levels)

    assert found[DIRECTORY.id].level is Criticality.UNKNOWN
    assert found[ERP.id].level is Criticality.ORDINARY


@st.composite
def maps(draw: st.DrawFn) -> tuple[EstateMap, dict[UUID, Criticality]]:
    count = draw(st.integers(2, 8))
    nodes = tuple(node(number, NodeKind.SERVICE) for number in range(count))
    pairs = st.tuples(st.sampled_from(nodes), st.sampled_from(nodes), st.sampled_from(list(DependencyKind)))
    edges = tuple(edge(*each) for each in draw(st.lists(pairs, max_size=16)) if each[0] != each[1])
    tops = draw(st.lists(st.sampled_from(nodes), unique=True, max_size=3))
    levels = {each.id: draw(st.sampled_from(list(Criticality))) for each in tops}
    return EstateMap(nodes, edges), levels


@given(maps())
def test_criticality_agrees_with_asking_every_node_for_what_stands_on_it(
    drawn: tuple[EstateMap, dict[UUID, Criticality]],
) -> None:
    estate, levels = drawn

    found = criticality_below(estate, levels)

    for each in estate.nodes:
        needing = [top for top in levels if each.id in below(estate, top)]
        worst = min((levels[top] for top in needing), key=WORST_FIRST.index, default=None)
        assert (found[each.id].level if each.id in found else None) == worst


def busy(rhythm: Rhythm, first: int, last: int) -> BusyPeriod:
    return BusyPeriod(rhythm, first, last, "closing")


@pytest.mark.parametrize(
    ("period", "day", "expected"),
    [
        (busy(Rhythm.WEEKLY, 0, 4), date(2026, 11, 27), True),  # a Friday
        (busy(Rhythm.WEEKLY, 0, 4), date(2026, 11, 28), False),
        # Over the end of the week: Friday to Monday.
        (busy(Rhythm.WEEKLY, 4, 0), date(2026, 11, 29), True),
        (busy(Rhythm.WEEKLY, 4, 0), date(2026, 11, 24), False),
        (busy(Rhythm.MONTHLY, 28, 5), date(2026, 11, 30), True),
        (busy(Rhythm.MONTHLY, 28, 5), date(2026, 12, 5), True),
        (busy(Rhythm.MONTHLY, 28, 5), date(2026, 12, 6), False),
        # The 31st is the last day of every month.
        (busy(Rhythm.MONTHLY, 31, 31), date(2026, 2, 28), True),
        (busy(Rhythm.MONTHLY, 31, 31), date(2026, 2, 27), False),
        (busy(Rhythm.MONTHLY, 30, 31), date(2026, 2, 28), True),
        (busy(Rhythm.MONTHLY, 30, 31), date(2026, 3, 29), False),
        (busy(Rhythm.YEARLY, 1115, 1224), date(2026, 12, 24), True),
        (busy(Rhythm.YEARLY, 1115, 1224), date(2026, 12, 25), False),
        # Over the new year.
        (busy(Rhythm.YEARLY, 1220, 105), date(2027, 1, 5), True),
        (busy(Rhythm.YEARLY, 1220, 105), date(2026, 12, 19), False),
        # The last of February, in a year without a 29th.
        (busy(Rhythm.YEARLY, 201, 229), date(2027, 2, 28), True),
        (busy(Rhythm.YEARLY, 201, 229), date(2027, 3, 1), False),
    ],
)
def test_a_day_is_busy_when_it_is_in_the_rhythm(period: BusyPeriod, day: date, expected: bool) -> None:
    assert is_busy_day(period, day) is expected


@pytest.mark.parametrize(
    ("rhythm", "day", "expected"),
    [
        (Rhythm.WEEKLY, 6, True),
        (Rhythm.WEEKLY, 7, False),
        (Rhythm.MONTHLY, 0, False),
        (Rhythm.MONTHLY, 31, True),
        (Rhythm.YEARLY, 229, True),
        (Rhythm.YEARLY, 230, False),
        (Rhythm.YEARLY, 431, False),
        (Rhythm.YEARLY, 1301, False),
        ("daily", 1, False),
    ],
)
def test_only_days_of_the_rhythm_are_days(rhythm: str, day: int, expected: bool) -> None:
    assert is_day_of(rhythm, day) is expected


def test_busy_days_run_from_midnight_to_midnight_on_the_wall_also_when_the_clock_goes_back() -> None:
    start, end = datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC)

    found = list(busy_intervals([busy(Rhythm.WEEKLY, 5, 6)], start, end, PARIS))

    assert found == [(datetime(2026, 10, 23, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))]
    assert found[0][1] - found[0][0] == timedelta(hours=49)


def test_busy_days_are_cut_to_what_was_asked() -> None:
    start, end = datetime(2026, 11, 28, 9, tzinfo=UTC), datetime(2026, 11, 28, 12, tzinfo=UTC)

    assert list(busy_intervals([busy(Rhythm.MONTHLY, 28, 28)], start, end, PARIS)) == [(start, end)]
    assert not busy_intervals([busy(Rhythm.MONTHLY, 27, 27)], start, end, PARIS)
