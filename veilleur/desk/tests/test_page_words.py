"""Filters and tags of templates: the language of the page, and safety of what they write."""

import html
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from veilleur.desk.tests.office import Office

NOW = datetime(2026, 11, 20, 7, 42, tzinfo=UTC)


def rendered(source: str, language: str = "fr", **values: object) -> str:
    """Return a template's text in a language, in Paris."""
    with translation.override(language), timezone.override("Europe/Paris"):
        return Template("{% load veilleur %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("text", "french", "english"),
    [
        ("{{ 33600|duration }}", "9\u00a0h\u00a020", "9\u00a0h\u00a020"),
        ("{{ nothing|duration }}", "—", "—"),
        ("{{ then|age:now }}", "il y a 12\u00a0jours", "12\u00a0days ago"),
        ("{{ now|instant }}", "20\u00a0nov. 2026, 8\u00a0h\u00a042", "20\u00a0Nov 2026, 08:42"),
        ("{{ nothing|instant }}", "jamais", "never"),
        ("{{ now|long_day }}", "vendredi 20\u00a0novembre 2026", "Friday 20\u00a0November 2026"),
        ("{{ 84000000000|bytes }}", "84\u00a0Go", "84\u00a0GB"),
        ("{{ 97|percent }}", "97\u202f%", "97%"),
        ("{{ 7200|span }}", "2\u00a0h", "2\u00a0h"),
    ],
)
def test_filters_speak_the_language_of_the_page(text: str, french: str, english: str) -> None:
    values = {"now": NOW, "then": NOW - timedelta(days=12), "nothing": None}

    assert rendered(text, "fr", **values) == french
    assert rendered(text, "en", **values) == english


def test_a_state_is_an_icon_and_a_word() -> None:
    markup = rendered('{% state "bad" "Not kept" %}', "en")

    assert 'class="state state-bad"' in markup
    assert "#alert-octagon" in markup
    assert markup.endswith("Not kept</span>")


def test_words_given_to_a_state_are_escaped() -> None:
    assert "&lt;b&gt;" in rendered('{% state "good" word %}', word="<b>")


# What people and machines type; nothing that a template would not show as it is.
TYPED = st.text(alphabet=st.one_of(st.sampled_from("aé9 '\".,;:!?%€«»’/-hGo"), st.characters(codec="utf-8")))


@given(TYPED, st.sampled_from(["fr", "en"]))
def test_a_name_stands_in_a_sentence_exactly_as_it_was_typed(typed: str, language: str) -> None:
    sentence = "{% load i18n %}{% blocktranslate %}End {{ name }} for good?{% endblocktranslate %}"
    before, after = {"fr": ("Mettre fin à ", " pour de bon\u202f?"), "en": ("End ", " for good?")}[language]

    assert rendered(sentence, language, name=typed) == before + html.escape(typed) + after


@pytest.mark.parametrize("name", ["/srv/d'ici", '"a b"', "1 000 % ?", "l'ERP : oui!", "a... b"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.django_db
def test_a_page_shows_a_name_exactly_as_it_was_typed(office: Office, name: str, language: str) -> None:
    office.post("plan", office.plan.public_id, name=name)
    office.post("language", language=language, next="/")

    shown = html.unescape(office.page("plan", office.plan.public_id))

    assert f"<title>{name} · Veilleur</title>" in shown
    assert {"fr": f"<h1>{name} fait une copie", "en": f"<h1>{name} makes a copy"}[language] in shown
