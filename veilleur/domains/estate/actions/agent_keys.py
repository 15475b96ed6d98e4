"""Writes of the keys by which agents report: made, revoked, used."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from veilleur.domains.estate.facts import AgentKeyMade, AgentKeyRevoked
from veilleur.domains.estate.models import AgentKey
from veilleur.domains.estate.rules.agents import (
    KEY_RANDOM_BYTES,
    MOST_KEYS,
    USE_STEP,
    digest_of_key,
    shown_part,
    written_key,
)
from veilleur.domains.journal.actions import record, recorded
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@recorded
def make_agent_key(*, now: datetime, actor: Actor, organisation_id: int, name: str) -> str | Refused:
    """Return a new key for agents, shown this once: only its digest is kept.

    Refuse "name_missing" and "too_many_keys".
    """
    called = name.strip()
    if not called:
        return Refused("name_missing")
    keys = AgentKey.objects.of(organisation_id)
    if keys.filter(revoked_at=None).count() >= MOST_KEYS:
        return Refused("too_many_keys")
    key = written_key(secrets.token_bytes(KEY_RANDOM_BYTES))
    row = AgentKey(
        organisation_id=organisation_id,
        public_id=new_id(now),
        name=called,
        key_digest=digest_of_key(key),
        shown=shown_part(key),
        made_at=now,
    )
    row.save(force_insert=True)
    record(AgentKeyMade(called), subject=row.public_id, organisation_id=organisation_id)
    return key


@recorded
def revoke_agent_key(*, now: datetime, actor: Actor, organisation_id: int, key: UUID) -> Refused | None:
    """Have a key open nothing any more; once revoked it stays so. Refuse "no_such_key"."""
    row = AgentKey.objects.of(organisation_id).filter(public_id=key).first()
    if row is None:
        return Refused("no_such_key")
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        record(AgentKeyRevoked(row.name), subject=row.public_id, organisation_id=organisation_id)
    return None


@recorded
def note_agent_key_used(*, now: datetime, actor: Actor, key: int) -> None:
    """Keep when a key was used, to the hour. A use is no fact: nothing is journalled."""
    rows = AgentKey.objects.across_organisations("whoever comes by a key is of its organisation")
    rows.filter(Q(last_used_at=None) | Q(last_used_at__lte=now - USE_STEP), pk=key).update(last_used_at=now)
