"""Writes of what a person says of a service: who answers for it, how long people can do without it."""

from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.actions.described import changes_of, record_changes, referent_of
from veilleur.domains.estate.facts import ServiceDescribed
from veilleur.domains.estate.models import Service
from veilleur.domains.estate.rules.map import ServiceDraft
from veilleur.domains.journal.actions import recorded
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@recorded
def describe_service(
    *, now: datetime, actor: Actor, organisation_id: int, service: UUID, draft: ServiceDraft
) -> Service | Refused:
    """Say who answers for a service, how long people can do without it, what losing its data would do.

    Confirms a proposed service. Refused with "no_such_service", "no_such_member" or "outage_not_positive".
    """
    if draft.max_outage_s is not None and draft.max_outage_s < 1:
        return Refused("outage_not_positive")
    rows = Service.objects.of(organisation_id).filter(public_id=service, until=None)
    row: Service | None = rows.select_for_update(of=("self",)).first()
    if row is None:
        return Refused("no_such_service")
    referent = referent_of(organisation_id, draft.referent, now, row.referent)
    if isinstance(referent, Refused):
        return referent
    said = {
        "referent": referent,
        "max_outage_s": draft.max_outage_s,
        "data_loss_effect": draft.data_loss_effect.strip(),
    }
    changes = changes_of(row, said)
    for name, value in said.items():
        setattr(row, name, value)
    row.is_proposed = False
    row.save()
    record_changes(ServiceDescribed, row, changes)
    return row
