"""The end of every recorded action: lock the heads in key order, chain the facts to them, move the heads."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, connections

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
_FIELDS = Entry._meta.concrete_fields
_READ = (
    "SELECT key, organisation, epoch, sequence, hash FROM journal_chainhead WHERE key IN ({marks})"
    " ORDER BY key{lock}"
)
# A row's lock goes to whoever comes by when it is let go, not to the one that has waited longest: among many
# writers of one organisation some would starve. An advisory lock is a queue; the row's lock stays the
# guarantee. The first number keeps the journal's queues apart from anybody else's.
_QUEUE = "SELECT pg_advisory_xact_lock(1785688430, key) FROM unnest(%s::int[]) AS key; "
_INSERT = f"INSERT INTO journal_entry ({', '.join(str(field.column) for field in _FIELDS)}) VALUES "  # noqa: S608
_ROW = f"({', '.join(['%s'] * len(_FIELDS))})"
_MOVE = "UPDATE journal_chainhead SET sequence = %s, hash = %s WHERE key = %s"
# One statement where the database allows it: each answer that is waited for prolongs the time that the heads
# are held, and with it everybody's wait.
_MOVE_AND_INSERT = f"WITH moved AS ({_MOVE}) {_INSERT}"
_BATCH = 500


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


@dataclass(frozen=True)
class _ReadyFact:
    """A fact with all that needs no head."""

    fact: PendingFact
    id: UUID
    salt: bytes
    digest: bytes


@dataclass
class _Head:
    """A locked head while facts are chained to it; built by hand, see `_locked`."""

    key: int
    organisation: UUID
    epoch: int
    sequence: int
    hash: bytes


def append(facts: Sequence[PendingFact], *, now: datetime, actor: Actor) -> None:
    """Append the facts to their chains, in the order they were recorded. No facts, no lock, no query."""
    if not facts:
        return
    # All that needs no head is done before the heads are held.
    ready = [_ready(fact, now) for fact in facts]
    heads = lock_heads({fact.organisation_key for fact in facts})
    rows = [_chained(heads[one.fact.organisation_key], one, now, actor) for one in ready]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(heads) == 1 and len(rows) <= _BATCH:
            (head,) = heads.values()
            values = [head.sequence, head.hash, head.key, *chain.from_iterable(rows)]
            cursor.execute(_MOVE_AND_INSERT + ", ".join([_ROW] * len(rows)), values)
            return
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            cursor.execute(_INSERT + ", ".join([_ROW] * len(batch)), list(chain.from_iterable(batch)))
        for head in heads.values():
            cursor.execute(_MOVE, (head.sequence, head.hash, head.key))


def _ready(fact: PendingFact, now: datetime) -> _ReadyFact:
    salt = secrets.token_bytes(_SALT_BYTES)
    return _ReadyFact(fact, new_id(now), salt, body_digest(salt, fact.body))


def _chained(head: _Head, ready: _ReadyFact, now: datetime, actor: Actor) -> list[Any]:
    """Chain a fact to its head, which moves, and return its row."""
    fact = ready.fact
    header = Header(
        id=ready.id,
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
        body_digest=ready.digest,
        previous_hash=head.hash,
    )
    head.sequence, head.hash = header.sequence, entry_hash(header)
    return _prepared({**vars(header), "body": fact.body, "salt": ready.salt, "hash": head.hash})


def lock_heads(keys: Iterable[int]) -> dict[int, _Head]:
    """Return the heads of these organisations, locked in key order; an organisation's first is made here.

    Raise KeyError for an organisation that does not exist.
    """
    wanted = sorted(keys)
    heads = _locked(wanted)
    missing = [key for key in wanted if key not in heads]
    if missing:
        # Another first fact of the same organisation may be on its way: whoever comes second finds its head.
        ChainHead.objects.bulk_create(_first_heads(missing), ignore_conflicts=True)
        heads = _locked(wanted)
    return heads


def _locked(keys: Sequence[int]) -> dict[int, _Head]:
    # By hand: building these three statements by the ORM takes longer than running them, and every writer of
    # the organisation waits meanwhile.
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    read = _READ.format(marks=", ".join(["%s"] * len(keys)), lock=lock)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Two statements, sent and answered as one: the second sees what was committed during the first.
            cursor.execute(_QUEUE + read, [list(keys), *keys])
            cursor.nextset()
        else:
            cursor.execute(read, keys)
        rows = cursor.fetchall()
    return {row[0]: _Head(row[0], _uuid(row[1]), row[2], row[3], bytes(row[4])) for row in rows}


def _prepared(entry: Mapping[str, Any]) -> list[Any]:
    # Looked up once: `connection` finds the thread's own anew each time that it is touched.
    database = connections[DEFAULT_DB_ALIAS]
    return [field.get_db_prep_value(entry[field.name], database) for field in _FIELDS]


def _uuid(value: UUID | str) -> UUID:
    # SQLite keeps UUIDs as text.
    return value if isinstance(value, UUID) else UUID(value)


def _first_heads(keys: Sequence[int]) -> list[ChainHead]:
    organisations = apps.get_model("organisations", "Organisation").objects
    public_ids = dict(organisations.filter(pk__in=keys).values_list("pk", "public_id")) | {0: INSTALLATION}
    return [ChainHead(key=key, organisation=public_ids[key], hash=FIRST_HASH) for key in keys]
