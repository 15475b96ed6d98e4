"""Pure rules of zones that meet, and of what is missing of a service."""

from uuid import UUID

import pytest

from veilleur.domains.estate.rules.gaps import Gap, care_of
from veilleur.domains.estate.rules.map import DependencyKind, EstateMap, ServiceRow
from veilleur.domains.estate.rules.zones import mixed_zones
from veilleur.domains.estate.tests.maps import Drawn, drawn, node_id


def _meet(estate: EstateMap, production: str, test: str) -> list[tuple[str, str, str]]:
    zones = {node_id(letter): "production" for letter in production}
    zones |= {node_id(letter): "test" for letter in test}
    return [
        (
            chr(mix.node.int),
            "".join(chr(each.int) for each in mix.production),
            "".join(chr(each.int) for each in mix.test),
        )
        for mix in mixed_zones(estate, zones)
    ]


@pytest.mark.parametrize(
    ("edges", "production", "test", "said"),
    [
        # A service rests on both; what needs that service is not told again.
        ("s>p s>t a>s", "p", "t", [("s", "p", "t")]),
        # By another service.
        ("s>p s>q q>t", "p", "t", [("s", "p", "q")]),
        # A production machine runs on a test host.
        ("p>t", "p", "t", [("p", "p", "t")]),
        # A host of no zone carries both.
        ("p>h t>h", "p", "t", [("h", "p", "t")]),
        # Kept apart.
        ("s>p q>t", "p", "t", []),
        # Nobody has said.
        ("s>p s>t", "p", "", []),
        # Two that wait for each other: the circle is told, by its own rule.
        ("s>q q>s s>p q>t", "p", "t", []),
    ],
)
def test_zones_meet_where_the_map_says_so(
    edges: str, production: str, test: str, said: list[tuple[str, str, str]]
) -> None:
    assert _meet(drawn(Drawn(edges)), production, test) == said


def test_watching_across_zones_is_no_mix() -> None:
    assert _meet(drawn(Drawn("p>t", DependencyKind.WATCHED_BY)), "p", "t") == []


DATA, OTHER, SOMEBODY = UUID(int=1), UUID(int=2), UUID(int=9)


def _service(*data: UUID, is_default: bool = False, referent: UUID | None = SOMEBODY) -> ServiceRow:
    return ServiceRow(
        id=UUID(int=3),
        name="Shop",
        rto_s=1,
        rpo_s=1,
        rto_is_default=is_default,
        rpo_is_default=is_default,
        is_proposed=False,
        asset_ids=(),
        data_set_ids=data,
        referent=referent,
    )


def test_a_service_of_which_all_is_said_and_done_lacks_nothing() -> None:
    care = care_of(_service(DATA), {DATA: True}, {UUID(int=3): True})

    assert (care.missing, care.unknown) == ((), ())


def test_an_objective_by_default_counts_as_not_chosen() -> None:
    care = care_of(_service(DATA, is_default=True, referent=None), {DATA: True}, {UUID(int=3): False})

    assert care.missing == (Gap.OWNER, Gap.RTO, Gap.RPO, Gap.DOCUMENTATION)


@pytest.mark.parametrize(
    ("data", "copied", "missing", "unknown"),
    [
        ((DATA, OTHER), {DATA: True, OTHER: False}, (Gap.BACKUP,), ()),
        # One is not copied: it is missing, whatever is known of the other.
        ((DATA, OTHER), {OTHER: False}, (Gap.BACKUP,), ()),
        ((DATA, OTHER), {DATA: True}, (), (Gap.BACKUP,)),
        # No data on the map: whether there is any is not known.
        ((), {DATA: True}, (), (Gap.BACKUP,)),
    ],
)
def test_a_copy_of_which_nobody_has_spoken_is_unknown_and_never_there(
    data: tuple[UUID, ...], copied: dict[UUID, bool], missing: tuple[Gap, ...], unknown: tuple[Gap, ...]
) -> None:
    care = care_of(_service(*data), copied, {UUID(int=3): True})

    assert (care.missing, care.unknown) == (missing, unknown)
