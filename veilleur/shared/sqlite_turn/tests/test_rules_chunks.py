"""Chunks follow the time they take, and cover every item once, in order."""

import pytest

from veilleur.shared.sqlite_turn.chunks import FIRST, LARGEST, next_size, work_in_chunks


def test_every_item_is_worked_on_once_and_in_order() -> None:
    seen: list[int] = []
    reached: list[int] = []

    done = work_in_chunks(range(1003), seen.extend, after_each=reached.append)

    assert done == 1003
    assert seen == list(range(1003))
    assert reached[0] == FIRST
    assert reached[-1] == 1003


def test_nothing_to_do_is_no_chunk() -> None:
    assert work_in_chunks([], lambda chunk: pytest.fail("called")) == 0


def test_work_that_fails_stops_and_what_came_before_stays() -> None:
    kept: list[int] = []

    def work(chunk: object) -> None:
        if kept:
            raise OSError("the disk is full")
        kept.extend(chunk)  # type: ignore[arg-type]

    with pytest.raises(OSError, match="full"):
        work_in_chunks(range(100), work)

    assert kept == list(range(FIRST))


@pytest.mark.parametrize(
    ("size", "took_s", "expected"),
    [
        (100, 0.025, 100),  # just right
        (100, 0.050, 50),  # twice too long: half as many, at once
        (100, 2.5, 1),  # far too long: one, never none
        (100, 0.001, 150),  # much too short: half as many more, no leap
        (1, 0.001, 2),
        (LARGEST, 0.001, LARGEST),
        (100, 0.0, 150),  # a clock that did not move
    ],
)
def test_the_next_chunk_fits_better(size: int, took_s: float, expected: int) -> None:
    assert next_size(size, took_s, 0.025) == expected
