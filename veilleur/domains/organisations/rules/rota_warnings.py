"""What a planner is warned of: people who left, notice too short, rest that is missing, public holidays."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from veilleur.domains.organisations.rules.duty import Plan, day_bounds, runs
from veilleur.domains.organisations.rules.rest import Notice, notice_of, rest_breaches
from veilleur.shared.holidays import public_holidays
from veilleur.shared.intervals import IntervalSet

# How far ahead, and for rest how far back, is looked.
HORIZON, LOOK_BACK = timedelta(days=28), timedelta(days=14)


class RotaWarning(StrEnum):
    """What is wrong with, or worth knowing about, a stretch of duty."""

    LEFT = "left"
    AWAY = "away"
    NOT_IN_TEAM = "not_in_team"
    NOTICE_TOO_SHORT = "notice_too_short"
    NOTICE_SHORT = "notice_short"
    REST = "rest"
    HOLIDAY = "holiday"


@dataclass(frozen=True)
class Warned:
    """A warning about somebody, and the first instant that it is about; None: about no one time."""

    code: RotaWarning
    person: str
    at: datetime | None = None


def warnings(
    plan: Plan, pool: Collection[str], worked: Mapping[str, IntervalSet], now: datetime
) -> list[Warned]:
    """Return what is to be said at `now`, the gravest first; of one kind and person only the first.

    `pool`: who may be on call. `worked`: the interventions of each person, of the last `LOOK_BACK`.
    """
    duty = plan.duty(now, now + HORIZON)
    found = [
        *_of_people(plan, pool, now),
        *_of_absences(plan, duty),
        *_of_notice(plan, duty, now),
        *_of_rest(plan, worked, now),
        *_of_holidays(plan, duty, now),
    ]
    order = list(RotaWarning)
    first: dict[tuple[RotaWarning, str], Warned] = {}
    for one in sorted(found, key=lambda one: (order.index(one.code), one.at or now, one.person)):
        first.setdefault((one.code, one.person), one)
    return list(first.values())


def _of_people(plan: Plan, pool: Collection[str], now: datetime) -> Iterator[Warned]:
    planned = [
        person
        for rotation in plan.rotations
        if rotation.ended_at is None or rotation.ended_at > now
        for person in rotation.people
    ]
    planned += [one.person for one in plan.changes if one.person is not None and one.end > now]
    left = plan.left or {}
    for person in planned:
        if left.get(person, now + HORIZON) <= now:
            yield Warned(RotaWarning.LEFT, person)
        elif person not in pool:
            yield Warned(RotaWarning.NOT_IN_TEAM, person)


def _of_absences(plan: Plan, duty: Mapping[str, IntervalSet]) -> Iterator[Warned]:
    """Yield whoever is on call while away: a change that was decided since gave it to them."""
    for absence in plan.absences:
        end = max(absence.start, absence.counts_until)
        for since, _until in duty.get(absence.person, IntervalSet.empty()).clip(absence.start, end):
            yield Warned(RotaWarning.AWAY, absence.person, since)


def _of_notice(plan: Plan, duty: Mapping[str, IntervalSet], now: datetime) -> Iterator[Warned]:
    codes = {Notice.SHORT: RotaWarning.NOTICE_SHORT, Notice.TOO_SHORT: RotaWarning.NOTICE_TOO_SHORT}
    for run in runs(duty):
        told_at = _told_at(plan, run.person, run.start)
        # What runs already can be told no earlier any more.
        if run.start <= now or told_at is None:
            continue
        code = codes.get(notice_of(told_at, run.start, plan.terms_at(run.start).zone))
        if code is not None:
            yield Warned(code, run.person, run.start)


def _told_at(plan: Plan, person: str, at: datetime) -> datetime | None:
    """Return when it was decided that somebody is on call then; None where they agreed to it themselves."""
    changes = [one for one in plan.changes if one.start <= at < one.end and one.person == person]
    if changes:
        last = max(changes, key=lambda one: one.recorded_at)
        return None if last.is_agreed else last.recorded_at
    planned = [one for one in plan.rotations if one.planned_at is not None and person in one.people]
    counting = [one for one in planned if one.ended_at is None or one.ended_at > at]
    return max((one.planned_at for one in counting if one.planned_at), default=None)


def _of_rest(plan: Plan, worked: Mapping[str, IntervalSet], now: datetime) -> Iterator[Warned]:
    for person, interventions in worked.items():
        if not interventions:
            continue
        # The work of the next days is looked at as well: it may begin too early after this night.
        ordinary = plan.terms_at(now).work(now - LOOK_BACK, now + timedelta(days=2))
        for breach in rest_breaches(ordinary | interventions):
            yield Warned(RotaWarning.REST, person, breach.begins)


def _of_holidays(plan: Plan, duty: Mapping[str, IntervalSet], now: datetime) -> Iterator[Warned]:
    terms = plan.terms_at(now)
    wall = ZoneInfo(terms.zone)
    first, last = now.astimezone(wall).date(), (now + HORIZON).astimezone(wall).date()
    days = {day for year in {first.year, last.year} for day in public_holidays(terms.holidays, year)}
    for day in sorted(day for day in days if first <= day <= last):
        start, end = day_bounds(day, terms.zone)
        for person, times in duty.items():
            for since, _until in times.clip(start, end):
                yield Warned(RotaWarning.HOLIDAY, person, since)
