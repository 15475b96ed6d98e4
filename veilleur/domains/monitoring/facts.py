"""Kinds of journal fact of monitoring."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.rules.kinds import Body, fact_kind, upcaster


@fact_kind("monitoring.check_activated", version=1)
@dataclass(frozen=True)
class CheckActivated:
    """A check of the subject, an asset, began."""

    check: UUID
    kind: str
    target: str


@fact_kind("monitoring.check_retired", version=2)
@dataclass(frozen=True)
class CheckRetired:
    """A check of the subject, an asset, ended: nothing is expected there any more, for `reason`."""

    check: UUID
    kind: str
    target: str
    reason: str


@upcaster("monitoring.check_retired", from_version=1)
def _without_reason(body: Body) -> Body:
    return {**body, "reason": ""}


@fact_kind("monitoring.check_resumed", version=1)
@dataclass(frozen=True)
class CheckResumed:
    """What the retired check `former` of the subject, an asset, watched is watched again, by `check`."""

    check: UUID
    former: UUID
    kind: str
    target: str


@fact_kind("monitoring.state_changed", version=1)
@dataclass(frozen=True)
class StateChanged:
    """What is believed of the subject, an asset, changed by one of its checks.

    True since `since`, the first result that spoke for it; `code` is the reason of the last one.
    """

    check: UUID
    kind: str
    target: str
    before: str
    after: str
    since: datetime
    code: str


@fact_kind("monitoring.watch_fault_began", version=1)
@dataclass(frozen=True)
class WatchFaultBegan:
    """The watch itself cannot do its work properly; it says nothing of the machines watched."""

    code: str


@fact_kind("monitoring.watch_fault_ended", version=1)
@dataclass(frozen=True)
class WatchFaultEnded:
    """A fault of the watch itself is over."""

    code: str
    began: datetime
