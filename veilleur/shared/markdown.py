"""Markdown as safe HTML: what people wrote is rendered, then cleaned, always in that order, previews too.

No raw HTML, no pictures, no addresses but web, mail and telephone; letters and spaces stay as typed.
"""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# A place to fill in, as templates mark them: `[? the server's name]`.
BLANK = re.compile(r"\[\?[^\[\]\n]{0,200}\]")

_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset({"p", "ul", "ol", "li", "blockquote", "pre", "hr", "br"})
_TABLES = frozenset({"table", "thead", "tbody", "tr", "th", "td"})
_WORDS = frozenset({"em", "strong", "s", "a", "code", "mark"})
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_ORDERED = re.compile(r"\s*\d{1,9}[.)][ \t]?")


Drawer = Callable[[str], str]


def to_html(text: str, *, top_heading: int = 3, drawings: Mapping[str, Drawer] | None = None) -> str:
    """Return safe HTML. The highest heading that is used becomes `top_heading`, the others go below it.

    `drawings`: by the word after the fence of a block, what makes safe HTML of its content; put in after all
    else was cleaned.
    """
    tokens = _PARSER.parse(text)
    _settle_headings(tokens, top_heading)
    drawn = _take_out_drawings(tokens, drawings or {})
    rendered = _PARSER.renderer.render(tokens, _PARSER.options, {})
    cleaned = nh3.clean(
        rendered,
        tags=set(_HEADINGS | _BLOCKS | _TABLES | _WORDS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=set(_SCHEMES),
        set_tag_attribute_values={"table": {"class": "table dense"}, "mark": {"class": "blank"}},
    )
    for mark, html in drawn.items():
        cleaned = cleaned.replace(mark, html, 1)
    return cleaned


def items_of_first_list(text: str) -> tuple[str, ...]:
    """Return the top-level items of the first numbered list, each as Markdown of its own, without its number.

    A numbered list within another list or within a quotation is not looked at.
    """
    lines = text.split("\n")
    found: list[str] = []
    is_inside = False
    for token in _PARSER.parse(text):
        if token.type == "ordered_list_open" and token.level == 0:
            is_inside = True
        elif token.type == "ordered_list_close" and token.level == 0:
            break
        elif is_inside and token.type == "list_item_open" and token.level == 1 and token.map is not None:
            found.append(_item(lines[token.map[0] : token.map[1]]))
    return tuple(found)


def marked_blanks(text: str) -> str:
    """Return one line of plain text as HTML with its places to fill in marked, nothing else made of it."""
    pieces, last = [], 0
    for found in BLANK.finditer(text):
        pieces += [escape(text[last : found.start()]), _mark(found.group())]
        last = found.end()
    return "".join((*pieces, escape(text[last:])))


def blanks(text: str) -> int:
    """Return how many places are still to be filled in."""
    return len(BLANK.findall(text))


def _item(lines: Sequence[str]) -> str:
    marker = _ORDERED.match(lines[0])
    width = marker.end() if marker else 0
    rest = (line[min(width, len(line) - len(line.lstrip(" "))) :] for line in lines[1:])
    return "\n".join((lines[0][width:], *rest)).strip()


def _take_out_drawings(tokens: Sequence[Token], drawings: Mapping[str, Drawer]) -> dict[str, str]:
    """Leave a mark in the place of each drawing and return them by their marks, which nobody can guess."""
    drawn: dict[str, str] = {}
    secret = secrets.token_hex(16)
    for token in tokens:
        draw = drawings.get(token.info.strip().lower()) if token.type == "fence" else None
        if draw is not None:
            mark = f"{secret}-{len(drawn)};"
            drawn[mark] = draw(token.content)
            token.type, token.content, token.tag = "html_block", mark, ""
    return drawn


def _settle_headings(tokens: Sequence[Token], top: int) -> None:
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    if not levels:
        return
    shift = top - min(levels)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + shift)}"


def _read_blank(state: StateInline, silent: bool) -> bool:
    """Read a place to fill in; part of the grammar, so that none is found within code."""
    found = BLANK.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push("blank", "mark", 0)
        token.content = found.group()
    state.pos = found.end()
    return True


def _render_blank(_self: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return _mark(tokens[index].content)


def _mark(blank: str) -> str:
    return f'<mark class="blank">{escape(blank[2:-1].strip() or "…")}</mark>'


def _made() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    parser.inline.ruler.before("link", "blank", _read_blank)
    parser.add_render_rule("blank", _render_blank)
    return parser


_PARSER = _made()
