"""What is sealed opens for its purpose and owner, whole, and while its generation is kept."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veilleur.engines.keyring.crypto import encode, seal_at_rest
from veilleur.engines.keyring.generations import (
    DamagedSecret,
    Ring,
    UnknownGeneration,
    first_ring,
    ring_from_bytes,
    ring_to_bytes,
)

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
MINE, THEIRS = "organisation 1", "organisation 2"
RING = first_ring(NOW)
SEALED = RING.seal("directory", MINE, b"the bind password")


def followed(ring: Ring = RING) -> Ring:
    return ring.followed(os.urandom(32), LATER)


def test_a_value_names_its_generation_and_shows_nothing() -> None:
    assert SEALED.startswith(f"v2:{RING.present.id.hex}:")
    assert "bind" not in SEALED
    assert RING.seal("directory", MINE, b"the bind password") != SEALED
    assert RING.open("directory", MINE, SEALED) == b"the bind password"


@pytest.mark.parametrize(
    ("purpose", "owner"), [("provider", MINE), ("directory", THEIRS), ("directory", ""), ("", MINE)]
)
def test_a_value_of_one_purpose_or_organisation_is_of_no_use_in_another(purpose: str, owner: str) -> None:
    with pytest.raises(DamagedSecret):
        RING.open(purpose, owner, SEALED)
    with pytest.raises(DamagedSecret):
        followed().renewed(purpose, owner, SEALED)


def test_purpose_and_owner_cannot_be_shifted_into_each_other() -> None:
    sealed = RING.seal("ab", "c", b"x")

    with pytest.raises(DamagedSecret):
        RING.open("a", "bc", sealed)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, len(SEALED) - 1), letter=st.sampled_from("A9:+/=fz\n"))
def test_a_changed_letter_anywhere_opens_nothing_else(place: int, letter: str) -> None:
    changed = SEALED[:place] + letter + SEALED[place + 1 :]

    try:
        opened = RING.open("directory", MINE, changed)
    except (DamagedSecret, UnknownGeneration):
        return
    # Of base64's last letter some bits count for nothing: the very same bytes were sealed.
    assert opened == b"the bind password"


@settings(max_examples=40, deadline=None)
@given(length=st.integers(0, len(SEALED) - 1), tail=st.text("AB:=", max_size=4))
def test_a_value_that_is_cut_or_longer_opens_nothing(length: int, tail: str) -> None:
    for changed in (SEALED[:length], SEALED + "AAAA" + tail):
        with pytest.raises((DamagedSecret, UnknownGeneration)):
            RING.open("directory", MINE, changed)


def test_the_key_of_one_value_does_not_open_the_content_of_another() -> None:
    other = RING.seal("directory", MINE, b"another password")
    way, generation, key, _content = SEALED.split(":")

    with pytest.raises(DamagedSecret):
        RING.open("directory", MINE, ":".join((way, generation, key, other.split(":")[3])))


def test_a_value_of_an_older_generation_opens_until_that_one_is_removed() -> None:
    ring = followed()

    assert ring.open("directory", MINE, SEALED) == b"the bind password"
    renewed = ring.renewed("directory", MINE, SEALED)
    assert renewed is not None
    assert ring.is_present(renewed)
    # Only the key is sealed anew: the content is not touched by a rotation.
    assert renewed.split(":")[3] == SEALED.split(":")[3]
    assert ring.renewed("directory", MINE, renewed) is None

    alone = ring.alone()
    assert alone.open("directory", MINE, renewed) == b"the bind password"
    with pytest.raises(UnknownGeneration):
        alone.open("directory", MINE, SEALED)


def test_an_old_value_does_not_pass_for_one_of_the_present_generation() -> None:
    ring = followed()
    way, _generation, key, content = SEALED.split(":")
    renamed = ":".join((way, ring.present.id.hex, key, content))

    with pytest.raises(DamagedSecret):
        ring.open("directory", MINE, renamed)


def test_values_of_a_veilleur_before_generations_open_and_are_bound_to_their_owner_when_renewed() -> None:
    key = os.urandom(32)
    before = ring_from_bytes(key, NOW)
    sealed = "v1:" + encode(seal_at_rest(key, b"old", "secret:totp"))

    assert before.open("secret:totp", MINE, sealed) == b"old"
    renewed = followed(before).renewed("secret:totp", MINE, sealed)
    assert renewed is not None
    assert followed(before).generations[0].id == before.present.id
    # The first way of sealing means nothing where no key of before is kept: nobody goes back to it.
    with pytest.raises(UnknownGeneration):
        followed(before).alone().open("secret:totp", MINE, sealed)
    with pytest.raises(UnknownGeneration):
        RING.open("secret:totp", MINE, sealed)


def test_a_ring_comes_back_from_its_file_and_shows_no_key_in_words() -> None:
    ring = followed()

    assert ring_from_bytes(ring_to_bytes(ring), NOW) == ring
    assert repr(ring.present.key) not in repr(ring)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"format": 3,   "generations": []}',
        b'{"format": 2,   "generations": []}',
        ring_to_bytes(RING)[:-5],
        ring_to_bytes(RING) + b"}",
        ring_to_bytes(Ring(followed().generations[:1])),
        ring_to_bytes(Ring(followed().generations[::-1])),
    ],
)
def test_what_is_no_file_of_generations_is_not_taken_for_one(content: bytes) -> None:
    with pytest.raises(ValueError):
        ring_from_bytes(content, NOW)
