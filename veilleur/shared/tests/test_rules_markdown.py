"""What people write in Markdown is shown safely, and as they typed it."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from veilleur.shared.markdown import blanks, items_of_first_list, to_html

_TAG = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>")
_ALLOWED = {
    *("p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "s"),
    *("a", "br", "hr", "table", "thead", "tbody", "tr", "th", "td", "mark"),
}
_ATTRIBUTES = re.compile(
    r'(?: (?:href="(?:https?:|mailto:|tel:|[/#?]|[^":/?#]*(?:[/?#"]|$))[^"]*"|title="[^"]*"|start="\d+"'
    r'|class="(?:table dense|blank)"|rel="noopener noreferrer"))*/?'
)

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](https://a.example "t" onclick="alert(1)")',
    '[x](https://a.example/"onmouseover="alert(1))',
    "![x](https://a.example/spy.png)",
    "[? <script>alert(1)</script>]",
    '[? " onclick="alert(1)]',
    "<style>body{display:none}</style>",
    "<iframe src=https://a.example></iframe>",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "`<svg onload=alert(1)>`",
    "|<b onclick=1>|\n|-|\n|<a href=javascript:1>x</a>|",
]


def assert_safe(html: str) -> None:
    for found in _TAG.finditer(html):
        assert found[2] in _ALLOWED, found[0]
        assert _ATTRIBUTES.fullmatch(found[3]), found[0]
    # Whatever is left of a tag is text.
    assert "<" not in _TAG.sub("", html)


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_becomes_text_or_nothing(text: str) -> None:
    html = to_html(text)

    assert_safe(html)
    assert not re.search(r'href="(?:javascript|data|vbscript|file)', html, re.IGNORECASE)


@given(st.text(alphabet="<>&\"'[]()!?:/#*_`~|-=.\\ \nabjs1é", max_size=120))
@example("[a](<javascript:b>)")
def test_whatever_is_typed_only_harmless_tags_come_out(text: str) -> None:
    assert_safe(to_html(text))


def test_letters_spaces_and_signs_stay_as_they_were_typed() -> None:
    text = "L'ERP : 97 % « à peu près » ; c’est\u202f! 1 000 € -- ... (c)"

    assert to_html(text) == f"<p>{text}</p>\n"


def test_headings_begin_below_those_of_the_page() -> None:
    assert to_html("# A\n## B\n###### C") == "<h3>A</h3>\n<h4>B</h4>\n<h6>C</h6>\n"
    assert to_html("## A\n#### B", top_heading=4) == "<h4>A</h4>\n<h6>B</h6>\n"


def test_links_tables_and_struck_words_are_shown() -> None:
    html = to_html("~~no~~ [site](https://a.example)\n\n|a|\n|-|\n|1|\n")

    assert "<s>no</s>" in html
    assert '<a href="https://a.example" rel="noopener noreferrer">site</a>' in html
    assert '<table class="table dense">' in html


def test_a_place_to_fill_in_is_marked_but_not_within_code() -> None:
    assert to_html("Call [? whom] or [?].") == (
        '<p>Call <mark class="blank">whom</mark> or <mark class="blank">…</mark>.</p>\n'
    )
    assert "<mark" not in to_html("`ls [?]`")
    assert blanks("Call [? whom] or [?]. [no](https://a.example) [? never ends") == 2


def test_the_items_of_the_first_numbered_list_are_markdown_of_their_own() -> None:
    text = (
        "First:\n\n- a\n  1. within another list\n\n"
        "1. Open **it**\n   - carefully\n\n   ```\n   run\n     this\n   ```\n2) another list\n\n1. other\n"
    )

    assert items_of_first_list(text) == ("Open **it**\n- carefully\n\n```\nrun\n  this\n```",)
    assert items_of_first_list("1. a\n1. b\n   more\n\n3. c") == ("a", "b\nmore", "c")
    assert items_of_first_list("> 1. quoted\n") == ()
    assert items_of_first_list("") == ()
