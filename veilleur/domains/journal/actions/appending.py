"""The end of every recorded action: lock the heads in key order, chain the facts to them, move the heads."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.apps import apps

from veilleur.domains.journal.models import ChainHead, Entry
from veilleur.domains.journal.rules.chain import (
    FIRST_HASH,
    INSTALLATION,
    Header,
    body_digest,
    entry_hash,
    to_us,
)
from veilleur.shared.ids import new_id
from veilleur.shared.viewer import Actor

_SALT_BYTES = 16


@dataclass(frozen=True)
class PendingFact:
    """A fact waiting for the end of its transaction; `body` is canonical JSON."""

    organisation_key: int
    subject: UUID | None
    kind: str
    version: int
    body: str
    occurred_at: datetime
    origin: str


def append(facts: Sequence[PendingFact], *, now: datetime, actor: Actor) -> None:
    """Append the facts to their chains, in the order they were recorded. No facts, no lock, no query."""
    if not facts:
        return
    # All that needs no head is done before the heads are held.
    salted = [
        (fact, salt := secrets.token_bytes(_SALT_BYTES), body_digest(salt, fact.body)) for fact in facts
    ]
    heads = lock_heads({fact.organisation_key for fact in facts})
    entries = []
    for fact, salt, digest in salted:
        entries.append(_chain(heads[fact.organisation_key], fact, salt, digest, now, actor))
    Entry.objects.bulk_create(entries, batch_size=500)
    for head in heads.values():
        head.save(force_update=True, update_fields=["epoch", "sequence", "hash"])


def _chain(
    head: ChainHead, fact: PendingFact, salt: bytes, digest: bytes, now: datetime, actor: Actor
) -> Entry:
    header = Header(
        id=new_id(now),
        organisation=head.organisation,
        epoch=head.epoch,
        sequence=head.sequence + 1,
        occurred_at_us=to_us(fact.occurred_at),
        recorded_at_us=to_us(now),
        actor=actor.pseudonym,
        origin=str(fact.origin),
        kind=fact.kind,
        version=fact.version,
        subject=fact.subject,
        body_digest=digest,
        previous_hash=bytes(head.hash),
    )
    head.sequence, head.hash = header.sequence, entry_hash(header)
    return Entry(**vars(header), body=fact.body, salt=salt, hash=head.hash)


def lock_heads(keys: Iterable[int]) -> dict[int, ChainHead]:
    """Return the heads of these organisations, locked in key order; an organisation's first is made here."""
    wanted = sorted(keys)
    heads = _locked(wanted)
    missing = [key for key in wanted if key not in heads]
    if missing:
        # Another first fact of the same organisation may be on its way: whoever comes second finds its head.
        ChainHead.objects.bulk_create(_first_heads(missing), ignore_conflicts=True)
        heads = _locked(wanted)
    return heads


def _locked(keys: Sequence[int]) -> dict[int, ChainHead]:
    return {
        head.key: head for head in ChainHead.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    }


def _first_heads(keys: Sequence[int]) -> list[ChainHead]:
    organisations = apps.get_model("organisations", "Organisation").objects
    public_ids = dict(organisations.filter(pk__in=keys).values_list("pk", "public_id")) | {0: INSTALLATION}
    return [ChainHead(key=key, organisation=public_ids[key], hash=FIRST_HASH) for key in keys]
