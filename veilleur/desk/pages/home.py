"""The home page: the seven questions, always in the same order, and what to do this month."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.desk.pages.answers import Answer, conclusion, unmeasured
from veilleur.desk.pages.speech import said_age
from veilleur.desk.pages.watch import sentence
from veilleur.domains.monitoring.queries import WatchSummary, watch_summary
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class Step:
    """Something to do this month."""

    text: str
    who: str
    due_at: datetime | None = None
    is_late: bool = False
    url: str = ""


@dataclass(frozen=True)
class Home:
    """What the home page says."""

    headline: str
    lede: str
    answers: tuple[Answer, ...]
    steps: tuple[Step, ...]


def home_page(viewer: Viewer, now: datetime) -> Home:
    """Return the home page for a viewer at an instant."""
    answers = (
        _works(watch_summary(viewer, now), now),
        unmeasured(
            2,
            _("If my servers fall tomorrow, how long until I can work again?"),
            what=_("the restart time has not been computed yet."),
        ),
        unmeasured(3, _("How much work would I lose?"), what=_("no copy has been made yet.")),
        _protected(),
        _commitments(),
        _one_person(),
        unmeasured(7, _("What must be done this month?"), what=_("nothing has been observed yet.")),
    )
    return Home(
        headline=conclusion([answer.verdict for answer in answers]),
        lede="",
        answers=_shouting(answers),
        steps=(),
    )


def _shouting(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Return the answers with the one that is tinted: a restart that fails, else the first bad one."""
    bad = [answer.rank for answer in answers if answer.verdict is Verdict.BAD]
    loud = 2 if 2 in bad else next(iter(bad), 0)
    return tuple(replace(answer, shouts=answer.rank == loud) for answer in answers)


def _works(summary: WatchSummary, now: datetime) -> Answer:
    question = _("Does everything work?")
    if not summary.total:
        what = _("no check exists yet; the checks of a machine are proposed as soon as it is known.")
        return unmeasured(1, question, what=what)
    return Answer(
        rank=1,
        question=question,
        verdict=summary.verdict,
        sentence=sentence(summary, now),
        proof=_("Oldest result {age}").format(age=said_age(summary.oldest_evidence_at, now)),
        link_url=reverse("desk:checks"),
        link_text=ngettext("{count} check", "{count} checks", summary.total).format(count=summary.total),
        figure=str(summary.good),
        figure_small=_("of {total}").format(total=summary.total),
        figure_note=ngettext("check is good", "checks are good", summary.good),
    )


def _protected() -> Answer:
    return unmeasured(
        4,
        _("Am I up to date and protected?"),
        what=_("updates, antivirus and accounts are not collected yet, so nothing is claimed about them."),
    )


def _commitments() -> Answer:
    return unmeasured(
        5,
        _("Are commitments kept?"),
        what=_("no contract is recorded yet; availability and delays will be held against it."),
    )


def _one_person() -> Answer:
    return unmeasured(
        6,
        _("Does anything rest on one person or one machine?"),
        what=_("who has really restored or started each service is not recorded yet."),
    )
