"""What runs: the status that `veilleur up` keeps in its data folder, read by pages, `doctor` and `work`."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

# `up` writes at least this often; an older status says nothing about the present.
WRITTEN_EVERY = timedelta(seconds=10)
STALE_AFTER = 3 * WRITTEN_EVERY


@dataclass(frozen=True)
class Ending:
    """How a process ended: at an instant, with an exit code, or by a signal (a negative code)."""

    at: datetime
    code: int


@dataclass(frozen=True)
class Running:
    """One process: since when it runs (None while it waits for its next start) and how it last ended.

    `restarts` counts since `up` started.
    """

    name: str
    pid: int | None
    since: datetime | None
    restarts: int = 0
    last_ending: Ending | None = None


@dataclass(frozen=True)
class Status:
    """All processes of one data folder, as of `written_at`."""

    written_at: datetime
    supervisor_pid: int
    since: datetime
    processes: tuple[Running, ...] = field(default=())

    def is_fresh(self, now: datetime) -> bool:
        """Return whether this status may still be true; otherwise what runs is unknown."""
        return now - self.written_at <= STALE_AFTER

    def not_running(self) -> tuple[Running, ...]:
        """Return the processes that wait for their next start."""
        return tuple(process for process in self.processes if process.pid is None)

    def stopped_since(self, instant: datetime) -> tuple[Running, ...]:
        """Return the processes that ended unexpectedly at or after an instant, though they may run again."""
        return tuple(
            process
            for process in self.processes
            if process.last_ending is not None and process.last_ending.at >= instant
        )


def status_path(data_dir: Path) -> Path:
    """Return where the status is kept."""
    return data_dir / "run" / "processes.json"


def keep_address(data_dir: Path, address: str) -> None:
    """Write down where the pages are answered: other commands may run with other settings."""
    (data_dir / "run" / "address").write_text(address)


def running_address(data_dir: Path, now: datetime) -> str | None:
    """Return where the pages are answered by what runs on this data folder; None where nothing runs."""
    status = read_status(status_path(data_dir))
    if status is None or not status.is_fresh(now):
        return None
    try:
        return (data_dir / "run" / "address").read_text().strip() or None
    except (OSError, ValueError):
        return None


def write_status(path: Path, status: Status) -> None:
    """Replace the status file as a whole, so that a reader never sees half of it."""
    text = json.dumps(asdict(status), default=datetime.isoformat, indent=1)
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)


@dataclass(frozen=True)
class Death:
    """A process that ended unasked, not yet in the journal. `id` names this death for good."""

    id: UUID
    process: str
    died_at: datetime
    exit_code: int


def leave_death(run_dir: Path, death: Death) -> None:
    """Leave a death for `work` to record: the supervisor writes no database."""
    folder = run_dir / "deaths"
    folder.mkdir(mode=0o700, exist_ok=True)
    fresh = folder / f".{death.id}"
    fresh.write_text(json.dumps({**asdict(death), "id": str(death.id), "died_at": death.died_at.isoformat()}))
    fresh.replace(folder / f"{death.id}.json")


def waiting_deaths(run_dir: Path) -> tuple[tuple[Path, Death], ...]:
    """Return the deaths that wait to be recorded, oldest first, each with the file to remove afterwards."""
    paths = sorted((run_dir / "deaths").glob("*.json"))
    return tuple((path, _death(json.loads(path.read_text()))) for path in paths)


def _death(raw: Mapping[str, Any]) -> Death:
    return Death(UUID(raw["id"]), raw["process"], datetime.fromisoformat(raw["died_at"]), raw["exit_code"])


def read_status(path: Path) -> Status | None:
    """Return the status; None when `up` has never run here or the file cannot be understood."""
    try:
        return _status(json.loads(path.read_text()))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _status(raw: Mapping[str, Any]) -> Status:
    return Status(
        written_at=datetime.fromisoformat(raw["written_at"]),
        supervisor_pid=raw["supervisor_pid"],
        since=datetime.fromisoformat(raw["since"]),
        processes=tuple(_running(entry) for entry in raw["processes"]),
    )


def _running(raw: Mapping[str, Any]) -> Running:
    ending = raw["last_ending"]
    return Running(
        name=raw["name"],
        pid=raw["pid"],
        since=datetime.fromisoformat(raw["since"]) if raw["since"] else None,
        restarts=raw["restarts"],
        last_ending=Ending(datetime.fromisoformat(ending["at"]), ending["code"]) if ending else None,
    )


def ended(process: Running, at: datetime, code: int) -> Running:
    """Return the process as it is after its end, waiting for its next start."""
    return replace(process, pid=None, since=None, last_ending=Ending(at, code))


def started(process: Running, at: datetime, pid: int) -> Running:
    """Return the process as it is once started; a start after an end counts as a restart."""
    again = process.last_ending is not None
    return replace(process, pid=pid, since=at, restarts=process.restarts + again)
