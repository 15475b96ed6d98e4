"""Writes of documents: versions, who looks after them, what they are about, that they are still right."""

from veilleur.domains.knowledge.actions.documents import (
    Care,
    NewDocument,
    confirm_document,
    retire_document,
    save_document,
    settle_document,
    write_document,
)

__all__ = [
    "Care",
    "NewDocument",
    "confirm_document",
    "retire_document",
    "save_document",
    "settle_document",
    "write_document",
]
