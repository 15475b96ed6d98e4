"""The page of one backup plan, and that of a place before it is retired: what goes on, what stays where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from veilleur.desk.pages.proof import has_failed
from veilleur.desk.pages.speech import said_duration
from veilleur.domains.backups.queries import (
    is_promise_kept,
    visible_holdings,
    visible_plan,
    visible_plans,
    visible_protection,
    visible_repositories,
)
from veilleur.domains.backups.queries.pages import HeldRow
from veilleur.domains.backups.queries.work import PlaceRow, PlanRow
from veilleur.domains.backups.rules.protection import Protection
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class PlanPage:
    """One plan. `left_alone`: the data that no other plan copies once this one has ended.

    `doubtful`: the data whose copies in this place failed their last restore test.
    """

    row: PlanRow
    headline: str
    is_promise_kept: bool
    held: tuple[HeldRow, ...]
    left_alone: tuple[str, ...]
    doubtful: tuple[str, ...]


@dataclass(frozen=True)
class RetiringPage:
    """A backup place before it is retired. `only_here`: the data that has no copy anywhere else.

    `plans`: what must be ended first.
    """

    row: PlaceRow
    plans: tuple[PlanRow, ...]
    held: tuple[HeldRow, ...]
    only_here: tuple[str, ...]


def plan_page(viewer: Viewer, plan: UUID, now: datetime) -> PlanPage | None:
    """Return the page of a plan, None where there is none for this viewer."""
    row = visible_plan(viewer, plan)
    if row is None:
        return None
    data_sets = {item.data_set for item in row.items}
    running = [other for other in visible_plans(viewer) if other.is_on and other.id != row.id]
    copied = {item.data_set for other in running for item in other.items}
    return PlanPage(
        row=row,
        headline=_headline(row),
        is_promise_kept=is_promise_kept(viewer.organisation_id, row),
        held=tuple(held for held in visible_holdings(viewer, row.place.id) if held.data_set in data_sets),
        left_alone=tuple(item.name for item in row.items if item.data_set not in copied),
        doubtful=tuple(
            each.name
            for each in visible_protection(viewer, now)
            if each.data_set in data_sets
            and any(copy.repository == row.place.id and has_failed(copy) for copy in each.copies)
        ),
    )


def _headline(row: PlanRow) -> str:
    if not row.is_on:
        return _("{name} is switched off: nothing is copied.").format(name=row.name)
    interval = said_duration(int(row.interval.total_seconds()))
    return _("{name} makes a copy every {interval}.").format(name=row.name, interval=interval)


def retiring_page(viewer: Viewer, place: UUID, now: datetime) -> RetiringPage | None:
    """Return the page before a place is retired, None where none in use is there for this viewer."""
    row = next((row for row in visible_repositories(viewer) if row.id == place), None)
    if row is None:
        return None
    held = visible_holdings(viewer, place)
    elsewhere = _held_elsewhere(visible_protection(viewer, now), place)
    return RetiringPage(
        row=row,
        plans=tuple(plan for plan in visible_plans(viewer) if plan.place.id == place),
        held=held,
        only_here=tuple(one.name for one in held if one.data_set not in elsewhere),
    )


def _held_elsewhere(protections: Iterable[Protection], place: UUID) -> set[UUID]:
    """Return the data sets that another place in use has a point of."""
    return {
        protection.data_set
        for protection in protections
        if any(copy.points for copy in protection.copies if copy.repository != place)
    }
