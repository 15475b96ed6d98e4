"""The shape of an answer on the home page, and the sentence that concludes the seven."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext as _

from veilleur.shared.verdict import Verdict
from veilleur.shared.words import spelled


@dataclass(frozen=True)
class Line:
    """One part of an answer with a verdict of its own: a scenario of the restart time."""

    label: str
    verdict: Verdict
    word: str
    sentence: str


@dataclass(frozen=True)
class Answer:
    """One of the seven questions, answered: state, sentence, proof with its age, headline figure."""

    rank: int
    question: str
    verdict: Verdict
    sentence: str
    # Age and source of the evidence, in words; empty when there is none yet.
    proof: str = ""
    link_url: str = ""
    link_text: str = ""
    figure_before: str = ""
    figure: str = "—"
    figure_small: str = ""
    figure_note: str = ""
    lines: tuple[Line, ...] = ()
    # The one answer of the page that gets a tinted ground.
    shouts: bool = False


def conclusion(verdicts: Sequence[Verdict]) -> str:
    """Return the home page's h1: how many answers are bad, missing and to watch, in one sentence."""
    counted = Counter(verdicts)
    said = [verdict for verdict in (Verdict.BAD, Verdict.UNKNOWN, Verdict.WATCH) if counted[verdict]]
    if not said:
        return gettext("All seven answers are good.")
    clauses = [_clause(verdict, counted[verdict], is_first=not rank) for rank, verdict in enumerate(said)]
    if len(clauses) == 3:
        sentence = gettext("{first}, {second}; {third}.")
        text = sentence.format(first=clauses[0], second=clauses[1], third=clauses[2])
    elif len(clauses) == 2:
        text = gettext("{first}, {second}.").format(first=clauses[0], second=clauses[1])
    else:
        text = gettext("{first}.").format(first=clauses[0])
    return text[:1].upper() + text[1:]


def _clause(verdict: Verdict, count: int, *, is_first: bool) -> str:
    """Return one clause; the first one carries the noun, the others lean on it."""
    texts = {
        (Verdict.BAD, True): ngettext("one answer is bad", "{count} answers are bad", count),
        (Verdict.UNKNOWN, True): ngettext("one answer is missing", "{count} answers are missing", count),
        (Verdict.UNKNOWN, False): ngettext("another is missing", "{count} are missing", count),
        (Verdict.WATCH, True): ngettext(
            "one answer is to be watched", "{count} answers are to be watched", count
        ),
        (Verdict.WATCH, False): ngettext("one is to be watched", "{count} are to be watched", count),
    }
    return texts[verdict, is_first].format(count=spelled(count, get_language() or "en"))


def unmeasured(rank: int, question: str, *, what: str, link_text: str = "", link_url: str = "") -> Answer:
    """Return an answer for which nothing measures yet: unknown, a dash, and what will measure it."""
    return Answer(
        rank=rank,
        question=question,
        verdict=Verdict.UNKNOWN,
        sentence=_("Not yet measured: {what}").format(what=what),
        proof=_("No evidence yet"),
        link_url=link_url,
        link_text=link_text,
        figure_note=_("unknown"),
    )
