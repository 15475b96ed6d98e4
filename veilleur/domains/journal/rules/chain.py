"""The hash chain: how an entry's hash follows from its header, and its header from its body's digest."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from veilleur.domains.journal.rules.canonical import JSON, canonical_json

# The chain of facts that belong to no organisation: a failed sign-in, a process that died.
INSTALLATION = UUID(int=0)
FIRST_HASH = bytes(32)

# Stands for what is not known yet: no header holds it.
_UNKNOWN = "\0"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_us(instant: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970 UTC."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def from_us(microseconds: int) -> datetime:
    """Return the aware UTC instant of whole microseconds since 1970 UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


@dataclass(frozen=True)
class Header:
    """All of an entry that its hash covers: everything but body and salt. Instants in UTC microseconds."""

    id: UUID
    organisation: UUID
    epoch: int
    sequence: int
    occurred_at_us: int
    recorded_at_us: int
    actor: str
    origin: str
    kind: str
    version: int
    subject: UUID | None
    body_digest: bytes
    previous_hash: bytes


def body_digest(salt: bytes, body: str) -> bytes:
    """Return SHA-256(salt + canonical body): says nothing about a body once the salt is erased."""
    return hashlib.sha256(salt + body.encode()).digest()


def entry_hash(header: Header) -> bytes:
    """Return SHA-256 of the canonical JSON of a header; identities and bytes as lower-case text."""
    return hashlib.sha256(canonical_json(_covered(header)).encode()).digest()


def text_around_the_head(header: Header) -> list[str]:
    """Return the five pieces of the text that an entry's hash covers, between what its head alone knows.

    Between them stand, in this order: epoch, organisation, previous hash, sequence; text in quotation marks.
    What the header says of these four does not matter. So a database can chain an entry by itself.
    """
    unknown: dict[str, JSON] = dict.fromkeys(("epoch", "organisation", "previous_hash", "sequence"), _UNKNOWN)
    pieces = canonical_json(_covered(header) | unknown).split(json.dumps(_UNKNOWN))
    assert len(pieces) == len(unknown) + 1, "a control character in a header"
    return pieces


def _covered(header: Header) -> dict[str, JSON]:
    return {
        "id": str(header.id),
        "organisation": str(header.organisation),
        "epoch": header.epoch,
        "sequence": header.sequence,
        "occurred_at_us": header.occurred_at_us,
        "recorded_at_us": header.recorded_at_us,
        "actor": header.actor,
        "origin": header.origin,
        "kind": header.kind,
        "version": header.version,
        "subject": None if header.subject is None else str(header.subject),
        "body_digest": header.body_digest.hex(),
        "previous_hash": header.previous_hash.hex(),
    }
