"""Veilleur's own data: written out as snapshots in a private folder, and laid out again on a new machine.

What is staged: snapshots of every SQLite database of the data folder (or a dump of the main database when it
is PostgreSQL), Django's secret, the manifests of all copies, the files attached to documents. Never: live
files, logs, caches, sockets, other backup places, and the keys of `veilleur sign`, which the recovery key
brings back through the envelope.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from veilleur.domains.backups.ports import DatabaseDumper, DatabaseSource, Snapshotter, StagedOwnData
from veilleur.domains.backups.rules.errors import EngineError, NoOwnData
from veilleur.domains.backups.rules.facts_of_data import DataFact, FactKind
from veilleur.engines.files import parse, walking
from veilleur.engines.files.places import CARD
from veilleur.engines.files.small_files import is_plain_file, is_reached_plainly, read_small

MARKER = "veilleur-own-data.json"
FACTS = "facts.jsonl"
DUMP = "main.dump"
GLOBALS = "main-roles.sql"
_FORMAT = 1
_SQLITE = b"SQLite format 3\x00"
# Folders of the data folder with files that belong in a backup, beside the databases found anywhere.
_WITH_FILES = frozenset({"secrets", "manifests"})
_LEFT_OUT = frozenset({"run", "log", "keys", "static", "cache", "work", "demo"})
# What people sent in, each file named by its SHA-256: taken as it is, never opened as a database.
_ATTACHMENTS = "attachments"
_KEPT_CONTENT = re.compile(r"[0-9a-f]{64}")
_CHUNK_BYTES = 1 << 20
# One line for each table of each database.
_MOST_FACTS_BYTES = 64 << 20
_OF_A_VEILLEUR = frozenset({"veilleur.sqlite3", "secrets", DUMP})


class OwnDataFolder:
    """Implements backups' port OwnData for one data folder."""

    def __init__(
        self,
        data_dir: Path,
        snapshotter: Snapshotter,
        *,
        dumper: DatabaseDumper | None = None,
        main: DatabaseSource | None = None,
    ) -> None:
        """`main` is the main database when it is a server's; then `dumper` writes it out."""
        self._data_dir = data_dir
        self._snapshotter = snapshotter
        self._dumper = dumper
        self._main = main

    def stage(self, into: Path) -> StagedOwnData:
        """Write everything out below `into` and say which files are databases, by their path below it."""
        facts: list[DataFact] = []
        databases: list[tuple[str, str, str]] = []
        for path in _belonging(self._data_dir):
            relative = path.relative_to(self._data_dir)
            target = into / "data" / relative
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_sqlite(path):
                facts += self._snapshotter.capture(path, target, str(relative))
                databases.append((f"data/{relative}", str(relative), "sqlite"))
            elif relative.parts[0] in _WITH_FILES:
                shutil.copy2(path, target)
        if self._main is not None:
            facts += self._dump(into, self._main)
            databases.append((DUMP, "", "postgresql"))
        # After the databases: each file that they name was in its place before it was named.
        _stage_attachments(self._data_dir / _ATTACHMENTS, into / "data" / _ATTACHMENTS)
        if not databases:
            raise EngineError("nothing_to_protect", retry=False, detail=str(self._data_dir))
        staged = StagedOwnData(tuple(sorted(facts, key=lambda fact: fact.order)), tuple(databases))
        _describe(into, staged)
        return staged

    def _dump(self, into: Path, main: DatabaseSource) -> tuple[DataFact, ...]:
        assert self._dumper is not None
        with self._dumper.capture(main) as capture:
            stream = capture.dump()
            try:
                with (into / DUMP).open("wb") as file:
                    shutil.copyfileobj(stream.source, file, _CHUNK_BYTES)
                stream.finish()
            finally:
                stream.abort()
            (into / GLOBALS).write_bytes(capture.server_globals())
            return capture.facts

    def read_staged(self, below: Path) -> tuple[Path, StagedOwnData]:
        """Find staged data somewhere below a restored folder and return where it is and what it holds."""
        names = (Path(found.path) for found in walking.walk(below) if found.kind is FactKind.FILE)
        marker = next((path for path in names if path.name == MARKER), None)
        if marker is None:
            raise NoOwnData("restore_failed", retry=False, detail="no data of Veilleur's own in this copy")
        try:
            return marker.parent, _parse_staged(marker.parent)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            detail = f"not as Veilleur writes its own data: {error}"
            raise EngineError("restore_failed", retry=False, detail=detail) from error

    def refuse_used(self, data_dir: Path) -> None:
        """Raise place_not_empty where a Veilleur lives, folder_not_empty where anything else lies."""
        _refuse_veilleur(data_dir)
        # A disk's own folder is nobody's; an attempt that failed leaves an empty workshop.
        rest = [path for path in _entries(data_dir) if path.name not in {"lost+found", "work"}]
        if rest or _entries(data_dir / "work"):
            raise EngineError("folder_not_empty", retry=False, detail=str(data_dir))

    def put_back(self, staged: Path, data_dir: Path) -> None:
        """Lay staged data out as a data folder; refuse where a Veilleur lives already."""
        _refuse_veilleur(data_dir)
        source = staged / "data"
        for found in walking.walk(source):
            relative = Path(found.path).relative_to(source)
            target = data_dir / relative
            if relative.parts and relative.parts[0] in _LEFT_OUT:
                continue
            if found.kind is FactKind.FOLDER:
                target.mkdir(mode=0o700, parents=True, exist_ok=True)
            elif found.kind is FactKind.FILE and relative.parts:
                shutil.copyfile(found.path, target)
                target.chmod(0o600)
        for name in (DUMP, GLOBALS):
            if is_plain_file(staged / name):
                shutil.copyfile(staged / name, data_dir / name)
                (data_dir / name).chmod(0o600)


def _parse_staged(where: Path) -> StagedOwnData:
    """Return what was recorded. Whoever may write into the place may have laid a copy of his own there:
    nothing in it leads out of it, and what is not as `stage` writes it raises, most often ValueError.
    """
    content = json.loads(read_small(where / MARKER))
    if content["format"] != _FORMAT:
        raise ValueError("written by another version of Veilleur")
    databases = tuple(_parse_database(where, *row) for row in content["databases"])
    if not databases:
        raise ValueError("no database in it")
    lines = read_small(where / FACTS, _MOST_FACTS_BYTES).decode("ascii").splitlines()
    return StagedOwnData(tuple(map(_parse_fact, lines)), databases)


def _parse_database(where: Path, path: str, name: str, kind: str) -> tuple[str, str, str]:
    below = PurePosixPath(path)
    is_where_it_belongs = path == DUMP if kind == "postgresql" else below.parts[:1] == ("data",)
    if kind not in {"sqlite", "postgresql"} or not isinstance(name, str) or not is_where_it_belongs:
        raise ValueError(f"not a database of Veilleur: {path}")
    if not is_reached_plainly(where, below) or not is_plain_file(where / below):
        raise ValueError(f"not a file of this copy: {path}")
    return path, name, kind


def _parse_fact(line: str) -> DataFact:
    fact = parse.parse_fact(line)
    if not (isinstance(fact.name, str) and isinstance(fact.size, int) and isinstance(fact.digest, str)):
        raise ValueError(f"not a fact: {line[:100]}")
    return fact


def _entries(folder: Path) -> list[Path]:
    """Return what lies in a folder; OSError where it is none."""
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []


def _refuse_veilleur(data_dir: Path) -> None:
    if any(path.name in _OF_A_VEILLEUR for path in _entries(data_dir)):
        raise EngineError("place_not_empty", retry=False, detail=str(data_dir))


def _describe(into: Path, staged: StagedOwnData) -> None:
    (into / MARKER).write_text(json.dumps({"format": _FORMAT, "databases": staged.databases}))
    (into / FACTS).write_text("".join(parse.fact_line(fact) + "\n" for fact in staged.facts))


def _belonging(data_dir: Path) -> Iterator[Path]:
    """Yield the regular files of a data folder that may belong in a backup, in a lasting order."""
    for top, folders, names in os.walk(data_dir):
        folders[:] = sorted(
            name
            for name in folders
            if not (Path(top) == data_dir and name in _LEFT_OUT | {_ATTACHMENTS})
            and not (Path(top) / name / CARD).exists()
        )
        for name in sorted(names):
            path = Path(top) / name
            if path.is_file() and not path.is_symlink():
                yield path


def _stage_attachments(folder: Path, target: Path) -> None:
    for path in sorted(folder.glob("*/*/*")):
        if not (_KEPT_CONTENT.fullmatch(path.name) and is_plain_file(path)):
            continue
        copy = target / path.relative_to(folder)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            # A content never changes under its name: a second name for it takes no room.
            os.link(path, copy, follow_symlinks=False)
        except FileNotFoundError:
            continue  # nobody needed it any more
        except OSError:
            shutil.copy2(path, copy)


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE
