"""Pure rules of weak points: what rests on one component, what waits for itself."""

from itertools import combinations
from uuid import UUID

from hypothesis import given

from veilleur.domains.estate.rules.map import DependencyKind, EstateMap, NodeKind
from veilleur.domains.estate.rules.weak_points import COMES_BEFORE, circles_of, what_rests_on_one
from veilleur.domains.estate.tests.maps import Drawn, drawn, maps, node_id
from veilleur.domains.estate.tests.test_rules_impact import naive_impact

SIGN_IN = DependencyKind.AUTHENTICATES_WITH


def _alone(estate: EstateMap, letter: str) -> str:
    (rests,) = (each for each in what_rests_on_one(estate) if each.node == node_id(letter))
    return "".join(chr(each.int) for each in rests.alone)


def test_a_service_on_one_machine_rests_on_it_and_on_its_host() -> None:
    assert _alone(drawn(Drawn("s>a a>h"), services="s"), "s") == "ah"


def test_two_machines_that_stand_in_for_each_other_leave_what_both_run_on() -> None:
    estate = drawn(Drawn("s?a s?b a>h b>h b>g"), services="s", needed={"s": 1})

    assert _alone(estate, "s") == "h"


def test_where_both_are_needed_each_brings_the_service_down() -> None:
    assert _alone(drawn(Drawn("s?a s?b"), services="s", needed={"s": 2}), "s") == "ab"


def test_a_service_with_nothing_drawn_below_it_is_not_known_to_be_safe() -> None:
    estate = drawn(Drawn("t>s"), services="st")

    assert [(each.alone, each.is_drawn) for each in what_rests_on_one(estate)] == [((), False), ((), False)]


def test_a_service_whose_machine_is_drawn_is_known() -> None:
    estate = drawn(Drawn("s?a s?b"), services="s", needed={"s": 1})

    assert [(each.alone, each.is_drawn) for each in what_rests_on_one(estate)] == [((), True)]


@given(maps())
def test_a_component_is_named_exactly_when_its_loss_alone_loses_the_service(estate: EstateMap) -> None:
    falls = {node.id: naive_impact(estate, {node.id}) for node in estate.nodes}

    for rests in what_rests_on_one(estate):
        assert set(rests.alone) == {
            node.id
            for node in estate.nodes
            if node.kind == NodeKind.ASSET and falls[node.id].get(rests.node) == "lost"
        }


def _circles(estate: EstateMap) -> list[str]:
    return ["".join(chr(edge.dependent.int) for edge in each.edges) for each in circles_of(estate)]


def test_a_circle_of_several_kinds_is_found_and_told_once_in_its_order() -> None:
    # The directory is a virtual machine on a host whose people sign in with the directory.
    estate = drawn(Drawn("d>v v>h e>d"), Drawn("h>d", SIGN_IN))

    assert _circles(estate) == ["dvh"]


def test_an_alternative_outside_opens_the_circle() -> None:
    estate = drawn(Drawn("d>v v>h"), Drawn("h?d h?x", SIGN_IN), needed={"h": 1})

    assert _circles(estate) == []


def test_kinds_that_hold_no_recovery_up_make_no_circle() -> None:
    assert _circles(drawn(Drawn("a>b"), Drawn("b>a", DependencyKind.WATCHED_BY))) == []


def _brought_back(estate: EstateMap) -> set[UUID]:
    ready: set[UUID] = set()
    edges = [edge for edge in estate.edges if edge.kind in COMES_BEFORE]
    while more := {
        node.id
        for node in estate.nodes
        if node.id not in ready
        and all(e.dependency in ready for e in edges if e.dependent == node.id and e.group is None)
        and all(
            _has_enough(estate, group.id, group.needed, ready)
            for group in estate.groups
            if group.dependent == node.id
        )
    }:
        ready |= more
    return ready


def _has_enough(estate: EstateMap, group: UUID, needed: int, ready: set[UUID]) -> bool:
    edges = [edge for edge in estate.edges if edge.group == group and edge.kind in COMES_BEFORE]
    members = {edge.dependency for edge in edges} - estate.away
    return len(members & ready) >= min(needed, len(members))


@given(maps())
def test_a_circle_is_found_exactly_where_something_can_never_be_brought_back(estate: EstateMap) -> None:
    stuck = {node.id for node in estate.nodes} - _brought_back(estate)

    found = circles_of(estate)

    assert bool(found) == bool(stuck)
    for circle in found:
        assert {edge.dependent for edge in circle.edges} <= stuck
        after = (*circle.edges[1:], circle.edges[0])
        assert all(one.dependency == next_.dependent for one, next_ in zip(circle.edges, after, strict=True))
        assert all(edge in estate.edges for edge in circle.edges)


@given(maps())
def test_two_circles_never_share_a_node(estate: EstateMap) -> None:
    nodes = [{edge.dependent for edge in circle.edges} for circle in circles_of(estate)]

    assert not any(one & other for one, other in combinations(nodes, 2))
