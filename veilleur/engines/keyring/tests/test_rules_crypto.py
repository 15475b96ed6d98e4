"""The envelope: opened by words alone, by no other key, and never after a change."""

import json
from uuid import UUID

import pytest

from veilleur.engines.keyring import crypto
from veilleur.engines.keyring.words import to_words
from veilleur.shared.refusal import Refused

ORGANISATION = UUID(int=1)
PASSWORDS = {UUID(int=10): "premier mot de passe", UUID(int=11): "second"}
ENTROPY = bytes(range(16))
OTHER = bytes(reversed(range(16)))
SALT = b"salt of sixteen."


@pytest.fixture(scope="module")
def envelope() -> bytes:
    return crypto.seal_envelope(ORGANISATION, PASSWORDS, crypto.recovery_public(ENTROPY, SALT))


def changed(envelope: bytes, **parts) -> bytes:
    head = json.loads(envelope.removeprefix(crypto.HEADER))
    return crypto.HEADER + json.dumps({**head, **parts}).encode()


def test_the_words_and_the_envelope_are_enough(envelope: bytes) -> None:
    words = " ".join(to_words(ENTROPY, "fr"))

    assert crypto.open_with_words(envelope, words) == PASSWORDS


def test_the_words_of_another_key_open_nothing(envelope: bytes) -> None:
    words = " ".join(to_words(OTHER, "en"))

    assert crypto.open_with_words(envelope, words) == Refused("other_key")


def test_the_envelope_shows_no_password_and_no_private_key(envelope: bytes) -> None:
    private = crypto.private_key(ENTROPY, SALT).private_bytes_raw()

    assert b"premier" not in envelope
    assert crypto.encode(private).encode() not in envelope


def test_sealing_twice_gives_other_bytes_with_the_same_content(envelope: bytes) -> None:
    again = crypto.seal_envelope(ORGANISATION, PASSWORDS, crypto.recovery_public(ENTROPY, SALT))

    assert again != envelope
    assert crypto.open_envelope(again, ENTROPY) == crypto.open_envelope(envelope, ENTROPY)


def test_a_flipped_bit_of_the_sealed_part_is_noticed(envelope: bytes) -> None:
    sealed = bytearray(crypto.decode(json.loads(envelope.removeprefix(crypto.HEADER))["sealed"]))
    sealed[7] ^= 1

    with pytest.raises(crypto.DamagedEnvelope):
        crypto.open_envelope(changed(envelope, sealed=crypto.encode(bytes(sealed))), ENTROPY)


def test_an_envelope_passed_off_as_another_organisation_s_is_noticed(envelope: bytes) -> None:
    with pytest.raises(crypto.DamagedEnvelope):
        crypto.open_envelope(changed(envelope, organisation=str(UUID(int=2))), ENTROPY)


@pytest.mark.parametrize(
    "bytes_",
    [
        b"",
        b"veilleur-envelope 2\n{}",
        crypto.HEADER,
        crypto.HEADER + b"[]",
        crypto.HEADER + b'{"sealed": "AA=="}',
    ],
)
def test_what_is_no_envelope_is_refused_in_words(bytes_: bytes) -> None:
    with pytest.raises(crypto.DamagedEnvelope):
        crypto.open_envelope(bytes_, ENTROPY)


def test_an_envelope_cannot_ask_for_all_the_memory(envelope: bytes) -> None:
    kdf = {"name": "scrypt", "n": 2**30, "r": 8, "p": 1, "salt": crypto.encode(SALT)}

    with pytest.raises(crypto.DamagedEnvelope):
        crypto.open_envelope(changed(envelope, kdf=kdf), ENTROPY)


def test_what_is_sealed_at_rest_opens_under_its_own_name_only() -> None:
    sealed = crypto.seal_at_rest(bytes(32), b"secret", "one")

    assert crypto.open_at_rest(bytes(32), sealed, "one") == b"secret"
    with pytest.raises(crypto.InvalidTag):
        crypto.open_at_rest(bytes(32), sealed, "two")
