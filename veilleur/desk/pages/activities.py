"""The page of a business activity: whether it can be done, what it relies on, what an hour without costs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.desk.pages import restart_words
from veilleur.desk.pages.speech import language, said_duration
from veilleur.desk.pages.watch import silent_data
from veilleur.domains.backups.queries.bare import visible_bare_data
from veilleur.domains.estate.labels import CriticalityChoice, GradeChoice
from veilleur.domains.estate.queries import (
    ActivityRow,
    visible_activities,
    visible_activity,
    visible_map,
    visible_services,
)
from veilleur.domains.estate.rules.activities import Criticality, Grade, below
from veilleur.domains.estate.rules.busy import busy_intervals
from veilleur.domains.estate.rules.map import EstateMap, ServiceRow
from veilleur.domains.estate.rules.rhythms import BusyPeriod, Rhythm
from veilleur.domains.knowledge.panels import DocumentsPanel, documents_panel
from veilleur.domains.monitoring.queries import visible_checks
from veilleur.domains.organisations.queries import visible_members
from veilleur.domains.recovery.queries import visible_restart_times
from veilleur.domains.recovery.rules.evidence import NEVER
from veilleur.domains.recovery.rules.report import ServiceAnswer
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST
from veilleur.shared import words
from veilleur.shared.verdict import Verdict, worst
from veilleur.shared.viewer import Viewer
from veilleur.shared.words import sort_key

# A year ahead is enough to say when the next busy days come.
_AHEAD = timedelta(days=366)

CRITICALITY_VERDICTS: dict[str, str] = {
    Criticality.CRITICAL: "bad",
    Criticality.IMPORTANT: "watch",
    Criticality.ORDINARY: "good",
    Criticality.UNKNOWN: "unknown",
}
_WORKS: dict[Verdict, Promise] = {
    Verdict.GOOD: gettext_lazy("Works"),
    Verdict.WATCH: gettext_lazy("Works, with something to watch"),
    Verdict.BAD: gettext_lazy("Disturbed"),
    Verdict.UNKNOWN: gettext_lazy("Unknown"),
}


@dataclass(frozen=True)
class Referent:
    """Who answers for something; `is_present` is false for somebody who has left."""

    name: str
    is_present: bool


@dataclass(frozen=True)
class Relied:
    """One service that an activity relies on: how it is now, and how long it would take to come back."""

    row: ServiceRow
    verdict: Verdict
    word: str | Promise
    restart: str
    restart_verdict: Verdict


@dataclass(frozen=True)
class Effect:
    """What an hour without the activity does, of one kind."""

    name: str | Promise
    grade: str
    word: str | Promise
    amount: str


@dataclass(frozen=True)
class BusyLine:
    """One busy period in words; `code` names it in a form."""

    period: BusyPeriod
    code: str
    days: str


@dataclass(frozen=True)
class ActivityLine:
    """One activity in the list."""

    row: ActivityRow
    criticality: str | Promise
    referent: Referent | None
    verdict: Verdict
    word: str | Promise
    services: tuple[ServiceRow, ...]


@dataclass(frozen=True)
class ActivityPage:
    """One activity."""

    line: ActivityLine
    headline: str
    lede: str
    why: str
    relied: tuple[Relied, ...]
    effects: tuple[Effect, ...]
    busy: tuple[BusyLine, ...]
    busy_now: str
    documents: DocumentsPanel | None

    @property
    def row(self) -> ActivityRow:
        """Return the activity itself."""
        return self.line.row


@dataclass(frozen=True)
class _Seen:
    """What the viewer sees of the company now, read once for all activities of a page."""

    estate: EstateMap
    services: Mapping[UUID, ServiceRow]
    verdicts: Mapping[UUID, Verdict]
    members: Mapping[UUID, str]

    def state_of(self, node: UUID) -> Verdict:
        """Return the worst of everything that is watched below the node; unknown where nothing is."""
        found = [self.verdicts[each] for each in below(self.estate, node) if each in self.verdicts]
        return worst(found) if found else Verdict.UNKNOWN

    def referent(self, person: UUID | None) -> Referent | None:
        """Return who answers, by name while they belong to the organisation."""
        if person is None:
            return None
        name = self.members.get(person)
        return Referent(name or _("somebody who has left"), name is not None)


def activity_lines(viewer: Viewer, now: datetime) -> tuple[ActivityLine, ...]:
    """Return the activities that the viewer may see, by name, each with how it is now."""
    rows = sorted(visible_activities(viewer), key=lambda row: sort_key(row.name))
    if not rows:
        return ()
    seen = _seen(viewer, now)
    return tuple(_line(row, seen) for row in rows)


def activity_page(viewer: Viewer, public_id: UUID, now: datetime) -> ActivityPage | None:
    """Return an activity's page, None where there is none for this viewer."""
    row = visible_activity(viewer, public_id)
    if row is None:
        return None
    seen = _seen(viewer, now)
    line = _line(row, seen)
    answers = _answers(viewer, now)
    relied = tuple(_relied(each, seen, answers.get(each.id)) for each in line.services)
    return ActivityPage(
        line=line,
        headline=_headline(line, relied),
        lede=_lede(row, relied, answers),
        why=_why(row),
        relied=relied,
        effects=_effects(row),
        busy=busy_lines(row.busy),
        busy_now=_busy_now(row.busy, now),
        documents=documents_panel(viewer, public_id, now),
    )


def referent_of(viewer: Viewer, person: UUID | None, now: datetime) -> Referent | None:
    """Return who answers for something, by name while they belong to the organisation; None for nobody."""
    return _Seen(EstateMap((), ()), {}, {}, _members(viewer, now)).referent(person)


def _members(viewer: Viewer, now: datetime) -> dict[UUID, str]:
    return {member.id: member.name for member in visible_members(viewer, now)}


def _seen(viewer: Viewer, now: datetime) -> _Seen:
    by_asset: dict[UUID, list[Verdict]] = {}
    for check in visible_checks(viewer, now):
        by_asset.setdefault(check.asset, []).append(check.verdict)
    verdicts = {asset: worst(found) for asset, found in by_asset.items()}
    # A database that did not answer its last backup leaves what rests on it unknown at best.
    verdicts |= dict.fromkeys(silent_data(visible_bare_data(viewer, now)), Verdict.UNKNOWN)
    services = {row.id: row for row in visible_services(viewer)}
    return _Seen(visible_map(viewer), services, verdicts, _members(viewer, now))


def _line(row: ActivityRow, seen: _Seen) -> ActivityLine:
    services = tuple(seen.services[each] for each in row.services if each in seen.services)
    state = worst(seen.state_of(each.id) for each in services) if services else Verdict.UNKNOWN
    return ActivityLine(
        row=row,
        criticality=CriticalityChoice(row.criticality).label,
        referent=seen.referent(row.said.referent),
        verdict=state,
        word=_WORKS[state],
        services=services,
    )


def _answers(viewer: Viewer, now: datetime) -> dict[UUID, ServiceAnswer]:
    """Return what each service's restart would take if its machine were lost."""
    report = visible_restart_times(viewer, now)
    lost = [each for each in report.scenarios if each.scenario == MACHINE_LOST] if report else []
    return {answer.service: answer for scenario in lost for answer in scenario.services}


def _relied(row: ServiceRow, seen: _Seen, answer: ServiceAnswer | None) -> Relied:
    state = seen.state_of(row.id)
    restart = " ".join(part for part in restart_words.figure_of(answer) if part) if answer else ""
    return Relied(
        row=row,
        verdict=state,
        word=_WORKS[state],
        restart=restart or words.DASH,
        restart_verdict=answer.restart_state if answer else Verdict.UNKNOWN,
    )


def _headline(line: ActivityLine, relied: tuple[Relied, ...]) -> str:
    name = line.row.name
    if not relied:
        return _("{name}: nobody has said what it relies on.").format(name=name)
    if line.verdict is Verdict.BAD:
        down = ", ".join(each.row.name for each in relied if each.verdict is Verdict.BAD)
        return _("{name} is disturbed: {services}.").format(name=name, services=down)
    texts = {
        Verdict.GOOD: _("{name}: everything it relies on works."),
        Verdict.WATCH: _("{name}: everything it relies on works, with something to watch."),
    }
    unknown = _("{name}: whether everything it relies on works is unknown.")
    return texts.get(line.verdict, unknown).format(name=name)


def _lede(row: ActivityRow, relied: tuple[Relied, ...], answers: Mapping[UUID, ServiceAnswer]) -> str:
    """Return how long it would stand still, at the least: all that it relies on has to be back."""
    if not relied:
        return row.said.purpose
    lost = [each.row.name for each in relied if each.row.id in answers and answers[each.row.id].kind == NEVER]
    if lost:
        text = _("If the machines fell, it could never be done again: no copy of {services} would be left.")
        return text.format(services=", ".join(lost))
    times = [answers[each.row.id].quantiles.p80_s if each.row.id in answers else None for each in relied]
    known = [time for time in times if time is not None]
    if len(known) < len(times):
        return _("If the machines fell, how long it would stand still is unknown: a service is unproven.")
    text = _("If the machines fell, it would stand still for {time} at the least (in eight cases of ten).")
    return text.format(time=said_duration(max(known)))


def _why(row: ActivityRow) -> str:
    """Return what makes the activity as critical as it is."""
    if row.said.is_vital:
        return _("The company cannot do without it, even in a crisis.")
    worst_kinds = [
        str(effect.name)
        for grade in (Grade.SERIOUS, Grade.NOTICEABLE)
        for effect in _effects(row)
        if effect.grade == grade and (grade == Grade.SERIOUS or Grade.SERIOUS not in row.said.effects.grades)
    ]
    if worst_kinds:
        return _("By what an hour without it does: {kinds}.").format(kinds=", ".join(worst_kinds).lower())
    if row.criticality is Criticality.ORDINARY:
        return _("An hour without it does nothing that counts.")
    return _("Nobody has said yet what an hour without it does.")


def _effects(row: ActivityRow) -> tuple[Effect, ...]:
    said = row.said
    turnover = (
        ""
        if said.turnover_eur is None
        else _("{amount} € an hour").format(amount=words.number(said.turnover_eur, language()))
    )
    idle = "" if said.idle_people is None else words.number(said.idle_people, language())
    effects = said.effects
    return (
        _effect(gettext_lazy("Turnover"), effects.turnover, turnover),
        _effect(gettext_lazy("People who cannot work"), effects.idle_people, idle),
        _effect(gettext_lazy("Image"), effects.image),
        _effect(gettext_lazy("Law and contracts"), effects.regulation),
    )


def _effect(name: Promise, grade: str, amount: str = "") -> Effect:
    word = GradeChoice(grade).label if grade else _("Not said yet")
    return Effect(name, grade, word, amount)


def busy_lines(periods: Iterable[BusyPeriod]) -> tuple[BusyLine, ...]:
    """Return busy periods in words, in their order."""
    return tuple(
        BusyLine(each, f"{each.rhythm} {each.first} {each.last} {each.name}", _days(each)) for each in periods
    )


def _days(period: BusyPeriod) -> str:
    first, last = (_day(period.rhythm, each) for each in (period.first, period.last))
    if period.first == period.last:
        texts = {
            Rhythm.WEEKLY: _("every {day}"),
            Rhythm.MONTHLY: _("day {day} of every month"),
            Rhythm.YEARLY: _("{day}, every year"),
        }
        return texts[Rhythm(period.rhythm)].format(day=first)
    texts = {
        Rhythm.WEEKLY: _("from {first} to {last}, every week"),
        Rhythm.MONTHLY: _("from day {first} to day {last} of every month"),
        Rhythm.YEARLY: _("from {first} to {last}, every year"),
    }
    if period.rhythm == Rhythm.MONTHLY and period.last < period.first:
        texts[Rhythm.MONTHLY] = _("from day {first} of every month to day {last} of the next")
    return texts[Rhythm(period.rhythm)].format(first=first, last=last)


def _day(rhythm: str, day: int) -> str:
    if rhythm == Rhythm.WEEKLY:
        return words.weekday_name(day, language())
    if rhythm == Rhythm.MONTHLY:
        return str(day)
    return words.day_of_year(day // 100, day % 100, language())


def _busy_now(periods: tuple[BusyPeriod, ...], now: datetime) -> str:
    """Return whether it counts most now, else from which day on it next will."""
    zone = timezone.get_current_timezone_name()
    days = list(busy_intervals(periods, now, now + _AHEAD, zone))
    if not days:
        return ""
    start, end = days[0]
    if start == now:
        return _("It counts most now, until {day}.").format(day=_day_of(end - timedelta(seconds=1)))
    return _("Next from {day} on.").format(day=_day_of(start))


def _day_of(at: datetime) -> str:
    local = timezone.localtime(at)
    return words.day_of_year(local.month, local.day, language())
