"""Reads of documents: lists, one with its text and versions, what it is about, runs, templates."""

from veilleur.domains.knowledge.queries.changes import (
    Change,
    ChangeKind,
    visible_changes,
    visible_last_look,
)
from veilleur.domains.knowledge.queries.documents import (
    Carer,
    DocumentRow,
    DocumentView,
    SubjectRow,
    VersionRow,
    visible_document,
    visible_documents,
    visible_documents_about,
    visible_instructions,
    visible_subjects,
    visible_titles,
    visible_version,
    visible_versions,
)
from veilleur.domains.knowledge.queries.files import (
    FileRow,
    visible_file,
    whole_broken_files,
    whole_used_bytes,
)
from veilleur.domains.knowledge.queries.index import IndexState, whole_index_state
from veilleur.domains.knowledge.queries.readable import hidden_documents
from veilleur.domains.knowledge.queries.required import RequiredDocuments, visible_required_documents
from veilleur.domains.knowledge.queries.runs import (
    PracticeView,
    RunRow,
    SheetView,
    visible_open_runs,
    visible_practice,
    visible_runs,
    visible_sheet,
    whole_practices,
)
from veilleur.domains.knowledge.queries.search import Found, visible_found
from veilleur.domains.knowledge.queries.templates import Template, whole_template, whole_templates

__all__ = [
    "Carer",
    "Change",
    "ChangeKind",
    "DocumentRow",
    "DocumentView",
    "FileRow",
    "Found",
    "IndexState",
    "PracticeView",
    "RequiredDocuments",
    "RunRow",
    "SheetView",
    "SubjectRow",
    "Template",
    "VersionRow",
    "hidden_documents",
    "visible_changes",
    "visible_document",
    "visible_documents",
    "visible_documents_about",
    "visible_file",
    "visible_found",
    "visible_instructions",
    "visible_last_look",
    "visible_open_runs",
    "visible_practice",
    "visible_required_documents",
    "visible_runs",
    "visible_sheet",
    "visible_subjects",
    "visible_titles",
    "visible_version",
    "visible_versions",
    "whole_broken_files",
    "whole_index_state",
    "whole_practices",
    "whole_template",
    "whole_templates",
    "whole_used_bytes",
]
