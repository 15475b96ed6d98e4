"""What `doctor` looks at on the machine itself: pure judgements over what was read, and the readings."""

import ctypes
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from veilleur.config.apart import problem_of_keeping_apart
from veilleur.config.data_folder import no_veilleur
from veilleur.config.env import Environment, environment, unknown_names
from veilleur.config.words import gettext as _
from veilleur.config.words import spoken_language
from veilleur.shared import words
from veilleur.shared.running import Status
from veilleur.shared.verdict import Verdict

# Before this release two connections that write or checkpoint at once can corrupt a write-ahead log.
SAFE_SQLITE = (3, 51, 3)
LITTLE_SPACE, NO_SPACE = 2_000_000_000, 200_000_000  # bytes
CLOCK_UNSYNCHRONISED = 5  # adjtimex(2): TIME_ERROR


@dataclass(frozen=True)
class Finding:
    """One thing looked at: its stable code, its state, what to say of it and the command that mends it."""

    code: str
    state: Verdict
    message: str
    remedy: str = ""


def machine(settings: Environment, now: datetime) -> Iterator[Finding]:
    """Yield what can be said without the database."""
    yield python(sys.version_info[:3])
    yield from misspelt()
    if settings.database.startswith("sqlite"):
        yield sqlite(sqlite3.sqlite_version_info)
    yield program("restic", ("restic", "version"), _("back up and restore"))
    yield sandbox(
        program("bubblewrap", ("bwrap", "--version"), _("restore databases apart from everything else"))
    )
    yield program("ping", ("ping", "-V"), _("probe the network"), package="iputils-ping")
    if settings.data_dir.exists():
        yield from folder(settings.data_dir)
    yield clock(_clock_state(), now)


def python(version: tuple[int, ...]) -> Finding:
    """Judge the Python in use."""
    text = ".".join(str(part) for part in version)
    if version >= (3, 11):
        return Finding("python", Verdict.GOOD, _("Python {version}").format(version=text))
    message = _("Python {version} is too old: 3.11 or newer is needed.").format(version=text)
    return Finding("python", Verdict.BAD, message, "apt-get install -y python3")


def misspelt() -> Iterator[Finding]:
    """Yield a finding for each variable that looks like a setting and is none."""
    for name in unknown_names():
        message = _("{name} is no setting of Veilleur and is ignored.").format(name=name)
        yield Finding("setting_unknown", Verdict.WATCH, message, f"unset {name}")


def sqlite(version: tuple[int, ...]) -> Finding:
    """Judge the SQLite that Python brings."""
    text = ".".join(str(part) for part in version)
    if version >= SAFE_SQLITE:
        return Finding("sqlite", Verdict.GOOD, _("SQLite {version}").format(version=text))
    message = _(
        "SQLite {version}: before 3.51.3 it can damage a database that several programs write to. Veilleur’s "
        "own processes take turns and are safe; let no other program write to its database."
    )
    return Finding("sqlite", Verdict.WATCH, message.format(version=text))


def program(code: str, version: tuple[str, ...], purpose: str, *, package: str = "") -> Finding:
    """Judge whether a program is there and runs; `version` is the command that makes it name itself."""
    path = shutil.which(version[0])
    if path is None:
        message = _("The program “{program}” is missing; it is needed to {purpose}.")
        remedy = f"apt-get install -y {package or code}"
        return Finding(code, Verdict.BAD, message.format(program=code, purpose=purpose), remedy)
    try:
        said = subprocess.run(version, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        message = _("The program “{program}” does not run: {problem}.")
        return Finding(code, Verdict.BAD, message.format(program=path, problem=error))
    first_line = (said.stdout or said.stderr).strip().partition("\n")[0]
    return Finding(code, Verdict.GOOD, first_line or path)


def sandbox(installed: Finding) -> Finding:
    """Judge whether a restored database could be kept apart here, once the program for it is installed."""
    if installed.state is not Verdict.GOOD:
        return installed
    problem = problem_of_keeping_apart()
    if problem is None:
        return installed
    message = _("A database cannot be kept apart here, so its restore tests cannot run: {problem}")
    remedy = "sysctl -w kernel.unprivileged_userns_clone=1"
    return Finding(installed.code, Verdict.BAD, message.format(problem=problem), remedy)


def folder(data_dir: Path) -> Iterator[Finding]:
    """Yield what is to be said of the data folder: whether it can be used, by whom, its space."""
    if not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK):
        message = _("The data folder {folder} cannot be written by this account.").format(folder=data_dir)
        yield Finding("data_dir", Verdict.BAD, message, f"chown -R {os.geteuid()} {data_dir}")
        return
    if data_dir.stat().st_mode & 0o077:
        message = _("The data folder {folder} can be read by other accounts.").format(folder=data_dir)
        yield Finding("data_dir", Verdict.WATCH, message, f"chmod 700 {data_dir}")
    else:
        yield Finding("data_dir", Verdict.GOOD, _("Data folder {folder}").format(folder=data_dir))
    yield space(data_dir, shutil.disk_usage(data_dir).free)


def nothing_there(data_dir: Path) -> Finding:
    """Say that no Veilleur lives in the data folder; nothing more can be said then."""
    return Finding("installation", Verdict.UNKNOWN, no_veilleur(data_dir), "veilleur up")


def space(data_dir: Path, free_bytes: int) -> Finding:
    """Judge the free space of the data folder's file system."""
    free = words.number(free_bytes / 1e9, spoken_language(), decimals=1)
    if free_bytes >= LITTLE_SPACE:
        return Finding("space", Verdict.GOOD, _("{free} GB free in the data folder").format(free=free))
    message = _("Only {free} GB are left in the data folder {folder}.").format(free=free, folder=data_dir)
    state = Verdict.BAD if free_bytes < NO_SPACE else Verdict.WATCH
    return Finding("space", state, message, f"du -xh --max-depth=1 {data_dir}")


def clock(state: int | None, now: datetime) -> Finding:
    """Judge the machine's clock; `state` is what the kernel says of it (adjtimex), None if it cannot tell."""
    if now.year < 2026:
        message = _("The clock of this machine is wrong: it shows {now}.").format(
            now=words.calendar_day(now.date(), spoken_language())
        )
        return Finding("clock", Verdict.BAD, message, "timedatectl set-ntp true")
    if state is None:
        return Finding("clock", Verdict.UNKNOWN, _("Whether the clock is kept right cannot be read."))
    if state == CLOCK_UNSYNCHRONISED:
        message = _("The clock is not synchronised with a time server; times of facts may be off.")
        return Finding("clock", Verdict.WATCH, message, "timedatectl set-ntp true")
    return Finding("clock", Verdict.GOOD, _("The clock is synchronised"))


def _clock_state() -> int | None:
    libc = ctypes.CDLL(None, use_errno=True)
    # struct timex is 208 bytes on 64-bit Linux; all zero means: change nothing, only tell.
    state = libc.adjtimex(ctypes.create_string_buffer(512))
    return None if state < 0 else int(state)


def processes(status: Status | None, now: datetime) -> Iterator[Finding]:
    """Judge what runs on this data folder."""
    if status is None or not status.is_fresh(now):
        yield Finding(
            "processes", Verdict.UNKNOWN, _("Veilleur does not run on this data folder."), "veilleur up"
        )
        return
    for process in status.processes:
        name = process.name
        if process.pid is None:
            message = _("“{name}” has stopped and waits to be started again.").format(name=name)
            yield Finding("processes", Verdict.BAD, message)
        elif process.last_ending and now - process.last_ending.at < timedelta(hours=1):
            message = _(
                "“{name}” runs, but had to be started again within the last hour ({count} times in all)."
            )
            yield Finding("processes", Verdict.WATCH, message.format(name=name, count=process.restarts))
        else:
            yield Finding("processes", Verdict.GOOD, _("“{name}” runs").format(name=name))


def from_the_future(recorded_at: datetime | None, now: datetime) -> Iterator[Finding]:
    """Yield a finding when something recorded lies in the future: the clock was wrong then, or is now."""
    if recorded_at is None or recorded_at <= now + timedelta(minutes=5):
        return
    message = _("Something was recorded at {instant}, which is in the future: the clock was changed.")
    text = message.format(
        instant=words.instant(recorded_at, ZoneInfo(environment().time_zone), spoken_language())
    )
    yield Finding("clock", Verdict.BAD, text, "timedatectl set-ntp true")
