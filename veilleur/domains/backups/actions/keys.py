"""Writes about the recovery key: what people did with it. Its words never come near a table."""

from datetime import datetime
from uuid import UUID

from veilleur.domains.backups.actions.plans import ask_sealing
from veilleur.domains.backups.facts import RecoveryKeyIssued, RecoveryKeyTestedAlone, RecoveryKeyTypedBack
from veilleur.domains.backups.models import RecoveryKey
from veilleur.domains.journal.actions import record, recorded
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@recorded
def issue_recovery_key(
    *, now: datetime, actor: Actor, organisation_id: int, organisation: UUID
) -> RecoveryKey:
    """Keep that a recovery key was issued; the one before is replaced, and envelopes are sealed to both until
    the new one has been tried alone.

    The caller asked KeyKeeper.issue_recovery_key for the words just before, shows them once and forgets them.
    `organisation` is the public id.
    """
    before = _present(organisation_id)
    if before is not None:
        before.replaced_at = now
        before.save(update_fields=["replaced_at"])
    key = RecoveryKey(organisation_id=organisation_id, public_id=new_id(now), issued_at=now)
    key.save(force_insert=True)
    record(
        RecoveryKeyIssued(replaces=before.public_id if before else None),
        subject=key.public_id,
        organisation_id=organisation_id,
    )
    ask_sealing(now=now, actor=actor, organisation=organisation)
    return key


@recorded
def record_typed_back(*, now: datetime, actor: Actor, organisation_id: int) -> Refused | None:
    """Keep that a person typed the present key back; KeyKeeper.stage_words has just accepted the words.

    Refused with `no_recovery_key`.
    """
    key = _present(organisation_id)
    if key is None:
        return Refused("no_recovery_key")
    key.typed_back_at = now
    key.save(update_fields=["typed_back_at"])
    record(
        RecoveryKeyTypedBack(issued_at=key.issued_at), subject=key.public_id, organisation_id=organisation_id
    )
    return None


@recorded
def note_tested_alone(
    *, now: datetime, actor: Actor, organisation_id: int, restore_test: UUID, began_at: datetime
) -> None:
    """Keep that a restore passed with the present key and the envelope alone; not one that had begun before
    the key was issued.
    """
    key = _present(organisation_id)
    if key is None or began_at < key.issued_at:
        return
    key.tested_alone_at = now
    key.save(update_fields=["tested_alone_at"])
    fact = RecoveryKeyTestedAlone(issued_at=key.issued_at, restore_test=restore_test)
    record(fact, subject=key.public_id, organisation_id=organisation_id)


def _present(organisation_id: int) -> RecoveryKey | None:
    rows = RecoveryKey.objects.of(organisation_id).select_for_update()
    key: RecoveryKey | None = rows.filter(replaced_at=None).first()
    return key
