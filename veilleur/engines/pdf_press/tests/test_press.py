"""HTML to PDF by the real WeasyPrint: tagged, in its language, and nobody outside is asked."""

import re
import socket
import sys
import zlib
from pathlib import Path

import pytest

from veilleur.engines.pdf_press import adapter
from veilleur.engines.pdf_press.adapter import PdfPress

PAGE = '<!doctype html><html lang="fr"><head><title>Ce qu’il faut</title></head><body>{}</body></html>'


def unpacked(pdf: bytes) -> bytes:
    """Return the PDF with its compressed streams in clear behind it."""
    streams = re.findall(rb"/FlateDecode.*?stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return b"\n".join([pdf, *(zlib.decompressobj().decompress(stream) for stream in streams)])


def test_a_page_becomes_a_pdf_that_is_tagged_and_says_its_language() -> None:
    pdf = PdfPress().press(PAGE.format("<h1>Reprise</h1><p>Voilà.</p>"))

    assert pdf.startswith(b"%PDF-1.")
    assert b"/MarkInfo" in unpacked(pdf)
    assert b"/Lang" in unpacked(pdf)


OUTSIDE = (
    '<img src="{url}" alt="x">'
    '<link rel="stylesheet" href="{url}">'
    '<style>@import url("{url}"); body {{ background: url("{url}") }}</style>'
    '<object data="{url}"></object>'
)


def test_no_address_in_a_page_is_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/picture.png"

        pdf = PdfPress().press(PAGE.format(OUTSIDE.format(url=address)))

        with pytest.raises(TimeoutError):
            server.accept()
    assert pdf.startswith(b"%PDF")


def test_no_file_of_this_machine_gets_into_a_page(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the twelve words")

    pdf = PdfPress().press(PAGE.format(f'<a rel="attachment" href="{secret.as_uri()}">x</a>'))

    assert b"the twelve words" not in unpacked(pdf)


def test_a_print_that_fails_is_told_by_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (sys.executable, "-c", "raise SystemExit('no library to print with')")
    monkeypatch.setattr(adapter, "_PROGRAM", program)

    with pytest.raises(OSError, match="no library to print with"):
        PdfPress().press(PAGE)
