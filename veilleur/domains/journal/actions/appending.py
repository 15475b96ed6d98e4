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

from veilleur.domains.journal.actions.at_once import QUEUE, append_at_once
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
_INSERT = f"INSERT INTO journal_entry ({', '.join(str(field.column) for field in _FIELDS)}) VALUES "  # noqa: S608
_ROW = f"({', '.join(['%s'] * len(_FIELDS))})"
_MOVE = "UPDATE journal_chainhead SET sequence = %s, hash = %s WHERE key = %s"
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
    if connection.vendor == "postgresql" and len(ready) == 1 and _was_appended_at_once(ready[0], now, actor):
        return
    heads = lock_heads({fact.organisation_key for fact in facts})
    rows = [_chained(heads[one.fact.organisation_key], one, now, actor) for one in ready]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            cursor.execute(_INSERT + ", ".join([_ROW] * len(batch)), list(chain.from_iterable(batch)))
        for head in heads.values():
            cursor.execute(_MOVE, (head.sequence, head.hash, head.key))


def _ready(fact: PendingFact, now: datetime) -> _ReadyFact:
    salt = secrets.token_bytes(_SALT_BYTES)
    return _ReadyFact(fact, new_id(now), salt, body_digest(salt, fact.body))


def _was_appended_at_once(ready: _ReadyFact, now: datetime, actor: Actor) -> bool:
    key = ready.fact.organisation_key
    header = _header(_Head(key, INSTALLATION, 0, 0, FIRST_HASH), ready, now, actor)
    return append_at_once(key, header, {"body": ready.fact.body, "salt": ready.salt})


def _chained(head: _Head, ready: _ReadyFact, now: datetime, actor: Actor) -> list[Any]:
    """Chain a fact to its head, which moves, and return its row."""
    header = _header(head, ready, now, actor)
    head.sequence, head.hash = header.sequence, entry_hash(header)
    return _prepared({**vars(header), "body": ready.fact.body, "salt": ready.salt, "hash": head.hash})


def _header(head: _Head, ready: _ReadyFact, now: datetime, actor: Actor) -> Header:
    fact = ready.fact
    return Header(
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
            # Statements sent and answered as one: the last sees what was committed during those before it.
            cursor.execute(QUEUE * len(keys) + read, [*keys, *keys])
            for _ in keys:
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
