"""The envelope: opened by words alone, by no other key, and never after a change."""

import json
from dataclasses import replace
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
    return crypto.seal_envelope(ORGANISATION, PASSWORDS, crypto.sealing_key(ENTROPY, SALT))


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
    private, kept = crypto.opening_key(ENTROPY, SALT)

    assert b"premier" not in envelope
    for secret in (private.private_bytes_raw(), kept.voucher):
        assert crypto.encode(secret).encode() not in envelope
    assert repr(kept.voucher) not in repr(kept)


def test_sealing_twice_gives_other_bytes_with_the_same_content(envelope: bytes) -> None:
    again = crypto.seal_envelope(ORGANISATION, PASSWORDS, crypto.sealing_key(ENTROPY, SALT))

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
        crypto.HEADER + b"[" * 100_000,
    ],
)
def test_what_is_no_envelope_is_refused_in_words(bytes_: bytes) -> None:
    with pytest.raises(crypto.DamagedEnvelope):
        crypto.open_envelope(bytes_, ENTROPY)


@pytest.mark.parametrize(
    "asked",
    [
        {"n": 2**20, "r": 32, "p": 8},  # four gigabytes and a minute
        {"n": 2**16},
        {"r": 32},
        {"p": 8},
        {"n": 2**15 + 1},  # no power of two
        {"n": 2**14},
        {"n": float(2**15)},
        {"n": "32768"},
        {"p": True},
        {"salt": crypto.encode(bytes(1_000_000))},
    ],
    ids=str,
)
def test_an_envelope_asks_for_as_much_memory_and_time_as_ours_do(
    envelope: bytes, asked: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    kdf = {"name": "scrypt", **crypto.COST, "salt": crypto.encode(SALT), **asked}
    monkeypatch.setattr(crypto, "Scrypt", lambda **_: pytest.fail("something was derived"))

    with pytest.raises(crypto.DamagedEnvelope):
        crypto.open_envelope(changed(envelope, kdf=kdf), ENTROPY)


def test_an_envelope_that_somebody_else_sealed_to_the_same_key_is_told_apart(envelope: bytes) -> None:
    organisation, recipient = crypto.envelope_recipient(envelope)
    stranger = replace(recipient, voucher=crypto.sealing_key(OTHER, SALT).voucher)
    forged = crypto.seal_envelope(organisation, {UUID(int=10): "the stranger's"}, stranger)

    with pytest.raises(crypto.ForgedEnvelope):
        crypto.open_envelope(forged, ENTROPY)


def test_an_envelope_that_nobody_vouches_for_is_none(envelope: bytes) -> None:
    head = json.loads(envelope.removeprefix(crypto.HEADER))
    del head["vouched"]

    with pytest.raises(crypto.DamagedEnvelope):
        crypto.open_envelope(crypto.HEADER + json.dumps(head).encode(), ENTROPY)


def test_what_vouches_is_only_in_the_words_and_where_they_were_issued(envelope: bytes) -> None:
    organisation, recipient = crypto.envelope_recipient(envelope)

    assert recipient == crypto.sealing_key(ENTROPY, SALT)
    assert recipient.voucher == b""
    with pytest.raises(ValueError, match="vouch"):
        crypto.seal_envelope(organisation, PASSWORDS, recipient)


def test_an_envelope_whose_fresh_key_is_none_is_damaged(envelope: bytes) -> None:
    with pytest.raises(crypto.DamagedEnvelope):
        crypto.open_envelope(changed(envelope, ephemeral=crypto.encode(bytes(32))), ENTROPY)


def test_what_is_sealed_at_rest_opens_under_its_own_name_only() -> None:
    sealed = crypto.seal_at_rest(bytes(32), b"secret", "one")

    assert crypto.open_at_rest(bytes(32), sealed, "one") == b"secret"
    with pytest.raises(crypto.InvalidTag):
        crypto.open_at_rest(bytes(32), sealed, "two")
