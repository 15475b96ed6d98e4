"""The course of a recovery: the middle run as a drawing, as a list for a phone, and what its steps share."""

from dataclasses import dataclass
from math import inf

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.desk.pages.speech import said_duration
from veilleur.domains.recovery import labels
from veilleur.domains.recovery.rules.findings import GanttRow, SharedMeans, what_limits
from veilleur.domains.recovery.rules.network import TECHNICIANS
from veilleur.domains.recovery.rules.people import RESTORE, VALIDATE
from veilleur.domains.recovery.rules.report import ScenarioAnswer, ServiceAnswer
from veilleur.shared.drawings.gantt import Course, GanttBar, Mark, MeansBar, gantt_svg
from veilleur.shared.drawings.recovery import Axis


@dataclass(frozen=True)
class StepLine:
    """One step in words; `when` is from its start to its end, both since the event."""

    bar: GanttBar
    when: str


@dataclass(frozen=True)
class MeansLine:
    """One thing that steps share, in words."""

    bar: MeansBar
    busy_s: float
    critical_s: float
    gain_s: float


@dataclass(frozen=True)
class CourseView:
    """The middle run as a drawing, and the same in words. `limit`: the sentence that names what limits.
    `figures`: whose promise, P50, P80 and P95 are marked, where there are several services.
    """

    svg: str
    steps: tuple[StepLine, ...]
    means: tuple[MeansLine, ...]
    limit: str
    figures: str
    left_out: int


def course_of(answer: ScenarioAnswer) -> CourseView | None:
    """Return the middle run of a scenario; None where no service has a figure or not all may be shown."""
    if not answer.gantt:
        return None
    run_s = max(row.start_s + row.duration_s for row in answer.gantt)
    limit = what_limits(answer.shared, run_s)
    steps = tuple(_step(row) for row in answer.gantt)
    bars = tuple(_means_bar(means, run_s, is_limit=means == limit) for means in answer.shared)
    last = _drawn_last(answer)
    rto_s = last.rto_s if last is not None else None
    course = Course(steps, _marks(last), bars, rto_s)
    drawn = gantt_svg(
        course,
        said_ticks(course.axis),
        title=_("Course of the recovery"),
        desc=_("Steps from the event to the validation, the critical chain solid. The table says the same."),
    )
    return CourseView(
        svg=drawn,
        steps=tuple(StepLine(step, _when(step)) for step in steps),
        means=tuple(
            MeansLine(bar, means.busy_s, means.critical_s, means.gain_s)
            for bar, means in zip(bars, answer.shared, strict=True)
        ),
        limit=_limit(answer, limit, run_s) if answer.shared else "",
        figures=_whose(last) if last is not None and len(answer.services) > 1 else "",
        left_out=answer.gantt_left_out,
    )


def said_ticks(axis: Axis) -> tuple[str, ...]:
    """Return the words under the ticks of a scale; zero is said in the unit of the others."""
    unit = "h" if axis.step_s >= 3600 else "min" if axis.step_s >= 60 else "s"
    return (f"0\u00a0{unit}", *(said_duration(tick) for tick in axis.ticks[1:]))


def _step(row: GanttRow) -> GanttBar:
    role = str(labels.ROLES.get(row.role, row.role))
    return GanttBar(
        label=_step_name(row),
        # People are named by their role; what restores by itself, by the place it reads from.
        who=f"{role}, {row.resource}" if row.resource and row.step == RESTORE else role,
        start_s=row.start_s,
        duration_s=row.duration_s,
        late_s=row.late_s,
        is_critical=row.is_critical,
    )


def _step_name(row: GanttRow) -> str:
    step = str(labels.STEPS.get(row.step, row.step))
    return _("{step}: {what}").format(step=step, what=row.name) if row.name else step


def _when(bar: GanttBar) -> str:
    end = said_duration(bar.start_s + bar.duration_s)
    if not bar.start_s:
        return _("from the event to {end}").format(end=end)
    return _("from {start} to {end}").format(start=said_duration(bar.start_s), end=end)


def _means_bar(means: SharedMeans, run_s: float, *, is_limit: bool) -> MeansBar:
    note = _("at work for {busy} of {whole}")
    return MeansBar(
        label=_means_name(means),
        note=note.format(busy=said_duration(means.busy_s), whole=said_duration(run_s)),
        busy=means.busy,
        critical=means.critical,
        is_limit=is_limit,
    )


def _means_name(means: SharedMeans) -> str:
    if means.name != TECHNICIANS:
        return means.name
    return ngettext("{count} technician", "{count} technicians", means.units).format(count=means.units)


def _limit(answer: ScenarioAnswer, means: SharedMeans | None, run_s: float) -> str:
    """Return which of the shared means limits, and what one more of it would gain."""
    if means is None:
        alone = [row for row in answer.gantt if row.is_critical and not row.resource]
        longest = max(alone, key=lambda row: row.duration_s)
        text = _("Neither the technicians nor the places limit; the longest wait is for: {step}.")
        return text.format(step=_step_name(longest))
    said = _one_more(is_people=means.name == TECHNICIANS, gains=means.gain_s >= 1)
    return said.format(
        name=_means_name(means),
        critical=said_duration(means.critical_s),
        whole=said_duration(run_s),
        gain=said_duration(means.gain_s),
    )


def _one_more(*, is_people: bool, gains: bool) -> str:
    """Return the sentence about what limits, and about one more of it; less than a second gains nothing."""
    if is_people:
        who = _("What limits: the technicians; {critical} of {whole} wait for their work.")
        more = _("One more would gain {gain}.") if gains else _("One more would change nothing.")
    else:
        who = _("What limits: {name}; {critical} of {whole} wait for it.")
        more = (
            _("Reading one more copy at once would gain {gain}.")
            if gains
            else _("Reading several copies at once would change nothing.")
        )
    return f"{who} {more}"


def _drawn_last(answer: ScenarioAnswer) -> ServiceAnswer | None:
    """Return the service whose recovery the course ends with, if it has figures: it alone is marked."""
    ends = [row for row in answer.gantt if row.step == VALIDATE]
    last = max(ends, key=lambda row: row.start_s + row.duration_s, default=None)
    timed = [each for each in answer.services if last and each.name == last.name and each.quantiles.p50_s]
    return max(timed, key=lambda service: service.quantiles.p80_s or inf, default=None)


def _whose(service: ServiceAnswer) -> str:
    text = _(
        "{service} is the last to come back in this course: what is admitted, P50, P80 and P95 are those of "
        "{service}."
    )
    return text.format(service=service.name)


def _marks(last: ServiceAnswer | None) -> tuple[Mark, ...]:
    if last is None:
        return ()
    named = (
        (_("admitted {time}"), last.rto_s),
        ("P50 {time}", last.quantiles.p50_s),
        ("P80 {time}", last.quantiles.p80_s),
        ("P95 {time}", last.quantiles.p95_s),
    )
    return tuple(
        Mark(text.format(time=said_duration(at)), at, is_late=last.rto_s is not None and at > last.rto_s)
        for text, at in named
        if at is not None
    )
