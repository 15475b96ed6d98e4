"""The hash chain's arithmetic, fixed for ever by known values."""

import hashlib
from dataclasses import fields, replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from veilleur.domains.journal.rules.chain import (
    Header,
    body_digest,
    entry_hash,
    from_us,
    text_around_the_head,
    to_us,
)

HEADER = Header(
    id=UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    organisation=UUID("11111111-1111-7111-8111-111111111111"),
    epoch=1,
    sequence=7,
    occurred_at_us=1_700_000_000_000_001,
    recorded_at_us=1_700_000_000_000_002,
    actor="anna",
    origin="live",
    kind="sample.noted",
    version=1,
    subject=None,
    body_digest=bytes(range(32)),
    previous_hash=bytes(32),
)


def test_the_hash_is_taken_over_exactly_this_text() -> None:
    text = (
        '{"actor":"anna","body_digest":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",'
        '"epoch":1,"id":"01890a5d-ac96-774b-bcce-b302099a8057","kind":"sample.noted",'
        '"occurred_at_us":1700000000000001,"organisation":"11111111-1111-7111-8111-111111111111",'
        f'"origin":"live","previous_hash":"{"0" * 64}","recorded_at_us":1700000000000002,'
        '"sequence":7,"subject":null,"version":1}'
    )

    assert entry_hash(HEADER) == hashlib.sha256(text.encode()).digest()


CHANGES = {
    "id": UUID(int=5),
    "organisation": UUID(int=6),
    "epoch": 2,
    "sequence": 8,
    "occurred_at_us": 0,
    "recorded_at_us": 0,
    "actor": "ben",
    "origin": "demo",
    "kind": "sample.moved",
    "version": 2,
    "subject": UUID(int=7),
    "body_digest": bytes(32),
    "previous_hash": bytes(range(32)),
}


@pytest.mark.parametrize("name", [field.name for field in fields(Header)])
def test_every_field_of_the_header_is_covered_by_the_hash(name: str) -> None:
    assert entry_hash(replace(HEADER, **{name: CHANGES[name]})) != entry_hash(HEADER)


@pytest.mark.parametrize("actor", ["anna", 'a "b" \\ é', "\u2028\x1f"])
def test_the_text_comes_in_pieces_to_a_database_that_knows_the_head(actor: str) -> None:
    header = replace(HEADER, actor=actor, subject=UUID(int=7))
    blank = replace(header, organisation=UUID(int=0), epoch=0, sequence=0, previous_hash=b"")

    pieces = text_around_the_head(blank)

    values = ["1", f'"{header.organisation}"', f'"{header.previous_hash.hex()}"', "7", ""]
    text = "".join(piece + value for piece, value in zip(pieces, values, strict=True))
    assert hashlib.sha256(text.encode()).digest() == entry_hash(header)


def test_a_digest_of_a_body_needs_its_salt() -> None:
    assert body_digest(b"salt", '{"a":"é"}') == hashlib.sha256('salt{"a":"é"}'.encode()).digest()


def test_instants_are_whole_microseconds_both_ways() -> None:
    instant = datetime(2026, 10, 25, 1, 2, 3, 456789, tzinfo=UTC)

    assert from_us(to_us(instant)) == instant
    assert to_us(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)) == 1_000_000
