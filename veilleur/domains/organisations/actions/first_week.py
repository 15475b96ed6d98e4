"""What somebody says in the first week, or takes back: the few things that leave no fact otherwise."""

from datetime import datetime

from veilleur.domains.journal.actions import record, recorded, take_turn
from veilleur.domains.organisations.facts import FirstWeekSaid
from veilleur.domains.organisations.models import FirstWeekSaying, Organisation
from veilleur.domains.organisations.rules.first_week import Saying
from veilleur.shared.ids import new_id
from veilleur.shared.viewer import Actor


@recorded
def say_in_first_week(
    *, now: datetime, actor: Actor, organisation_id: int, saying: Saying, stands: bool
) -> None:
    """Record that somebody says it, or takes it back; nothing for what stands so already."""
    take_turn(organisation_id)
    rows = FirstWeekSaying.objects.of(organisation_id).filter(saying=saying)
    if rows.exists() == stands:
        return
    if stands:
        FirstWeekSaying(
            organisation_id=organisation_id,
            public_id=new_id(now),
            saying=saying,
            said_at=now,
            said_by=actor.pseudonym,
        ).save(force_insert=True)
    else:
        rows.delete()
    subject = Organisation.objects.values_list("public_id", flat=True).get(pk=organisation_id)
    record(FirstWeekSaid(saying, stands), subject=subject, organisation_id=organisation_id)
