"""Runs restic behind the port BackupEngine. Callers hold the repository's claim (ports.Workshop)
meanwhile.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from veilleur.domains.backups.ports import (
    ByteStream,
    Progress,
    RepositoryAccess,
    Stored,
    StoredSnapshot,
)
from veilleur.domains.backups.rules.errors import EngineError, ProducerFailed
from veilleur.engines.files.places import refuse_nested
from veilleur.engines.restic import commands, making, parse
from veilleur.engines.running import Child, Command, Finished, ProgramMissing, run, started

_QUICK_S = 300.0
_LONG_S = 12 * 3600.0
_CHUNK_BYTES = 1 << 20


class _Report:
    """Follows the JSON lines of a backup: hands progress on, keeps the last summary."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.summary: parse.Summary | None = None

    def take(self, line: str) -> None:
        message = parse.parse_line(line)
        fraction = parse.fraction_done(message)
        if fraction is not None:
            self._progress("store", fraction)
        self.summary = parse.parse_summary(message) or self.summary


class ResticEngine:
    """Drives the installed restic. Its cache and temporary files stay below `cache_dir`."""

    def __init__(self, cache_dir: Path, *, quick_s: float = _QUICK_S, long_s: float = _LONG_S) -> None:
        self._cache_dir = cache_dir
        self._quick_s = quick_s
        self._long_s = long_s

    def version(self) -> str:
        """Return the installed version."""
        finished = self._run_plain(Command(commands.make_version(), self._quick_s))
        return parse.parse_version(finished.output.decode("utf-8", "replace"))

    def create_repository(self, access: RepositoryAccess) -> None:
        """Make the repository, or find it there and open it with this password."""
        if self.is_there(access.folder):
            self.snapshots(access)
            making.forget_mark(access.folder)
            return
        self._require_place(access)
        making.begin(access.folder)
        self._run(access, commands.make_init(access.folder), self._quick_s)
        making.put_in_place(access.folder)

    def is_there(self, place: Path) -> bool:
        """Return whether a place holds a repository, without opening it."""
        return (commands.repository_folder(place) / "config").is_file()

    def back_up_folders(
        self,
        access: RepositoryAccess,
        sources: Sequence[Path],
        labels: Sequence[str],
        progress: Progress,
        left_out: Sequence[Path] = (),
    ) -> Stored:
        """Store files and folders; see the port."""
        self._require_place(access)
        refuse_missing(sources)
        refuse_nested(sources, access.folder, left_out)
        report = _Report(progress)
        words = commands.make_backup(access.folder, sources, labels, left_out)
        finished = self._run_plain(self._command(access, words, self._long_s), report.take)
        self._raise_failure(finished)
        problems = parse.parse_problems(finished.errors)
        if report.summary is None:
            raise EngineError("engine_failed", retry=True, detail=parse.last_words(finished.errors))
        is_partial = finished.code == parse.PARTIAL_CODE or bool(problems)
        summary = report.summary
        return Stored(summary.snapshot_id, summary.total_bytes, summary.file_count, is_partial, problems)

    def back_up_stream(
        self, access: RepositoryAccess, stream: ByteStream, labels: Sequence[str], progress: Progress
    ) -> Stored:
        """Store one stream; restic sees its end only after the producer has ended well."""
        self._require_place(access)
        report = _Report(progress)
        command = self._command(
            access, commands.make_backup_stream(access.folder, stream.name, labels), self._long_s
        )
        try:
            with started(command, with_input=True) as child:
                child.take_output(report.take)
                byte_count = _pump(stream, child, progress)
                finished = child.wait()
        except ProgramMissing as missing:
            raise EngineError("engine_missing", retry=False, detail=str(missing)) from missing
        finally:
            stream.abort()
        return self._judge_stream(access, finished, report.summary, byte_count)

    def _judge_stream(
        self, access: RepositoryAccess, finished: Finished, summary: parse.Summary | None, byte_count: int
    ) -> Stored:
        """Return what was stored if every byte was; otherwise forget it at once and raise."""
        error = self._failure(finished)
        if error is None and summary is not None and summary.total_bytes == byte_count > 0:
            return Stored(summary.snapshot_id, summary.total_bytes, 1)
        if summary is not None:
            self.forget(access, (summary.snapshot_id,), free_space=False)
        if error is not None:
            raise error
        if byte_count == 0:  # 0.14 refuses it by itself, later ones store an empty file
            raise EngineError("source_empty", retry=False)
        stored = 0 if summary is None else summary.total_bytes
        raise EngineError("stream_cut", retry=True, detail=f"{byte_count} bytes written, {stored} stored")

    def snapshots(self, access: RepositoryAccess) -> tuple[StoredSnapshot, ...]:
        """Return what the repository lists, oldest first."""
        finished = self._run(access, commands.make_snapshots(access.folder), self._quick_s)
        return parse.parse_snapshots(finished.output)

    def restorable_bytes(self, access: RepositoryAccess, snapshot_id: str) -> int:
        """Return how many bytes the repository itself would bring back."""
        finished = self._run(access, commands.make_stats(access.folder, snapshot_id), self._quick_s)
        return parse.parse_restore_size(finished.output)

    def restore(self, access: RepositoryAccess, snapshot_id: str, into: Path, progress: Progress) -> None:
        """Restore a whole snapshot; any file that did not come back whole is a failure."""
        progress("fetch", None)
        self._run(access, commands.make_restore(access.folder, snapshot_id, into), self._long_s)

    def check(self, access: RepositoryAccess, *, every_byte: bool) -> None:
        """Check structure or every byte; raise repository_damaged."""
        self._run(access, commands.make_check(access.folder, every_byte=every_byte), self._long_s)

    def forget(self, access: RepositoryAccess, snapshot_ids: Sequence[str], *, free_space: bool) -> None:
        """Remove snapshots; ids that are not there any more are no error."""
        if snapshot_ids:
            words = commands.make_forget(access.folder, snapshot_ids, free_space=free_space)
            self._run(access, words, self._long_s)
        elif free_space:
            self._run(access, commands.make_prune(access.folder), self._long_s)

    def release_dead_locks(self, access: RepositoryAccess) -> None:
        """Remove stale locks; restic says "removed" even of one it kept, so the list is read again."""
        self._run(access, commands.make_unlock(access.folder), self._quick_s)
        left = self._run(access, commands.make_list_locks(access.folder), self._quick_s).output.split()
        if left:
            raise EngineError("repository_locked", retry=True, detail=f"{len(left)} locks in use")

    def _require_place(self, access: RepositoryAccess) -> None:
        if not access.folder.is_dir():
            raise EngineError("place_missing", retry=True, detail=str(access.folder))

    def _command(self, access: RepositoryAccess, arguments: tuple[str, ...], timeout_s: float) -> Command:
        temporary = self._cache_dir / "tmp"
        temporary.mkdir(mode=0o700, parents=True, exist_ok=True)
        environment = {
            "HOME": str(self._cache_dir),
            "RESTIC_CACHE_DIR": str(self._cache_dir),
            "TMPDIR": str(temporary),
            "RESTIC_PROGRESS_FPS": "1",
        }
        return Command(
            arguments,
            timeout_s,
            environment,
            secret=access.password,
            secret_variable="RESTIC_PASSWORD_FILE",  # noqa: S106 - the name of a variable
        )

    def _run(self, access: RepositoryAccess, arguments: tuple[str, ...], timeout_s: float) -> Finished:
        self._require_place(access)
        finished = self._run_plain(self._command(access, arguments, timeout_s))
        self._raise_failure(finished)
        return finished

    def _run_plain(self, command: Command, on_line: Callable[[str], None] | None = None) -> Finished:
        try:
            return run(command, on_line)
        except ProgramMissing as missing:
            raise EngineError("engine_missing", retry=False, detail=str(missing)) from missing

    def _raise_failure(self, finished: Finished) -> None:
        error = self._failure(finished)
        if error is not None:
            raise error

    def _failure(self, finished: Finished) -> EngineError | None:
        if finished.timed_out:
            return EngineError("timed_out", retry=True, detail=parse.last_words(finished.errors))
        if finished.code < 0:
            return EngineError("engine_stopped", retry=True, detail=f"signal {-finished.code}")
        return parse.failure(finished.code, finished.errors)


def _pump(stream: ByteStream, child: Child, progress: Progress) -> int:
    """Copy the stream into restic and return its bytes; stop restic before it sees an end that is none."""
    count = 0
    try:
        while chunk := stream.source.read(_CHUNK_BYTES):
            child.stdin.write(chunk)
            count += len(chunk)
            progress("store", None)
        stream.finish()
    except BrokenPipeError:
        return count  # restic ended first: its exit code and words say why
    except ProducerFailed:
        child.interrupt()
        raise
    try:
        child.stdin.close()
    except BrokenPipeError:
        return count
    return count


def refuse_missing(sources: Sequence[Path]) -> None:
    """Raise source_missing unless every source is there: restic 0.14 skips a missing one and exits 0."""
    if not sources:
        raise EngineError("nothing_to_protect", retry=False)
    missing = [str(source) for source in sources if not source.is_symlink() and not source.exists()]
    if missing:
        raise EngineError("source_missing", retry=True, detail=json.dumps(missing[:10]))
