"""Signed heads in a file: appended safely, read back, whatever a crash left of the last line."""

import stat
from pathlib import Path

import pytest

from veilleur.domains.journal.rules.heads import SignedHeads
from veilleur.engines.heads_file.adapter import HeadsFile


def make_signed(number: int) -> SignedHeads:
    return SignedHeads(f'{{"n":{number}}}', b"signature", b"key")


def test_what_was_sent_is_read_back_in_order(tmp_path: Path) -> None:
    destination = HeadsFile(tmp_path / "elsewhere" / "heads.jsonl")
    assert destination.sent() == ()

    for number in (1, 2):
        destination.send(make_signed(number))

    assert destination.sent() == (make_signed(1), make_signed(2))


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"

    HeadsFile(path).send(make_signed(1))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_cut_short_by_a_crash_spoils_neither_what_is_before_nor_what_follows(tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    destination = HeadsFile(path)
    destination.send(make_signed(1))
    with path.open("a") as file:
        file.write('{"document":"{}","sig')

    destination.send(make_signed(2))

    assert destination.sent() == (make_signed(1), make_signed(2))


def test_a_place_that_is_gone_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "share").write_text("a file where the share's folder should be")

    with pytest.raises(OSError, match="share"):
        HeadsFile(tmp_path / "share" / "heads.jsonl").send(make_signed(1))
