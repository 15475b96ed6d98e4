"""Words as they are looked for, and the line that is shown of a document that answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.knowledge.rules.search import (
    LONGEST_QUERY,
    MOST_WORDS,
    Asked,
    Piece,
    asked_words,
    excerpt,
    folded_words,
    marked,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'accès aux œuvres", ["l", "acces", "aux", "oeuvres"]),
        ("ÉTÉ, Noël & Straße", ["ete", "noel", "strasse"]),
        # An accent as a sign of its own.
        ("cafe\u0301", ["cafe"]),
        ("srv-01.vexin.example:5432", ["srv", "01", "vexin", "example", "5432"]),
        ("snake_case `code`", ["snake", "case", "code"]),
        ("", []),
    ],
)
def test_words_are_folded(text: str, words: list[str]) -> None:
    assert folded_words(text) == words


@given(st.text())
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    words = folded_words(text)

    assert folded_words(" ".join(words)) == words


def test_a_question_is_a_few_words_each_once_and_no_plural_hides_a_singular() -> None:
    assert asked_words("Accès à l'ERP accès") == (Asked("acces", "acce"), Asked("erp"))
    assert asked_words("à") == (Asked("a"),)
    assert asked_words(" \"*() OR - ' ") == (Asked("or"),)
    assert len(asked_words(" ".join(f"word{n}" for n in range(50)))) == MOST_WORDS
    assert asked_words("x" * 10_000)[0].begins == "x" * LONGEST_QUERY
    clients = asked_words("clients")[0]
    assert clients.answers("client")
    assert clients.answers("clientsidentity")
    assert not clients.answers("clientele")


@given(st.text(), st.text())
def test_marking_changes_no_letter(text: str, query: str) -> None:
    assert "".join(piece.text for piece in marked(text, asked_words(query))) == text


def test_hits_are_marked_as_they_were_typed() -> None:
    assert marked("Les Accès de l’atelier", asked_words("acces atel")) == (
        Piece("Les ", False),
        Piece("Accès", True),
        Piece(" de l’", False),
        Piece("atelier", True),
    )


def test_an_excerpt_is_a_line_around_the_first_hit_without_markup() -> None:
    text = "# Étapes\n\n" + "mot " * 200 + "\n\n1. Ouvrir **la console** du `pare-feu`\n" + "fin " * 200

    pieces = excerpt(text, asked_words("console"))

    line = "".join(piece.text for piece in pieces)
    assert Piece("console", True) in pieces
    assert line.startswith("… mot")
    assert line.endswith("fin …")
    assert "Ouvrir la console du pare-feu" in line
    assert len(line) < 300


def test_an_excerpt_says_nothing_of_how_lists_and_tables_are_written() -> None:
    text = "| Quoi | Où |\n| --- | :---: |\n| Base | Magny |\n\n- un\n2. deux\n---\n3.5 To, a - b, `ls`."

    line = "".join(piece.text for piece in excerpt(text, ()))

    assert line == "Quoi Où Base Magny · un · deux 3.5 To, a - b, ls."


@pytest.mark.parametrize("query", ["oeuvre", "œuvres", "strasse", "STRASSE", "ecole"])
def test_the_first_hit_is_found_however_it_was_typed(query: str) -> None:
    text = "mot " * 500 + "la Straße des Œuvres de l’École " + "fin " * 500

    assert any(piece.is_hit for piece in excerpt(text, asked_words(query)))


def test_a_long_text_without_a_hit_is_shown_from_its_beginning() -> None:
    pieces = excerpt("premier " + "mot " * 40_000, asked_words("absent"))

    assert pieces[0].text.startswith("premier mot")


@given(st.text(max_size=600), st.text(max_size=20))
def test_an_excerpt_is_one_short_line_and_holds_the_hit_there_is(text: str, query: str) -> None:
    words = asked_words(query)
    line = "".join(piece.text for piece in excerpt(text, words))

    assert "\n" not in line
    assert len(line) <= 700
