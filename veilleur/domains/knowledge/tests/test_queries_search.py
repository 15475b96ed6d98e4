"""Documents are found by what they say, in the same transaction, by their own organisation alone.

Run on PostgreSQL as well: both databases find the same.
"""

import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from veilleur.domains.knowledge import actions, queries
from veilleur.domains.knowledge.ports import SEARCH_INDEX
from veilleur.domains.knowledge.rules.audience import Audience
from veilleur.domains.knowledge.rules.documents import DocumentKind, Draft
from veilleur.domains.knowledge.rules.search import Asked
from veilleur.domains.knowledge.tests.support import DRAFT, NOW, Organisation, Person, save, viewer, write
from veilleur.domains.organisations.factories import make_mandate, make_organisation, make_person
from veilleur.domains.organisations.queries import viewer_of
from veilleur.shared.viewer import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(organisation: Organisation) -> Person:
    return make_person(organisation, name="Anna", language="en")


def titles(anna: Person, query: str) -> list[str]:
    return [each.row.title for each in queries.visible_found(viewer(anna), query, NOW)]


def test_accents_case_and_plural_make_no_difference_and_beginnings_are_enough(
    organisation: Organisation, anna: Person
) -> None:
    write(organisation, anna, Draft("Accès à l’atelier", "Le mot de passe des œuvres est au coffre."))

    for query in ("acces", "ACCÈS", "atel", "accès atelier", "oeuvre", "œuvres", "passes coffr", "l'atelier"):
        assert titles(anna, query) == ["Accès à l’atelier"], query
    for query in ("accident", "acces facture", "telier", "", "  ", "!?*"):
        assert titles(anna, query) == [], query


def test_what_is_for_the_own_team_hides_nothing_else_from_a_provider(
    organisation: Organisation, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("veilleur.domains.knowledge.queries.search.MOST_FOUND", 1)
    for number in range(3):
        ours = write(organisation, anna, Draft(f"Safe {number}", "Safe"))
        ours.audience = Audience.TEAM
        ours.save()
    write(organisation, anna, Draft("Shared", "the safe"))
    provider = make_organisation("Provider")
    make_mandate(organisation, provider)
    tess = viewer_of(make_person(provider).pk, NOW, chosen=organisation.public_id)
    assert tess is not None

    assert [each.row.title for each in queries.visible_found(tess, "safe", NOW)] == ["Shared"]
    assert len(titles(anna, "safe")) == 1


def test_a_title_counts_more_than_a_text(organisation: Organisation, anna: Person) -> None:
    write(organisation, anna, Draft("Autre chose", "facture " * 3))
    write(organisation, anna, Draft("Facture perdue", "autre chose"))

    assert titles(anna, "facture") == ["Facture perdue", "Autre chose"]


def test_what_was_saved_is_found_at_once_and_what_it_replaced_no_more(
    organisation: Organisation, anna: Person
) -> None:
    document = write(organisation, anna, replace(DRAFT, text="Call Clara"))
    assert titles(anna, "clara") == [DRAFT.title]

    save(document, replace(DRAFT, text="Call Dora"), seen=1, by=anna)

    assert titles(anna, "clara") == []
    assert titles(anna, "dora") == [DRAFT.title]
    actions.retire_document(
        now=NOW, actor=Actor("p-1"), organisation_id=organisation.pk, document=document.public_id
    )
    assert titles(anna, "dora") == []


def test_a_save_that_fails_leaves_the_index_as_it_was(
    organisation: Organisation, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = write(organisation, anna, replace(DRAFT, text="Call Clara"))

    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("veilleur.domains.knowledge.actions.documents.record", fail)
    with pytest.raises(RuntimeError):
        save(document, replace(DRAFT, text="Call Dora"), seen=1, by=anna)

    assert titles(anna, "clara") == [DRAFT.title]
    assert titles(anna, "dora") == []


def test_no_other_organisation_finds_it(organisation: Organisation, anna: Person) -> None:
    other = make_organisation()
    ben = make_person(other)
    write(other, ben, Draft("Secret of Ben", "treasure"))
    write(organisation, anna, Draft("Ours", "treasure"))

    assert titles(anna, "treasure") == ["Ours"]
    assert titles(ben, "treasure") == ["Secret of Ben"]
    index = SEARCH_INDEX.get()
    (ours,) = index.find(organisation.pk, [Asked("treasure")], 10)
    (theirs,) = index.find(other.pk, [Asked("treasure")], 10)
    assert ours != theirs


HOSTILE = [
    '"',
    "'",
    '" OR "1',
    "a* OR b*",
    "NEAR(a b)",
    "title:secret",
    "^a",
    "-a",
    "(((",
    "a AND NOT b",
    "'; DROP TABLE knowledge_search; --",
    "a:* | b:*",
    "\\",
    "%",
    "\u202e",
    "\x00a",
    "a\x00",
    "x" * 100_000,
    "é" * 300,
    "🦊 \ud83e",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_questions_are_words_or_nothing(organisation: Organisation, anna: Person, query: str) -> None:
    write(organisation, anna, Draft("Secret", "one two"))

    assert titles(anna, query) == []


def test_nothing_typed_becomes_an_operator(organisation: Organisation, anna: Person) -> None:
    write(organisation, anna, Draft("One", "alpha"))
    write(organisation, anna, Draft("Two", "beta or not near"))

    # As operators these would find the first.
    assert titles(anna, "alpha OR beta") == []
    assert titles(anna, "beta OR not") == ["Two"]
    assert titles(anna, "NEAR beta") == ["Two"]


def test_the_page_marks_hits_and_writes_no_markup_of_its_own(
    organisation: Organisation, anna: Person, client: Client
) -> None:
    write(organisation, anna, Draft("<b>Accès</b>", "1. Ouvrir <script>alert(1)</script> l'accès"))
    client.force_login(anna)

    page = client.get("/documents/search/?q=acc%C3%A8s").content.decode()
    part = client.get("/documents/search/?q=acces", headers={"HX-Request": "true"}).content.decode()

    assert "One document matches" in page
    assert "&lt;b&gt;<mark>Accès</mark>&lt;/b&gt;" in part
    assert "<html" not in part
    assert "<script>alert" not in page + part
    for junk in ("%00", "%22%20OR%20%22", "a" * 5_000, "%F0%9F%A6%8A", "%FF"):
        assert client.get(f"/documents/search/?q={junk}").status_code == 200
    empty = client.get("/documents/search/").content.decode()
    assert "What are you looking for?" in re.sub(r"\s+", " ", empty)


def test_the_index_has_one_row_a_document(organisation: Organisation, anna: Person) -> None:
    document = write(organisation, anna)
    for seen in (1, 2, 3):
        save(document, replace(DRAFT, text=f"version {seen}"), seen=seen, by=anna)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM knowledge_search WHERE organisation = %s", [organisation.pk])
        assert cursor.fetchone()[0] == 1


@pytest.mark.parametrize("query", ["procedure", "Procédures", "proced", "page", "erp procedure"])
def test_a_word_may_name_the_kind_of_the_document(
    organisation: Organisation, anna: Person, query: str
) -> None:
    write(organisation, anna, Draft("ERP network", "Lines"), kind=DocumentKind.PAGE)
    write(organisation, anna, Draft("Restore the ERP", "Steps"), kind=DocumentKind.PROCEDURE)
    write(organisation, anna, Draft("A lost file", "Steps"), kind=DocumentKind.PROCEDURE)

    of_kind = {"page": ["ERP network"], "erp procedure": ["Restore the ERP"]}
    with translation.override("en"):
        assert titles(anna, query) == of_kind.get(query, ["A lost file", "Restore the ERP"])
        assert titles(anna, "pro") == []


def test_who_says_the_word_comes_before_what_is_of_the_kind(organisation: Organisation, anna: Person) -> None:
    write(organisation, anna, Draft("A lost file", "Steps"), kind=DocumentKind.PROCEDURE)
    write(organisation, anna, Draft("Procedure of the fire", "Out"), kind=DocumentKind.PAGE)

    with translation.override("en"):
        assert titles(anna, "procedure") == ["Procedure of the fire", "A lost file"]
