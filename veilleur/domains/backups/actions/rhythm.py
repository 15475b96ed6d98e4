"""How often plans run: derived from what their data may lose, and from how long a run takes."""

from datetime import datetime, timedelta
from uuid import UUID

from veilleur.domains.backups.facts import PlanRhythmChanged
from veilleur.domains.backups.models import Plan, PlanItem
from veilleur.domains.backups.queries import measured_duration, promised_rpo
from veilleur.domains.backups.rules.schedule import densest_interval, interval_for
from veilleur.domains.journal.actions import record, recorded
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

_SECOND = timedelta(seconds=1)


@recorded
def follow_promises(*, now: datetime, actor: Actor, organisation_id: int) -> None:
    """Give every plan the rhythm that its services' present promises ask for; a fact for each that changes.

    Plans that are switched off have theirs ready for when they are switched on.
    """
    plans = Plan.objects.of(organisation_id).select_for_update(of=("self",)).filter(ended_at=None)
    for plan in plans.order_by("pk"):
        renew_rhythm(plan)


def renew_rhythm(plan: Plan) -> bool:
    """Give a locked plan its present rhythm; return whether that keeps the promise.

    One that no schedule can keep is told, and the plan then runs as often as its runs leave time for.
    """
    rpo = promised_rpo(plan.organisation_id, data_sets_of(plan))
    measured = measured_duration(plan.organisation_id, plan.pk)
    interval = interval_for(rpo, measured)
    is_kept = not isinstance(interval, Refused)
    taken = densest_interval(measured) if isinstance(interval, Refused) else interval
    before = (plan.rpo_s, plan.interval_s)
    plan.rpo_s, plan.interval_s = rpo // _SECOND, taken // _SECOND
    if before != (plan.rpo_s, plan.interval_s):
        plan.save(update_fields=["rpo_s", "interval_s"])
        fact = PlanRhythmChanged(
            rpo_s=plan.rpo_s,
            interval_s=plan.interval_s,
            rpo_s_before=before[0],
            interval_s_before=before[1],
            is_kept=is_kept,
        )
        record(fact, subject=plan.public_id, organisation_id=plan.organisation_id)
    return is_kept


def data_sets_of(plan: Plan) -> frozenset[UUID]:
    """Return the public ids of what a plan protects."""
    items = PlanItem.objects.of(plan.organisation_id).filter(plan=plan)
    return frozenset(items.values_list("data_set__public_id", flat=True))
