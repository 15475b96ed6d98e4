"""Up to when somebody has seen what changed: kept for that person, told to nobody."""

from datetime import datetime

from veilleur.domains.journal.actions import recorded, take_turn
from veilleur.domains.knowledge.models import LastLook
from veilleur.shared.ids import new_id
from veilleur.shared.viewer import Actor


@recorded
def keep_look(*, now: datetime, actor: Actor, organisation_id: int, person_id: int, until: datetime) -> None:
    """Keep that a person has seen what changed before `until`, which is no fact; never back in time.

    An instant after `now` counts as `now`.
    """
    take_turn(organisation_id)
    row = LastLook.objects.of(organisation_id).filter(person_id=person_id).first()
    if row is None:
        row = LastLook(organisation_id=organisation_id, public_id=new_id(now), person_id=person_id)
    seen = min(until, now)
    if row.looked_at is None or row.looked_at < seen:
        row.looked_at = seen
        row.save()
