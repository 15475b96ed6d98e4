"""What runs and tests share: the claim on a repository, what a killed process left, passwords, stopwatch."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from veilleur.domains.backups.actions import interrupt_dead
from veilleur.domains.backups.ports import (
    ENGINE,
    KEY_KEEPER,
    MANIFESTS,
    PLACES,
    WORKSHOP,
    Progress,
    RepositoryAccess,
)
from veilleur.domains.backups.queries import item_ids, whole_plan
from veilleur.domains.backups.queries.work import PlaceRow, PlanRow
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.journal.rules.work import Clock, JobTicket
from veilleur.domains.organisations.queries import organisation_of
from veilleur.shared.viewer import SYSTEM

CLAIM_WAIT_S = 30.0
# The process that holds the keys is started again within seconds of its end: a run that meets that instant
# waits for it, instead of failing and coming back a quarter of an hour later.
KEY_WAIT_S = 10.0
_ASK_AGAIN_S = 0.25


def silent(_phase: str, _fraction: float | None) -> None:
    """Follow no progress."""


@dataclass(frozen=True)
class Owner:
    """The organisation work is done for: database key, public id, name and language."""

    key: int
    id: UUID
    name: str
    language: str


def owner_of(organisation: UUID) -> Owner | None:
    """Return the organisation of a public id; None without it, or when it is a show that must not act."""
    row = organisation_of(organisation)
    if row is None or row.is_demo:
        return None
    return Owner(row.pk, row.public_id, row.name, row.language)


@dataclass(frozen=True)
class Work:
    """One run or test of a plan: on whose clock, under which lease, watched by whom."""

    plan: PlanRow
    clock: Clock
    ticket: JobTicket | None = None
    progress: Progress = silent


class Stopwatch:
    """Measures phases by the monotonic clock, which no one can set back."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def lap(self) -> float:
        """Return the seconds since the last call."""
        now = time.monotonic()
        passed, self._last = now - self._last, now
        return passed


def plan_of(ticket: JobTicket) -> PlanRow | None:
    """Return the plan a job's payload names; None when plan or organisation are gone, or are a show."""
    owner = owner_of(UUID(str(ticket.payload["organisation"])))
    return None if owner is None else whole_plan(owner.key, UUID(str(ticket.payload["plan"])))


def access_to(plan: PlanRow) -> RepositoryAccess:
    """Return how the plan's repository is opened, with the password that the key process holds."""
    place = plan.place
    return RepositoryAccess(place.id, Path(place.folder), _password_of(place.id))


def _password_of(repository: UUID) -> str:
    """Return a repository's password; raise key_unavailable once its holder was waited for in vain."""
    end_s = time.monotonic() + KEY_WAIT_S
    while True:
        try:
            return KEY_KEEPER.get().repository_password(repository)
        except EngineError as error:
            if not error.retry or time.monotonic() >= end_s:
                raise
        time.sleep(_ASK_AGAIN_S)


def require_repository(place: PlaceRow) -> None:
    """Raise place_missing or no_repository at once where a place holds no repository now.

    A folder that is there without this place's card is the bare mount point of a disk or share, or another
    disk: the place is missing, and nothing may be written there. With the card, the repository was removed.
    """
    folder = Path(place.folder)
    if not folder.is_dir():
        raise EngineError("place_missing", retry=True, detail=str(folder))
    if ENGINE.get().is_there(folder):
        return
    if not _has_card(place):
        raise EngineError("place_missing", retry=True, detail=str(folder))
    raise EngineError("no_repository", retry=False, detail=str(folder))


def _has_card(place: PlaceRow) -> bool:
    try:
        return PLACES.get().read_card(Path(place.folder)).get("repository") == str(place.id)
    except EngineError:
        return False


def past_dead_locks(access: RepositoryAccess, act: Callable[[], None]) -> None:
    """Do what needs the repository alone; once more after removing the lock of an engine that was killed.

    A living engine's lock stays and raises repository_locked.
    """
    try:
        act()
    except EngineError as error:
        if error.reason != "repository_locked":
            raise
        ENGINE.get().release_dead_locks(access)
        act()


@contextmanager
def claimed(work: Work, wait_s: float | None = None) -> Iterator[None]:
    """Hold the plan's repository, and first tidy up what a killed process left half done in it.

    Raise EngineError("busy") where somebody else still holds it after `wait_s`.
    """
    with WORKSHOP.get().claim(work.plan.place.id, CLAIM_WAIT_S if wait_s is None else wait_s):
        _sweep(work.plan)
        dead = interrupt_dead(
            now=work.clock(),
            actor=SYSTEM,
            organisation_id=work.plan.organisation_id,
            repository=work.plan.place.id,
        )
        if dead:
            _forget_dead(work.plan, dead)
        yield


def _sweep(plan: PlanRow) -> None:
    """Wipe the data in clear that killed runs and tests of the plan's repository left in their workplaces:
    those of plans that were ended since as well, which never come by again.
    """
    for item in item_ids(plan.organisation_id, plan.place.id):
        for what in ("run", "test"):
            WORKSHOP.get().sweep(f"{what}-{item}")


def _forget_dead(plan: PlanRow, dead: tuple[UUID, ...]) -> None:
    """Remove manifests, locks and snapshots of runs that died: a stream cut by the kill may have been stored
    as whole.

    Where the repository cannot be reached now, the next run says why; a snapshot without a copy's row is
    never counted or restored meanwhile.
    """
    for run in dead:
        MANIFESTS.get().remove(run)
    engine = ENGINE.get()
    labels = {f"run:{run}" for run in dead}
    try:
        access = access_to(plan)
        engine.release_dead_locks(access)
        found = [one.snapshot_id for one in engine.snapshots(access) if labels & set(one.labels)]
        engine.forget(access, found, free_space=False)
    except EngineError:
        return
