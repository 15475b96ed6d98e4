"""A company's own list of machines, line by line: which column says what, and what each line would do.

Nothing here writes: the preview and the import read the same lines by the same rules.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as kept
from enum import StrEnum

from veilleur.domains.estate.rules.components import TOLD_BY_MACHINE
from veilleur.domains.estate.rules.sheet_words import (
    ENVIRONMENTS,
    HEADINGS,
    HOSTINGS,
    KINDS,
    LIFE_STATES,
    Field,
    day_of,
    plain,
)

# The heading is looked for among the first lines; titles and empty lines stand above it.
HEADING_WITHIN = 20
_LONGEST: dict[Field, int] = {Field.NAME: 200, Field.SITE: 200, Field.SERVICE: 200, Field.PURPOSE: 500}
_LONGEST_ELSE = 200
# Columns that name other things, each perhaps several.
TIES = (Field.SERVICE, Field.RUNS_ON)
_BETWEEN_NAMES = re.compile(r"[;,]")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Sheet:
    """One table of a file: rows of text, row 0 being line 1. Rows may be of different lengths, or empty."""

    name: str
    rows: tuple[tuple[str, ...], ...]


class Fault(StrEnum):
    """Why a cell is not taken. The line is, without it, unless it has no name."""

    NO_NAME = "no_name"
    NO_SUCH_WORD = "no_such_word"
    NO_DAY = "no_day"
    TOO_LONG = "too_long"
    ENDS_BEFORE = "ends_before"


@dataclass(frozen=True)
class CellFault:
    """One cell that is not taken, with what stands in it."""

    field: Field
    fault: Fault
    text: str


@dataclass(frozen=True)
class Line:
    """One line of the list. `number` is that of the file, from 1; `said` holds codes and ISO days as text."""

    number: int
    said: Mapping[Field, str]
    faults: tuple[CellFault, ...] = ()

    @property
    def is_taken(self) -> bool:
        """Return whether something would be written of it: it has a name."""
        return Field.NAME in self.said


def find_heading(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the row whose cells are most often known headings, with a name among them; None for no such row.

    The first of several that are equally good. At least two cells have to be known: a list of one column of
    names alone is offered row 0 by `guess_columns`.
    """
    best, most = None, 1
    for number, row in enumerate(rows[:HEADING_WITHIN]):
        fields = set(_known(row).values())
        if len(fields) > most and Field.NAME in fields:
            best, most = number, len(fields)
    return best


def guess_columns(heading: Sequence[str]) -> dict[int, Field]:
    """Return which column holds which field, each field once: the first column that is called so."""
    found: dict[int, Field] = {}
    for column, field in _known(heading).items():
        if field not in found.values():
            found[column] = field
    return found


def _known(row: Sequence[str]) -> dict[int, Field]:
    return {column: HEADINGS[plain(cell)] for column, cell in enumerate(row) if plain(cell) in HEADINGS}


def read_lines(
    rows: Sequence[Sequence[str]], heading: int | None, columns: Mapping[int, Field]
) -> tuple[Line, ...]:
    """Return the lines below the heading that have anything in a column that counts."""
    first = 0 if heading is None else heading + 1
    lines = (_line(number + 1, row, columns) for number, row in enumerate(rows) if number >= first)
    return tuple(line for line in lines if line is not None)


def _line(number: int, row: Sequence[str], columns: Mapping[int, Field]) -> Line | None:
    cells = {field: row[column] for column, field in columns.items() if column < len(row) and row[column]}
    if not cells:
        return None
    said: dict[Field, str] = {}
    faults: list[CellFault] = []
    for field, text in cells.items():
        value = _read(field, text)
        if isinstance(value, Fault):
            faults.append(CellFault(field, value, text))
        else:
            said[field] = value
    if Field.NAME not in said and Field.HOST_NAME in said:
        said[Field.NAME] = said[Field.HOST_NAME]
    if Field.NAME not in said:
        faults.append(CellFault(Field.NAME, Fault.NO_NAME, ""))
    if said.get(Field.WARRANTY_UNTIL, "9") < said.get(Field.BOUGHT_ON, ""):
        faults.append(CellFault(Field.WARRANTY_UNTIL, Fault.ENDS_BEFORE, cells[Field.WARRANTY_UNTIL]))
        del said[Field.WARRANTY_UNTIL]
    return Line(number, said, tuple(faults))


def _read(field: Field, text: str) -> str | Fault:
    """Return what a cell says, as a code, an ISO day or cleaned text; or why it says nothing."""
    if field in _READERS:
        return _READERS[field](text)
    cleaned = _SPACES.sub(" ", text).strip()
    return cleaned if len(cleaned) <= _LONGEST.get(field, _LONGEST_ELSE) else Fault.TOO_LONG


def _word_in(words: Mapping[str, str]) -> Callable[[str], str | Fault]:
    return lambda text: words.get(plain(text), Fault.NO_SUCH_WORD)


def _day(*, is_end: bool) -> Callable[[str], str | Fault]:
    def read(text: str) -> str | Fault:
        found = day_of(text, is_end=is_end)
        return found.isoformat() if found else Fault.NO_DAY

    return read


_READERS: dict[Field, Callable[[str], str | Fault]] = {
    Field.KIND: _word_in(KINDS),
    Field.LIFE_STATE: _word_in(LIFE_STATES),
    Field.ENVIRONMENT: _word_in(ENVIRONMENTS),
    Field.HOSTING: _word_in(HOSTINGS),
    Field.BOUGHT_ON: _day(is_end=False),
    Field.WARRANTY_UNTIL: _day(is_end=True),
}


class Effect(StrEnum):
    """What a line would do, or did."""

    NEW = "new"
    CHANGES = "changes"
    NOTHING = "nothing"
    TWICE = "twice"
    AMBIGUOUS = "ambiguous"
    NOT_TAKEN = "not_taken"


@dataclass(frozen=True)
class KnownComponent:
    """A component of the estate, as far as a line is compared with it. `told` by field, codes as text.

    `is_read`: it tells of itself, and no list knows better. `ties` are the names of the services on it and of
    what hosts it, without capitals.
    """

    key: str
    name: str
    told: Mapping[Field, str]
    is_read: bool = False
    ties: Mapping[Field, frozenset[str]] = kept(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a line does. `known`: the key of the component it is about; `changes` by field: before, after."""

    line: Line
    effect: Effect
    known: str = ""
    changes: Mapping[Field, tuple[str, str]] | None = None


def outcomes_of(lines: Sequence[Line], known: Sequence[KnownComponent]) -> tuple[Outcome, ...]:
    """Return what each line would do, in the order of the lines.

    A serial number names a component before its host name does, and that before its name; what bears the
    same sign twice is ambiguous and left to a person. A later line about what an earlier one was about does
    nothing. Cost: one look at each component and each line.
    """
    index = _Index(known)
    seen: dict[str, int] = {}
    return tuple(_outcome(line, index, seen) for line in lines)


class _Index:
    """Components by their signs, strongest first."""

    SIGNS = (Field.SERIAL, Field.HOST_NAME, Field.NAME)

    def __init__(self, known: Sequence[KnownComponent]) -> None:
        self.by_sign: dict[tuple[Field, str], list[KnownComponent]] = {}
        for each in known:
            for sign in self.SIGNS:
                text = each.name if sign is Field.NAME else each.told.get(sign, "")
                if text:
                    self.by_sign.setdefault((sign, text.casefold()), []).append(each)

    def found(self, line: Line) -> list[KnownComponent]:
        """Return what the strongest sign of the line that is known names."""
        for sign in self.SIGNS:
            named = self.by_sign.get((sign, line.said.get(sign, "").casefold()), [])
            if named:
                return named
        return []

    def signs_of(self, line: Line) -> list[str]:
        """Return the line's own signs, so that a later line with one of them is about the same."""
        return [f"{sign} {line.said[sign].casefold()}" for sign in self.SIGNS if sign in line.said]


def _outcome(line: Line, index: _Index, seen: dict[str, int]) -> Outcome:
    if not line.is_taken:
        return Outcome(line, Effect.NOT_TAKEN)
    found = index.found(line)
    if len(found) > 1:
        return Outcome(line, Effect.AMBIGUOUS)
    signs = (
        [found[0].key]
        if found
        else [f"{sign} {line.said[sign].casefold()}" for sign in index.SIGNS if sign in line.said]
    )
    if any(sign in seen for sign in signs):
        return Outcome(line, Effect.TWICE, found[0].key if found else "")
    seen.update(dict.fromkeys(signs, line.number))
    if not found:
        return Outcome(line, Effect.NEW)
    changes = _changes(line, found[0])
    return Outcome(line, Effect.CHANGES if changes else Effect.NOTHING, found[0].key, changes)


def _changes(line: Line, known: KnownComponent) -> dict[Field, tuple[str, str]]:
    """Return what the line would change: before, after. Names in a list add ties and end none."""
    changes: dict[Field, tuple[str, str]] = {}
    for field, value in line.said.items():
        before = known.told.get(field, "")
        if field in TIES:
            fresh = [name for name in names_in(value) if name.casefold() not in known.ties.get(field, ())]
            if fresh:
                changes[field] = ("", ", ".join(fresh))
        elif before != value and field is not Field.NAME and not (known.is_read and field in TOLD_BY_MACHINE):
            changes[field] = (before, value)
    return changes


def names_in(text: str) -> tuple[str, ...]:
    """Return the names of a cell that may hold several: "ERP ; Mail" names two."""
    return tuple(dict.fromkeys(name.strip() for name in _BETWEEN_NAMES.split(text) if name.strip()))
