"""The restart time: one scenario as a page, from the report of the recovery domain."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from veilleur.desk.pages import restart_words as say
from veilleur.desk.pages.speech import said_duration
from veilleur.domains.recovery import labels
from veilleur.domains.recovery.queries import visible_restart_times
from veilleur.domains.recovery.rules.answer import PROOF_OLD
from veilleur.domains.recovery.rules.evidence import FIGURE, NEVER
from veilleur.domains.recovery.rules.findings import GanttRow
from veilleur.domains.recovery.rules.people import RESTORE
from veilleur.domains.recovery.rules.report import RestartReport, ScenarioAnswer, ServiceAnswer
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST, SCENARIOS
from veilleur.shared.drawings.gantt import GanttBar, Mark, gantt_axis, gantt_svg
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
class Course:
    """The middle run as a drawing, and its steps as rows."""

    svg: str
    steps: tuple[GanttBar, ...]
    left_out: int


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
    course: Course | None
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
        losses=tuple(_loss_row(service) for service in scenario.services),
        course=_course(scenario),
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


def _loss_row(answer: ServiceAnswer) -> LossRow:
    return LossRow(
        answer=answer,
        word=say.loss_word(answer),
        figure=say.loss_figure(answer),
        say=say.reason_sentence(answer.loss_reason),
        worst=said_duration(answer.loss_worst_s),
    )


def said_ticks(axis: Axis) -> tuple[str, ...]:
    """Return the words under the ticks of a scale; zero is said in the unit of the others."""
    unit = "h" if axis.step_s >= 3600 else "min" if axis.step_s >= 60 else "s"
    return (f"0 {unit}", *(said_duration(tick) for tick in axis.ticks[1:]))


def _course(answer: ScenarioAnswer) -> Course | None:
    """Return the drawing of the middle run; None where no service has a figure or not all may be shown."""
    if not answer.gantt:
        return None
    steps = tuple(_step(row) for row in answer.gantt)
    marks = _marks(answer)
    drawn = gantt_svg(
        steps,
        marks,
        said_ticks(gantt_axis(steps, marks)),
        promised_s=answer.rto_s,
        title=_("Course of the recovery"),
        desc=_("Steps from the event to the validation, the critical chain in ink. The table says the same."),
    )
    return Course(svg=drawn, steps=steps, left_out=answer.gantt_left_out)


def _step(row: GanttRow) -> GanttBar:
    role = str(labels.ROLES.get(row.role, row.role))
    label = _("{step}: {what}").format(step=labels.STEPS.get(row.step, row.step), what=row.name)
    return GanttBar(
        label=label if row.name else str(labels.STEPS.get(row.step, row.step)),
        # People are named by their role; what restores by itself, by the place it reads from.
        who=f"{role}, {row.resource}" if row.resource and row.step == RESTORE else role,
        start_s=row.start_s,
        duration_s=row.duration_s,
        late_s=row.late_s,
        is_critical=row.is_critical,
    )


def _marks(answer: ScenarioAnswer) -> list[Mark]:
    figures = answer.quantiles if answer.kind == FIGURE else None
    named = (
        (_("admitted {time}"), answer.rto_s),
        ("P50 {time}", figures.p50_s if figures else None),
        ("P80 {time}", figures.p80_s if figures else None),
        ("P95 {time}", figures.p95_s if figures else None),
    )
    return [
        Mark(text.format(time=said_duration(at)), at, is_late=answer.rto_s is not None and at > answer.rto_s)
        for text, at in named
        if at is not None
    ]
