"""Pure rules of impact: what is lost, what holds by alternatives, by which path, against a naive model."""

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.estate.labels import PASSES_ON as REASONS
from veilleur.domains.estate.rules.impact import PASSES_ON, Harm, Standing, impact_of
from veilleur.domains.estate.rules.map import DependencyKind, EstateMap
from veilleur.domains.estate.tests.maps import Drawn, drawn, maps, node_id


def _said(estate: EstateMap, lost: str) -> dict[str, str]:
    return {chr(hit.node.int): hit.harm for hit in impact_of(estate, map(node_id, lost)).hits.values()}


def test_what_runs_on_a_lost_machine_is_lost_with_all_that_needs_it() -> None:
    estate = drawn(Drawn("b>a c>b d>z"))

    assert _said(estate, "a") == {"a": "lost", "b": "lost", "c": "lost"}


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        # One of three is lost, two are enough: what is above works on what is left.
        ("a", {"a": "lost", "s": "degraded", "t": "degraded"}),
        # Two of three: what is left is not enough.
        ("ab", {"a": "lost", "b": "lost", "s": "lost", "t": "lost"}),
        # What all three rest on.
        ("h", {"h": "lost", "a": "lost", "b": "lost", "c": "lost", "s": "lost", "t": "lost"}),
        # Nothing of it.
        ("z", {"z": "lost"}),
    ],
)
def test_two_of_three_are_enough_where_two_are_needed(lost: str, said: dict[str, str]) -> None:
    estate = drawn(Drawn("s?a s?b s?c a>h b>h c>h t>s x>z"), needed={"s": 2})

    assert {key: value for key, value in _said(estate, lost).items() if key != "x"} == said


def test_a_component_that_is_not_in_service_stands_in_for_nothing_and_is_missed_by_nothing() -> None:
    estate = drawn(Drawn("s?a s?b"), needed={"s": 1}, away="b")

    assert _said(estate, "a") == {"a": "lost", "s": "lost"}
    assert _said(estate, "b") == {"b": "lost"}


def test_what_is_needed_besides_alternatives_is_not_replaced_by_them() -> None:
    estate = drawn(Drawn("s?a s?b s>n"), needed={"s": 1})

    assert _said(estate, "n") == {"n": "lost", "s": "lost"}


def test_the_path_tells_from_the_lost_node_to_the_one_that_is_hit_and_how_alternatives_stand() -> None:
    estate = drawn(Drawn("s?a s?b a>h t>s"), needed={"s": 1})

    path = impact_of(estate, [node_id("h")]).path_to(node_id("t"))

    assert [chr(hit.node.int) for hit in path] == ["h", "a", "s", "t"]
    assert [hit.harm for hit in path] == [Harm.LOST, Harm.LOST, Harm.DEGRADED, Harm.DEGRADED]
    assert path[2].standing == Standing(left=1, of=2, needed=1)


def test_the_standing_counts_all_that_are_lost_in_the_end() -> None:
    estate = drawn(Drawn("s?a s?b s?c"), needed={"s": 2})

    hit = impact_of(estate, map(node_id, "abc")).hits[node_id("s")]

    assert hit.standing == Standing(left=0, of=3, needed=2)


@pytest.mark.parametrize("kind", DependencyKind)
def test_each_kind_of_dependency_passes_on_what_the_table_says_with_a_reason(kind: DependencyKind) -> None:
    said = _said(drawn(Drawn("b>a", kind)), "a")

    assert ("b" in said) == PASSES_ON[kind]
    assert str(REASONS[kind])


def test_nodes_that_are_not_on_the_map_hit_nothing() -> None:
    assert not impact_of(drawn(Drawn("b>a")), [UUID(int=5)]).hits


def naive_impact(estate: EstateMap, lost: set[UUID]) -> dict[UUID, Harm]:
    """Return what becomes of each node: by looking at every node again until nothing changes."""
    gone = {node.id for node in estate.nodes if node.id in lost}
    while more := {
        node.id for node in estate.nodes if node.id not in gone and _is_lost(estate, node.id, gone)
    }:
        gone |= more
    weak: set[UUID] = set()
    edges = [edge for edge in estate.edges if PASSES_ON[DependencyKind(edge.kind)]]
    counted = [edge for edge in edges if edge.group is None or edge.dependency not in estate.away]
    while more := {
        edge.dependent
        for edge in counted
        if edge.dependency in gone | weak and edge.dependent not in gone | weak
    }:
        weak |= more
    return {**dict.fromkeys(gone, Harm.LOST), **dict.fromkeys(weak, Harm.DEGRADED)}


def _is_lost(estate: EstateMap, node: UUID, gone: set[UUID]) -> bool:
    own = [edge for edge in estate.edges if edge.dependent == node and PASSES_ON[DependencyKind(edge.kind)]]
    if any(edge.group is None and edge.dependency in gone for edge in own):
        return True
    for group in estate.groups:
        members = {edge.dependency for edge in own if edge.group == group.id} - estate.away
        if members & gone and len(members - gone) < group.needed:
            return True
    return False


@given(maps(), st.sets(st.integers(1, 9), max_size=3))
def test_impact_is_what_the_naive_model_says(estate: EstateMap, numbers: set[int]) -> None:
    lost = {UUID(int=number) for number in numbers}

    found = impact_of(estate, lost)

    assert {node: hit.harm for node, hit in found.hits.items()} == naive_impact(estate, lost)


@given(maps(), st.sets(st.integers(1, 9), min_size=1, max_size=3))
def test_every_hit_has_a_path_of_real_edges_from_a_lost_node(estate: EstateMap, numbers: set[int]) -> None:
    found = impact_of(estate, {UUID(int=number) for number in numbers})

    for node, hit in found.hits.items():
        path = found.path_to(node)
        assert path[-1] == hit
        assert path[0].by is None
        assert path[0].node.int in numbers
        for before, after in pairwise(path):
            assert after.by is not None
            assert after.by in estate.edges
            assert (after.by.dependency, after.by.dependent) == (before.node, after.node)


@given(maps(), st.sets(st.integers(1, 9), max_size=3), st.integers(1, 9))
def test_losing_more_never_saves_anything(estate: EstateMap, numbers: set[int], more: int) -> None:
    few = impact_of(estate, {UUID(int=number) for number in numbers})
    many = impact_of(estate, {UUID(int=number) for number in {*numbers, more}})

    for node, hit in few.hits.items():
        assert many.harm_of(node) in {hit.harm, Harm.LOST}
