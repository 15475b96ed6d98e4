"""Writes of components as a person describes them: those that no agent tells of, and what none knows."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from veilleur.domains.estate.actions.described import changes_of, record_changes, referent_of
from veilleur.domains.estate.actions.environments import set_environment
from veilleur.domains.estate.actions.machines import keep_identities
from veilleur.domains.estate.actions.sites import place_at_site
from veilleur.domains.estate.facts import AssetChanged, AssetRegistered
from veilleur.domains.estate.models import Asset
from veilleur.domains.estate.rules.components import TOLD_BY_MACHINE, ComponentDraft
from veilleur.domains.estate.rules.identity import Signs, identities_of, real_serial
from veilleur.domains.estate.rules.map import NodeKind
from veilleur.domains.journal.actions import record, recorded, take_turn
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

# Written by actions of their own, with facts of their own.
_ELSEWHERE = frozenset({"site", "environment", "referent"})


@recorded
def declare_component(
    *, now: datetime, actor: Actor, organisation_id: int, draft: ComponentDraft
) -> Asset | Refused:
    """Put a component on the map that nobody has read; an agent that names it later fills it in.

    Refused with "name_missing", "warranty_before", "no_such_member", "no_such_site" or "no_such_environment".
    """
    take_turn(organisation_id)
    said = _said(organisation_id, draft, now)
    if isinstance(said, Refused):
        return said
    row = Asset(
        organisation_id=organisation_id,
        public_id=new_id(now),
        node_kind=NodeKind.ASSET,
        since=now,
        recorded_at=now,
        **said,
    )
    row.save()
    fact = AssetRegistered(name=row.name, kind=row.kind, identity="", operating_system=row.os_name)
    record(fact, subject=row.public_id, organisation_id=organisation_id)
    return _placed(now, actor, row, draft)


@recorded
def describe_component(
    *, now: datetime, actor: Actor, organisation_id: int, asset: UUID, draft: ComponentDraft
) -> Asset | Refused:
    """Say what a component is; nothing is recorded of what is so already.

    What a machine tells of itself stays as it tells it, whatever the draft says. Refused with "no_such_node",
    and as `declare_component`.
    """
    take_turn(organisation_id)
    rows = Asset.objects.of(organisation_id).filter(public_id=asset, until=None)
    row: Asset | None = rows.select_for_update(of=("self",)).first()
    if row is None:
        return Refused("no_such_node")
    said = _said(organisation_id, draft, now, kept=row.referent)
    if isinstance(said, Refused):
        return said
    if row.read_at is not None:
        said = {name: value for name, value in said.items() if name not in TOLD_BY_MACHINE}
    changes = changes_of(row, said)
    for name, value in said.items():
        setattr(row, name, value)
    row.save()
    record_changes(AssetChanged, row, changes)
    return _placed(now, actor, row, draft)


def _placed(now: datetime, actor: Actor, row: Asset, draft: ComponentDraft) -> Asset | Refused:
    """Write what has actions of its own; a refusal there undoes the whole."""
    scope: dict[str, Any] = {"now": now, "actor": actor, "organisation_id": row.organisation_id}
    if draft.site is not None:
        refused = place_at_site(**scope, node=row.public_id, site=draft.site)
        if isinstance(refused, Refused):
            return refused
    marked = set_environment(**scope, asset=row.public_id, environment=draft.environment)
    if isinstance(marked, Refused):
        return marked
    signs = Signs(serial=real_serial(row.serial), host_name=row.host_name)
    keep_identities(row, now, identities_of(signs))
    return row


def _said(
    organisation_id: int, draft: ComponentDraft, now: datetime, kept: Any = None
) -> dict[str, Any] | Refused:
    """Return the columns that a draft fills. `kept`: a referent who may stay even after leaving."""
    if not draft.name.strip():
        return Refused("name_missing")
    if (draft.warranty_until or date.max) < (draft.bought_on or date.min):
        return Refused("warranty_before")
    referent = referent_of(organisation_id, draft.referent, now, kept)
    if isinstance(referent, Refused):
        return referent
    texts = {name: _clean(value) for name, value in asdict(draft).items() if name not in _ELSEWHERE}
    return {**texts, "referent": referent}


def _clean(value: object) -> object:
    return value.strip() if type(value) is str else value
