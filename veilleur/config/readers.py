"""How a setting is read from the text in its variable: typed readers, each refusing with a reason code.

`faults.py` turns the codes into sentences.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit
from zoneinfo import available_timezones

Value = TypeVar("Value")
Reader = Callable[[str], Value]

MAIL_PORTS = {"smtp": 587, "smtps": 465}
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
_SAID_YES = frozenset({"1", "true", "t", "yes", "y", "on"})
_SAID_NO = frozenset({"0", "false", "f", "no", "n", "off"})


class Unreadable(Exception):
    """Raised by a reader for a text that it cannot use."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def whole_number(least: int, most: int) -> Reader[int]:
    """Return a reader of numbers from `least` to `most`, both included."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise Unreadable("int_parsing") from None
        if number < least:
            raise Unreadable("greater_than_equal")
        if number > most:
            raise Unreadable("less_than_equal")
        return number

    return read


def one_of(words: tuple[str, ...], reason: str) -> Reader[str]:
    """Return a reader of these words and no other."""

    def read(text: str) -> str:
        if text not in words:
            raise Unreadable(reason)
        return text

    return read


def yes_or_no(text: str) -> bool:
    """Read true or false, also written 1, yes, on… and 0, no, off…, in capitals or not."""
    word = text.strip().lower()
    if word not in _SAID_YES | _SAID_NO:
        raise Unreadable("bool_parsing")
    return word in _SAID_YES


def absolute_path(text: str) -> Path:
    """Read a path that means the same in every process, wherever it was started."""
    path = Path(text)
    if not path.is_absolute():
        raise Unreadable("relative_path")
    return path


def absolute_paths(text: str) -> tuple[Path, ...]:
    """Read whole paths with commas between them; none from an empty text."""
    return tuple(absolute_path(part.strip()) for part in text.split(",") if part.strip())


def readable_file(text: str) -> Path:
    """Read the path of a file that this account may read."""
    path = absolute_path(text)
    if path.is_dir():
        raise Unreadable("folder_for_a_file")
    if not os.access(path, os.R_OK):
        raise Unreadable("unreadable_file")
    return path


def database_url(text: str) -> str:
    """Read the URL of a database, or nothing."""
    if text and _parts(text).scheme not in DATABASE_SCHEMES:
        raise Unreadable("unknown_database")
    return text


def mail_server(text: str) -> str:
    """Read the URL of a mail server, or nothing."""
    parts = _parts(text)
    if text and not (parts.scheme in MAIL_PORTS and parts.hostname):
        raise Unreadable("no_mail_server")
    return text


def _parts(text: str) -> SplitResult:
    """Return the parts of a URL whose host and port can be read."""
    try:
        parts = urlsplit(text)
        _reads_as_a_number = parts.port
    except ValueError:
        raise Unreadable("broken_url") from None
    return parts


def without_login(text: str) -> str:
    """Return a URL, or what was meant as one, without the name and password in it."""
    _login, at, place = text.rpartition("@")
    return f"…@{place}" if at else text


def host_names(text: str) -> str:
    """Read names of hosts with commas between them, one at least."""
    if not any(name.strip() for name in text.split(",")):
        raise Unreadable("no_host_name")
    return text


def optional_host_names(text: str) -> str:
    """Read names of hosts with commas between them, or none."""
    return text.lower()


def zone(text: str) -> str:
    """Read the IANA name of a time zone."""
    if text not in available_timezones():
        raise Unreadable("unknown_zone")
    return text
