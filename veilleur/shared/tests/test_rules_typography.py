"""What typography does to our French and English sentences, and what it must leave alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.shared.typography import typeset, typeset_message

N = "\u202f"
F = "\u00a0"

FRENCH = [
    # a sign typed with a plain space gets the narrow one
    ("Tout fonctionne-t-il ?", f"Tout fonctionne-t-il{N}?"),
    ("Presque : à Magny ; voir !", f"Presque{N}: à Magny{N}; voir{N}!"),
    # a sign typed without its space gets one
    ("Note: attention!", f"Note{N}: attention{N}!"),
    ("99,93% pour 180€", f"99,93{N}% pour 180{N}€"),
    ("« PRA »", f"«{N}PRA{N}»"),
    ("«PRA»", f"«{N}PRA{N}»"),
    ('dit "réussi" hier', f"dit «{N}réussi{N}» hier"),
    ("1 284 310 écritures", f"1{N}284{N}310 écritures"),
    ("84 Go, 9 h 20, 20 nov.", f"84{F}Go, 9{F}h{F}20, 20{F}nov."),
    ("aujourd'hui, l'ERP", "aujourd’hui, l’ERP"),
    ("Et si...", "Et si…"),
]
ENGLISH = [
    ("Does it work ?", "Does it work?"),
    ('the "vault" key', "the “vault” key"),
    ("the server's disk", "the server’s disk"),
    ("84 GB in 9 h 20", f"84{F}GB in 9{F}h{F}20"),
    ("20 November", f"20{F}November"),
]
# addresses, hours, paths and ranges of a machine are not prose
LEFT_ALONE = ["http://a.example:8800/b?c=d;e", "::1", "[::]:443", "9:20", "../..", "a...b/c", "C:/x", "50%25"]


@pytest.mark.parametrize(("typed", "set_"), FRENCH)
def test_french_is_set_as_printed(typed: str, set_: str) -> None:
    assert typeset(typed, "fr") == set_


@pytest.mark.parametrize(("typed", "set_"), ENGLISH)
def test_english_is_set_as_printed(typed: str, set_: str) -> None:
    assert typeset(typed, "en") == set_


@pytest.mark.parametrize("technical", LEFT_ALONE[:-1])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_addresses_hours_and_paths_stay(technical: str, language: str) -> None:
    assert typeset(technical, language) == technical


PROSE = st.text(
    alphabet=st.one_of(
        st.sampled_from("aé9 0.,;:!?%€«»\"'()/-\u00a0\u202f\nhGo"), st.characters(codec="utf-8")
    ),
    max_size=60,
)


@given(PROSE, st.sampled_from(["fr", "en", "fr-ca"]))
def test_setting_twice_is_setting_once(text: str, language: str) -> None:
    once = typeset(text, language)

    assert typeset(once, language) == once


@given(PROSE, st.sampled_from(["fr", "en"]))
def test_letters_and_digits_never_change(text: str, language: str) -> None:
    assert "".join(filter(str.isalnum, typeset(text, language))) == "".join(filter(str.isalnum, text))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "exact", ["/srv/l'atelier", '/srv/"2026"', "/srv/a...b'c", "host=/run/postgresql", "dbname='l'un'"]
)
def test_a_path_and_a_setting_stay_as_they_must_be_typed(exact: str, language: str) -> None:
    assert f" {exact} " in typeset(f"l'un : {exact} ; l'autre", language).replace(N, " ")


MESSAGES = [
    ("{name} : l'{service} à {share} %", f"{{name}}{N}: l’{{service}} à {{share}}{N}%"),
    ('"%(name)s" est en panne !', f"«{N}%(name)s{N}» est en panne{N}!"),
    ("%(n)s h, puis {n} min", f"%(n)s{F}h, puis {{n}}{F}min"),
    ("{name} d'abord", "{name} d’abord"),
    ("dit %(name)s", "dit %(name)s"),
]


@pytest.mark.parametrize(("message", "set_"), MESSAGES)
def test_a_sentence_is_set_around_its_values(message: str, set_: str) -> None:
    assert typeset_message(message, "fr") == set_


PIECES = st.sampled_from(
    ["{name}", "%(path)s", "{}", " ", " : ", "'", '"', " %", "...", "l", "à", " min", "/srv"]
)


@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from(["fr", "en"]))
def test_the_places_of_values_stay_as_they_are_and_in_order(message: str, language: str) -> None:
    places = re.compile(r"%\(\w+\)s|\{\w*\}")

    assert places.findall(typeset_message(message, language)) == places.findall(message)
