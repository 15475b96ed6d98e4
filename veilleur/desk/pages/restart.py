"""The restart time: one scenario as a page, from the report of the recovery domain."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from veilleur.desk.pages import restart_words as say
from veilleur.desk.pages.course import CourseView, course_of, said_ticks
from veilleur.desk.pages.speech import said_loss
from veilleur.domains.recovery import labels
from veilleur.domains.recovery.queries import visible_restart_times
from veilleur.domains.recovery.rules.answer import ALL_LOST, PROOF_OLD
from veilleur.domains.recovery.rules.evidence import NEVER
from veilleur.domains.recovery.rules.report import RestartReport, ScenarioAnswer, ServiceAnswer
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST, SCENARIOS
from veilleur.shared.drawings.recovery import Axis, Bar, axis_for, bar_svg
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class Row:
    """One service: its bar, and the words that say the same."""

    answer: ServiceAnswer
    word: str
    bar: str
    say: str
    figure: str
    figure_before: str
    promise: str
    proof: str
    tests: str
    is_proof_old: bool


@dataclass(frozen=True)
class LossRow:
    """What one service would lose now."""

    answer: ServiceAnswer
    word: str
    figure: str
    say: str | Promise
    worst: str


@dataclass(frozen=True)
class Choice:
    """One scenario that can be shown."""

    code: str
    name: str | Promise
    is_current: bool


@dataclass(frozen=True)
class RestartPage:
    """One scenario."""

    scenario: ScenarioAnswer
    report: RestartReport
    headline: str
    lede: str | Promise
    choices: tuple[Choice, ...]
    ticks: tuple[str, ...]
    rows: tuple[Row, ...]
    losses: tuple[LossRow, ...]
    course: CourseView | None
    key_sentence: str | Promise


def restart_page(viewer: Viewer, now: datetime, code: str) -> RestartPage | None:
    """Return the page of a scenario (the machine lost, for any other word); None before the first answer."""
    report = visible_restart_times(viewer, now)
    if report is None or not report.scenarios:
        return None
    scenario = report.scenario(code if code in SCENARIOS else MACHINE_LOST)
    bars = [bar_of(service) for service in scenario.services]
    axis = axis_for(bars)
    return RestartPage(
        scenario=scenario,
        report=report,
        headline=say.headline(scenario),
        lede=say.reason_sentence(scenario.reason),
        choices=tuple(Choice(each, labels.SCENARIOS[each], each == scenario.scenario) for each in SCENARIOS),
        ticks=said_ticks(axis),
        rows=tuple(row_of(service, bar, axis) for service, bar in zip(scenario.services, bars, strict=True)),
        losses=tuple(loss_row(service) for service in scenario.services),
        course=course_of(scenario),
        key_sentence=say.reason_sentence(report.key_reason),
    )


def bar_of(answer: ServiceAnswer) -> Bar:
    """Return the figures of a service as its bar."""
    return Bar(
        p50_s=answer.quantiles.p50_s,
        p80_s=answer.quantiles.p80_s,
        p95_s=answer.quantiles.p95_s,
        lower_bound_s=answer.lower_bound_s,
        rto_s=answer.rto_s,
        is_lost=answer.kind == NEVER,
    )


def row_of(answer: ServiceAnswer, bar: Bar, axis: Axis) -> Row:
    """Return one service in words beside its bar."""
    before, figure = say.figure_of(answer)
    return Row(
        answer=answer,
        word=say.state_word(answer),
        bar=bar_svg(bar, axis),
        say=say.say(answer),
        figure=figure,
        figure_before=before,
        promise=say.promise(answer.rto_s, is_default=answer.rto_is_default),
        proof=say.proof(answer),
        tests=say.tests_behind(answer),
        is_proof_old=answer.reason == PROOF_OLD,
    )


def loss_row(answer: ServiceAnswer) -> LossRow:
    """Return what a service would lose, in words."""
    figure = say.loss_figure(answer)
    return LossRow(
        answer=answer,
        word=say.loss_word(answer),
        figure=figure,
        say=say.reason_sentence(answer.loss_reason),
        # Nothing was ever worse than to lose everything, as would happen now.
        worst=figure if answer.loss_reason == ALL_LOST else said_loss(answer.loss_worst_s),
    )
