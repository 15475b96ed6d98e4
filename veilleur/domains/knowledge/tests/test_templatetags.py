"""A text with drawings as a page shows it: drawn, said in words, and never more than what was written."""

from xml.etree import ElementTree

import pytest
from django.utils import translation

from veilleur.domains.knowledge.queries import whole_template
from veilleur.domains.knowledge.rules.diagram import Diagram, parse
from veilleur.domains.knowledge.templatetags.knowledge import document_text

TEXT = """# Network

```diagram
title: <b>Pontoise</b>
group Room & <i>rack</i>
box fw: "><script>alert(1)</script>
box sw: [? switch]
end
fw -> sw: </text></svg>
```

After.
"""


def test_a_drawing_is_well_formed_says_itself_and_holds_nothing_that_was_typed_as_markup() -> None:
    with translation.override("en"):
        html = document_text(TEXT)

    drawn = html[html.index("<svg") : html.index("</svg>") + 6]
    root = ElementTree.fromstring(drawn)
    assert {element.tag for element in root.iter()} == {"svg", "title", "desc", "rect", "text", "path"}
    assert root.findtext("title") == "<b>Pontoise</b>"
    assert 'from "><script>alert(1)</script> to switch: </text></svg>' in root.findtext("desc", "")
    for markup in ("<script", "<b>", "<i>"):
        assert markup not in html
    assert '<rect x="32"' in html
    assert "d-box-blank" in html
    assert html.index("<h3>") < html.index("<figure") < html.index("<p>After.</p>")
    with translation.override("en"):
        assert document_text(TEXT) == html


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Line 2, “a -&gt; b”: One of these boxes is not there"),
        ("fr", "Ligne 2, «\u00a0a -&gt; b\u00a0»"),
    ],
)
def test_a_mistake_is_told_with_its_line_in_the_language_of_the_page(language: str, sentence: str) -> None:
    with translation.override(language):
        html = document_text("```diagram\nbox a\na -> b\n```")

    assert sentence in html.replace("\u202f", "\u00a0")
    assert "<svg" not in html


def test_any_other_block_is_code_and_a_drawing_in_a_list_is_drawn_too() -> None:
    assert "<svg" not in document_text("```\nbox a\n```")
    assert "<svg" in document_text("1. Look:\n\n   ```diagram\n   box a\n   ```\n")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_template_of_a_network_diagram_is_drawn(language: str) -> None:
    template = whole_template("network_diagram", language)
    assert template is not None

    source = template.draft.text.partition("```diagram\n")[2].partition("```")[0]

    diagram = parse(source)
    assert isinstance(diagram, Diagram), diagram
    assert len(diagram.boxes) == 5
