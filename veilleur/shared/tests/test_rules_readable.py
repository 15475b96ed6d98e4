"""Text of unknown origin: what could move a cursor, turn a line round or break a page is written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.shared.readable import is_one_line, readable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("comptabilité 2026 — site nº 2", "comptabilité 2026 — site nº 2"),
        ("non-breaking\u00a0space", "non-breaking\u00a0space"),
        ("two\nlines", r"two\x0alines"),
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("invoice\u202efdp.exe", r"invoice\u202efdp.exe"),
        ("caf\udce9", r"caf\xe9"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_only_what_cannot_be_shown_is_written_out(text: str, shown: str) -> None:
    assert (readable(text), is_one_line(text)) == (shown, text == shown)


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_the_result_can_always_be_written_and_stays_on_one_line(text: str) -> None:
    shown = readable(text)

    assert len(shown.encode().decode().splitlines()) <= 1
    assert is_one_line(shown)
