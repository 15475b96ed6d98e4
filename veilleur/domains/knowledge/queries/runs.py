"""Reads of run sheets, and of who has really done a procedure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from veilleur.domains.knowledge.labels import OutcomeChoice
from veilleur.domains.knowledge.models import RunNote, RunSheet, RunStep
from veilleur.domains.knowledge.queries.readable import readable_documents
from veilleur.domains.knowledge.rules.runs import Outcome, Practice, Run, practice_of
from veilleur.domains.organisations.queries import visible_names
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class StepRow:
    """A step of a sheet; `by` is "" where it is not ticked."""

    id: UUID
    number: int
    text: str
    ticked_at: datetime | None
    by: str


@dataclass(frozen=True)
class NoteRow:
    """A note on a sheet."""

    text: str
    written_at: datetime
    by: str


@dataclass(frozen=True)
class RunRow:
    """What lists show of a run. `people`: the names of those who ticked its steps."""

    id: UUID
    number: int
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    outcome: str
    people: tuple[str, ...]

    @property
    def lasted(self) -> timedelta | None:
        """Return how long it took, None while it goes on."""
        return None if self.ended_at is None else self.ended_at - self.started_at

    @property
    def outcome_word(self) -> str:
        """Return how it ended, "" while it goes on."""
        return str(OutcomeChoice(self.outcome).label) if self.outcome else ""

    @property
    def verdict(self) -> Verdict:
        """Return the state of its end: given up is no failure of anybody, but to be looked at."""
        return Verdict.GOOD if self.outcome == Outcome.FINISHED else Verdict.WATCH


@dataclass(frozen=True)
class SheetView:
    """What the page of a run shows."""

    row: RunRow
    document: UUID
    title: str
    within_s: int | None
    steps: tuple[StepRow, ...]
    notes: tuple[NoteRow, ...]

    @property
    def done(self) -> int:
        """Return how many steps are ticked."""
        return sum(step.ticked_at is not None for step in self.steps)

    @property
    def left(self) -> int:
        """Return how many steps are not."""
        return len(self.steps) - self.done


@dataclass(frozen=True)
class PracticeView:
    """Who has really done a procedure, by name with how often; what is usual is the median."""

    people: tuple[tuple[str, int], ...]
    last_at: datetime | None
    usual: timedelta | None


def visible_runs(viewer: Viewer, document: UUID) -> list[RunRow]:
    """Return the runs of a procedure, the newest first."""
    sheets = _sheets(viewer).filter(document__public_id=document)
    return _rows(viewer, sheets)


def visible_open_runs(viewer: Viewer) -> list[tuple[RunRow, str]]:
    """Return the runs that go on now, each with the title of its version, the newest first."""
    sheets = _sheets(viewer).filter(ended_at=None)
    titles = dict(sheets.values_list("public_id", "version__title"))
    return [(row, titles[row.id]) for row in _rows(viewer, sheets)]


def visible_practice(viewer: Viewer, document: UUID) -> PracticeView:
    """Return who has really done a procedure, those who did it most often first."""
    practice = whole_practices(viewer.organisation_id, [document])[document]
    names = visible_names(viewer)
    people = tuple((names.get(pseudonym, ""), times) for pseudonym, times in practice.times.items())
    return PracticeView(people, practice.last_at, practice.usual)


def whole_practices(organisation_id: int, documents: Iterable[UUID]) -> dict[UUID, Practice]:
    """Return what the runs of each of these documents say, of documents that have none as well."""
    return {
        document: practice_of(found) for document, found in whole_runs(organisation_id, documents).items()
    }


def whole_runs(organisation_id: int, documents: Iterable[UUID]) -> dict[UUID, list[Run]]:
    """Return the runs of each of these documents, the oldest first. Three queries."""
    wanted = list(documents)
    sheets = RunSheet.objects.of(organisation_id).filter(document__public_id__in=wanted)
    doers = _doers(RunStep.objects.of(organisation_id).filter(sheet__in=sheets))
    runs: dict[UUID, list[Run]] = {document: [] for document in wanted}
    for key, document, started_at, ended_at, outcome in sheets.order_by("pk").values_list(
        "pk", "document__public_id", "started_at", "ended_at", "outcome"
    ):
        ended = Outcome(outcome) if outcome else None
        runs[document].append(Run(started_at, ended_at, ended, frozenset(doers.get(key, ()))))
    return runs


def visible_sheet(viewer: Viewer, sheet: UUID) -> SheetView | None:
    """Return a run with its steps and notes; None where there is none for this viewer."""
    rows = _sheets(viewer).filter(public_id=sheet)
    found = rows.select_related("version", "document").first()
    if found is None:
        return None
    names = visible_names(viewer)
    steps = RunStep.objects.visible_to(viewer).filter(sheet=found).order_by("number")
    notes = RunNote.objects.visible_to(viewer).filter(sheet=found).order_by("written_at", "pk")
    within_min = found.version.within_min
    return SheetView(
        row=_rows(viewer, rows)[0],
        document=found.document.public_id,
        title=found.version.title,
        within_s=None if within_min is None else within_min * 60,
        steps=tuple(
            StepRow(step.public_id, step.number, step.text, step.ticked_at, names.get(step.ticked_by, ""))
            for step in steps
        ),
        notes=tuple(NoteRow(note.text, note.written_at, names.get(note.author, "")) for note in notes),
    )


def _sheets(viewer: Viewer) -> TenantQuerySet:
    return RunSheet.objects.visible_to(viewer).filter(document__in=readable_documents(viewer))


def _rows(viewer: Viewer, sheets: TenantQuerySet) -> list[RunRow]:
    names = visible_names(viewer)
    doers = _doers(RunStep.objects.visible_to(viewer).filter(sheet__in=sheets))
    return [
        RunRow(
            id=sheet.public_id,
            number=sheet.version.number,
            started_at=sheet.started_at,
            started_by=names.get(sheet.started_by, ""),
            ended_at=sheet.ended_at,
            outcome=sheet.outcome,
            people=tuple(names.get(doer, "") for doer in doers.get(sheet.pk, ())),
        )
        for sheet in sheets.select_related("version").order_by("-started_at", "-pk")
    ]


def _doers(steps: TenantQuerySet) -> dict[int, list[str]]:
    """Return who ticked a step of each sheet, by its key, in the order of their first step."""
    found: dict[int, list[str]] = {}
    ticked = steps.exclude(ticked_by="").order_by("sheet_id", "number").values_list("sheet_id", "ticked_by")
    for sheet, doer in ticked:
        doers = found.setdefault(sheet, [])
        if doer not in doers:
            doers.append(doer)
    return found
