"""Writes of environments: whether a component is for production or for trying things out."""

from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.facts import EnvironmentSet
from veilleur.domains.estate.models import Asset
from veilleur.domains.estate.rules.zones import Environment
from veilleur.domains.journal.actions import record, recorded
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@recorded
def set_environment(
    *, now: datetime, actor: Actor, organisation_id: int, asset: UUID, environment: str
) -> Asset | Refused:
    """Say what a component is for; "" says nothing. Refused: `no_such_node` or `no_such_environment`."""
    if environment and environment not in set(Environment):
        return Refused("no_such_environment")
    rows = Asset.objects.of(organisation_id).select_for_update(of=("self",))
    row: Asset | None = rows.filter(public_id=asset, until=None).first()
    if row is None:
        return Refused("no_such_node")
    if row.environment != environment:
        before, row.environment = row.environment, environment
        row.save(update_fields=["environment"])
        fact = EnvironmentSet(environment=environment, before=before)
        record(fact, subject=asset, organisation_id=organisation_id)
    return row
