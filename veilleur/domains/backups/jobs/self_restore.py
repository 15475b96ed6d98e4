"""Brings Veilleur itself back on a machine that knows nothing: a folder of backups and the recovery words."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from veilleur.domains.backups.jobs.erasures import erasures_beside, lay_out
from veilleur.domains.backups.jobs.work import Stopwatch
from veilleur.domains.backups.ports import (
    ADOPT_KEYS,
    ENGINE,
    OPEN_ENVELOPE,
    OWN_DATA,
    PLACES,
    SNAPSHOTTER,
    Progress,
    RepositoryAccess,
    StagedOwnData,
)
from veilleur.domains.backups.rules.comparison import Comparison, compare
from veilleur.domains.backups.rules.erasures import DoneErasure
from veilleur.domains.backups.rules.errors import EngineError, NoOwnData
from veilleur.domains.backups.rules.facts_of_data import DataFact
from veilleur.shared.refusal import Refused


@dataclass(frozen=True)
class Restored:
    """What came back. `dumps`: files of a server's database that a person still has to load."""

    snapshot_id: str
    started_us: int
    comparison: Comparison
    dumps: tuple[str, ...]
    seconds: float
    # Erasures of after the copy are done again; None: the list beside it was changed, and is not believed.
    erasures: tuple[DoneErasure, ...] | None = ()


def restore_own_data(folder: Path, into: Path, words: str, progress: Progress) -> Restored | Refused:
    """Restore Veilleur's own data from a backup place into a data folder, with typed words alone.

    Needs no database, no key process and nothing of the old machine. Refused with the words' reason
    (`words_count`, `word_unknown`, `words_checksum`, `other_key`); raise EngineError for all else, also when
    the restored databases are not as recorded: then nothing is laid out.
    """
    opened = _access(folder, words)
    if isinstance(opened, Refused):
        return opened
    envelope, access = opened
    watch = Stopwatch()
    OWN_DATA.get().refuse_used(into)
    work = into / "work"
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    into.chmod(0o700)
    with tempfile.TemporaryDirectory(prefix="restoring-", dir=work) as workplace:
        snapshot_id, started_us, where, staged = _fetch(access, Path(workplace), progress)
        progress("verify", None)
        comparison = _compared(where, staged)
        if not comparison.is_equal:
            names = ", ".join(one.name for one in comparison.differences[:5])
            raise EngineError("facts_differ", retry=False, detail=names)
        OWN_DATA.get().put_back(where, into)
    dumps = tuple(path for path, _name, kind in staged.databases if kind != "sqlite")
    # So that its backups go on where they are.
    ADOPT_KEYS.get()(into, envelope, words)
    erasures = erasures_beside(access)
    lay_out(erasures or (), into)
    return Restored(snapshot_id, started_us, comparison, dumps, watch.lap(), erasures)


def access_by_words(folder: Path, words: str) -> RepositoryAccess | Refused:
    """Return how the repository of a place is opened, by typed words and the envelope beside it alone.

    Refused and EngineError as in `restore_own_data`.
    """
    opened = _access(folder, words)
    return opened if isinstance(opened, Refused) else opened[1]


def _access(folder: Path, words: str) -> tuple[bytes, RepositoryAccess] | Refused:
    identity = _identity(folder)
    opened = _opened(folder, words)
    if isinstance(opened, Refused):
        return opened
    envelope, passwords = opened
    if identity not in passwords:
        raise EngineError("words_refused", retry=False, detail="this repository is not in the envelope")
    return envelope, RepositoryAccess(identity, folder, passwords[identity])


def _identity(folder: Path) -> UUID:
    """Return which repository a place says that it holds."""
    said = PLACES.get().read_card(folder).get("repository", "")
    try:
        return UUID(said)
    except ValueError as error:
        raise EngineError("card_damaged", retry=False, detail=f"{folder}: {said}"[:300]) from error


def _opened(folder: Path, words: str) -> tuple[bytes, dict[UUID, str]] | Refused:
    """Return the envelope that the words open, and what it holds: after a key was replaced there are several,
    and the paper in somebody's hands may be the old one.
    """
    refused, failed = Refused("other_key"), None
    for envelope in PLACES.get().read_envelopes(folder):
        try:
            passwords = OPEN_ENVELOPE.get()(envelope, words)
        except EngineError as error:
            failed = error
            continue
        if not isinstance(passwords, Refused):
            return envelope, passwords
        refused = passwords
    if failed is not None and refused.reason == "other_key":
        raise failed
    return refused


def _fetch(
    access: RepositoryAccess, workplace: Path, progress: Progress
) -> tuple[str, int, Path, StagedOwnData]:
    """Fetch the newest snapshot that holds Veilleur's own data; others in the repository are passed over.

    So is one that is not as Veilleur writes it; where no other is left, it is what is told.
    """
    engine, failed = ENGINE.get(), None
    for number, snapshot in enumerate(reversed(engine.snapshots(access))):
        target = workplace / str(number)
        engine.restore(access, snapshot.snapshot_id, target, progress)
        try:
            where, staged = OWN_DATA.get().read_staged(target)
        except NoOwnData:
            continue
        except EngineError as error:
            failed = failed or error
            continue
        return snapshot.snapshot_id, snapshot.started_us, where, staged
    if failed is not None:
        raise failed
    raise EngineError("no_own_data", retry=False)


def _compared(where: Path, staged: StagedOwnData) -> Comparison:
    """Compare the restored databases with the facts that were stored beside them.

    These facts travelled with the copy, so that this shows damage since the backup; the proof against facts
    kept elsewhere is the restore test of the installation that made it.
    """
    found: list[DataFact] = []
    for path, name, kind in staged.databases:
        if kind == "sqlite":
            found += SNAPSHOTTER.get().read_back(where / path, name)
    names = {name for _path, name, kind in staged.databases if kind == "sqlite"}
    recorded = [fact for fact in staged.facts if _belongs(fact, names)]
    return compare(recorded, sorted(found, key=lambda fact: fact.order))


def _belongs(fact: DataFact, names: set[str]) -> bool:
    return any(fact.name == name or fact.name.startswith(f"{name}:") for name in names)
