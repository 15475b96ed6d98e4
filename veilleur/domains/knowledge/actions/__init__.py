"""Writes of documents: versions, care, what they are about, that they are still right, run sheets."""

from veilleur.domains.knowledge.actions.documents import (
    Care,
    NewDocument,
    confirm_document,
    retire_document,
    save_document,
    settle_document,
    write_document,
)
from veilleur.domains.knowledge.actions.files import NewFile, attach_file, note_readings, remove_file
from veilleur.domains.knowledge.actions.index import reindex_documents
from veilleur.domains.knowledge.actions.looks import keep_look
from veilleur.domains.knowledge.actions.runs import end_run, note_on_run, start_run, tick_step

__all__ = [
    "Care",
    "NewDocument",
    "NewFile",
    "attach_file",
    "confirm_document",
    "end_run",
    "keep_look",
    "note_on_run",
    "note_readings",
    "reindex_documents",
    "remove_file",
    "retire_document",
    "save_document",
    "settle_document",
    "start_run",
    "tick_step",
    "write_document",
]
