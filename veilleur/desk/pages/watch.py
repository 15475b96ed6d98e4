"""The watch: what is checked and how it is, for its own page, the home page and the page of a machine."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.desk.pages.proof import NO_MARKS, Marks, lanes
from veilleur.desk.pages.speech import language, said_day, said_duration, said_instant, said_since
from veilleur.domains.backups.queries.bare import visible_bare_data
from veilleur.domains.backups.rules.bare import BareData
from veilleur.domains.estate.queries import visible_services
from veilleur.domains.estate.rules.map import ServiceRow
from veilleur.domains.monitoring.labels import REASONS, HealthChoice, check_name, value_text
from veilleur.domains.monitoring.queries import (
    CheckRow,
    RetiredRow,
    WatchSummary,
    visible_checks,
    visible_retired,
    visible_timeline,
    watch_summary,
)
from veilleur.domains.monitoring.rules.timeline import Stretch
from veilleur.shared.drawings import timeline
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer
from veilleur.shared.words import spelled

DAYS = 30
# A shorter doubt has no name in the drawing; the table has them all.
_TOLD_FROM_S = 3600
# What a result says of itself when nothing is to be explained.
_PLAIN = frozenset({"measured", "connected", "handshake"})
_ORDER = (Verdict.BAD, Verdict.UNKNOWN, Verdict.WATCH, Verdict.GOOD)
_WORDS: dict[Verdict, str | Promise] = {
    Verdict.GOOD: HealthChoice.OK.label,
    Verdict.WATCH: HealthChoice.WARNING.label,
    Verdict.BAD: HealthChoice.CRITICAL.label,
    Verdict.UNKNOWN: HealthChoice.UNKNOWN.label,
}


@dataclass(frozen=True)
class CheckLine:
    """One check in words."""

    row: CheckRow
    name: str
    verdict: Verdict
    word: str | Promise
    reason: str | Promise
    value: str
    since: str


@dataclass(frozen=True)
class RetiredLine:
    """Something that is no longer watched, in words."""

    row: RetiredRow
    name: str
    since: str


@dataclass(frozen=True)
class ChecksPage:
    """What is watched, worst first. `machine` and `state`: what is asked for alone, "" for everything."""

    headline: str
    lede: str
    lines: tuple[CheckLine, ...]
    total: int
    machines: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str | Promise], ...]
    machine: str
    state: str
    retired: tuple[RetiredLine, ...]


@dataclass(frozen=True)
class Event:
    """One stretch of a timeline in words, for the table beside the drawing."""

    start: datetime
    end: datetime
    verdict: Verdict
    word: str | Promise
    lasted: str


@dataclass(frozen=True)
class Timeline:
    """Thirty days in one drawing, the same for a phone, and the same as rows."""

    svg: str
    narrow_svg: str
    events: tuple[Event, ...]
    has_copies: bool


def doubt(
    viewer: Viewer, services: Sequence[ServiceRow], bare: Iterable[BareData], now: datetime
) -> str | None:
    """Return why good checks do not say that every service works, None where they do.

    What works says nothing of what nobody looks at, nor of a database that did not answer its last backup.
    """
    silent = silent_data(bare)
    without = [service.name for service in services if not silent.isdisjoint(service.data_set_ids)]
    if without:
        text = _("The database of {name} did not answer its last backup: whether it works is unknown.")
        return text.format(name=without[0])
    watched = {row.asset for row in visible_checks(viewer, now)}
    unwatched = [service.name for service in services if watched.isdisjoint(service.asset_ids)]
    return _blindness(unwatched) if unwatched else None


def silent_data(bare: Iterable[BareData]) -> frozenset[UUID]:
    """Return the data whose server did not answer when it was last to be copied."""
    return frozenset(each.data_set for each in bare if each.reason == "server_unreachable")


def is_blind(summary: WatchSummary, doubt: str | None) -> bool:
    """Return whether a doubt comes first: what is down or unknown is told before it."""
    return doubt is not None and summary.verdict in (Verdict.GOOD, Verdict.WATCH)


def _blindness(unwatched: Sequence[str]) -> str:
    first, others = unwatched[0], len(unwatched) - 1
    if not others:
        return _("Nobody watches {name}: whether it works is unknown.").format(name=first)
    return ngettext(
        "Nobody watches {name} and one other service: whether they work is unknown.",
        "Nobody watches {name} and {count} other services: whether they work is unknown.",
        others,
    ).format(name=first, count=spelled(others, language()))


def checks_page(viewer: Viewer, now: datetime, *, machine: str = "", state: str = "") -> ChecksPage:
    """Return the page of the checks of one machine (a public id) and in one state; of an unknown one, of all.

    The headline is about all of them, whatever is asked for.
    """
    summary, rows = watch_summary(viewer, now), visible_checks(viewer, now)
    lines = check_lines(rows, now)
    machines = {str(row.asset): row.asset_name for row in rows}
    why = doubt(viewer, visible_services(viewer), visible_bare_data(viewer, now), now)
    blind = summary.total > 0 and is_blind(summary, why)
    machine, state = machine if machine in machines else "", state if state in _WORDS else ""
    return ChecksPage(
        headline=why if blind and why else sentence(summary, now),
        lede=sentence(summary, now) if blind else _lede(summary),
        lines=tuple(
            line
            for line in lines
            if machine in ("", str(line.row.asset)) and state in ("", line.verdict.value)
        ),
        total=len(lines),
        machines=tuple(sorted(machines.items(), key=lambda pair: pair[1].casefold())),
        states=tuple((each.value, _WORDS[each]) for each in _ORDER),
        machine=machine,
        state=state,
        retired=retired_lines(visible_retired(viewer), now),
    )


def retired_lines(rows: Sequence[RetiredRow], now: datetime) -> tuple[RetiredLine, ...]:
    """Return what is no longer watched in words, in the order given."""
    return tuple(
        RetiredLine(row, check_name(row.kind, row.target, row.note), said_since(row.until, now))
        for row in rows
    )


def check_lines(rows: Sequence[CheckRow], now: datetime) -> tuple[CheckLine, ...]:
    """Return checks in words, worst first."""
    ordered = sorted(rows, key=lambda row: _ORDER.index(row.verdict))
    return tuple(check_line(row, now) for row in ordered)


def check_line(row: CheckRow, now: datetime) -> CheckLine:
    """Return one check in words."""
    # A first failure is not told yet, but what has just failed is not shown as good either.
    is_doubted = row.is_soft and row.verdict is Verdict.GOOD
    return CheckLine(
        row=row,
        name=check_name(row.kind, row.target, row.note),
        verdict=Verdict.WATCH if is_doubted else row.verdict,
        word=_("Being confirmed") if is_doubted else _WORDS[row.verdict],
        reason="" if row.code in _PLAIN else REASONS.get(row.code, row.code),
        value=value_text(row.value, row.unit) if row.value is not None else "",
        since=said_since(row.since, now),
    )


def sentence(summary: WatchSummary, now: datetime) -> str:
    """Return the answer to "does everything work?" in one sentence."""
    if not summary.total:
        return _("Nothing is watched yet.")
    if summary.bad:
        return _down(summary, now)
    if summary.unknown:
        return _say(
            ngettext(
                "One check has no fresh result.", "{count} checks have no fresh result.", summary.unknown
            ),
            summary.unknown,
        )
    if summary.watch:
        return _say(
            ngettext(
                "Everything works, but one check is to be watched.",
                "Everything works, but {count} checks are to be watched.",
                summary.watch,
            ),
            summary.watch,
        )
    return _("Everything that is watched works.")


def _down(summary: WatchSummary, now: datetime) -> str:
    first = summary.down[0]
    named = {
        "check": subject(first),
        "machine": first.asset_name,
        "when": said_since(first.since, now),
    }
    if summary.bad == 1:
        return _("{check} is down on {machine}, since {when}.").format(**named)
    others = summary.bad - 1
    return ngettext(
        "{check} is down on {machine}, since {when}, and one other check.",
        "{check} is down on {machine}, since {when}, and {count} other checks.",
        others,
    ).format(**named, count=spelled(others, language()))


def subject(row: CheckRow) -> str:
    """Return how a sentence names a check: a program by its name, anything else as in the list."""
    if row.kind == "listener" and row.note:
        return f"{row.note} ({row.target})"
    return check_name(row.kind, row.target, row.note)


def _lede(summary: WatchSummary) -> str:
    counts = (
        (summary.good, ngettext("{count} works", "{count} work", summary.good)),
        (summary.watch, ngettext("{count} is to be watched", "{count} are to be watched", summary.watch)),
        (summary.bad, ngettext("{count} is down", "{count} are down", summary.bad)),
        (summary.unknown, ngettext("{count} is unknown", "{count} are unknown", summary.unknown)),
    )
    said = [text.format(count=count) for count, text in counts if count]
    whole = ngettext("{count} check", "{count} checks", summary.total).format(count=summary.total)
    return _("{whole}: {parts}.").format(whole=whole, parts=", ".join(said)) if said else ""


def _say(text: str, count: int) -> str:
    said = text.format(count=spelled(count, language()))
    return said[:1].upper() + said[1:]


def machine_timeline(
    viewer: Viewer, asset: UUID, name: str, now: datetime, *, copies: Marks = NO_MARKS
) -> Timeline | None:
    """Return thirty days of a machine with the copies given; None for a machine that is not watched."""
    stretches = visible_timeline(viewer, asset, now, DAYS)
    if not stretches:
        return None
    start = now - timedelta(days=DAYS)
    rows = timeline.Rows(
        _("State"), [_band(each, start, now) for each in stretches], lanes(copies, start, now)
    )
    calendar = _calendar(start, now)
    title = _("Thirty days of {name}").format(name=name)
    desc = _("Its state from {start} to now. The table that follows says the same.").format(
        start=said_day(start)
    )
    drawn = partial(timeline.timeline_svg, rows, calendar, title=title, desc=desc)
    return Timeline(
        svg=drawn(),
        narrow_svg=drawn(layout=timeline.NARROW),
        events=_events(stretches),
        has_copies=bool(rows.lanes),
    )


def _band(stretch: Stretch, start: datetime, now: datetime) -> timeline.Band:
    """Return a stretch as it is drawn; what works needs no name, nor what was in doubt for a moment."""
    named = {
        Verdict.BAD: _("down, {time}"),
        Verdict.UNKNOWN: _("unknown, {time}"),
        Verdict.WATCH: _("to watch, {time}"),
    }
    lasted_s = (stretch.end - stretch.start).total_seconds()
    is_told = stretch.verdict in named and (stretch.verdict is Verdict.BAD or lasted_s >= _TOLD_FROM_S)
    return timeline.Band(
        _share(stretch.start, start, now),
        _share(stretch.end, start, now),
        stretch.verdict,
        named[stretch.verdict].format(time=said_duration(lasted_s)) if is_told else "",
    )


def _events(stretches: Sequence[Stretch]) -> tuple[Event, ...]:
    return tuple(
        Event(s.start, s.end, s.verdict, _WORDS[s.verdict], said_duration((s.end - s.start).total_seconds()))
        for s in reversed(stretches)
    )


def _share(at: datetime, start: datetime, end: datetime) -> float:
    return (at - start) / (end - start)


def _calendar(start: datetime, now: datetime) -> timeline.Stretch:
    """Return Mondays as ticks and week-ends as sunken ground, in the zone of the page."""
    local_start, local_now = (timezone.localtime(at) for at in (start, now))
    midnight = local_start.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight + timedelta(days=rank) for rank in range((local_now.date() - midnight.date()).days + 1)]
    return timeline.Stretch(
        ticks=tuple(
            (_share(day, start, now), said_day(day))
            for day in days
            if day.weekday() == 0 and day > local_start
        ),
        week_ends=tuple(
            (_share(day, start, now), _share(day + timedelta(days=1), start, now))
            for day in days
            if day.weekday() >= 5
        ),
        now_label=said_instant(now, now),
    )
