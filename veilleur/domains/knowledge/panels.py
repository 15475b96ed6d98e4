"""Documents on the pages of what they are about, and in tables: each with what it lacks, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.knowledge import labels
from veilleur.domains.knowledge.queries import DocumentRow, FileRow, visible_documents_about
from veilleur.domains.knowledge.rules.care import needs_of, verdict_of
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class DocumentLine:
    """A document in a table. `needs`: what it lacks, or that it is well kept."""

    row: DocumentRow
    verdict: Verdict
    needs: tuple[str, ...]


@dataclass(frozen=True)
class DocumentsPanel:
    """The documents about one thing, to be shown by `knowledge/parts/panel.html`."""

    about: UUID
    lines: tuple[DocumentLine, ...]


@dataclass(frozen=True)
class FileLine:
    """A file in a table, with how sure one is of it."""

    row: FileRow
    verdict: Verdict


def file_lines(files: Iterable[FileRow], now: datetime) -> tuple[FileLine, ...]:
    """Return files with how it stands with each."""
    return tuple(FileLine(row, row.verdict(now)) for row in files)


def lost_of(files: Iterable[FileRow]) -> tuple[FileRow, ...]:
    """Return the files that nobody can open: whoever does a procedure is told before they miss them."""
    return tuple(row for row in files if row.fault)


def line_of(row: DocumentRow, now: datetime) -> DocumentLine:
    """Return a document with what it lacks."""
    needs = needs_of(row.cared, now)
    words = tuple(str(labels.NEEDS[need]) for need in needs) or (str(labels.KEPT),)
    return DocumentLine(row, verdict_of(needs), words)


def documents_panel(
    viewer: Viewer, about: UUID, now: datetime, *, also: Iterable[UUID] = ()
) -> DocumentsPanel | None:
    """Return the documents about a thing, and about what belongs to it; None if the viewer may see none."""
    if not viewer.may(Permission.SEE_KNOWLEDGE):
        return None
    rows = visible_documents_about(viewer, (about, *also), now)
    return DocumentsPanel(about, tuple(line_of(row, now) for row in rows))
