"""What becomes of personal data when somebody is erased: the policy of each table, and what names a person.

A policy is read by what erases, by the page that says beforehand what will go, and by the test that finds a
column nobody has thought of. Each domain states its own (`rules/personal_data.py` there).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Disposition(StrEnum):
    """What becomes of a column, or of its row, when the person it is about is erased."""

    ROW_GOES = "row_goes"
    EMPTIED = "emptied"
    PSEUDONYMISED = "pseudonymised"
    KEPT = "kept"
    # Free words of which nobody knows what they say: looked through, and what names the person is told.
    SEARCHED = "searched"
    NOBODY = "nobody"


class Key(StrEnum):
    """By what a row is known to be about a person."""

    PERSON = "person"
    PSEUDONYM = "pseudonym"
    ADDRESS = "address"
    # Only as a whole, with its table: rows that are not told apart by person.
    NONE = "none"


class Why(StrEnum):
    """Why something is as the policy says; sentences in `labels`."""

    NOT_NEEDED = "not_needed"
    HISTORY = "history"
    EVIDENCE = "evidence"
    KEEPS_OUT = "keeps_out"
    OTHERS_RIGHT = "others_right"
    TECHNICAL = "technical"
    PASSES = "passes"


@dataclass(frozen=True)
class Held:
    """One column and what becomes of it. `table` is "app.Model"; `column` "*" stands for all of a table.

    `by` is the path, in the words of the tables, from the row to what `key` says: the key of a person, a
    pseudonym, an address.
    """

    table: str
    column: str
    disposition: Disposition
    why: Why
    by: str = ""
    key: Key = Key.NONE


@dataclass(frozen=True)
class Whose:
    """The person that personal data is about, in all the ways in which rows say so."""

    person_id: int
    public_id: UUID
    pseudonym: str
    address: str
    name: str

    def value(self, key: Key) -> int | str:
        """Return what a row about the person holds at the end of its path."""
        values: dict[Key, int | str] = {
            Key.PERSON: self.person_id,
            Key.PSEUDONYM: self.pseudonym,
            Key.ADDRESS: self.address,
        }
        return values[key]

    @property
    def sought(self) -> "Sought":
        """Return by what texts name the person."""
        return Sought(self.name, self.address)


@dataclass(frozen=True)
class Sought:
    """By what a text names a person. An empty one is named by nothing."""

    name: str
    address: str

    @property
    def needles(self) -> tuple[str, ...]:
        """Return strings one of which is in every text that names the person, whatever its accents and case.

        Databases compare letters without accents alike; of a name the longest run of those is enough. Empty
        where a name has none of three letters: then every text has to be read.
        """
        runs = re.findall(r"[A-Za-z]+", self.name)
        longest = max(runs, key=len, default="")
        if self.name and len(longest) < 3:
            return ()
        return tuple(part for part in (longest, self.address) if part)


def is_named(text: str, sought: Sought) -> bool:
    """Return whether a text holds the person's whole name, either way round, or the address.

    Whatever case, accents and signs between the words; as whole words: "Jean Roy" is not in "Jean Royer". A
    first name alone is nobody's in particular, and is not found.
    """
    folded = _folded(text)
    words = re.findall(r"\w+", _folded(sought.name))
    orders = [words, words[::-1]] if words else []
    patterns = [r"\W+".join(map(re.escape, order)) for order in orders]
    if any(re.search(rf"(?<!\w){pattern}(?!\w)", folded) for pattern in patterns):
        return True
    address = _folded(sought.address)
    return bool(address) and bool(re.search(rf"(?<![\w.+-]){re.escape(address)}(?![\w-])", folded))


def declared(policy: Iterable[Held]) -> dict[tuple[str, str], Held]:
    """Return a policy by table and column."""
    return {(held.table, held.column): held for held in policy}


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
