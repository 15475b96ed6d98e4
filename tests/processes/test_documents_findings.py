"""What `doctor` says of documents: whether they are found, and which attached files are not as they were."""

import io

import pytest
from django.core.management import call_command

from veilleur.domains.knowledge.factories import make_attachment, make_document
from veilleur.domains.knowledge.ports import SEARCH_INDEX
from veilleur.domains.organisations.factories import make_organisation, make_person
from veilleur.processes.database_findings import documents
from veilleur.shared.verdict import Verdict

pytestmark = pytest.mark.django_db


def test_a_search_that_lost_a_document_is_told_with_its_remedy_and_mended_by_it() -> None:
    organisation = make_organisation()
    make_person(organisation)
    make_document(organisation)
    SEARCH_INDEX.get().put(organisation.pk, 4711, ["strange"], [])

    (before,) = documents()
    said = io.StringIO()
    call_command("knowledge", "reindex", stdout=said)
    (after,) = documents()

    assert (before.state, before.remedy) == (Verdict.BAD, "veilleur knowledge reindex")
    assert "2" in before.message
    assert said.getvalue().rstrip().endswith("1")
    assert after.state is Verdict.GOOD


def test_files_that_are_not_as_they_were_are_named_while_a_document_in_use_has_them() -> None:
    organisation = make_organisation()
    make_person(organisation)
    document = make_document(organisation, "Restore")
    make_attachment(document, "lost.pdf", content=b"1", fault="missing")
    make_attachment(document, "spoilt\x1b.pdf", content=b"2", fault="damaged")
    make_attachment(document, "whole.pdf", content=b"3")

    told = [finding.message for finding in documents() if finding.code == "files"]

    assert len(told) == 2
    assert "lost.pdf" in told[0]
    assert "spoilt\\x1b.pdf" in told[1]
