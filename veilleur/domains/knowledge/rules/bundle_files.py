"""Attached files in the offline bundle: which are in it, under which names, what is left out and why. Pure.

A bundle lies on sticks and shares of any system, and is copied there within an hour: its size has a bound.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import PurePosixPath

from veilleur.domains.knowledge.rules.files import FileFault

# Of one bundle together; with its ZIP, and the one before, a place holds four times that.
FILES_BYTES = 100_000_000
_LONGEST_NAME = 80
# What Windows takes for a device, whatever its ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


class LeftOut(StrEnum):
    """Why a file is not in the bundle."""

    TOO_MUCH = "too_much"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class AttachedFile:
    """A file of a document's newest version. `fault`: what its last reading found wrong, "" for nothing."""

    name: str
    digest: str
    size_bytes: int
    fault: str


@dataclass(frozen=True)
class CarriedFile:
    """A file and the path under which it is in the bundle; "" where it is left out, and then why."""

    file: AttachedFile
    path: str
    left_out: LeftOut | None


def carried_files(
    documents: Sequence[tuple[str, Sequence[AttachedFile]]],
    faults: Mapping[str, FileFault],
    most_bytes: int = FILES_BYTES,
) -> list[list[CarriedFile]]:
    """Return for each document, in the order of the bundle, what becomes of each of its files.

    A document is the path of its text and its files; they lie in a folder of that name, its ending apart.
    `faults`: by digest, what was found wrong just now. What comes first is taken first; where one does not
    fit any more, a smaller one after it may.
    """
    left, found = most_bytes, []
    for text, files in documents:
        folder, rows = PurePosixPath(text).with_suffix(""), []
        for file, name in zip(files, safe_names([file.name for file in files]), strict=True):
            why = _left_out(file, faults, left)
            left -= 0 if why else file.size_bytes
            rows.append(CarriedFile(file, "" if why else f"{folder}/{name}", why))
        found.append(rows)
    return found


def safe_names(names: Sequence[str]) -> list[str]:
    """Return a name for each file that every file system and every manifest takes, none of them twice.

    Letters without accents, digits, dots, hyphens and underscores; an ending is kept.
    """
    taken: set[str] = set()
    return [_free(_safe(name), taken) for name in names]


def _left_out(file: AttachedFile, faults: Mapping[str, FileFault], left: int) -> LeftOut | None:
    fault = faults.get(file.digest)
    if fault is not None:
        return LeftOut(fault.value)
    return LeftOut.TOO_MUCH if file.size_bytes > left else None


def _safe(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9._-]+", "-", plain)
    # A point or a hyphen in front would hide it, or be taken for an option.
    stem, ending = _split(words.strip("-._ "))
    stem = stem[: _LONGEST_NAME - len(ending)].rstrip("-.") or "file"
    return f"_{stem}{ending}" if _DEVICES.match(stem + ending) else stem + ending


def _split(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    is_ending = bool(stem) and 0 < len(ending) <= 10
    return (stem, f"{dot}{ending}") if is_ending else (name, "")


def _free(name: str, taken: set[str]) -> str:
    """Return the name, or with a number where one that differs by case alone is there already."""
    stem, ending = _split(name)
    names = (name if number == 1 else f"{stem}-{number}{ending}" for number in count(1))
    free = next(each for each in names if each.lower() not in taken)
    taken.add(free.lower())
    return free
