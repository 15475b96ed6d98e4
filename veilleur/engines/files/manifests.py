"""Manifests: what files held when they were backed up, kept compressed in the data folder, outside of every
repository; the digest of each stands in the journal.
"""

import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from uuid import UUID

from veilleur.domains.backups.ports import ManifestRecord, Progress
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.facts_of_data import DATABASE_KINDS, DataFact, FactKind
from veilleur.engines.files import parse, walking
from veilleur.engines.files.small_files import is_reached_plainly

_REPORT_EVERY = 500


class ManifestFolder:
    """Implements backups' port Manifests in one folder. Memory does not grow with the number of files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def record(
        self,
        run: UUID,
        sources: Sequence[Path],
        facts: Iterable[DataFact],
        progress: Progress,
        left_out: Sequence[Path] = (),
    ) -> ManifestRecord:
        """Hash every file below the sources and store these facts after the given ones of databases."""
        ordered = parse.disjoint(tuple(sources))
        without = tuple(str(path) for path in left_out)
        with self._writing(run, parse.header_line(tuple(map(str, ordered)), without)) as writer:
            for known in sorted(facts, key=lambda one: one.order):
                writer.add(known)
            for top in ordered:
                for found in walking.walk(top, frozenset(without)):
                    fact = walking.fact_of(found)
                    if fact is not None:
                        writer.add(fact)
                    if writer.fact_count % _REPORT_EVERY == 0:
                        progress("record", None)
        return writer.record()

    def mark_unstable(self, run: UUID) -> ManifestRecord:
        """Look at every file again: what changed, vanished or appeared since `record` is marked."""
        with self._lines(run) as lines:
            header = next(lines)
            walk = _walk_all(parse.parse_header(header), frozenset(parse.parse_left_out(header)))
            with self._writing(run, header) as writer:
                for fact in _looked_at_again(map(parse.parse_fact, lines), walk):
                    writer.add(fact)
        return writer.record()

    def facts(self, run: UUID, digest: str) -> Iterator[DataFact]:
        """Return the recorded facts in order, after checking the whole manifest against its digest."""
        with self._lines(run) as lines:
            total = hashlib.sha256()
            for line in lines:
                total.update(line.encode() + b"\n")
        if total.hexdigest() != digest:
            raise EngineError("manifest_altered", retry=False, detail=str(run))
        return self._facts(run)

    def _facts(self, run: UUID) -> Iterator[DataFact]:
        with self._lines(run) as lines:
            next(lines)
            yield from map(parse.parse_fact, lines)

    def sources(self, run: UUID) -> tuple[Path, ...]:
        """Return the paths whose files a manifest records."""
        with self._lines(run) as lines:
            return tuple(Path(source) for source in parse.parse_header(next(lines)))

    def found_under(self, root: Path, sources: Sequence[Path]) -> Iterator[DataFact]:
        """Hash what was restored below `root` and name it by its path at the source.

        Nothing lies behind a link on the way to a source: it may lead to the source itself.
        """
        prefix = len(str(root).rstrip("/"))
        for source in parse.disjoint(tuple(sources)):
            if not is_reached_plainly(root, PurePosixPath(source.relative_to("/"))):
                continue
            for found in walking.walk(root / source.relative_to("/")):
                fact = walking.fact_of(found)
                if fact is not None:
                    yield replace(fact, name=fact.name[prefix:])

    def remove(self, run: UUID) -> None:
        """Remove a manifest, also a half-written one; nothing happens when it is gone."""
        self._path(run).unlink(missing_ok=True)
        self._fresh(run).unlink(missing_ok=True)

    def _path(self, run: UUID) -> Path:
        return self._folder / f"{run}.jsonl.gz"

    def _fresh(self, run: UUID) -> Path:
        return self._folder / f".{run}.new"

    @contextmanager
    def _lines(self, run: UUID) -> Iterator[Iterator[str]]:
        """Yield the lines of a manifest; one that is gone or cannot be read through is an EngineError."""
        try:
            with gzip.open(self._path(run), "rt", encoding="ascii", newline="\n") as file:
                yield (line.rstrip("\n") for line in file)
        except FileNotFoundError as error:
            raise EngineError("manifest_missing", retry=False, detail=str(run)) from error
        except (OSError, EOFError, ValueError) as error:
            raise EngineError("manifest_altered", retry=False, detail=str(error)) from error

    @contextmanager
    def _writing(self, run: UUID, header: str) -> Iterator["_Writer"]:
        """Write a manifest beside and put it in its place only when it is whole and on the disk."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._fresh(run)
        try:
            with fresh.open("wb") as raw:
                fresh.chmod(0o600)
                with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=3, mtime=0) as packed:
                    writer = _Writer(packed)
                    writer.line(header)
                    yield writer
                raw.flush()
                os.fsync(raw.fileno())
            fresh.replace(self._path(run))
        finally:
            fresh.unlink(missing_ok=True)


class _Writer:
    """Writes lines, and counts and digests them on the way."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.fact_count = 0
        self.unstable_count = 0
        self.content_count = 0

    def line(self, text: str) -> None:
        data = text.encode("ascii") + b"\n"
        self._digest.update(data)
        self._file.write(data)

    def add(self, fact: DataFact) -> None:
        self.line(parse.fact_line(fact))
        self.fact_count += 1
        self.unstable_count += fact.is_unstable
        self.content_count += fact.kind is not FactKind.FOLDER

    def record(self) -> ManifestRecord:
        return ManifestRecord(
            self._digest.hexdigest(), self.fact_count, self.unstable_count, self.content_count
        )


def _walk_all(sources: Iterable[str], left_out: frozenset[str]) -> Iterator[walking.Found]:
    for source in sources:
        yield from walking.walk(Path(source), left_out)


def _looked_at_again(facts: Iterator[DataFact], walk: Iterator[walking.Found]) -> Iterator[DataFact]:
    """Merge recorded facts with a second walk, both in manifest order."""
    fact, found = next(facts, None), _next_data(walk)
    while fact is not None or found is not None:
        if fact is not None and fact.kind in DATABASE_KINDS:
            yield fact
            fact = next(facts, None)
        elif found is None or (fact is not None and fact.order < _order(found)):
            assert fact is not None
            yield replace(fact, is_unstable=True)  # vanished
            fact = next(facts, None)
        elif fact is None or _order(found) < fact.order:
            yield _appeared(found)
            found = _next_data(walk)
        else:
            yield replace(fact, is_unstable=fact.is_unstable or walking.has_changed(fact, found))
            fact, found = next(facts, None), _next_data(walk)


def _next_data(walk: Iterator[walking.Found]) -> walking.Found | None:
    return next((found for found in walk if found.kind is not None), None)


def _order(found: walking.Found) -> tuple[str, tuple[str, ...]]:
    return DataFact(FactKind.FILE, found.path, 0, "").order


def _appeared(found: walking.Found) -> DataFact:
    assert found.kind is not None
    return DataFact(found.kind, found.path, found.status.st_size, "", found.mtime_us, is_unstable=True)
