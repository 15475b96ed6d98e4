"""Reads one field of a report: what has not the type it should have is left out and named, no more."""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar

from veilleur.domains.estate.rules.agents import MOST_FAULTS, MOST_ROWS

Row = TypeVar("Row")
Plain = dict[str, Any]

TEXT = 200
_MOST = 2**62
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
# They turn the direction of what is written after them: a name could show as another.
_TURNS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_INSTANT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_FURTHEST_ZONE = timedelta(hours=15)


class Faults:
    """The fields that could not be read: their places, the first so many."""

    def __init__(self) -> None:
        self.places: list[str] = []

    def note(self, place: str) -> None:
        """Name one more."""
        if len(self.places) < MOST_FAULTS and place not in self.places:
            self.places.append(place)


class Fields:
    """One object of a report, read field by field."""

    def __init__(self, item: Plain, place: str, faults: Faults) -> None:
        self._item, self.place, self._faults = item, place, faults

    def holds(self, name: str) -> bool:
        """Return whether the name is there, with or without anything in it."""
        return name in self._item

    def text(self, *names: str, most: int = TEXT) -> str:
        """Return the first of these that says something, cleaned and cut; "" where none does."""
        for name in names:
            value = self._item.get(name)
            if value is None or value == "":
                continue
            if isinstance(value, dict | list):
                self._note(name)
                continue
            if words := clean(str(value), most):
                return words
        return ""

    def word(self, *names: str, most: int = TEXT) -> str:
        """Return a text in lower case, which may be longer than what was told, and is cut again."""
        return self.text(*names, most=most).lower()[:most]

    def number(self, name: str, most: int = _MOST) -> int:
        """Return a whole number that is not negative; 0 where none is told."""
        value = self._item.get(name)
        if value is None or value == "" or isinstance(value, bool):
            return 0
        try:
            found = int(float(value)) if isinstance(value, float) else int(str(value).strip() or 0)
        except (ValueError, OverflowError):
            found = -1
        if 0 <= found <= most:
            return found
        self._note(name)
        return 0

    def flag(self, name: str) -> bool | None:
        """Return yes or no, None where it is not told."""
        value = self._item.get(name)
        if value is None or value == "":
            return None
        word = str(value).strip().lower()
        if word in _TRUE | _FALSE:
            return word in _TRUE
        self._note(name)
        return None

    def address(self, name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        """Return an address of a network, without its zone."""
        words = self.text(name, most=100).partition("%")[0]
        if not words:
            return None
        try:
            return ipaddress.ip_address(words)
        except ValueError:
            self._note(name)
            return None

    def instant(self, name: str, offset: str) -> datetime | None:
        """Return an instant that is written in the machine's own time, or with its zone.

        `offset` is the machine's, such as "+0200"; None where neither says the zone.
        """
        words = self.text(name)
        if not words:
            return None
        found = instant_of(words, offset)
        if found is None:
            self._note(name)
        return found

    def within(self, name: str) -> "Fields":
        """Return an object within this one; an empty one where there is none."""
        value = self._item.get(name)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            value = value[0]
        if not isinstance(value, dict):
            if value not in (None, "", []):
                self._note(name)
            value = {}
        return Fields(value, f"{self.place}{name}.", self._faults)

    def rows(self, name: str, read: "Callable[[Fields], Row | None]") -> tuple[Row, ...]:
        """Return the rows of a section in order, each once: one that says nothing is left out."""
        value = self._item.get(name)
        items = value if isinstance(value, list) else [value]
        found: dict[Row, None] = {}
        for number, item in enumerate(items):
            if item in (None, ""):
                continue
            if not isinstance(item, dict):
                self._note(f"{name}.{number}")
                continue
            row = read(Fields(item, f"{self.place}{name}.{number}.", self._faults))
            if row is not None:
                found[row] = None
            if len(found) == MOST_ROWS and number + 1 < len(items):
                self._note(f"{name}.{number + 1}")
                break
        return tuple(found)

    def words(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list of them, or of one alone."""
        value = self._item.get(name)
        items = value if isinstance(value, list) else [value]
        texts = (clean(str(item), TEXT) for item in items if isinstance(item, str | int))
        return tuple(text for text in texts if text)

    def _note(self, name: str) -> None:
        self._faults.note(f"{self.place}{name}")


def clean(text: str, most: int) -> str:
    """Return a text in one line without what cannot be shown, cut to its most characters."""
    if not text.isascii() or not text.isprintable():
        text = "".join(_shown(letter) for letter in text[: 4 * most])
    return " ".join(text.split())[:most].strip()


def _shown(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if kind in {"Cs", "Cn", "Co"} or letter in _TURNS else letter


def instant_of(words: str, offset: str) -> datetime | None:
    """Return the instant of "2026-11-28 09:00:00" and its like in UTC; None for what is none.

    A zone of its own counts before the machine's; a day alone is its beginning.
    """
    found = _INSTANT.fullmatch(words)
    zone = _zone(found[7] or offset) if found else None
    if found is None or zone is None:
        return None
    parts = [int(part or 0) for part in found.groups()[:6]]
    try:
        return datetime(*parts, tzinfo=zone).astimezone(UTC)  # type: ignore[arg-type,misc]
    except (ValueError, OverflowError):
        return None


def _zone(offset: str) -> timezone | None:
    if offset == "Z":
        return UTC
    found = _OFFSET.fullmatch(offset.strip())
    if found is None:
        return None
    shift = timedelta(hours=int(found[2]), minutes=int(found[3]))
    if shift > _FURTHEST_ZONE:
        return None
    return timezone(-shift if found[1] == "-" else shift)


def said(flag: bool | None) -> str:
    """Return "yes", "no" or "unknown"."""
    return "unknown" if flag is None else "yes" if flag else "no"


def first_of(words: str, known: Collection[str]) -> str:
    """Return the first of the known words that the text holds, "" where it holds none."""
    return next((word for word in known if word in words), "")
