"""Text of unknown origin (file names, what programs say) made fit for a line on a page or a terminal."""

import unicodedata

# Control characters move a terminal's cursor, formats turn the direction of what follows, surrogates stand
# for bytes that are no UTF-8 and can be written nowhere.
_UNFIT = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def readable(text: str) -> str:
    r"""Return the text on one line with every unfit character written out: a line break as `\x0a`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_written_out(sign) if unicodedata.category(sign) in _UNFIT else sign for sign in text)


def is_one_line(text: str) -> bool:
    """Return whether a text can be shown as it is, without `readable`."""
    return readable(text) == text


def _written_out(sign: str) -> str:
    code = ord(sign)
    if 0xDC80 <= code <= 0xDCFF:  # a byte, by Python's surrogateescape
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
