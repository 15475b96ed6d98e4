"""A restore test: fetch a copy into a private folder, bring it to life apart from everything, compare
facts.
"""

import glob
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from veilleur.domains.backups.actions import ask_sealing, begin_test, end_test
from veilleur.domains.backups.jobs.runs import ROLES
from veilleur.domains.backups.jobs.work import (
    Stopwatch,
    Work,
    access_to,
    claimed,
    past_dead_locks,
    plan_of,
    require_repository,
    silent,
)
from veilleur.domains.backups.ports import (
    DUMPER,
    ENGINE,
    KEY_KEEPER,
    MANIFESTS,
    OWN_DATA,
    PLACES,
    SNAPSHOTTER,
    WORKSHOP,
    Progress,
    Rebuilt,
    RepositoryAccess,
)
from veilleur.domains.backups.queries import copies_tested_since, newest_copy
from veilleur.domains.backups.queries.work import CopyRow, ItemRow, PlanRow
from veilleur.domains.backups.rules.comparison import Comparison, compare
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.facts_of_data import DataFact
from veilleur.domains.backups.rules.plans import RestoreOutcome, engine_error_of, failed_test, verdict_of
from veilleur.domains.backups.rules.proof import Shown, level_of_test
from veilleur.domains.backups.rules.protection import Phases
from veilleur.domains.backups.rules.states import SourceKind, TestState
from veilleur.domains.journal.rules.work import Clock, JobTicket
from veilleur.shared.viewer import SYSTEM

# A place is opened before its envelope is written, which takes seconds on a slow share.
SEAL_WAIT_S = 20.0
_LOOK_AGAIN_S = 0.25

_log = logging.getLogger(__name__)


@dataclass
class _Test:
    """What a running test has measured and seen so far."""

    item: ItemRow
    copy: CopyRow
    access: RepositoryAccess
    folder: Path
    watch: Stopwatch
    phases: Phases
    isolation: str = "private_folder"
    remarks: list[str] = field(default_factory=list)

    @property
    def restored(self) -> Path:
        """Return where the copy was fetched to."""
        return self.folder / "restored"


def run_restore_test(ticket: JobTicket, clock: Clock) -> None:
    """Test the newest copies of the plan that the payload names; with "words_handle" by the key alone.

    Several may ask for the same test, the schedule and each first copy: what was tested since "asked_us" has
    been done for all of them.
    """
    plan = plan_of(ticket)
    if plan is not None:
        words_handle = str(ticket.payload.get("words_handle", ""))
        _test_plan(Work(plan, clock, ticket), words_handle, _asked_us(ticket))


def _asked_us(ticket: JobTicket) -> int | None:
    asked_us = ticket.payload.get("asked_us")
    return asked_us if isinstance(asked_us, int) else None


def restore_test_now(
    clock: Clock, plan: PlanRow, progress: Progress = silent, words_handle: str = ""
) -> tuple[UUID, ...]:
    """Test a plan's newest copies here and now and return the tests; raise EngineError("busy")."""
    return _test_plan(Work(plan, clock, progress=progress), words_handle)


def _test_plan(work: Work, words_handle: str, asked_us: int | None = None) -> tuple[UUID, ...]:
    plan = work.plan
    with claimed(work):
        where, now = (plan.organisation_id, plan.place.id), work.clock()
        copies = [(item, newest_copy(*where, item.data_set, now)) for item in plan.items]
        done = frozenset() if asked_us is None else copies_tested_since(plan.organisation_id, asked_us)
        return tuple(
            _test_item(work, item, copy, words_handle)
            for item, copy in copies
            if copy is not None and copy.id not in done
        )


def _test_item(work: Work, item: ItemRow, copy: CopyRow, words_handle: str) -> UUID:
    organisation_id = work.plan.organisation_id
    test = begin_test(
        now=work.clock(),
        actor=SYSTEM,
        organisation_id=organisation_id,
        copy=copy.id,
        with_recovery_key_alone=bool(words_handle),
        ticket=work.ticket,
    )
    phases = Phases(fetch_s=0.0, restore_s=0.0, start_s=0.0, verify_s=0.0)
    try:
        outcome = _outcome(work, item, copy, words_handle, phases)
    except EngineError as error:
        outcome = failed_test(error, phases)
    except OSError as error:
        outcome = failed_test(engine_error_of(error), phases)
    end_test(
        now=work.clock(),
        actor=SYSTEM,
        organisation_id=organisation_id,
        test=test,
        outcome=outcome,
        ticket=work.ticket,
    )
    if words_handle and outcome.state == TestState.PASSED:
        _forget_older_keys(work, words_handle)
    return test


def _forget_older_keys(work: Work, words_handle: str) -> None:
    """Let the papers before the present one open no place any more, now that this one is proven.

    Where the key process is gone meanwhile they stay, which is safe; the next key typed back ends them.
    """
    organisation = work.plan.organisation
    try:
        KEY_KEEPER.get().forget_older_keys(words_handle)
    except EngineError as error:
        _log.warning("the keys before the present one are still sealed to: %s", error.reason)
        return
    ask_sealing(now=work.clock(), actor=SYSTEM, organisation=organisation)


def _outcome(work: Work, item: ItemRow, copy: CopyRow, words_handle: str, phases: Phases) -> RestoreOutcome:
    require_repository(work.plan.place)
    access = _access(work.plan, words_handle)
    _require_space(item, copy)
    with WORKSHOP.get().workplace(f"test-{item.id}") as folder:
        # First the structure, outside of the measured time: restic looks for a lost pack for minutes.
        work.progress("check", None)
        past_dead_locks(access, lambda: ENGINE.get().check(access, every_byte=False))
        test = _Test(item, copy, access, folder, Stopwatch(), phases)
        _fetch(test, work.progress)
        work.progress("verify", None)
        comparison = _verify(test)
        return _judged(test, comparison)


def _access(plan: PlanRow, words_handle: str) -> RepositoryAccess:
    """Return how the repository is opened: by the kept password, or by typed words and envelope alone."""
    if not words_handle:
        return access_to(plan)
    folder = Path(plan.place.folder)
    return RepositoryAccess(plan.place.id, folder, _password_by_words(folder, plan.place.id, words_handle))


def _password_by_words(folder: Path, repository: UUID, words_handle: str) -> str:
    """Return a repository's password from words and envelope. Who types a new key back at once may be faster
    than its envelope is written: that is waited for.
    """
    end_s = time.monotonic() + SEAL_WAIT_S
    while True:
        try:
            present, *_older = PLACES.get().read_envelopes(folder)
            return KEY_KEEPER.get().password_from_words(words_handle, present, repository)
        except EngineError as error:
            if error.reason not in {"envelope_missing", "words_refused"} or time.monotonic() >= end_s:
                raise
        time.sleep(_LOOK_AGAIN_S)


def _require_space(item: ItemRow, copy: CopyRow) -> None:
    """Refuse a test that would fill the disk; a rebuilt server needs dump and cluster at once."""
    needed = copy.total_bytes * (3 if item.kind == SourceKind.POSTGRESQL else 1) + 64_000_000
    free = WORKSHOP.get().free_bytes()
    if free < needed:
        raise EngineError("disk_full", retry=True, detail=f"{needed} bytes needed, {free} free")


def _fetch(test: _Test, progress: Progress) -> None:
    engine = ENGINE.get()
    try:
        engine.restore(test.access, test.copy.snapshot_id, test.restored, progress)
        if test.copy.companion_snapshot_id:
            engine.restore(test.access, test.copy.companion_snapshot_id, test.restored, progress)
    finally:
        test.phases["fetch_s"] = test.watch.lap()


def _verify(test: _Test) -> Comparison:
    """Compare what came back with what was recorded, by what the source is."""
    manifests = MANIFESTS.get()
    recorded = manifests.facts(test.copy.run, test.copy.manifest_digest)
    try:
        return compare(recorded, _found(test))
    finally:
        test.phases["verify_s"] += test.watch.lap()


def _found(test: _Test) -> Iterator[DataFact]:
    """Yield the facts of the restored data in manifest order: databases first, then files."""
    kind = test.item.kind
    sources = MANIFESTS.get().sources(test.copy.run)
    if kind == SourceKind.POSTGRESQL:
        yield from _rebuilt(test, _only(test.restored, "*.dump"))
    elif kind == SourceKind.SQLITE:
        path = _only(test.restored, f"**/{glob.escape(Path(test.item.source).name)}")
        yield from SNAPSHOTTER.get().read_back(path, path.name)
    elif kind == SourceKind.OWN_DATA:
        yield from sorted(_own_facts(test), key=lambda fact: fact.order)
    yield from MANIFESTS.get().found_under(test.restored, sources)


def _own_facts(test: _Test) -> Iterator[DataFact]:
    where, staged = OWN_DATA.get().read_staged(test.restored)
    for path, name, kind in staged.databases:
        if kind == "sqlite":
            yield from SNAPSHOTTER.get().read_back(where / path, name)
        else:
            yield from _rebuilt(test, where / path)


def _rebuilt(test: _Test, dump: Path) -> tuple[DataFact, ...]:
    """Rebuild a dump in a throw-away cluster; its own steps are taken out of the time to verify."""
    before = test.watch.lap()
    roles = next((path for path in dump.parent.rglob(f"*{ROLES}") if _is_plain(path)), None)
    rebuilt: Rebuilt = DUMPER.get().rebuild(dump, roles, test.folder)
    test.watch.lap()
    test.phases["start_s"] += rebuilt.start_s
    test.phases["restore_s"] += rebuilt.restore_s
    test.phases["verify_s"] += before + rebuilt.verify_s
    test.isolation = rebuilt.isolation
    test.remarks.extend(rebuilt.remarks)
    return rebuilt.facts


def _only(folder: Path, pattern: str) -> Path:
    """Return the one file of that name in what came back."""
    found = [path for path in folder.glob(pattern) if _is_plain(path)]
    if len(found) != 1:
        raise EngineError("restore_failed", retry=False, detail=f"{len(found)} files {pattern}")
    return found[0]


def _is_plain(path: Path) -> bool:
    """Return whether this is a file that came back; a link would lead to one of this machine's own."""
    return path.is_file() and not path.is_symlink()


def _judged(test: _Test, comparison: Comparison) -> RestoreOutcome:
    is_database = test.item.kind != SourceKind.FILES
    shown = Shown(
        was_listed=True,
        all_restored=True,
        facts_equal=comparison.is_equal,
        has_application=is_database,
        was_started=is_database,
    )
    state, reason = verdict_of(comparison)
    return RestoreOutcome(
        state=state,
        reason=reason,
        level=level_of_test(shown),
        phases=test.phases,
        total_bytes=test.copy.total_bytes,
        comparison=comparison,
        isolation=test.isolation,
        remarks=tuple(test.remarks),
        engine_version=ENGINE.get().version(),
    )
