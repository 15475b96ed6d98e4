"""Questions 2 and 3 of the home page: how long until work goes on again, and how much would be lost."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from veilleur.desk.pages import restart_words as words
from veilleur.desk.pages.answers import Answer, Line, unmeasured
from veilleur.desk.pages.speech import lower_first, said_age, said_duration, said_span
from veilleur.domains.recovery.rules.evidence import KEY_ONLY_HERE, NEVER, UNPROVEN
from veilleur.domains.recovery.rules.report import RestartReport, ScenarioAnswer
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, MACHINE_LOST
from veilleur.shared.verdict import Verdict, worst


def short_name(scenario: str) -> str:
    """Return a scenario in two words, for a row."""
    return {MACHINE_LOST: _("Machine lost"), DATA_LOST: _("Data lost")}[scenario]


def restart_answer(report: RestartReport | None, now: datetime) -> Answer:
    """Return question 2: the loss of the machine decides the figure, both scenarios the state."""
    question = _("If my servers fall tomorrow, how long until I can work again?")
    if report is None or not any(answer.services for answer in report.scenarios):
        return unmeasured(2, question, what=_("no service is known yet, so there is nothing to restart."))
    lost = report.scenario(MACHINE_LOST)
    before, figure = words.figure_of(lost)
    return Answer(
        rank=2,
        question=question,
        verdict=worst(answer.restart_state for answer in report.scenarios),
        sentence=words.headline(lost),
        lines=tuple(_restart_line(report.scenario(code)) for code in (MACHINE_LOST, DATA_LOST)),
        proof=_proof(report, now),
        link_url=reverse("desk:restart"),
        link_text=_("Restart, service by service"),
        figure_before=before,
        figure=figure,
        figure_note=_restart_note(lost),
    )


def _restart_note(answer: ScenarioAnswer) -> str:
    if answer.kind == NEVER:
        return _("if the machine is lost")
    if answer.kind == KEY_ONLY_HERE:
        return _("the key is only here")
    if answer.kind == UNPROVEN:
        return _("unproven")
    return words.promise(answer.rto_s) if len(answer.services) == 1 else _("until everything works")


def _restart_line(answer: ScenarioAnswer) -> Line:
    first = answer.worst_service
    return Line(
        label=short_name(answer.scenario),
        verdict=answer.restart_state,
        word=words.state_word(first) if first is not None else "",
        sentence=_line_sentence(answer),
    )


def _line_sentence(answer: ScenarioAnswer) -> str:
    before, figure = words.figure_of(answer)
    if answer.quantiles.p80_s is None:
        bound = f"{before} {figure}. " if before else ""
        return f"{bound[:1].upper()}{bound[1:]}{_why(answer, answer.reason)}"
    first = answer.services[0]
    if len(answer.services) > 1 and answer.restart_state is Verdict.BAD and first.rto_s is not None:
        text = _("{name}: {time} four times in five, {rto} admitted.")
        own = words.figure_of(first)[1]
        return text.format(name=first.name, time=own, rto=said_duration(first.rto_s))
    spread = words.spread(answer.quantiles)
    return _("{figure} four times in five ({spread}).").format(figure=figure, spread=spread)


def _why(answer: ScenarioAnswer, code: str | None) -> str:
    """Return why there is no figure, with the service it is about where there are several."""
    why = str(words.reason_sentence(code))
    first = answer.worst_service
    if not why or first is None or len(answer.services) == 1:
        return why
    return _("{name}: {why}").format(name=first.name, why=lower_first(why))


def _proof(report: RestartReport, now: datetime) -> str:
    """Return the age of the weakest proof behind the scenarios, or that there is none."""
    ages = [service.proof_age_s for answer in report.scenarios for service in answer.services]
    known = [age for age in ages if age is not None]
    if not known:
        return _("No restore test vouches for it, computed {age}").format(
            age=said_age(report.computed_at, now)
        )
    return _("Oldest restore test behind it: {age} old").format(age=said_span(max(known)))


def loss_answer(report: RestartReport | None) -> Answer:
    """Return question 3: what would be lost at this instant, counted on the copies that survive."""
    question = _("How much work would I lose?")
    if report is None or not any(answer.services for answer in report.scenarios):
        return unmeasured(3, question, what=_("no service is known yet, so there is no data to lose."))
    lost = report.scenario(MACHINE_LOST)
    return Answer(
        rank=3,
        question=question,
        verdict=worst(answer.loss_state for answer in report.scenarios),
        sentence=_loss_sentence(lost),
        lines=tuple(_loss_line(report.scenario(code)) for code in (MACHINE_LOST, DATA_LOST)),
        proof=_("Counted on proven copies that survive"),
        link_url=reverse("desk:restart") + "#lost",
        link_text=_("Copies by service"),
        figure=words.loss_figure(lost),
        figure_note=_loss_note(lost),
    )


def _loss_note(answer: ScenarioAnswer) -> str:
    if answer.kind in (NEVER, KEY_ONLY_HERE):
        return _("if the machine is lost")
    if answer.loss_now_s is None or answer.worst_loss is None:
        return _("unknown")
    return words.promise(answer.worst_loss.rpo_s)


def _loss_sentence(answer: ScenarioAnswer) -> str:
    if answer.kind in (NEVER, KEY_ONLY_HERE):
        name = answer.worst_service.name if answer.worst_service else ""
        return _("If its machine is lost, {service} loses everything, since the beginning.").format(
            service=name
        )
    service = answer.worst_loss
    if answer.loss_now_s is None or service is None:
        return _("Not known: {why}").format(why=words.reason_sentence(answer.loss_reason))
    lost, admitted = words.loss_figure(answer), said_duration(service.rpo_s)
    if service.rpo_s is None:
        return _("The work of the last {lost}; nobody has said how much is admitted.").format(lost=lost)
    if len(answer.services) > 1:
        return _("{service} would lose the work of the last {lost}, where {admitted} is admitted.").format(
            service=service.name, lost=lost, admitted=admitted
        )
    return _("The work of the last {lost}, where {admitted} is admitted.").format(
        lost=lost, admitted=admitted
    )


def _loss_line(answer: ScenarioAnswer) -> Line:
    if answer.kind in (NEVER, KEY_ONLY_HERE):
        sentence = _why(answer, answer.reason)
    elif answer.loss_now_s is None:
        sentence = _why(answer, answer.loss_reason)
    else:
        sentence = _("The work of the last {lost}.").format(lost=words.loss_figure(answer))
    return Line(
        label=short_name(answer.scenario),
        verdict=answer.loss_state,
        word=words.loss_word(answer),
        sentence=sentence,
    )
