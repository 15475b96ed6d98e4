"""Acts upon a chain itself: a new epoch after a restore, erasure of bodies, heads that went out signed."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.actions.appending import lock_heads
from veilleur.domains.journal.actions.recording import record, recorded
from veilleur.domains.journal.facts import BodiesErased, EpochOpened
from veilleur.domains.journal.models import ChainHead, Entry, HeadExport
from veilleur.domains.journal.rules.chain import to_us
from veilleur.domains.journal.rules.heads import ExportedHead, SignedHeads
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@recorded
def open_epoch(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int | None,
    reason: str,
    last_exported: ExportedHead | None,
) -> int:
    """Open a new epoch on a chain that a restore brought back, and return its number.

    `last_exported` is the newest head known outside the database: what the chain lost against it is thereby
    declared. All entries before are history from now on: no reader acts on the world for them.
    """
    key = organisation_id or 0
    present = lock_heads([key])[key].epoch
    epoch = max(present, last_exported.epoch if last_exported else 0) + 1
    ChainHead.objects.filter(key=key).update(epoch=epoch)
    fact = EpochOpened(
        reason=reason,
        lost_epoch=last_exported.epoch if last_exported else None,
        lost_sequence=last_exported.sequence if last_exported else None,
        lost_hash=last_exported.hash if last_exported else None,
    )
    record(fact, subject=None, organisation_id=organisation_id)
    return epoch


@recorded
def erase_bodies(
    *, now: datetime, actor: Actor, organisation_id: int | None, entries: Collection[UUID], reason: str
) -> Refused | None:
    """Erase the bodies of these entries for good, and say so in the chain, which still verifies.

    Refused("not_erasable") when one of them is not of this chain, or is of the journal's own kinds, whose
    bodies explain the chain to whoever verifies it.
    """
    organisation = ChainHead.objects.filter(key=organisation_id or 0).values("organisation")
    rows = Entry.objects.filter(organisation__in=organisation, pk__in=entries)
    rows = rows.exclude(kind__startswith="journal.")
    if rows.count() != len(set(entries)):
        return Refused("not_erasable")
    rows.update(body=None, salt=None)
    fact = BodiesErased(entries=tuple(sorted(set(entries))), reason=reason)
    record(fact, subject=None, organisation_id=organisation_id)
    return None


@recorded
def keep_export(*, now: datetime, actor: Actor, signed: SignedHeads) -> None:
    """Keep signed heads that went out: verification goes on from them."""
    HeadExport.objects.create(
        exported_at_us=to_us(now),
        document=signed.document,
        signature=signed.signature,
        public_key=signed.public_key,
    )
