"""How far the copies of a service's data are proven: the ladder; backups and tests as marks in time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from veilleur.domains.backups.labels import LEVELS, reason_sentence
from veilleur.domains.backups.rules.proof import ProofAge, ProofLevel
from veilleur.domains.backups.rules.protection import CopyView, Protection, TestView
from veilleur.shared.drawings.timeline import Lane, Point


@dataclass(frozen=True)
class Rung:
    """One level: since when its proof stands; None where nothing proves it."""

    level: int
    text: str | Promise
    proven_at: datetime | None
    is_top: bool


@dataclass(frozen=True)
class Place:
    """One data set in one repository."""

    data_set: str
    repository: str
    newest_at: datetime | None
    size_bytes: int | None
    level: int
    points: int
    has_failed: bool
    # False: no plan adds copies any more.
    is_renewed: bool
    # When the level was last shown; None where nothing shows it.
    proven_at: datetime | None = None
    is_proof_old: bool = False


def ladder(protections: Sequence[Protection]) -> tuple[Rung, ...]:
    """Return the rungs 7 down to 0; what covers several data sets is as weak as the weakest of them."""
    proven = {level: _proven_at(protections, level) for level in LEVELS}
    top = max((level for level, at in proven.items() if at is not None), default=-1)
    return tuple(
        Rung(level, LEVELS[level], proven[level], is_top=level == top)
        for level in sorted(LEVELS, reverse=True)
    )


def _proven_at(protections: Sequence[Protection], level: int) -> datetime | None:
    newest = [_newest_proof(protection.copies, level) for protection in protections]
    known = [at for at in newest if at is not None]
    return min(known) if known and len(known) == len(newest) else None


def _newest_proof(copies: Sequence[CopyView], level: int) -> datetime | None:
    """Return when copies of a data set last reached a level, by a run or by a passed test."""
    runs = (
        point.started_at
        for copy in copies
        for point in copy.points
        if point.is_complete and _shows(_believed(copy, point.proof_level), level)
    )
    tests = (
        test.finished_at
        for copy in copies
        for test in copy.tests
        if test.passed and _shows(_believed(copy, test.level), level)
    )
    return max((*runs, *tests), default=None)


def _shows(reached: int, level: int) -> bool:
    """Return whether who reached a level has shown another one too: restoring one copy in full reads its own
    bytes, never every byte of the repository.
    """
    return reached == level or (reached > level and level != ProofLevel.ALL_BYTES_READ)


def _believed(copy: CopyView, reached: int) -> int:
    """Return what a proof is still worth: once a test has failed, a copy is there, and no more is known."""
    return min(reached, ProofLevel.PRESENT) if copy.has_failed else reached


def places(protections: Iterable[Protection], now: datetime) -> tuple[Place, ...]:
    """Return where the copies are, one row per data set and repository."""
    return tuple(_place(protection, copy, now) for protection in protections for copy in protection.copies)


def _place(protection: Protection, copy: CopyView, now: datetime) -> Place:
    level = max((_believed(copy, point.proof_level) for point in copy.points), default=0)
    proven_at = _newest_proof((copy,), level) if level else None
    return Place(
        data_set=protection.name,
        repository=copy.repository_name,
        newest_at=copy.points[0].started_at if copy.points else None,
        size_bytes=copy.points[0].total_bytes if copy.points else None,
        level=level,
        points=len(copy.points),
        has_failed=copy.has_failed,
        is_renewed=copy.is_renewed,
        proven_at=proven_at,
        is_proof_old=proven_at is not None and now - proven_at > ProofAge().watch,
    )


@dataclass(frozen=True)
class Unprotected:
    """A data set that no plan copies now. `may_retire`: no plan that has not ended has it."""

    data_set: UUID
    name: str
    why: str | Promise
    may_retire: bool


def unprotected(protections: Iterable[Protection]) -> tuple[Unprotected, ...]:
    """Return the data sets that get no copy, each with the reason."""
    return tuple(
        Unprotected(
            protection.data_set,
            protection.name,
            reason_sentence(protection.not_protected_reason),
            may_retire=protection.not_protected_reason in ("plan_ended", "no_plan"),
        )
        for protection in protections
        if protection.not_protected_reason
    )


@dataclass(frozen=True)
class Marks:
    """What a timeline shows of backups: the copies and tests of data sets, and the runs that failed."""

    protections: Sequence[Protection] = ()
    failed_at: Sequence[datetime] = ()


NO_MARKS = Marks()


def lanes(marks: Marks, start: datetime, now: datetime) -> tuple[Lane, ...]:
    """Return backups and restore tests between two instants as rows of a timeline; none without copies."""
    copies = [copy for protection in marks.protections for copy in protection.copies]
    if not copies and not marks.failed_at:
        return ()
    runs = [
        _Mark(point.started_at, "tick" if point.is_complete else "cross")
        for copy in copies
        for point in copy.points
    ]
    runs += [_Mark(at, "cross") for at in marks.failed_at]
    tests = [
        _Mark(test.finished_at, "disc" if test.passed else "cross", "" if rank else _test_word(test))
        for copy in copies
        for rank, test in enumerate(copy.tests)
    ]
    return (
        Lane(_("Backups"), _points(runs, start, now)),
        Lane(_("Restore tests"), _points(tests, start, now)),
    )


@dataclass(frozen=True)
class _Mark:
    """Something at an instant, before it has its place on a scale."""

    at: datetime
    shape: str
    label: str = ""


def _test_word(test: TestView) -> str:
    """Return the name of a copy's newest test; the others are told apart by the ladder."""
    return _("level {level}").format(level=test.level) if test.passed else ""


def _points(found: Iterable[_Mark], start: datetime, now: datetime) -> tuple[Point, ...]:
    return tuple(
        Point((mark.at - start) / (now - start), mark.shape, mark.label)
        for mark in found
        if start <= mark.at <= now
    )
