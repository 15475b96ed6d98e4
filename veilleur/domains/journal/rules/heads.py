"""Exported heads: the document that is signed and leaves the machine, and how it is read back."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from veilleur.domains.journal.rules.canonical import JSON, canonical_json

FORMAT = "veilleur-journal-heads/1"


class Reach(StrEnum):
    """How far from this machine a place for heads lies: whoever has the machine has what is on it."""

    MAILBOX = "mailbox"
    OTHER_MACHINE = "other_machine"
    OTHER_DISK = "other_disk"
    SAME_DISK = "same_disk"
    MISSING = "missing"


@dataclass(frozen=True)
class HeadsPlace:
    """Where heads are sent: the name people know it by (a path, an address), and how far that is."""

    name: str
    reach: Reach


@dataclass(frozen=True)
class ExportedHead:
    """The end of one chain as it was when it went out; `hash` in hexadecimal."""

    organisation: UUID
    epoch: int
    sequence: int
    hash: str


@dataclass(frozen=True)
class SignedHeads:
    """A document of heads, canonical JSON, with its Ed25519 signature and the key that made it."""

    document: str
    signature: bytes
    public_key: bytes

    @property
    def heads(self) -> tuple[ExportedHead, ...]:
        """Return the heads that the document names, by organisation; ValueError for another format."""
        content = json.loads(self.document)
        if content.get("format") != FORMAT:
            raise ValueError(f"not a document of the format {FORMAT}")
        return tuple(
            ExportedHead(UUID(head["organisation"]), head["epoch"], head["sequence"], head["hash"])
            for head in content["heads"]
        )

    @property
    def exported_at(self) -> datetime:
        """Return the instant the document gives for its making."""
        return datetime.fromisoformat(json.loads(self.document)["exported_at"])

    @property
    def is_readable(self) -> bool:
        """Return whether the document is one of heads: before its signature is known it may be anything."""
        try:
            return bool(self.heads) and self.exported_at.tzinfo is not None
        except (ValueError, AttributeError, KeyError, TypeError):
            return False


def heads_document(heads: Iterable[ExportedHead], exported_at: datetime) -> str:
    """Return the canonical JSON of these heads, by organisation: the very text that is signed."""
    listed: list[JSON] = [
        {
            "organisation": str(head.organisation),
            "epoch": head.epoch,
            "sequence": head.sequence,
            "hash": head.hash,
        }
        for head in sorted(heads, key=lambda head: head.organisation)
    ]
    instant = exported_at.astimezone(UTC).isoformat(timespec="seconds")
    return canonical_json({"format": FORMAT, "exported_at": instant, "heads": listed})


def to_line(signed: SignedHeads) -> str:
    """Return signed heads as one line of JSON: how a file keeps them and a mail carries them."""
    return canonical_json(
        {
            "document": signed.document,
            "signature": signed.signature.hex(),
            "public_key": signed.public_key.hex(),
        }
    )


def from_line(line: str) -> SignedHeads:
    """Return the signed heads of one line; ValueError when it is none."""
    try:
        content = json.loads(line)
        signed = SignedHeads(
            content["document"], bytes.fromhex(content["signature"]), bytes.fromhex(content["public_key"])
        )
    except (KeyError, TypeError) as error:
        raise ValueError("not a line of signed heads") from error
    return signed
