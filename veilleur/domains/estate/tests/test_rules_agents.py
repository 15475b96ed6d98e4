"""What an agent key looks like, and when its use is worth a note."""

from datetime import UTC, datetime, timedelta

import pytest

from veilleur.domains.estate.rules.agents import (
    KEY_RANDOM_BYTES,
    USE_STEP,
    digest_of_key,
    is_key,
    is_use_to_note,
    shown_part,
    written_key,
)

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
KEY = written_key(bytes(range(KEY_RANDOM_BYTES)))


def test_a_key_is_known_by_its_form_and_kept_by_its_digest() -> None:
    assert KEY == "vag_000102030405060708090a0b0c0d0e0f10111213"
    assert is_key(KEY)
    assert shown_part(KEY) == "vag_0001"
    assert len(digest_of_key(KEY)) == 64


@pytest.mark.parametrize(
    "text", ["", "vag_", KEY[:-1], KEY + "0", KEY.upper(), "x" * 44, KEY[:-1] + "g", KEY + "\n"]
)
def test_what_is_no_key_is_not_looked_up(text: str) -> None:
    assert not is_key(text)


@pytest.mark.parametrize(
    ("before", "is_noted"), [(None, True), (NOW, False), (NOW - USE_STEP + timedelta(seconds=1), False),
                             (NOW - USE_STEP, True)]
)  # fmt: skip
def test_a_use_is_noted_once_an_hour(before: datetime | None, is_noted: bool) -> None:
    assert is_use_to_note(before, NOW) is is_noted
