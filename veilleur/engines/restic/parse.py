"""Turns restic's exit codes and output into values; tested on recorded samples of 0.14 and documented
later forms.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from veilleur.domains.backups.ports import StoredSnapshot
from veilleur.domains.backups.rules.errors import EngineError

PARTIAL_CODE = 3  # the snapshot was saved, part of the source is not in it
_CODES = {
    10: ("no_repository", False),
    11: ("repository_locked", True),
    12: ("wrong_password", False),
    130: ("interrupted", True),
}
# In this order: the first that is found in stderr wins. 0.14 answers 1 to almost everything.
_TEXTS: tuple[tuple[str, str, bool], ...] = (
    ("no space left on device", "disk_full", True),
    ("disk quota exceeded", "disk_full", True),
    ("wrong password or no key found", "wrong_password", False),
    ("config file already exists", "repository_exists", False),
    ("is there a repository at the following location", "no_repository", False),
    ("repository does not exist", "no_repository", False),
    ("unable to open config file", "no_repository", False),
    ("repository is already locked", "repository_locked", True),
    ("snapshot is empty", "source_empty", False),
    ("all target directories/files do not exist", "source_missing", False),
    ("no matching id found", "snapshot_missing", False),
    ("no snapshot found", "snapshot_missing", False),
    ("repository contains errors", "repository_damaged", False),
    ("ciphertext verification failed", "repository_damaged", False),
    # Files cut short: restic goes as far as to slice what is not there, and panics.
    ("slice bounds out of range", "repository_damaged", False),
    ("ciphertext too small", "repository_damaged", False),
    ("ciphertext too short", "repository_damaged", False),
    ("config file has zero size", "repository_damaged", False),
    ("unexpected end of json input", "repository_damaged", False),
    ("loadindex returned errors", "repository_damaged", False),
    ("does not match", "repository_damaged", False),
    ("invalid data returned", "repository_damaged", False),
    ("not found in index", "repository_damaged", False),
    ("failed to find snapshot", "snapshot_missing", False),
    ("no such file or directory", "repository_damaged", False),
    ("context canceled", "interrupted", True),
    ("permission denied", "place_not_writable", False),
    ("read-only file system", "place_not_writable", False),
    ("unable to create lock", "repository_locked", True),
)
_VERSION = re.compile(r"restic (\d+(?:\.\d+)+)")
_ISO = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DETAIL_CHARACTERS = 500


@dataclass(frozen=True)
class Summary:
    """The last summary of a backup."""

    snapshot_id: str
    total_bytes: int
    file_count: int


def failure(code: int, errors: str) -> EngineError | None:
    """Return what went wrong, None for 0 and for 3 (partial, the caller's matter).

    An unknown code is a failure, whatever the text says.
    """
    if code in (0, PARTIAL_CODE):
        return None
    detail = last_words(errors)
    if code in _CODES:
        reason, retry = _CODES[code]
        return EngineError(reason, retry=retry, detail=detail)
    text = errors.lower()
    for words, reason, retry in _TEXTS:
        if words in text:
            return EngineError(reason, retry=retry, detail=detail)
    return EngineError("engine_failed", retry=True, detail=detail or f"exit code {code}")


def last_words(errors: str) -> str:
    """Return the line that says most: the last one that starts with Fatal or panic, else the last one.

    From 0.17 on it stands inside a JSON line where JSON was asked for.
    """
    spoken = (str(parse_line(line).get("message") or line) for line in errors.splitlines())
    lines = [line.strip() for text in spoken for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("Fatal", "panic:"))]
    return (fatal or lines or [""])[-1][:_DETAIL_CHARACTERS]


def parse_version(output: str) -> str:
    """Return the version of "restic 0.14.0 compiled with …", empty when it cannot be read."""
    match = _VERSION.search(output)
    return match.group(1) if match else ""


def parse_line(line: str) -> dict[str, Any]:
    """Return one JSON line as an object; an empty one for text that is none (warnings come between)."""
    if not line.startswith("{"):
        return {}
    try:
        value = json.loads(line)
    except json.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def fraction_done(message: dict[str, Any]) -> float | None:
    """Return how much of a backup is done, from 0 to 1: 0.14 has been seen to report 2.99."""
    if message.get("message_type") != "status" or "percent_done" not in message:
        return None
    return min(1.0, max(0.0, float(message["percent_done"])))


def parse_summary(message: dict[str, Any]) -> Summary | None:
    """Return a backup's summary, None for any other line; the caller keeps the last one."""
    if message.get("message_type") != "summary" or not message.get("snapshot_id"):
        return None
    return Summary(
        str(message["snapshot_id"]),
        int(message.get("total_bytes_processed", 0)),
        int(message.get("total_files_processed", 0)),
    )


def parse_problems(errors: str) -> tuple[str, ...]:
    """Return what could not be read, one line each: JSON events on stderr, and sources that are not there."""
    problems: list[str] = []
    for line in errors.splitlines():
        event = parse_line(line.strip())
        if event.get("message_type") == "error":
            problems.append(_problem(event))
        elif line.rstrip().endswith("does not exist, skipping"):
            problems.append(line.strip())
    return tuple(problems)


def _problem(event: dict[str, Any]) -> str:
    error = event.get("error")
    words = ""
    if isinstance(error, dict):
        words = str(error.get("message") or error.get("Op") or "")
    item = str(event.get("item", ""))
    return f"{item}: {words}" if words else item


def parse_snapshots(output: bytes) -> tuple[StoredSnapshot, ...]:
    """Return the listed snapshots, oldest first; `[]` and, in old versions, `null` mean none."""
    rows = json.loads(output or b"[]") or []
    listed = [
        StoredSnapshot(row["id"], _microseconds(row["time"]), tuple(row.get("tags") or ())) for row in rows
    ]
    return tuple(sorted(listed, key=lambda snapshot: snapshot.started_us))


def _microseconds(text: str) -> int:
    """Return UTC microseconds of restic's time, which carries nanoseconds and any offset."""
    match = _ISO.fullmatch(text)
    if match is None:
        raise EngineError("engine_failed", retry=False, detail=f"unknown time {text!r}")
    whole, part, zone = match.groups()
    seconds = int(datetime.fromisoformat(whole + zone.replace("Z", "+00:00")).timestamp())
    return seconds * 1_000_000 + int((part or ".0")[1:7].ljust(6, "0"))


def parse_restore_size(output: bytes) -> int:
    """Return the bytes a restore would write; of a snapshot that is gone restic says 0 and no error."""
    told = json.loads(output)
    if told.get("snapshots_count") == 0:
        raise EngineError("snapshot_missing", retry=False)
    return int(told["total_size"])
