"""The list of erasures beside a repository: what its password vouches for, and nothing else."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from veilleur.domains.backups.rules.erasures import DoneErasure, read_list, written_list

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
FIRST, SECOND = (DoneErasure(UUID(int=1), UUID(int=n), AT + timedelta(days=n)) for n in (2, 3))


def test_a_list_reads_back_and_is_equal_for_equal_erasures() -> None:
    written = written_list([SECOND, FIRST, FIRST], "secret")

    assert read_list(written, "secret") == (FIRST, SECOND)
    assert written == written_list([FIRST, SECOND], "secret")


def test_a_list_that_another_password_wrote_is_not_believed() -> None:
    assert read_list(written_list([FIRST], "theirs"), "ours") is None


@pytest.mark.parametrize("spoilt", [b"", b"x", b"\xff\xfe", b"[1]\n00", b'{"erasures":[{}]}\n00'])
def test_what_is_no_list_is_not_believed(spoilt: bytes) -> None:
    assert read_list(spoilt, "secret") is None


@pytest.mark.parametrize("place", range(0, 200, 17))
def test_one_changed_byte_makes_a_list_worth_nothing(place: int) -> None:
    written = bytearray(written_list([FIRST], "secret"))
    written[place % len(written)] ^= 1

    assert read_list(bytes(written), "secret") is None
