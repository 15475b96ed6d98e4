"""Canonical JSON: one text per value, and back again."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.journal.rules.canonical import (
    canonical_json,
    check_fact_type,
    from_body,
    to_body,
)
from veilleur.domains.journal.rules.errors import BadFact


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Part:
    name: str
    weight_g: int


@dataclass(frozen=True)
class Whole:
    id: UUID
    at: datetime
    day: date | None
    colour: Colour
    is_new: bool
    parts: tuple[Part, ...]
    pair: tuple[str, int]


WHOLE = Whole(
    id=UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    at=datetime(2026, 10, 25, 2, 30, 0, 7, tzinfo=timezone(timedelta(hours=2))),
    day=None,
    colour=Colour.BLUE,
    is_new=True,
    parts=(Part("é", 3), Part("", -1)),
    pair=("x", 0),
)


def test_a_fact_has_exactly_this_canonical_text() -> None:
    text = canonical_json(to_body(WHOLE))

    assert text == (
        '{"at":"2026-10-25T00:30:00.000007Z","colour":"blue","day":null,'
        '"id":"01890a5d-ac96-774b-bcce-b302099a8057","is_new":true,"pair":["x",0],'
        '"parts":[{"name":"é","weight_g":3},{"name":"","weight_g":-1}]}'
    )


def test_a_fact_read_back_equals_the_one_written() -> None:
    assert from_body(Whole, to_body(WHOLE)) == WHOLE


@given(
    name=st.text(st.characters(exclude_categories=["Cs"])),
    weight=st.integers(-(2**53) + 1, 2**53 - 1),
    at=st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.timezones()),
)
def test_any_value_survives_the_round_trip(name: str, weight: int, at: datetime) -> None:
    whole = Whole(WHOLE.id, at, at.date(), Colour.RED, False, (Part(name, weight),), (name, weight))

    read = from_body(Whole, to_body(whole))

    # Compared in UTC: Python finds an instant of a repeated hour unequal to itself across zones.
    assert read == replace(whole, at=at.astimezone(UTC))
    assert canonical_json(to_body(read)) == canonical_json(to_body(whole))


@pytest.mark.parametrize(
    "value",
    [
        Part("x", 2**53),  # beyond what every JSON reader keeps
        Part("\ud800", 1),  # half a surrogate pair is no text
        Part("x", 0.5),  # type: ignore[arg-type]  # a float
        Part("x", {"a": 1}),  # type: ignore[arg-type]  # a mapping
        Part("x", [1]),  # type: ignore[arg-type]  # a list can be changed afterwards
    ],
)
def test_a_value_without_canonical_form_is_refused(value: Part) -> None:
    with pytest.raises(BadFact):
        to_body(value)


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = Whole(WHOLE.id, datetime(2026, 1, 1), None, Colour.RED, True, (), ("x", 1))

    with pytest.raises(BadFact, match="without a zone"):
        to_body(naive)


@pytest.mark.parametrize(
    "change",
    [
        {"at": 5},  # an instant that is a number
        {"at": "yesterday"},
        {"id": "no uuid"},
        {"colour": "green"},  # no such colour
        {"is_new": 1},  # 1 is not true
        {"pair": ["x"]},  # too short
        {"pair": "x"},
        {"parts": [{"name": "x"}]},  # a field is missing
        {"more": 1},  # a field too many
    ],
)
def test_a_body_of_another_shape_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadFact):
        from_body(Whole, {**to_body(WHOLE), **change})


def test_an_integer_field_does_not_take_a_boolean() -> None:
    with pytest.raises(BadFact):
        from_body(Part, {"name": "x", "weight_g": True})


@dataclass(frozen=True)
class WithFloat:
    share: float


@dataclass(frozen=True)
class WithNestedFloat:
    inner: tuple[WithFloat, ...]


@dataclass(frozen=True)
class WithTwoTypes:
    value: int | str


@dataclass
class NotFrozen:
    name: str


@pytest.mark.parametrize("fact_type", [WithFloat, WithNestedFloat, WithTwoTypes, NotFrozen, str])
def test_a_type_that_could_not_be_read_back_exactly_is_refused_at_import(fact_type: type) -> None:
    with pytest.raises(BadFact):
        check_fact_type(fact_type)
    check_fact_type(Whole)
