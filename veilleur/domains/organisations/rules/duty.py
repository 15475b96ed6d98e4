"""What a rota covers, and who really is on call by all that was planned, swapped, taken over and left behind.

Between the tables and `rules/rota.py`: the hours a rota must cover have versions, and whoever left the
organisation is on call no longer, whatever the plan says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from veilleur.domains.organisations.rules.rota import Override, Rotation, gaps, on_call
from veilleur.domains.organisations.rules.rota_words import Cover
from veilleur.shared.hours import ServiceHours
from veilleur.shared.intervals import IntervalSet, to_instant

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Terms:
    """The hours a rota covers, from `since` on until the next terms. `zone` is where the wall is.

    Work is from `opens` to `closes` on `weekdays` (0 is Monday) that are no holiday of `holidays`.
    """

    since: datetime
    zone: str
    cover: Cover
    opens: time
    closes: time
    weekdays: tuple[int, ...]
    holidays: str

    def work(self, start: datetime, end: datetime) -> IntervalSet:
        """Return the ordinary working hours in [start, end)."""
        span = (f"{self.opens:%H:%M}", f"{self.closes:%H:%M}")
        week = {weekday: [span] for weekday in self.weekdays}
        return ServiceHours(self.zone, week, holidays=self.holidays).intervals(start, end)

    def covered(self, start: datetime, end: datetime) -> IntervalSet:
        """Return the hours in [start, end) that somebody must answer for."""
        whole = IntervalSet.of([(start, end)])
        if self.cover == Cover.ALWAYS:
            return whole
        work = self.work(start, end)
        return work if self.cover == Cover.WITHIN else whole - work


@dataclass(frozen=True)
class Absence:
    """Somebody is away from `start` to `end` (excluded), as was entered at `entered_at`.

    `stand_in` is on call instead, by the rota whose plan this is of; None: nobody is. It counts until
    `ended_at` where the person came back before.
    """

    person: str
    start: datetime
    end: datetime
    entered_at: datetime
    stand_in: str | None = None
    ended_at: datetime | None = None

    @property
    def counts_until(self) -> datetime:
        """Return when the person is back; at or before `start` it never counted."""
        return min(self.end, self.ended_at or self.end)

    @property
    def override(self) -> Override | None:
        """Return what it changes: it takes only what the person had. None where it never counted.

        As with any change the one decided later counts: a shift planned for them since is theirs.
        """
        if self.counts_until <= self.start:
            return None
        return Override(self.stand_in, self.start, self.counts_until, self.entered_at, of=self.person)


@dataclass(frozen=True)
class Plan:
    """All that decides who is on call by one rota. People are keys that only the caller understands.

    `terms` in order of time, one at least: before the first, and from `ended_at` on, nothing counts. `left`
    says when people left the organisation, `absences` when they are away.
    """

    terms: tuple[Terms, ...]
    rotations: tuple[Rotation, ...] = ()
    overrides: tuple[Override, ...] = ()
    left: Mapping[str, datetime] | None = None
    ended_at: datetime | None = None
    absences: tuple[Absence, ...] = ()

    def intervals(self, start: datetime, end: datetime) -> IntervalSet:
        """Return the hours in [start, end) that the rota must cover."""
        return covered_by(self.terms, start, min(end, self.ended_at or end))

    def duty(self, start: datetime, end: datetime) -> dict[str, IntervalSet]:
        """Return for each person when they are on call in [start, end). The sets do not overlap."""
        high = max(start, min(end, self.ended_at or end))
        duty = on_call(self.rotations, self.changes, start, high)
        left = self.left or {}
        return {
            person: times.clip(start, max(start, min(high, left.get(person, high))))
            for person, times in duty.items()
        }

    def gaps(self, start: datetime, end: datetime) -> IntervalSet:
        """Return the hours in [start, end) that must be covered, and in which nobody is on call."""
        return gaps(self.duty(start, end), self.intervals(start, end))

    @property
    def changes(self) -> tuple[Override, ...]:
        """Return all that takes hours from whoever had them by the turns."""
        away = (absence.override for absence in self.absences)
        return (*self.overrides, *(override for override in away if override is not None))

    def gaps_by(self, absence: Absence, since: datetime) -> IntervalSet:
        """Return the gaps from an instant on, within an absence, that are none if the person is there."""
        start, end = max(since, absence.start), absence.counts_until
        if start >= end:
            return IntervalSet.empty()
        without = replace(self, absences=tuple(one for one in self.absences if one.person != absence.person))
        return self.gaps(start, end) - without.gaps(start, end)

    def terms_at(self, instant: datetime) -> Terms:
        """Return the terms that count at an instant; before the first, the first."""
        return next((terms for terms in reversed(self.terms) if terms.since <= instant), self.terms[0])


@dataclass(frozen=True)
class CoveredHours:
    """The hours that terms cover, for turns and take-overs that count in no other."""

    terms: tuple[Terms, ...]

    def intervals(self, start: datetime, end: datetime) -> IntervalSet:
        """Return the hours in [start, end)."""
        return covered_by(self.terms, start, end)


@dataclass(frozen=True)
class Run:
    """Somebody is on call from `start` to `end`, and nobody else in between; not each hour must count."""

    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Piece:
    """What a calendar shows of one day: somebody's time, or a gap (`person` None)."""

    person: str | None
    start: datetime
    end: datetime


def covered_by(terms: Sequence[Terms], start: datetime, end: datetime) -> IntervalSet:
    """Return the hours in [start, end) that must be covered: each terms' own until the next begin."""
    covered = IntervalSet.empty()
    for one, low, high in stretches(terms, start, end):
        if low >= one.since:
            covered |= one.covered(low, high)
    return covered


def stretches(
    terms: Sequence[Terms], start: datetime, end: datetime
) -> Iterator[tuple[Terms, datetime, datetime]]:
    """Yield the terms that count in [start, end), each with from when until when, in order.

    Together they are the whole of it: what lies before the first terms is theirs, in a stretch of its own.
    """
    begins = [min(start, terms[0].since), *(one.since for one in terms)]
    for one, since, until in zip((terms[0], *terms), begins, [*begins[1:], end], strict=True):
        low, high = max(start, since), min(end, until)
        if low < high:
            yield one, low, high


def runs(duty: Mapping[str, IntervalSet]) -> list[Run]:
    """Return who is on call one after another, in order: what belongs together, as one."""
    spans = sorted((start, end, person) for person, times in duty.items() for start, end in times)
    found: list[Run] = []
    for start, end, person in spans:
        if found and found[-1].person == person:
            found[-1] = Run(person, found[-1].start, end)
        else:
            found.append(Run(person, start, end))
    return found


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return when a day begins and ends on the wall of a zone: 23, 24 or 25 hours apart."""
    wall = ZoneInfo(zone)
    return datetime.combine(day, time(), wall), datetime.combine(day + _DAY, time(), wall)


def pieces_of_day(
    duty: Mapping[str, IntervalSet], missing: IntervalSet, day: date, zone: str
) -> Iterator[Piece]:
    """Yield who is on call on one day on the wall of a zone, and its gaps, in order."""
    start, end = day_bounds(day, zone)
    found = [Piece(person, *span) for person, times in duty.items() for span in times.clip(start, end)]
    found += [Piece(None, *span) for span in missing.clip(start, end)]
    yield from sorted(found, key=lambda piece: piece.start)


def pieces_ahead(plan: Plan, start: datetime, end: datetime) -> list[Piece]:
    """Return who is on call one after another in [start, end), in order, and the gaps between.

    What belongs together is one piece, as in `runs`; a gap always cuts it.
    """
    spans: list[tuple[datetime, datetime, str | None]] = [
        (*span, person) for person, times in plan.duty(start, end).items() for span in times
    ]
    spans += [(*span, None) for span in plan.gaps(start, end)]
    found: list[Piece] = []
    for since, until, person in sorted(spans, key=lambda one: one[0]):
        if found and found[-1].person == person:
            found[-1] = Piece(person, found[-1].start, until)
        else:
            found.append(Piece(person, since, until))
    return found


def end_of_first(times: IntervalSet) -> datetime | None:
    """Return when the first stretch of a set ends; None for an empty one."""
    return to_instant(int(times.ends[0])) if times else None
