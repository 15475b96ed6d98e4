"""The home page's conclusion: one grammatical sentence for every combination of states."""

from itertools import combinations_with_replacement

import pytest
from django.utils import translation

from veilleur.desk.pages.answers import conclusion, unmeasured
from veilleur.shared.verdict import Verdict

BAD, WATCH, GOOD, UNKNOWN = Verdict.BAD, Verdict.WATCH, Verdict.GOOD, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        ([GOOD] * 7, "All seven answers are good."),
        ([BAD] + [GOOD] * 6, "One answer is bad."),
        ([UNKNOWN] * 7, "Seven answers are missing."),
        ([WATCH] + [GOOD] * 6, "One answer is to be watched."),
        ([BAD, UNKNOWN, GOOD], "One answer is bad, another is missing."),
        ([BAD, BAD, WATCH], "Two answers are bad, one is to be watched."),
        ([BAD, UNKNOWN, WATCH, WATCH], "One answer is bad, another is missing; two are to be watched."),
        ([UNKNOWN, UNKNOWN, WATCH], "Two answers are missing, one is to be watched."),
    ],
)
def test_the_conclusion_counts_what_is_not_good(verdicts: list[Verdict], sentence: str) -> None:
    with translation.override("en"):
        assert conclusion(verdicts) == sentence


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("verdicts", list(combinations_with_replacement(Verdict, 7)))
def test_every_combination_is_one_sentence(verdicts: tuple[Verdict, ...], language: str) -> None:
    with translation.override(language):
        sentence = conclusion(verdicts)

    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "{" not in sentence
    assert sentence.count(".") == 1


def test_what_is_not_measured_is_unknown_with_a_dash_and_says_what_is_missing() -> None:
    with translation.override("en"):
        answer = unmeasured(4, "Am I protected?", what="updates are not collected yet.")

    assert answer.verdict is UNKNOWN
    assert answer.figure == "—"
    assert answer.sentence == "Not yet measured: updates are not collected yet."
