"""What actions share that write what a person says of something: who answers for it, and what changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from veilleur.domains.estate.facts import ActivityChanged, AssetChanged, Change, ServiceDescribed
from veilleur.domains.estate.models import Node
from veilleur.domains.journal.actions import record
from veilleur.domains.organisations.queries import list_current_members
from veilleur.shared.refusal import Refused


def referent_of(organisation_id: int, person: UUID | None, now: datetime, kept: Any = None) -> Any | Refused:
    """Return the membership of whoever is to answer for something, None for nobody.

    `kept` is the present one, who may have left: a save of something else does not take them away.
    Refused with "no_such_member".
    """
    if person is None:
        return None
    if kept is not None and kept.person.public_id == person:
        return kept
    member = list_current_members(organisation_id, now).filter(person__public_id=person)
    return member.select_related("person").first() or Refused("no_such_member")


def changes_of(row: Node, said: dict[str, Any]) -> tuple[Change, ...]:
    """Return which columns of the row will change to what is said, in the order in which it is said."""
    told = ((name, _shown(getattr(row, name)), _shown(value)) for name, value in said.items())
    return tuple(Change(name, before, after) for name, before, after in told if before != after)


def record_changes(
    kind: type[ActivityChanged | AssetChanged | ServiceDescribed], row: Node, changes: tuple[Change, ...]
) -> None:
    """Record what changed of the row; nothing where nothing did."""
    if changes:
        record(kind(changes=changes), subject=row.public_id, organisation_id=row.organisation_id)


def _shown(value: Any) -> str:
    """Return a value as a fact keeps it: a referent by pseudonym, "" for what nobody has said."""
    if value is None:
        return ""
    person = getattr(value, "person", None)
    return str(value if person is None else person.pseudonym)
