"""Pure rules of a machine: what changed, and until when its system is supported."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.estate.rules.machine import (
    FoundDatabase,
    Listener,
    Package,
    difference,
    row_text,
    support_level,
)

FULL, LTS = date(2026, 7, 11), date(2028, 6, 30)


@pytest.mark.parametrize(
    ("full", "lts", "today", "level"),
    [
        (FULL, LTS, date(2026, 7, 11), "full"),  # the last day is covered
        (FULL, LTS, date(2026, 7, 12), "lts"),
        (FULL, LTS, date(2028, 6, 30), "lts"),
        (FULL, LTS, date(2028, 7, 1), "none"),
        (FULL, None, date(2026, 7, 12), "none"),  # a release without long-term support
        (None, None, date(2026, 7, 12), "unknown"),
        (None, LTS, date(2026, 7, 12), "lts"),
    ],
)
def test_a_system_has_three_levels_of_support_and_an_unknown(
    full: date | None, lts: date | None, today: date, level: str
) -> None:
    assert support_level(full, lts, today) == level


rows = st.frozensets(st.builds(Package, st.sampled_from("abc"), st.just("all"), st.sampled_from("123")))


@given(rows, rows)
def test_what_is_known_less_what_is_gone_plus_what_is_new_is_what_is_seen(
    known: frozenset[Package], seen: frozenset[Package]
) -> None:
    gone, new = difference(known, seen)

    assert (known - gone) | new == seen
    assert not gone & new
    assert not gone & seen


def test_a_row_in_the_journal_shows_its_filled_fields_only() -> None:
    assert row_text(Listener("tcp", "127.0.0.1", 5432)) == "tcp 127.0.0.1 5432 True"
    assert row_text(FoundDatabase("postgresql", "/run/postgresql:5432")) == (
        "postgresql /run/postgresql:5432 unknown"
    )
