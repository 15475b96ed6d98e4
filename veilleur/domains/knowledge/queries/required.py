"""Reads of required documents: what is missing or not well kept, component by component."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.queries import AssetRow, visible_asset_rows, whole_asset_rows
from veilleur.domains.knowledge.models import Document, DocumentSubject
from veilleur.domains.knowledge.queries.documents import DocumentRow, visible_titles, whole_documents
from veilleur.domains.knowledge.queries.runs import whole_practices
from veilleur.domains.knowledge.rules.documents import DocumentKind
from veilleur.domains.knowledge.rules.required import (
    Component,
    Requirement,
    Written,
    freshness,
    requirements,
)
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class RequiredDocuments:
    """What must be there, and its share that counts; `titles` are those of the documents, by public id: a
    document that is not written for the viewer counts, and has none.
    """

    requirements: tuple[Requirement, ...]
    freshness: float | None
    titles: dict[UUID, str]


def visible_required_documents(viewer: Viewer, now: datetime) -> RequiredDocuments:
    """Return the documents that the viewer's organisation must have, component by component, by name."""
    rows = whole_documents(viewer.organisation_id, now)
    found = _required(viewer.organisation_id, visible_asset_rows(viewer), rows, now)
    return RequiredDocuments(found, freshness(found), visible_titles(viewer))


def whole_required_documents(
    organisation_id: int, rows: list[DocumentRow], now: datetime
) -> tuple[Requirement, ...]:
    """Return the same of a whole organisation, for rules; `rows` are all its documents in use."""
    return _required(organisation_id, whole_asset_rows(organisation_id), rows, now)


def _required(
    organisation_id: int, assets: list[AssetRow], rows: list[DocumentRow], now: datetime
) -> tuple[Requirement, ...]:
    components = [Component(row.id, row.name, row.kind, row.life_state) for row in assets]
    return requirements(components, _written(organisation_id, rows), now)


def _written(organisation_id: int, rows: list[DocumentRow]) -> list[Written]:
    about: dict[UUID, set[UUID]] = {}
    in_use = Document.objects.of(organisation_id).filter(retired_at=None)
    ties = DocumentSubject.objects.of(organisation_id).filter(document__in=in_use)
    for document, subject in ties.values_list("document__public_id", "subject"):
        about.setdefault(document, set()).add(subject)
    procedures = [row.id for row in rows if row.kind == DocumentKind.PROCEDURE]
    practices = whole_practices(organisation_id, procedures)
    return [
        Written(
            id=row.id,
            kind=row.kind,
            topic=row.topic,
            about=frozenset(about.get(row.id, ())),
            cared=row.cared,
            doers=len(practices[row.id].times) if row.id in practices else 0,
        )
        for row in rows
    ]
