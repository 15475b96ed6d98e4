"""What runs say of a procedure, and how a run may end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veilleur.domains.knowledge.rules.runs import Outcome, Run, practice_of, why_not_ended

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def run(minutes: int | None, *doers: str, outcome: Outcome = Outcome.FINISHED) -> Run:
    if minutes is None:
        return Run(START, None, None, frozenset(doers))
    return Run(START, START + timedelta(minutes=minutes), outcome, frozenset(doers))


def test_only_finished_runs_say_who_has_really_done_it() -> None:
    practice = practice_of(
        [
            run(30, "anna"),
            run(50, "anna", "ben"),
            run(5, "clara", outcome=Outcome.GIVEN_UP),
            run(None, "dora"),
        ]
    )

    assert practice.times == {"anna": 2, "ben": 1}
    assert practice.usual == timedelta(minutes=40)
    assert practice.last_at == START + timedelta(minutes=50)


def test_without_a_finished_run_nobody_has_done_it() -> None:
    practice = practice_of([run(None, "anna"), run(5, "ben", outcome=Outcome.GIVEN_UP)])

    assert (practice.times, practice.last_at, practice.usual) == ({}, None, None)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(0, 500), st.frozensets(st.sampled_from("abc"), min_size=1)), min_size=1)
)
def test_what_is_usual_lies_between_the_quickest_and_the_slowest(
    runs: list[tuple[int, frozenset[str]]],
) -> None:
    practice = practice_of([run(minutes, *doers) for minutes, doers in runs])

    minutes = [each for each, _doers in runs]
    assert practice.usual is not None
    assert timedelta(minutes=min(minutes)) <= practice.usual <= timedelta(minutes=max(minutes))
    assert sum(practice.times.values()) == sum(len(doers) for _minutes, doers in runs)


@pytest.mark.parametrize(
    ("outcome", "left", "reason", "why_not"),
    [
        (Outcome.FINISHED, 0, "", None),
        (Outcome.FINISHED, 1, "", "steps_left"),
        (Outcome.GIVEN_UP, 3, "the power is away", None),
        (Outcome.GIVEN_UP, 0, " \n", "reason_missing"),
    ],
)
def test_a_run_is_finished_when_all_is_done_and_given_up_for_a_reason(
    outcome: Outcome, left: int, reason: str, why_not: str | None
) -> None:
    assert why_not_ended(outcome, left=left, reason=reason) == why_not
