"""Reads of documents: lists, one document with its text, its versions, what it is about."""

from veilleur.domains.knowledge.queries.documents import (
    Carer,
    DocumentRow,
    DocumentView,
    SubjectRow,
    VersionRow,
    visible_document,
    visible_documents,
    visible_documents_about,
    visible_subjects,
    visible_titles,
    visible_version,
    visible_versions,
)
from veilleur.domains.knowledge.queries.templates import Template, whole_template, whole_templates

__all__ = [
    "Carer",
    "DocumentRow",
    "DocumentView",
    "SubjectRow",
    "Template",
    "VersionRow",
    "visible_document",
    "visible_documents",
    "visible_documents_about",
    "visible_subjects",
    "visible_titles",
    "visible_version",
    "visible_versions",
    "whole_template",
    "whole_templates",
]
