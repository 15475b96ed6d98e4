"""The home page: the seven questions, always in the same order, and what to do this month."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.desk.pages.ageing import ageing_steps
from veilleur.desk.pages.answers import Answer, conclusion, unmeasured
from veilleur.desk.pages.bare import bare_steps, with_bare_data
from veilleur.desk.pages.disturbed import disturbed_lines
from veilleur.desk.pages.reliance import reliance_answer
from veilleur.desk.pages.restart_answers import loss_answer, restart_answer
from veilleur.desk.pages.speech import lower_first, said_age
from veilleur.desk.pages.steps import Step, breakdowns, in_order, steps_of
from veilleur.desk.pages.watch import doubt, is_blind, sentence
from veilleur.domains.backups.queries.bare import visible_bare_data
from veilleur.domains.estate.queries import visible_services
from veilleur.domains.monitoring.queries import WatchSummary, watch_summary
from veilleur.domains.recovery.queries import visible_restart_times
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class Home:
    """What the home page says."""

    headline: str
    lede: str
    answers: tuple[Answer, ...]
    steps: tuple[Step, ...]


def home_page(viewer: Viewer, now: datetime, *, asked: tuple[Step, ...] = ()) -> Home:
    """Return the home page for a viewer at an instant; `asked` are steps that follow from no answer."""
    report = visible_restart_times(viewer, now)
    summary, services = watch_summary(viewer, now), visible_services(viewer)
    bare = visible_bare_data(viewer, now)
    # What is down now comes before what might fall tomorrow.
    found = (*bare_steps(bare, now), *steps_of(report, services, now), *ageing_steps(viewer, now), *asked)
    steps = (*breakdowns(summary.down, services, now), *in_order(found))
    answers = (
        replace(
            _works(summary, doubt(viewer, services, bare, now), now),
            lines=disturbed_lines(viewer, summary.down),
        ),
        restart_answer(report, now),
        with_bare_data(loss_answer(report), bare),
        _protected(),
        _commitments(),
        reliance_answer(viewer, now),
        _month(steps),
    )
    return Home(
        headline=conclusion([answer.verdict for answer in answers]),
        lede=_lede(steps),
        answers=_shouting(answers),
        steps=steps,
    )


def _lede(steps: tuple[Step, ...]) -> str:
    """Return the one decision that counts: the first step, or nothing."""
    if not steps:
        return ""
    first = steps[0]
    return _("What counts today, for {about}: {step}").format(
        about=first.about, step=lower_first(str(first.text))
    )


def _month(steps: tuple[Step, ...]) -> Answer:
    """Return question 7; what is not recorded yet is said, so that a short list is not taken for all."""
    question = _("What must be done this month?")
    if not steps:
        what = _("nothing that Veilleur knows of is due; windows and reviews are not recorded yet.")
        return unmeasured(7, question, what=what)
    return Answer(
        rank=7,
        question=question,
        verdict=Verdict.WATCH,
        sentence=_("{step} Windows and reviews are not recorded yet.").format(step=steps[0].text),
        proof=_("From what Veilleur has found"),
        link_url="#month",
        link_text=_("All steps"),
        figure=str(len(steps)),
        figure_note=ngettext("step", "steps", len(steps)),
    )


def _shouting(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Return the answers with the one that is tinted: a restart that fails, else the first bad one."""
    bad = [answer.rank for answer in answers if answer.verdict is Verdict.BAD]
    loud = 2 if 2 in bad else next(iter(bad), 0)
    return tuple(replace(answer, shouts=answer.rank == loud) for answer in answers)


def _works(summary: WatchSummary, why: str | None, now: datetime) -> Answer:
    question = _("Does everything work?")
    if not summary.total:
        what = _("no check exists yet; the checks of a machine are proposed as soon as it is known.")
        return unmeasured(1, question, what=what)
    blind = is_blind(summary, why)
    return Answer(
        rank=1,
        question=question,
        verdict=Verdict.UNKNOWN if blind else summary.verdict,
        sentence=why if blind and why else sentence(summary, now),
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
