"""Veilleur's own data: written out as snapshots in a private folder, and laid out again on a new machine.

What is staged: snapshots of every SQLite database of the data folder (or a dump of the main database when it
is PostgreSQL), Django's secret, the manifests of all copies. Never: live files, logs, caches, sockets, other
backup places, and the keys of `veilleur sign`, which the recovery key brings back through the envelope.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from veilleur.domains.backups.ports import DatabaseDumper, DatabaseSource, Snapshotter, StagedOwnData
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.facts_of_data import DataFact
from veilleur.engines.files import parse
from veilleur.engines.files.places import CARD

MARKER = "veilleur-own-data.json"
FACTS = "facts.jsonl"
DUMP = "main.dump"
GLOBALS = "main-roles.sql"
_FORMAT = 1
_SQLITE = b"SQLite format 3\x00"
# Folders of the data folder with files that belong in a backup, beside the databases found anywhere.
_WITH_FILES = frozenset({"secrets", "manifests"})
_LEFT_OUT = frozenset({"run", "log", "keys", "static", "cache", "work", "demo"})
_CHUNK_BYTES = 1 << 20
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
        marker = next((path for path in sorted(below.rglob(MARKER)) if path.is_file()), None)
        if marker is None:
            raise EngineError("restore_failed", retry=False, detail="no data of Veilleur's own in this copy")
        content = json.loads(marker.read_text())
        if content.get("format") != _FORMAT:
            raise EngineError("restore_failed", retry=False, detail="written by another version of Veilleur")
        lines = (marker.parent / FACTS).read_text().splitlines()
        databases = tuple((path, name, kind) for path, name, kind in content["databases"])
        return marker.parent, StagedOwnData(tuple(map(parse.parse_fact, lines)), databases)

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
        for path in sorted(source.rglob("*")) if source.is_dir() else ():
            target = data_dir / path.relative_to(source)
            if path.is_dir():
                target.mkdir(mode=0o700, parents=True, exist_ok=True)
            elif path.is_file() and not path.is_symlink():
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                shutil.copyfile(path, target)
                target.chmod(0o600)
        for name in (DUMP, GLOBALS):
            if (staged / name).is_file():
                shutil.copyfile(staged / name, data_dir / name)
                (data_dir / name).chmod(0o600)


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
            if not (Path(top) == data_dir and name in _LEFT_OUT) and not (Path(top) / name / CARD).exists()
        )
        for name in sorted(names):
            path = Path(top) / name
            if path.is_file() and not path.is_symlink():
                yield path


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE
