"""The page of a list that somebody brought: what each line would do, in words, and how far it is written."""

from collections import Counter
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.desk.pages.speech import said_date
from veilleur.domains.estate.labels import (
    CELL_FAULTS,
    EFFECTS,
    SHEET_FIELDS,
    AssetKindChoice,
    EnvironmentChoice,
    HostingChoice,
    LifeStateChoice,
)
from veilleur.domains.estate.queries import ImportRow, whole_outcomes
from veilleur.domains.estate.rules.sheet import Effect, Outcome
from veilleur.domains.estate.rules.sheet_words import Field, day_of
from veilleur.domains.estate.rules.sheets import ImportState
from veilleur.shared.viewer import Viewer

# More would be a page that nobody reads; the counts above it are of all lines.
MOST_SHOWN = 300

_VERDICTS: dict[Effect, str] = {
    Effect.NEW: "good",
    Effect.CHANGES: "watch",
    Effect.TWICE: "unknown",
    Effect.AMBIGUOUS: "bad",
    Effect.NOT_TAKEN: "bad",
}
_WORDS: dict[Field, type[AssetKindChoice | LifeStateChoice | EnvironmentChoice | HostingChoice]] = {
    Field.KIND: AssetKindChoice,
    Field.LIFE_STATE: LifeStateChoice,
    Field.ENVIRONMENT: EnvironmentChoice,
    Field.HOSTING: HostingChoice,
}


@dataclass(frozen=True)
class LineRow:
    """One line: its number in the file, what it is about, what it would do, in words."""

    number: int
    name: str
    effect: str | Promise
    verdict: str
    details: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True)
class ListPage:
    """One list. `lines` are those shown, what needs a person first; `hidden`: how many more there are."""

    row: ImportRow
    headline: str
    counts: tuple[tuple[str | Promise, int], ...]
    lines: tuple[LineRow, ...]
    hidden: int
    would_write: int

    @property
    def is_open(self) -> bool:
        """Return whether it can still be read in another way, imported or dropped."""
        return self.row.state is ImportState.LOADED

    @property
    def is_running(self) -> bool:
        """Return whether it is being written."""
        return self.row.state is ImportState.ASKED


def list_page(viewer: Viewer, row: ImportRow) -> ListPage:
    """Return the page of a list; what lines would do is found anew against the estate as it is now."""
    if row.state is not ImportState.LOADED:
        return ListPage(row, _ended(row), (), (), 0, 0)
    outcomes = whole_outcomes(viewer.organisation_id, row)
    found = Counter(outcome.effect for outcome in outcomes)
    lines = sorted(outcomes, key=lambda each: (not _needs_person(each), each.line.number))
    return ListPage(
        row=row,
        headline=_would(found),
        counts=tuple((EFFECTS[effect], found[effect]) for effect in Effect if found[effect]),
        lines=tuple(_line(each) for each in lines[:MOST_SHOWN]),
        hidden=max(0, len(lines) - MOST_SHOWN),
        would_write=found[Effect.NEW] + found[Effect.CHANGES],
    )


def _needs_person(outcome: Outcome) -> bool:
    return bool(outcome.line.faults) or outcome.effect in (Effect.AMBIGUOUS, Effect.NOT_TAKEN)


def _would(found: Counter[Effect]) -> str:
    new, changed = found[Effect.NEW], found[Effect.CHANGES]
    if not found:
        return _("No line says anything in a column that counts.")
    if not new + changed:
        return _("This list would change nothing.")
    first = ngettext("{count} new component", "{count} new components", new).format(count=new)
    second = ngettext("{count} that changes", "{count} that change", changed).format(count=changed)
    return _("This list would bring {new} and {changed}.").format(new=first, changed=second)


def _ended(row: ImportRow) -> str:
    if row.state is ImportState.ASKED:
        done = min(row.written, row.total)
        return _("The list is being imported: {done} of {total} lines.").format(done=done, total=row.total)
    if row.state is ImportState.DROPPED:
        return _("Nothing of this list was imported.")
    text = ngettext(
        "The list is imported: {new} new, {changed} changed, of {total} line.",
        "The list is imported: {new} new, {changed} changed, of {total} lines.",
        row.total,
    )
    return text.format(new=row.new, changed=row.changed, total=row.total)


def _line(outcome: Outcome) -> LineRow:
    line = outcome.line
    return LineRow(
        number=line.number,
        name=line.said.get(Field.NAME, "—"),
        effect=EFFECTS[outcome.effect],
        verdict=_VERDICTS.get(outcome.effect, ""),
        details=_details(outcome),
        faults=tuple(
            _("{field} “{text}”: {why}").format(
                field=SHEET_FIELDS[each.field], text=each.text, why=CELL_FAULTS[each.fault]
            )
            if each.text
            else str(CELL_FAULTS[each.fault])
            for each in line.faults
        ),
    )


def _details(outcome: Outcome) -> tuple[str, ...]:
    if outcome.effect is Effect.NEW:
        said = outcome.line.said.items()
        return tuple(
            _("{field}: {value}").format(field=SHEET_FIELDS[field], value=_value(field, value))
            for field, value in said
            if field is not Field.NAME
        )
    return tuple(
        _("{field}: {before} → {after}").format(
            field=SHEET_FIELDS[field], before=_value(field, before) or "—", after=_value(field, after)
        )
        for field, (before, after) in (outcome.changes or {}).items()
    )


def _value(field: Field, value: str) -> str:
    """Return what a line says as people read it: choices in words, days in the language of the page."""
    if field in _WORDS and value:
        return str(_WORDS[field](value).label)
    found = day_of(value, is_end=False) if field in (Field.BOUGHT_ON, Field.WARRANTY_UNTIL) else None
    return said_date(found) if found else value
