"""What may be saved, until when it is taken to be right, and what a document lacks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.knowledge.rules.care import Cared, Need, needs_of, verdict_of
from veilleur.domains.knowledge.rules.documents import (
    LONGEST_TEXT_BYTES,
    Draft,
    fault_of,
    review_due_at,
    with_plain_lines,
)
from veilleur.shared.verdict import Verdict

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (Draft("Restore", "1. Open\n\tthe file"), None),
        # No-break spaces and joiners are typed on purpose.
        (Draft("À faire\u202f!", "a\u00a0b\u200dc"), None),
        (Draft("Restore", "x" * LONGEST_TEXT_BYTES), None),
        (Draft(" ", "text"), "title_missing"),
        (Draft("Restore", " \n "), "text_missing"),
        (Draft("Restore", "x" * (LONGEST_TEXT_BYTES + 1)), "text_too_long"),
        # Bytes are counted, not letters.
        (Draft("Restore", "é" * (LONGEST_TEXT_BYTES // 2 + 1)), "text_too_long"),
        (Draft("x" * 201, "text"), "line_too_long"),
        (Draft("Restore", "text", may_ask="x" * 201), "line_too_long"),
        (Draft("Two\nlines", "text"), "unfit_signs"),
        (Draft("Restore", "a\x00b"), "unfit_signs"),
        (Draft("Restore", "a\x1b[2Jb"), "unfit_signs"),
        (Draft("Restore", "a\ud800b"), "unfit_signs"),
    ],
)
def test_a_draft_is_saved_or_refused_with_its_reason(draft: Draft, reason: str | None) -> None:
    assert fault_of(draft) == reason


@given(st.text())
def test_line_breaks_of_any_sort_become_one_sign_and_nothing_else_changes(text: str) -> None:
    plain = with_plain_lines(text)

    assert "\r" not in plain
    assert with_plain_lines(plain) == plain
    assert plain.replace("\n", "") == text.replace("\r", "").replace("\n", "")
    assert with_plain_lines(plain.replace("\n", "\r\n")) == plain


@pytest.mark.parametrize(
    ("reviewed", "months", "due"),
    [
        ((2026, 1, 15), 6, (2026, 7, 15)),
        ((2026, 11, 20), 3, (2027, 2, 20)),
        ((2026, 12, 1), 12, (2027, 12, 1)),
        # The last day of a shorter month.
        ((2026, 8, 31), 6, (2027, 2, 28)),
        ((2027, 8, 31), 6, (2028, 2, 29)),
        ((2028, 2, 29), 12, (2029, 2, 28)),
    ],
)
def test_a_look_counts_for_whole_months(
    reviewed: tuple[int, int, int], months: int, due: tuple[int, int, int]
) -> None:
    assert review_due_at(datetime(*reviewed, 9, 30, tzinfo=UTC), months) == datetime(*due, 9, 30, tzinfo=UTC)


KEPT = Cared(blanks=0, owner_stays=True, has_deputy=True, review_due_at=NOW + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("changes", "needs", "verdict"),
    [
        ({}, (), Verdict.GOOD),
        ({"review_due_at": NOW}, (Need.REVIEW,), Verdict.WATCH),
        ({"has_deputy": False}, (Need.SECOND_PERSON,), Verdict.WATCH),
        ({"blanks": 1}, (Need.FILL_IN,), Verdict.BAD),
        ({"owner_stays": False}, (Need.OWNER_LEFT,), Verdict.BAD),
        # Everything it lacks is told, the most pressing first.
        (
            {"blanks": 2, "owner_stays": False, "has_deputy": False, "review_due_at": NOW},
            tuple(Need),
            Verdict.BAD,
        ),
    ],
)
def test_what_a_document_lacks(changes: dict[str, object], needs: tuple[Need, ...], verdict: Verdict) -> None:
    found = needs_of(Cared(**{**vars(KEPT), **changes}), NOW)  # type: ignore[arg-type]

    assert found == needs
    assert verdict_of(found) is verdict
