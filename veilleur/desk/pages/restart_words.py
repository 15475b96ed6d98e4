"""Sentences about a restart: a scenario's conclusion, a service's row, what would be lost."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.desk.pages.speech import said_duration, said_loss, said_span
from veilleur.domains.recovery import labels
from veilleur.domains.recovery.rules.answer import PROOF_OLD, RTO_AT_RISK
from veilleur.domains.recovery.rules.evidence import KEY_ONLY_HERE, NEVER, UNPROVEN
from veilleur.domains.recovery.rules.findings import Quantiles
from veilleur.domains.recovery.rules.report import ScenarioAnswer, ServiceAnswer
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST
from veilleur.shared.verdict import Verdict


def reason_sentence(code: str | None) -> str | Promise:
    """Return why an answer is as it is; nothing for a good one."""
    return labels.REASONS.get(code, code) if code else ""


def headline(answer: ScenarioAnswer) -> str:
    """Return a scenario's conclusion in one sentence."""
    if not answer.services:
        return _("No service is known yet, so no restart time can be given.")
    if answer.kind == NEVER:
        return _never(answer)
    if answer.kind == KEY_ONLY_HERE:
        return _("If the machine is lost, no copy can be read: the recovery key is only here.")
    if answer.kind == UNPROVEN:
        return _unproven(answer)
    return _figure(answer)


def _never(answer: ScenarioAnswer) -> str:
    name = answer.worst_service.name if answer.worst_service else ""
    if answer.scenario == MACHINE_LOST:
        return _("If its machine is lost, {service} never comes back.").format(service=name)
    return _("If its data is lost, {service} never comes back.").format(service=name)


def _unproven(answer: ScenarioAnswer) -> str:
    if answer.lower_bound_s:
        text = _("It would take at least {time}; nobody has proven that everything comes back.")
        return text.format(time=said_duration(answer.lower_bound_s))
    return _("How long it would take is unknown: nobody has proven that everything comes back.")


def _figure(answer: ScenarioAnswer) -> str:
    if len(answer.services) > 1:
        return _figure_of_several(answer)
    p80, rto = answer.quantiles.p80_s, answer.rto_s
    if p80 is None:
        return _("At least one restart in five would fail.")
    words = {"time": said_duration(p80), "rto": said_duration(rto)}
    if rto is None:
        return _("It would take {time} to work again; nobody has said how long is admitted.").format(**words)
    if answer.restart_state is Verdict.BAD:
        return _("It would take {time} to work again, where {rto} is admitted.").format(**words)
    return _("Work would go on again after {time}; {rto} is admitted.").format(**words)


def _figure_of_several(answer: ScenarioAnswer) -> str:
    """Return the conclusion about a company: what one service may take says nothing about all of them."""
    first = answer.services[0]
    if answer.restart_state is Verdict.BAD and first.quantiles.p80_s is not None and first.rto_s is not None:
        return _("{service} would take {time} to come back, where {rto} is admitted.").format(
            service=first.name, time=said_duration(first.quantiles.p80_s), rto=said_duration(first.rto_s)
        )
    if answer.quantiles.p80_s is None:
        return _("At least one restart in five would fail.")
    time = said_duration(answer.quantiles.p80_s)
    if answer.restart_state is Verdict.BAD or any(service.rto_s is None for service in answer.services):
        return _("Everything would work again after {time}.").format(time=time)
    return _("Everything would work again after {time}, each service within what is admitted.").format(
        time=time
    )


def state_word(answer: ServiceAnswer) -> str:
    """Return the word beside a service's state, sharper than the state's own."""
    if answer.kind == NEVER:
        return _("Lost")
    if answer.kind == KEY_ONLY_HERE:
        return _("Key only here")
    if answer.kind == UNPROVEN:
        return _("Unproven")
    watched = {PROOF_OLD: _("Old proof"), RTO_AT_RISK: _("At risk")}
    words = {
        Verdict.GOOD: _("Kept"),
        Verdict.WATCH: watched.get(answer.reason or "", _("To watch")),
        Verdict.BAD: _("Not kept"),
        Verdict.UNKNOWN: _("Unknown"),
    }
    return words[answer.restart_state]


def say(answer: ServiceAnswer) -> str:
    """Return the sentence under a service's bar: the spread and what limits it, or why there is none."""
    p50, p95 = answer.quantiles.p50_s, answer.quantiles.p95_s
    if p50 is None:
        return f"{_at_least(answer)}{reason_sentence(answer.reason)}"
    spread = {"p50": said_duration(p50), "p95": said_duration(p95), "step": bottleneck(answer)}
    if p95 is None:
        return _("{p50} probable; one time in twenty the data does not come back at all.").format(**spread)
    if not answer.bottleneck:
        return _("{p50} probable, {p95} one time in twenty.").format(**spread)
    return _("{p50} probable, {p95} one time in twenty; most of it: {step}.").format(**spread)


def spread(figures: Quantiles) -> str:
    """Return P50 and P95 in words; a P95 that is not there is a restart that may fail."""
    if figures.p95_s is None:
        return _("{p50} probable; one time in twenty not at all").format(p50=said_duration(figures.p50_s))
    words = {"p50": said_duration(figures.p50_s), "p95": said_duration(figures.p95_s)}
    return _("{p50} probable, {p95} one time in twenty").format(**words)


def _at_least(answer: ServiceAnswer) -> str:
    if answer.kind == NEVER or not answer.lower_bound_s:
        return ""
    return _("At least {time}. ").format(time=said_duration(answer.lower_bound_s))


def bottleneck(answer: ServiceAnswer) -> str:
    """Return the step that takes most of the time, with the place it happens at."""
    step = str(labels.STEPS.get(answer.bottleneck or "", answer.bottleneck or ""))
    return f"{step} ({answer.bottleneck_name})" if answer.bottleneck_name else step


def figure_of(answer: ServiceAnswer | ScenarioAnswer) -> tuple[str, str]:
    """Return (small words before, figure): P80, "never", "at least" a bound, or a dash."""
    if answer.kind == NEVER:
        return "", _("never")
    if answer.quantiles.p80_s is not None:
        return "", said_duration(answer.quantiles.p80_s)
    if answer.kind == UNPROVEN and answer.lower_bound_s:
        return _("at least"), said_duration(answer.lower_bound_s)
    return "", "—"


def promise(seconds: int | None, *, is_default: bool = False) -> str:
    """Return what is admitted, and whether somebody has chosen it."""
    if seconds is None:
        return _("no objective")
    text = _("{time} by default") if is_default else _("{time} admitted")
    return text.format(time=said_duration(seconds))


def proof(answer: ServiceAnswer) -> str:
    """Return level and age of the proof behind a figure."""
    if answer.proof_level is None:
        return _("unproven")
    age = said_span(answer.proof_age_s)
    return _("level {level}, {age}").format(level=answer.proof_level, age=age)


def tests_behind(answer: ServiceAnswer) -> str:
    """Return how many timed tests a figure rests on, and that fewer than enough leave it an opinion."""
    if not answer.tests:
        return ""
    counted = ngettext("{count} timed test", "{count} timed tests", answer.tests).format(count=answer.tests)
    return (
        _("{tests}: the spread is still an opinion").format(tests=counted) if answer.is_opinion else counted
    )


def loss_word(answer: ServiceAnswer | ScenarioAnswer) -> str:
    """Return the word beside the state of a loss."""
    if answer.kind in (NEVER, KEY_ONLY_HERE):
        return _("All lost")
    words = {
        Verdict.GOOD: _("Kept"),
        Verdict.WATCH: _("To watch"),
        Verdict.BAD: _("Not kept"),
        Verdict.UNKNOWN: _("Unknown"),
    }
    return words[answer.loss_state]


def loss_figure(answer: ServiceAnswer | ScenarioAnswer) -> str:
    """Return what would be lost now: a duration, everything, or a dash."""
    if answer.kind in (NEVER, KEY_ONLY_HERE):
        return _("all")
    if isinstance(answer, ScenarioAnswer) and answer.loss_now_s is not None and answer.worst_loss is not None:
        return said_loss(answer.worst_loss.loss_now_s)
    return said_loss(answer.loss_now_s)
