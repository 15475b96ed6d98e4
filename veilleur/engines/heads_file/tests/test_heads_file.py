"""Signed heads in a file: appended safely, read back, whatever a crash left of the last line."""

import stat
from pathlib import Path

import pytest

from veilleur.domains.journal.rules.heads import HeadsPlace, Reach, SignedHeads
from veilleur.engines.heads_file.adapter import HeadsFile


def make_signed(number: int) -> SignedHeads:
    return SignedHeads(f'{{"n":{number}}}', b"signature", b"key")


def test_what_was_sent_is_read_back_in_order(tmp_path: Path) -> None:
    destination = HeadsFile(tmp_path / "elsewhere" / "heads.jsonl", tmp_path)
    assert destination.sent() == ()

    for number in (1, 2):
        destination.send(make_signed(number))

    assert destination.sent() == (make_signed(1), make_signed(2))


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"

    HeadsFile(path, tmp_path).send(make_signed(1))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_cut_short_by_a_crash_spoils_neither_what_is_before_nor_what_follows(tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    destination = HeadsFile(path, tmp_path)
    destination.send(make_signed(1))
    with path.open("a") as file:
        file.write('{"document":"{}","sig')

    destination.send(make_signed(2))

    assert destination.sent() == (make_signed(1), make_signed(2))


def test_a_place_that_is_gone_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "share").write_text("a file where the share's folder should be")

    with pytest.raises(OSError, match="share"):
        HeadsFile(tmp_path / "share" / "heads.jsonl", tmp_path).send(make_signed(1))


MOUNTS = """\
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
40 22 0:41 / {share} rw,relatime - nfs4 nas-02:/proofs rw
"""


def test_a_file_on_a_mounted_share_lies_on_another_machine_and_one_beside_the_data_does_not(
    tmp_path: Path,
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.format(share=share))

    far = HeadsFile(share / "heads.jsonl", tmp_path, mounts).place()
    near = HeadsFile(tmp_path / "heads.jsonl", tmp_path, mounts).place()

    assert far == HeadsPlace(str(share / "heads.jsonl"), Reach.OTHER_MACHINE)
    assert near == HeadsPlace(str(tmp_path / "heads.jsonl"), Reach.SAME_DISK)


def test_a_folder_that_is_not_there_is_said_to_be_missing_and_is_not_made(tmp_path: Path) -> None:
    place = HeadsFile(tmp_path / "share" / "heads.jsonl", tmp_path).place()

    assert place.reach is Reach.MISSING
    assert list(tmp_path.iterdir()) == []
