"""French and English typography of finished text: spaces, quotes, apostrophes; never letters or digits.

Pages apply it once, in their base template, through the filter `typo`; mail and terminal call `typeset`.
"""

import html
import re
from collections.abc import Callable

NARROW = "\u202f"
FIXED = "\u00a0"
_SPACE = f"[ {FIXED}{NARROW}]"

_UNITS = (
    "h|min|s|ms|d|j|o|ko|kB|Mo|MB|Go|GB|To|TB|Po|PB|KiB|MiB|GiB|TiB|"
    "bit/s|kbit/s|Mbit/s|Gbit/s|kHz|MHz|GHz|W|kW|kWh|VA|mm|cm|m|km|°C"
)
_MONTHS = (
    "janv\\.|févr\\.|mars|avr\\.|mai|juin|juil\\.|août|sept\\.|oct\\.|nov\\.|déc\\.|"
    "janvier|février|avril|juillet|septembre|octobre|novembre|décembre|"
    "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|"
    "January|February|March|April|June|July|August|September|October|November|December"
)
_Rules = tuple[tuple[re.Pattern[str], str], ...]
_BOTH: _Rules = (
    (re.compile(rf"(?<=\d){_SPACE}(?=(?:{_UNITS}|{_MONTHS})(?!\w))"), FIXED),
    (re.compile(rf"(?<=\d{FIXED}h){_SPACE}(?=\d{{2}}(?!\d))"), FIXED),
    (re.compile(r"(?<=\w)\.\.\.(?![./\w])"), "…"),
    (re.compile(r"(?<=\w)'(?=[\w«“])"), "’"),
)
_THOUSANDS = re.compile(rf"(?<![\d.,])\d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d)")
_QUOTED = re.compile(r'(?<![\w"=])"([^"<>\n]+)"(?!\w)')
_FRENCH: _Rules = (
    (re.compile(rf"{_SPACE}+(?=[;:!?](?:[\s»)!?]|$)|[€%»])"), NARROW),
    # A sign typed without its space gets one, unless it belongs to an address, an hour or a path.
    (re.compile(r"(?<=[\w)»’…])(?=[;!?:](?:\s|$|[»)]))"), NARROW),
    (re.compile(r"(?<=\d)(?=[%€](?!\w))"), NARROW),
    (re.compile(r"(?<=\S)(?<![\u202f\u00a0 ])(?=»)"), NARROW),
    (re.compile(rf"«{_SPACE}*(?=\S)"), f"«{NARROW}"),
)
_ENGLISH: _Rules = ((re.compile(rf"(?<=\S){_SPACE}+(?=[;:!?%](?:\s|$|[”)]))"), ""),)


# Paths and settings stand for what must be typed or found exactly so.
_EXACT = re.compile(r"((?<![\w<:])/[\w.~-][^\s»”]*|(?<!\w)\w+=\S+)")


def typeset(text: str, language: str) -> str:
    """Return a plain text with the typography of its language (`fr…`, else English).

    Idempotent, and blind to letters and digits: only spaces, apostrophes, quotation marks and three
    dots change, and nothing in a path or in `name=value`. Example: `typeset("Est-ce l'ERP ? 97 %", "fr")`
    has narrow no-break spaces and `’`.
    """
    pieces = _EXACT.split(text)
    return "".join(piece if place % 2 else _set(piece, language) for place, piece in enumerate(pieces))


def _set(text: str, language: str) -> str:
    for pattern, replacement in _BOTH:
        text = pattern.sub(replacement, text)
    if language.startswith("fr"):
        text = _QUOTED.sub(rf"«{NARROW}\1{NARROW}»", text)
        text = _THOUSANDS.sub(lambda found: re.sub(_SPACE, NARROW, found.group()), text)
        rules = _FRENCH
    else:
        text = _QUOTED.sub(r"“\1”", text)
        rules = _ENGLISH
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text


# What is inside these is typed by a person or a machine and stays as it is.
_VERBATIM = ("script", "style", "textarea", "code", "pre", "kbd", "samp")
_SKIPPED = re.compile(
    rf"<!--.*?-->|<({'|'.join(_VERBATIM)})\b.*?</\1\s*>|<[^>]*class=\"code[\" ][^>]*>[^<]*",
    re.DOTALL | re.IGNORECASE,
)
_PIECE = re.compile(r"<[^>]*>|[^<]+")
_SPOKEN = re.compile(r"(?<=\s)((?:aria-label|data-label|title|alt|placeholder)=\")([^\"]*)(\")")


def typeset_html(markup: str, language: str) -> str:
    """Return HTML whose texts, and attributes that are read aloud or shown, went through `typeset`.

    Tags, other attributes, entities and the content of code, forms' typed text and scripts stay.
    """
    done: list[str] = []
    position = 0
    for skipped in _SKIPPED.finditer(markup):
        done.append(_typeset_pieces(markup[position : skipped.start()], language))
        done.append(skipped.group())
        position = skipped.end()
    done.append(_typeset_pieces(markup[position:], language))
    return "".join(done)


def _typeset_pieces(markup: str, language: str) -> str:
    def one(found: re.Match[str]) -> str:
        piece = found.group()
        if piece.startswith("<"):
            return _SPOKEN.sub(_attribute(language), piece)
        return _escaped(piece, language, quote=False)

    return _PIECE.sub(one, markup)


def _attribute(language: str) -> Callable[[re.Match[str]], str]:
    def one(found: re.Match[str]) -> str:
        return found.group(1) + _escaped(found.group(2), language, quote=True) + found.group(3)

    return one


def _escaped(text: str, language: str, *, quote: bool) -> str:
    """Return an escaped text typeset: entities are opened first, so that their semicolon is not a sign."""
    if not text.strip():
        return text
    return html.escape(typeset(html.unescape(text), language), quote=quote)
