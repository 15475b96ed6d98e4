"""What documents hold about a person: for the person, and for whoever answers for them."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from veilleur.domains.knowledge.models import (
    Document,
    DocumentVersion,
    LastLook,
    RunNote,
    RunSheet,
    RunStep,
)
from veilleur.domains.organisations.rules.personal_data import Whose


def documents_of(organisation_id: int, whose: Whose) -> dict[str, Any]:
    """Return the documents that a person looks after or wrote, and the runs that they took part in.

    Titles and days only: texts are the organisation's, and may name others. Six queries.
    """
    documents = Document.objects.of(organisation_id)
    cared = documents.filter(Q(owner__person=whose.person_id) | Q(deputy__person=whose.person_id))
    steps = RunStep.objects.of(organisation_id).filter(ticked_by=whose.pseudonym)
    sheets = RunSheet.objects.of(organisation_id).filter(
        Q(started_by=whose.pseudonym) | Q(ended_by=whose.pseudonym) | Q(pk__in=steps.values("sheet_id"))
    )
    written = DocumentVersion.objects.of(organisation_id).filter(author=whose.pseudonym)
    notes = RunNote.objects.of(organisation_id).filter(author=whose.pseudonym)
    look = LastLook.objects.of(organisation_id).filter(person_id=whose.person_id).first()
    return {
        "documents_looked_after": [
            {
                "id": str(row.public_id),
                "title": row.title,
                "as": "owner" if row.owner.person_id == whose.person_id else "deputy",
            }
            for row in cared.select_related("owner").order_by("title", "pk")
        ],
        "versions_written": [
            {"document": str(row.document.public_id), "number": row.number, "at": _at(row.made_at)}
            for row in written.select_related("document").order_by("made_at", "pk")
        ],
        "runs": [
            {
                "id": str(row.public_id),
                "procedure": str(row.document.public_id),
                "title": row.version.title,
                "started_at": _at(row.started_at),
                "ended_at": _at(row.ended_at),
                "outcome": row.outcome,
            }
            for row in sheets.select_related("document", "version").order_by("started_at", "pk")
        ],
        "steps_ticked": [
            {"run": str(row.sheet.public_id), "step": row.number, "at": _at(row.ticked_at)}
            for row in steps.select_related("sheet").order_by("ticked_at", "pk")
        ],
        "notes_written": [
            {"run": str(row.sheet.public_id), "at": _at(row.written_at)}
            for row in notes.select_related("sheet").order_by("written_at", "pk")
        ],
        "changes_seen_until": _at(look.looked_at) if look else None,
    }


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
