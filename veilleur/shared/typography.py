"""French and English typography of our own sentences: spaces, quotes, apostrophes; never letters or digits.

Applied to the catalogues when they are compiled (`scripts/messages.py`), before any value stands in a
sentence: what people and machines typed, a name or a path, is shown exactly as it was typed.
"""

import re

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
    (re.compile(rf"(?<=\d){_SPACE}(?=(?:{_UNITS}|{_MONTHS})(?![\w'’]))"), FIXED),
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


# Stands for a value while its sentence is set: a letter for apostrophes, a digit for units and signs.
_VALUE = "\N{MATHEMATICAL DOUBLE-STRUCK DIGIT ZERO}"
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def typeset_message(text: str, language: str) -> str:
    """Return a sentence of the catalogue with the typography of its language, its placeholders untouched.

    Example: `typeset_message("{name} : l'ERP à {share} %", "fr")` has narrow no-break spaces and `’`.
    """
    values = iter(_PLACEHOLDER.findall(text))
    return re.sub(_VALUE, lambda _found: next(values), typeset(_PLACEHOLDER.sub(_VALUE, text), language))


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
