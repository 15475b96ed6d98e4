"""The little language of drawings within a text: boxes, groups of boxes, and what leads from one to another.

One thing a line, in English or French; empty lines and those that begin with # say nothing:

    title: words                     titre : mots
    box name: words                  boite nom : mots
    group words                      groupe mots
    end                              fin
    a -> b: words    from a to b     a <-> b    both ways     a -- b    no direction
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from veilleur.shared.markdown import BLANK

MOST_BYTES = 8_000
MOST_BOXES, MOST_LINKS, MOST_GROUPS = 60, 100, 12
LONGEST_LABEL = 60
# The pattern of a link goes back in a line of hyphens as often as its length squared: no line is longer.
LONGEST_LINE = 300
# Of the faults that are told at once: whoever mends these sees the others.
MOST_FAULTS = 8

_NAME = r"[\w.-]*\w"
_TITLE = re.compile(r"(?:title|titre)\s*:\s*(?P<words>.+)", re.IGNORECASE)
_BOX = re.compile(rf"(?:box|bo[iî]te)\s+(?P<name>{_NAME})\s*(?::\s*(?P<words>.+))?", re.IGNORECASE)
_GROUP = re.compile(r"(?:group|groupe)\s+(?P<words>\S.*)", re.IGNORECASE)
_END = re.compile(r"end|fin", re.IGNORECASE)
_LINK = re.compile(
    rf"(?P<from>{_NAME})\s*(?P<how><->|->|--)\s*(?P<to>{_NAME})\s*(?::\s*(?P<words>.+))?", re.IGNORECASE
)


def without_marks(words: str) -> str:
    """Return words without the marks around what is still to be filled in."""
    return BLANK.sub(lambda found: found.group()[2:-1].strip() or "…", words)


class Direction(StrEnum):
    """Whether a link leads somewhere."""

    THERE = "->"
    BOTH = "<->"
    NONE = "--"


@dataclass(frozen=True)
class Box:
    """A box. `group`: the number of its group, None where it stands alone."""

    name: str
    label: str
    group: int | None

    @property
    def is_blank(self) -> bool:
        """Return whether what stands in it is still to be filled in."""
        return BLANK.search(self.label) is not None

    @property
    def words(self) -> str:
        """Return what stands in it, without the marks of what is to be filled in."""
        return without_marks(self.label)


@dataclass(frozen=True)
class Link:
    """What leads from one box to another, by their names."""

    start: str
    end: str
    direction: Direction
    label: str


@dataclass(frozen=True)
class Diagram:
    """A drawing as it was written; `groups` are the names of groups in their order."""

    title: str
    boxes: tuple[Box, ...]
    groups: tuple[str, ...]
    links: tuple[Link, ...]

    def label_of(self, name: str) -> str:
        """Return what stands in a box."""
        return next(box.words for box in self.boxes if box.name == name)


@dataclass(frozen=True)
class Fault:
    """A reason code, for the line with that number (from 1; 0: the whole), and the line itself."""

    line: int
    reason: str
    text: str = ""


def parse(source: str) -> Diagram | tuple[Fault, ...]:
    """Return the drawing that a source describes, or what is wrong with it, line by line."""
    if len(source.encode(errors="replace")) > MOST_BYTES:
        return (Fault(0, "too_long"),)
    reading = _Reading()
    for number, line in enumerate(source.split("\n"), start=1):
        text = " ".join(line.split())
        if text and not text.startswith("#"):
            reading.read(number, text)
    return reading.finished()


class _Reading:
    """What was read so far."""

    def __init__(self) -> None:
        self._title = ""
        self._boxes: dict[str, Box] = {}
        self._groups: list[str] = []
        self._links: list[tuple[int, str, Link]] = []
        self._open: tuple[int, str] | None = None
        self._faults: list[Fault] = []

    def read(self, number: int, text: str) -> None:
        """Take one line."""
        if len(text) > LONGEST_LINE:
            self._faults.append(Fault(number, "line_too_long", f"{text[:LONGEST_LABEL]}…"))
            return
        for pattern, take in (
            (_TITLE, self._take_title),
            (_BOX, self._take_box),
            (_GROUP, self._take_group),
            (_END, self._take_end),
            (_LINK, self._take_link),
        ):
            found = pattern.fullmatch(text)
            if found is None:
                continue
            words = found.groupdict().get("words") or ""
            reason = "label_too_long" if len(words) > LONGEST_LABEL else take(found, number, text)
            if reason:
                self._faults.append(Fault(number, reason, text))
            return
        self._faults.append(Fault(number, "not_understood", text))

    def finished(self) -> Diagram | tuple[Fault, ...]:
        """Return the whole."""
        if self._open is not None:
            self._faults.append(Fault(self._open[0], "group_not_ended", self._open[1]))
        for number, text, link in self._links:
            if link.start not in self._boxes or link.end not in self._boxes:
                self._faults.append(Fault(number, "box_unknown", text))
        if not self._boxes and not self._faults:
            self._faults.append(Fault(0, "nothing_drawn"))
        if self._faults:
            return tuple(sorted(self._faults, key=lambda fault: fault.line)[:MOST_FAULTS])
        links = tuple(link for _number, _text, link in self._links)
        return Diagram(self._title, tuple(self._boxes.values()), tuple(self._groups), links)

    def _take_title(self, found: re.Match[str], _number: int, _text: str) -> str:
        if self._title:
            return "title_twice"
        self._title = found["words"]
        return ""

    def _take_box(self, found: re.Match[str], _number: int, _text: str) -> str:
        name = found["name"]
        if name in self._boxes:
            return "box_twice"
        if len(self._boxes) == MOST_BOXES:
            return "too_many_boxes"
        if not found["words"] and len(name) > LONGEST_LABEL:
            return "label_too_long"
        group = len(self._groups) - 1 if self._open is not None else None
        self._boxes[name] = Box(name, found["words"] or name, group)
        return ""

    def _take_group(self, found: re.Match[str], number: int, text: str) -> str:
        if self._open is not None:
            return "group_in_group"
        if len(self._groups) == MOST_GROUPS:
            return "too_many_groups"
        self._groups.append(found["words"])
        self._open = (number, text)
        return ""

    def _take_end(self, _found: re.Match[str], _number: int, _text: str) -> str:
        if self._open is None:
            return "end_without_group"
        self._open = None
        return ""

    def _take_link(self, found: re.Match[str], number: int, text: str) -> str:
        if found["from"] == found["to"]:
            return "link_to_itself"
        if len(self._links) == MOST_LINKS:
            return "too_many_links"
        link = Link(found["from"], found["to"], Direction(found["how"]), found["words"] or "")
        self._links.append((number, text, link))
        return ""
