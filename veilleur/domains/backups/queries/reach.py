"""Whether the repositories could be opened the last time: what is in one that could not be is unknown."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Q

from veilleur.domains.backups.models import Plan, RestoreTest, Run
from veilleur.domains.backups.queries.instants import to_us
from veilleur.domains.backups.rules.states import (
    REASONS_OF_A_LOST_PLACE,
    REASONS_OF_A_SHUT_PLACE,
    RunState,
    TestState,
)

_GONE = Q(reason__in=REASONS_OF_A_LOST_PLACE)
_SHUT = Q(reason__in=REASONS_OF_A_SHUT_PLACE)


@dataclass(frozen=True)
class Reach:
    """The last time runs and tests met a repository in each way, UTC microseconds; 0: never.

    `opened`: it was used. `gone`: it was not there. `shut`: it was there but could not be used.
    """

    opened: int = 0
    gone: int = 0
    shut: int = 0

    @property
    def is_reached(self) -> bool:
        """Return whether nothing since it was last used says that it cannot be."""
        return self.opened >= max(self.gone, self.shut)

    @property
    def is_gone(self) -> bool:
        """Return whether it was not there the last time."""
        return self.gone > max(self.opened, self.shut)


@dataclass(frozen=True)
class Lookout:
    """A repository to look at: the plan that would tell its state, and whether it was gone the last time."""

    plan: UUID
    folder: str
    is_gone: bool


def reach_of(organisation_id: int, now: datetime) -> dict[int, Reach]:
    """Return the reach of each repository that a run or test ever went to, by its key. Two queries.

    What is dated later than now, before the clock was set back, says nothing of now.
    """
    opened_by_run = Q(state__in=(RunState.COMPLETE, RunState.PARTIAL))
    ended = {"ended_us__lte": to_us(now)}
    runs = Run.objects.of(organisation_id).filter(**ended).values_list("plan__repository_id")
    tests = RestoreTest.objects.of(organisation_id).filter(**ended).values_list("repository_id")
    met: dict[int, list[Reach]] = defaultdict(list)
    for rows, opened in ((runs, opened_by_run), (tests, Q(state=TestState.PASSED))):
        found = rows.annotate(
            opened=Max("ended_us", filter=opened),
            gone=Max("ended_us", filter=_GONE),
            shut=Max("ended_us", filter=_SHUT),
        )
        for repository, last_opened, gone, shut in found.order_by():
            met[repository].append(Reach(last_opened or 0, gone or 0, shut or 0))
    return {repository: _newest(each) for repository, each in met.items()}


def _newest(each: list[Reach]) -> Reach:
    return Reach(
        max(one.opened for one in each), max(one.gone for one in each), max(one.shut for one in each)
    )


def lookouts(organisation_id: int, now: datetime) -> tuple[Lookout, ...]:
    """Return each repository of a plan that is on, once, by the oldest of its plans."""
    reach = reach_of(organisation_id, now)
    plans = Plan.objects.of(organisation_id).filter(is_on=True, ended_at=None).order_by("-pk")
    rows = plans.values_list("repository_id", "public_id", "repository__folder")
    return tuple(
        {
            repository: Lookout(plan, folder, reach.get(repository, Reach()).is_gone)
            for repository, plan, folder in rows
        }.values()
    )
