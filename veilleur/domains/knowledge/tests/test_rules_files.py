"""Files by their content and their names: what is taken, and what a hostile name becomes."""

from datetime import timedelta

import pytest

from veilleur.domains.knowledge.rules.files import (
    LONGEST_NAME,
    UNSURE_AFTER,
    FileType,
    is_sure,
    plain_name,
    type_of,
)
from veilleur.domains.knowledge.tests.support import NOW

OOXML = b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml"
ODF = b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"%PDF-1.7\n", FileType.PDF),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), FileType.PNG),
        (b"\xff\xd8\xff\xe0", FileType.JPEG),
        (b"GIF89a" + bytes(8), FileType.GIF),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", FileType.WEBP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8), FileType.OFFICE),
        (OOXML, FileType.OFFICE),
        (ODF, FileType.OFFICE),
        (b"vlan 10\r\n\tname POSTES\r\n", FileType.TEXT),
        ("réglé à l’écran".encode(), FileType.TEXT),
        # What PowerShell writes.
        ("\ufeffGet-Host".encode("utf-16-le"), FileType.TEXT),
        # Pages of their own: text, which is never shown in a page.
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", FileType.TEXT),
        (b"<!doctype html><script>alert(1)</script>", FileType.TEXT),
        # Two things at once: the first bytes decide.
        (b"GIF89a=1;//<script>alert(1)</script>", FileType.GIF),
        (b"%PDF-1.4\n<script>alert(1)</script>", FileType.PDF),
        # A picture that only says so further down.
        (b"<html>\x89PNG\r\n\x1a\n", None),
        # Any other archive, programs, sounds.
        (b"PK\x03\x04" + bytes(26) + b"42.zip", None),
        (b"MZ\x90\x00\x03", None),
        (b"\x7fELF\x02\x01\x01\x00", None),
        (b"\x1f\x8b\x08\x00", None),
        (b"\xff\xfe\x00", None),
        (b"latin-1: \xe9t\xe9", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_content_says(head: bytes, found: FileType | None) -> None:
    assert type_of(head, is_whole=True) is found


def test_a_letter_that_is_cut_by_the_end_of_the_first_bytes_makes_no_text_unreadable() -> None:
    head = ("é" * 10).encode()[:-1]

    assert type_of(head, is_whole=False) is FileType.TEXT
    assert type_of(head, is_whole=True) is None


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\plan.pdf", "plan.pdf"),
        ("/", "file"),
        ("..", "file"),
        (".htaccess", "htaccess"),
        # It would read “facturefdp.exe” from right to left.
        ("facture\u202efdp.exe", "facture fdp.exe"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie_ x=1.txt"),
        ("nul\x00.pdf", "nul .pdf"),
        ('a"; filename="b.html', "a_; filename=_b.html"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("\udcff.txt", "txt"),
        ("x" * 300 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
        ("x" * 300, "x" * LONGEST_NAME),
    ],
)
def test_a_name_becomes_one_plain_line(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_what_was_not_read_for_two_weeks_is_not_sure() -> None:
    assert is_sure(NOW - UNSURE_AFTER + timedelta(seconds=1), NOW)
    assert not is_sure(NOW - UNSURE_AFTER, NOW)
