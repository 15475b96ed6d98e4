"""Distinguished names (RFC 4514) and filters (RFC 4515): comparing the ones, building the others."""

import re
from collections.abc import Iterator

_PIECE = re.compile(r"\\[0-9a-fA-F]{2}|\\.|.", re.DOTALL)
_KIND = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*|[0-9]+(?:\.[0-9]+)*")
_BEFORE_COMMA = re.compile(r"^(?:\\.|[^,;\\])+", re.DOTALL)
_END = ""
_BETWEEN = frozenset({",", ";", "+", _END})
_TO_ESCAPE = ",+;=\\"


def normal(name: str) -> str:
    """Return a distinguished name in the one form in which equal names are equal texts.

    Case, blanks around the signs and the way of escaping do not matter. Raise ValueError for what is no
    distinguished name, the empty one included: it would stand for nobody.
    """
    return "".join(_parts(name))


def first_value(name: str) -> str:
    """Return what an entry itself is called, as it was written: of "CN=IT team,DC=example", "IT team"."""
    first = next(iter(_BEFORE_COMMA.findall(name)), name)
    return first.partition("=")[2].strip() or name


def escaped(value: str) -> str:
    """Return a value as it stands in a filter, where none of its signs means anything (RFC 4515, 3)."""
    return "".join(f"\\{ord(sign):02x}" if sign in "\\*()\0" else sign for sign in value)


def is_one_filter(text: str) -> bool:
    """Return whether a text is one filter in brackets, so that another can be put beside it."""
    depth = 0
    for place, sign in enumerate(text):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth <= 0:
            return sign == ")" and depth == 0 and place == len(text) - 1 and len(text) > len("()")
    return False


def _parts(name: str) -> Iterator[str]:
    """Yield each "kind=value" in its one form, with the sign before it."""
    before = ""
    pieces: list[str] = []
    for piece in [*_PIECE.findall(name), _END]:
        if piece in _BETWEEN:
            yield before + _part(pieces)
            before, pieces = "+" if piece == "+" else ",", []
        else:
            pieces.append(piece)


def _part(pieces: list[str]) -> str:
    place = pieces.index("=") if "=" in pieces else 0
    kind = "".join(pieces[:place]).strip().lower()
    if not _KIND.fullmatch(kind):
        raise ValueError("no distinguished name")
    return f"{kind}={_value(pieces[place + 1 :])}"


def _value(pieces: list[str]) -> str:
    # Each end is gone through once: a directory may send a million blanks.
    start, end = 0, len(pieces)
    while start < end and pieces[start] == " ":
        start += 1
    while start < end and pieces[end - 1] == " ":
        end -= 1
    value = b"".join(_bytes(piece) for piece in pieces[start:end]).decode()
    folded = " ".join(value.casefold().split())
    return "".join(f"\\{sign}" if sign in _TO_ESCAPE else sign for sign in folded)


def _bytes(piece: str) -> bytes:
    if len(piece) == 3:
        return bytes.fromhex(piece[1:])
    if piece == "\\":
        raise ValueError("no distinguished name")
    return piece[-1].encode()
