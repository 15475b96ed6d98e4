"""Data that nobody tied to a service and that is not safe: named, since no restart time speaks of it; with it
every backup that fails.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from veilleur.desk.pages.answers import Answer, Line
from veilleur.desk.pages.speech import lower_first
from veilleur.desk.pages.steps import Step, month_end
from veilleur.domains.backups.labels import reason_sentence
from veilleur.domains.backups.rules.bare import TEST_FAILED, BareData
from veilleur.shared.verdict import Verdict, worst


def bare_steps(bare: Sequence[BareData], now: datetime) -> tuple[Step, ...]:
    """Return one step for each, the gravest first; what only waits for its first run asks for nothing."""
    return tuple(
        Step(
            text=sentence(each),
            about=each.name,
            url=_where(each),
            # A backup that fails does not wait for the month's end: what would be lost grows meanwhile.
            due_at=None if verdict is Verdict.BAD or each.is_claimed else month_end(now),
            is_late=verdict is Verdict.BAD,
        )
        for verdict in (Verdict.BAD, Verdict.WATCH)
        for each in bare
        if each.verdict is verdict
    )


def sentence(bare: BareData) -> str:
    """Return what is wrong with the data, and why."""
    why = reason_sentence(bare.reason)
    if bare.reason == TEST_FAILED:
        return _("This data may not come back. {why}").format(why=why)
    if bare.has_copy:
        return _("This data gets no new copy. {why}").format(why=why)
    return _("This data has no copy. {why}").format(why=why)


def with_bare_data(answer: Answer, bare: Sequence[BareData]) -> Answer:
    """Return question 3 with the data that no service claims: its state counts, and it is named."""
    unclaimed = [each for each in bare if not each.is_claimed]
    if not unclaimed:
        return answer
    lines = tuple(
        Line(
            label=_("Of no service"),
            verdict=each.verdict,
            word="",
            sentence=_("{name}: {why}").format(name=each.name, why=lower_first(sentence(each))),
        )
        for each in unclaimed
    )
    is_first = not answer.lines
    return replace(
        answer,
        verdict=worst((answer.verdict, *(each.verdict for each in unclaimed))),
        sentence=_("No service is known yet, but there is data to lose.") if is_first else answer.sentence,
        lines=(*answer.lines, *lines),
        link_url=reverse("desk:protection") if is_first else answer.link_url,
        link_text=_("Backups") if is_first else answer.link_text,
    )


def _where(bare: BareData) -> str:
    return reverse("desk:add_plan" if bare.reason == "no_plan" else "desk:protection")
