"""The guided first week: five days of items, each done when facts say so. Pure.

A few things leave no fact in Veilleur (a sheet of paper in a safe): somebody says them, by a recorded act.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from veilleur.domains.organisations.rules.profiles import Profile

ENOUGH_SERVICES = 10


class Day(StrEnum):
    """The days, in their order."""

    NAME = "name"
    WATCH = "watch"
    PROTECT = "protect"
    PROVE = "prove"
    COMMIT = "commit"


class Item(StrEnum):
    """The items, in the order in which they are done."""

    MACHINE = "machine"
    SERVICES = "services"
    OBJECTIVES = "objectives"
    REFERENT = "referent"
    CHECKS = "checks"
    RESULTS = "results"
    PLACE = "place"
    DATA = "data"
    KEY = "key"
    KEY_AWAY = "key_away"
    RESTORE_TEST = "restore_test"
    ONE_FILE = "one_file"
    FULL_RESTORE = "full_restore"
    REALLY_DONE = "really_done"
    SECOND_PERSON = "second_person"
    SECOND_FACTOR = "second_factor"
    REFLEX_SHEET = "reflex_sheet"
    BUNDLE = "bundle"
    WHOM_TO_CALL = "whom_to_call"


DAYS: dict[Day, tuple[Item, ...]] = {
    Day.NAME: (Item.MACHINE, Item.SERVICES, Item.OBJECTIVES, Item.REFERENT),
    Day.WATCH: (Item.CHECKS, Item.RESULTS),
    Day.PROTECT: (Item.PLACE, Item.DATA, Item.KEY, Item.KEY_AWAY),
    Day.PROVE: (Item.RESTORE_TEST, Item.ONE_FILE, Item.FULL_RESTORE, Item.REALLY_DONE),
    Day.COMMIT: (
        Item.SECOND_PERSON,
        Item.SECOND_FACTOR,
        Item.REFLEX_SHEET,
        Item.BUNDLE,
        Item.WHOM_TO_CALL,
    ),
}


class Saying(StrEnum):
    """What nobody but a person can know. `PUT_AWAY`: the list is no longer wanted on the home page."""

    ALL_SERVICES = "all_services"
    KEY_AWAY = "key_away"
    WHOM_TO_CALL = "whom_to_call"
    PUT_AWAY = "put_away"


# Which item a saying answers.
SAID_OF: dict[Item, Saying] = {
    Item.SERVICES: Saying.ALL_SERVICES,
    Item.KEY_AWAY: Saying.KEY_AWAY,
    Item.WHOM_TO_CALL: Saying.WHOM_TO_CALL,
}


@dataclass(frozen=True)
class Counted:
    """How far an item is: so many of so many; nothing of nothing is not done."""

    done: int
    of: int

    @property
    def is_whole(self) -> bool:
        """Return whether all of it is done, and there is something at all."""
        return self.of > 0 and self.done >= self.of


@dataclass(frozen=True)
class Step:
    """One item: what is done of it, and what somebody may say of it (None: nothing, facts alone count)."""

    item: Item
    counted: Counted
    is_done: bool
    saying: Saying | None
    may_say: bool


@dataclass(frozen=True)
class Week:
    """All days with their steps, in order."""

    days: tuple[tuple[Day, tuple[Step, ...]], ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the steps of all days."""
        return tuple(step for _day, steps in self.days for step in steps)

    @property
    def is_done(self) -> bool:
        """Return whether nothing is left to do."""
        return all(step.is_done for step in self.steps)

    @property
    def next_day(self) -> Day | None:
        """Return the first day with something left, None when all is done."""
        return next((day for day, steps in self.days if not all(step.is_done for step in steps)), None)

    @property
    def next_step(self) -> Step | None:
        """Return the first step that is not done."""
        return next((step for step in self.steps if not step.is_done), None)


def week_of(counts: dict[Item, Counted], said: Collection[str]) -> Week:
    """Return the week from what was counted for each item, and the sayings that stand."""
    return Week(
        tuple((day, tuple(_step(item, counts[item], said) for item in items)) for day, items in DAYS.items())
    )


def is_offered(profile: str, said: Collection[str]) -> bool:
    """Return whether the home page leads through the week: to those who start, until they put it away."""
    return profile == Profile.STARTING and Saying.PUT_AWAY not in said


def _step(item: Item, counted: Counted, said: Collection[str]) -> Step:
    saying = SAID_OF.get(item)
    is_said = saying is not None and saying in said
    if item is Item.SERVICES:
        # Few companies have ten: the ones there are may be all, but never none.
        is_done = counted.is_whole or (is_said and counted.done > 0)
        may_say = counted.done > 0 and not counted.is_whole
    elif saying is not None:
        is_done, may_say = is_said, True
    else:
        is_done, may_say = counted.is_whole, False
    return Step(item, counted, is_done, saying, may_say)
