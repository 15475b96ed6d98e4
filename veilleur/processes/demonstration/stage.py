"""What the acts of the demonstration share: the company as far as it has been played."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from veilleur.shared.refusal import Refused

Done = TypeVar("Done")
Target = tuple[str, str, str]  # server, kind, target of one check


class DemonstrationBroken(RuntimeError):
    """An action refused a fact of the demonstration: the company's data contradicts the product's rules."""


def done(result: Done | Refused) -> Done:
    """Return the result of an action that must not refuse; raise DemonstrationBroken if it did."""
    if isinstance(result, Refused):
        raise DemonstrationBroken(f"{result.reason} {result.detail}".strip())
    return result


@dataclass
class Played:
    """The company as far as it has been played, from `start` to `end`: public ids by name.

    `organisation_id` is its database key, `company` its public id.
    """

    organisation_id: int
    company: UUID
    start: datetime
    end: datetime
    nodes: dict[str, UUID] = field(default_factory=dict)
    checks: dict[Target, UUID] = field(default_factory=dict)
