"""Attached files: what they are by their content, what they may be called, and how sure one is of them.

A name says nothing of a content, and a content is never unpacked: its first bytes are looked at, no more.
"""

import re
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

# What `type_of` needs of the beginning of a file.
HEAD_BYTES = 4096
LONGEST_NAME = 120
MOST_FILES = 50  # of one document
# Each file is read whole and compared at least this often; with a week more, nobody knows how it is.
VERIFY_EVERY = timedelta(days=7)
UNSURE_AFTER = 2 * VERIFY_EVERY
# What was kept and belongs to no document, of a save that was killed or refused, is removed after this.
ORPHAN_AFTER = timedelta(days=1)


class FileType(StrEnum):
    """What a file is, by its content."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"
    WEBP = "webp"
    OFFICE = "office"
    TEXT = "text"


class FileFault(StrEnum):
    """What is wrong with a kept file."""

    MISSING = "missing"
    DAMAGED = "damaged"


# Pictures in points: a browser draws them and runs nothing of them. SVG is text, and a page of its own.
RASTERS = frozenset({FileType.PNG, FileType.JPEG, FileType.GIF, FileType.WEBP})
# How each is announced; whatever is not a picture is only ever saved.
MEDIA_TYPES: dict[str, str] = {
    FileType.PDF: "application/pdf",
    FileType.PNG: "image/png",
    FileType.JPEG: "image/jpeg",
    FileType.GIF: "image/gif",
    FileType.WEBP: "image/webp",
}
OTHER_MEDIA_TYPE = "application/octet-stream"

_FIRST_BYTES = (
    (b"%PDF-", FileType.PDF),
    (b"\x89PNG\r\n\x1a\n", FileType.PNG),
    (b"\xff\xd8\xff", FileType.JPEG),
    (b"GIF87a", FileType.GIF),
    (b"GIF89a", FileType.GIF),
    # The container of Word, Excel and Outlook before 2007.
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType.OFFICE),
)
# Office files are ZIP archives whose first entry, named at byte 30, is one of these.
_FIRST_ENTRIES = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/", b"visio/")
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
# Line breaks, tabulators and form feeds are in texts; other control characters are not.
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_NOT_IN_NAMES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# What file systems or shells of any sort take for something else.
_SEPARATING = re.compile(r'[<>:"|?*]')


def type_of(head: bytes, is_whole: bool) -> FileType | None:
    """Return what a file is from its first `HEAD_BYTES`, None for what is not taken.

    `is_whole`: nothing follows. A text must be UTF-8, or UTF-16 with its mark, as Windows exports are.
    """
    for first, found in _FIRST_BYTES:
        if head.startswith(first):
            return found
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return FileType.WEBP
    if head.startswith(b"PK\x03\x04"):
        entry = head[30:120]
        is_office = entry.startswith((*_FIRST_ENTRIES, _OPEN_DOCUMENT))
        return FileType.OFFICE if is_office else None
    return FileType.TEXT if head and _is_text(head, is_whole) else None


def _is_text(head: bytes, is_whole: bool) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        even = head if is_whole else head[: len(head) // 2 * 2]
        return _NO_TEXT.search(_decoded(even, "utf-16", is_whole).encode()[:HEAD_BYTES] or b"\0") is None
    return _NO_TEXT.search(head) is None and bool(_decoded(head, "utf-8", is_whole))


def _decoded(head: bytes, encoding: str, is_whole: bool) -> str:
    """Return a text, "" for what is none. The last sign of a beginning may be cut."""
    for cut in range(1 if is_whole else 4):
        try:
            return head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def plain_name(name: str) -> str:
    """Return what a file is called: the last part of a path, in one line, nothing hidden or reordering in it.

    A longer one keeps its ending. "file" where nothing is left.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(" " if unicodedata.category(sign) in _NOT_IN_NAMES else sign for sign in last)
    shown = " ".join(_SEPARATING.sub("_", shown).split()).strip(". ")
    if len(shown) > LONGEST_NAME:
        stem, dot, ending = shown.rpartition(".")
        kept = dot + ending if stem and len(ending) <= 10 else ""
        shown = shown[: LONGEST_NAME - len(kept)].rstrip() + kept
    return shown or "file"


def is_sure(checked_at: datetime, now: datetime) -> bool:
    """Return whether a file was read whole and found right recently enough to say that it is there."""
    return now - checked_at < UNSURE_AFTER
