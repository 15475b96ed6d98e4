"""The templates: complete in both languages, of one shape, with what is to be filled in marked."""

import re

import pytest

from veilleur.domains.knowledge.queries import Template, whole_template, whole_templates
from veilleur.domains.knowledge.rules.documents import DocumentKind, Priority, Topic, fault_of
from veilleur.shared.markdown import blanks, items_of_first_list, to_html
from veilleur.shared.typography import typeset

EVERY_TEMPLATE = pytest.mark.parametrize(
    ("template", "language"),
    [(template, language) for language in ("fr", "en") for template in whole_templates(language)],
    ids=lambda value: value.name if isinstance(value, Template) else value,
)


def test_there_is_a_template_for_every_topic_in_both_languages() -> None:
    topics = [topic for topic in Topic if topic is not Topic.OTHER]

    assert [each.topic for each in whole_templates("fr-fr")] == topics
    assert [each.topic for each in whole_templates("en")] == topics
    assert whole_templates("de") == whole_templates("en")


@EVERY_TEMPLATE
def test_a_template_can_be_saved_as_it_is_and_says_what_is_missing(template: Template, language: str) -> None:
    assert fault_of(template.draft) is None
    assert template.says
    assert blanks(template.draft.text) >= 2
    # Those of a drawing are dashed boxes.
    outside = re.sub(r"```diagram\n.*?```", "", template.draft.text, flags=re.DOTALL)
    assert to_html(outside).count("<mark") == blanks(outside)
    # One printed page.
    assert len(template.draft.text) < 4_000


@EVERY_TEMPLATE
def test_a_procedure_has_steps_and_says_how_it_is_asked_for(template: Template, language: str) -> None:
    draft = template.draft
    if template.kind == DocumentKind.PAGE:
        assert (draft.may_ask, draft.acts, draft.within_min, draft.priority) == ("", "", None, "")
        return

    assert 5 <= len(items_of_first_list(draft.text)) <= 15
    assert draft.may_ask
    assert draft.acts
    assert draft.within_min
    assert draft.priority in frozenset(Priority)


@EVERY_TEMPLATE
def test_both_languages_of_a_template_have_one_shape(template: Template, language: str) -> None:
    other = whole_template(template.name, "en" if language == "fr" else "fr")
    assert other is not None

    def shape(text: str) -> tuple[int, ...]:
        lines = text.splitlines()
        return (
            blanks(text),
            len(items_of_first_list(text)),
            *(sum(line.startswith(mark) for line in lines) for mark in ("# ", "- ", "|", ">")),
        )

    assert shape(template.draft.text) == shape(other.draft.text)
    assert template.draft.within_min == other.draft.within_min


@EVERY_TEMPLATE
def test_a_template_has_the_typography_of_its_language(template: Template, language: str) -> None:
    for text in (template.draft.title, template.draft.text, template.says, template.draft.may_ask):
        assert typeset(text, language) == text
        assert "'" not in text
        assert (" ;" in text or " !" in text or "« " in text) is False


def test_an_unknown_template_is_none() -> None:
    assert whole_template("../../../settings", "fr") is None
    assert whole_template("other", "fr") is None
    empty = whole_template("procedure", "fr")
    assert empty is not None
    assert (empty.topic, empty.draft.text) == (Topic.OTHER, "")
