"""Reads JSON and XML of anybody's making into plain dictionaries: bounded, without entities.

What a document holds beyond what is known stays in it; only its form can be refused here.
"""

import codecs
import json
import re
from typing import Any
from xml.parsers import expat

from veilleur.domains.estate.rules.agents import Fault

Plain = dict[str, Any]

# A document of 20 MB has a tenth of that: each value takes some sixty bytes once it is read.
MOST_VALUES = 3_000_000
MOST_NODES = 600_000
DEEPEST = 40
_LONGEST_NUMBER = 40
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Characters that no XML may hold, as themselves or by their number.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NUMBERED = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
# An ampersand that begins none of the five that every XML knows: it stands for itself.
_LONE_AMPERSAND = re.compile(r"&(?!#|(?:amp|lt|gt|quot|apos);)")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")


class Unreadable(Exception):
    """Raised for a document that has not the form it should have."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def is_json(start: bytes) -> bool:
    """Return whether a document is JSON, by its first letter."""
    return text_of(start[:64]).lstrip().startswith("{")


def text_of(document: bytes) -> str:
    """Return a document's letters: UTF-8, what its first bytes announce, or else those of Western Europe."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if document.startswith(mark):
            return document.decode(encoding, "replace")
    try:
        return document.decode()
    except UnicodeDecodeError:
        # The letters of Windows, of which ISO-8859-1 is a part.
        return document.decode("cp1252", "replace")


def read_json(document: bytes) -> Plain:
    """Return a JSON object; raise Unreadable for anything else."""
    if document.count(b",") > MOST_VALUES or document.count(b"{") + document.count(b"[") > MOST_NODES:
        raise Unreadable(Fault.TOO_MANY_VALUES)
    try:
        read = json.loads(
            text_of(document), strict=False, parse_int=_whole, parse_float=_fraction, parse_constant=_nothing
        )
    except RecursionError:
        raise Unreadable(Fault.TOO_DEEP) from None
    except ValueError:
        raise Unreadable(Fault.NOT_JSON) from None
    if not isinstance(read, dict):
        raise Unreadable(Fault.NOT_JSON)
    return read


def read_xml(document: bytes) -> Plain:
    """Return the root element as {name: {…}}: names in lower case, texts stripped, repeated ones as lists.

    Raise Unreadable for a document with a type of its own: entities are declared there, and nothing else an
    agent needs.
    """
    if document.count(b"<") > 2 * MOST_VALUES:
        raise Unreadable(Fault.TOO_MANY_VALUES)
    text = _DECLARATION.sub("", text_of(document), count=1)
    text = _LONE_AMPERSAND.sub("&amp;", _NUMBERED.sub(_allowed, _NOT_XML.sub("", text)))
    return _Elements().read(text)


class _Elements:
    """Gathers elements while they come by, so that no tree is built beside the result."""

    def __init__(self) -> None:
        self._open: list[tuple[str, Plain, list[str]]] = [("", {}, [])]

    def read(self, text: str) -> Plain:
        parser = expat.ParserCreate(encoding="utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _refuse_type
        parser.EntityDeclHandler = _refuse_type
        try:
            parser.Parse(text.encode(), True)
        except expat.ExpatError:
            raise Unreadable(Fault.NOT_XML) from None
        return self._open[0][1]

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if len(self._open) > DEEPEST:
            raise Unreadable(Fault.TOO_DEEP)
        self._open.append((name.lower(), {}, []))

    def _text(self, data: str) -> None:
        self._open[-1][2].append(data)

    def _end(self, _name: str) -> None:
        name, within, texts = self._open.pop()
        value: Any = within or "".join(texts).strip()
        holder = self._open[-1][1]
        if name not in holder:
            holder[name] = value
        elif isinstance(holder[name], list):
            holder[name].append(value)
        else:
            holder[name] = [holder[name], value]


def _refuse_type(*_about: object) -> None:
    raise Unreadable(Fault.ENTITIES)


def _allowed(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2])
    if number > 0x10FFFF or _NOT_XML.fullmatch(chr(number)):
        return ""
    return found[0]


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


def _fraction(digits: str) -> float | None:
    number = float(digits) if len(digits) <= _LONGEST_NUMBER else None
    return number if number is not None and abs(number) < float("inf") else None


def _nothing(_word: str) -> None:
    """Return nothing for what is no number."""
