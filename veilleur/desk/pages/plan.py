"""The page of one backup plan, and those of a place or data before it is retired: what goes on, what stays
where. What has ended or was retired keeps its page, which says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from veilleur.desk.pages.speech import said_duration, said_since
from veilleur.domains.backups.queries import (
    is_promise_kept,
    visible_holdings,
    visible_plan,
    visible_plans,
    visible_protection,
    visible_repositories,
    visible_retired,
)
from veilleur.domains.backups.queries.pages import HeldRow
from veilleur.domains.backups.queries.work import PlaceRow, PlanRow
from veilleur.domains.backups.rules.protection import Protection
from veilleur.domains.estate.queries import DataSetRow, visible_data_set, visible_services
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class PlanPage:
    """One plan. `services`: those that need its data. `left_alone`: the data that no other plan copies once
    this one has ended.

    `doubtful`: the data whose copies in this place failed their last restore test.
    """

    row: PlanRow
    headline: str
    is_promise_kept: bool
    services: tuple[str, ...]
    held: tuple[HeldRow, ...]
    left_alone: tuple[str, ...]
    doubtful: tuple[str, ...]


@dataclass(frozen=True)
class RetiringPage:
    """A backup place before it is retired, and after. `only_here`: the data that has no copy anywhere else.

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
        headline=_headline(row, now),
        is_promise_kept=is_promise_kept(viewer.organisation_id, row),
        services=tuple(
            each.name for each in visible_services(viewer) if not data_sets.isdisjoint(each.data_set_ids)
        ),
        held=tuple(held for held in visible_holdings(viewer, row.place.id) if held.data_set in data_sets),
        left_alone=tuple(item.name for item in row.items if item.data_set not in copied),
        doubtful=tuple(
            each.name
            for each in visible_protection(viewer, now)
            if each.data_set in data_sets
            and any(copy.repository == row.place.id and copy.has_failed for copy in each.copies)
        ),
    )


def _headline(row: PlanRow, now: datetime) -> str:
    if row.ended_at is not None:
        text = _("{name} has ended, on {when}: it copies nothing any more.")
        return text.format(name=row.name, when=said_since(row.ended_at, now))
    if not row.is_on:
        return _("{name} is switched off: nothing is copied.").format(name=row.name)
    interval = said_duration(int(row.interval.total_seconds()))
    return _("{name} makes a copy every {interval}.").format(name=row.name, interval=interval)


def retiring_page(viewer: Viewer, place: UUID, now: datetime) -> RetiringPage | None:
    """Return the page of a place that is to be retired, or was; None where there is none for this viewer."""
    known = (*visible_repositories(viewer), *visible_retired(viewer))
    row = next((row for row in known if row.id == place), None)
    if row is None:
        return None
    held, protections = visible_holdings(viewer, place), visible_protection(viewer, now)
    elsewhere = _held_elsewhere(protections, place)
    # What nobody wants kept any more is not missed.
    wanted = {protection.data_set for protection in protections}
    return RetiringPage(
        row=row,
        plans=tuple(plan for plan in visible_plans(viewer) if plan.place.id == place),
        held=held,
        only_here=tuple(one.name for one in held if one.data_set in wanted - elsewhere),
    )


def _held_elsewhere(protections: Iterable[Protection], place: UUID) -> set[UUID]:
    """Return the data sets that another place in use has a point of."""
    return {
        protection.data_set
        for protection in protections
        if any(copy.points for copy in protection.copies if copy.repository != place)
    }


@dataclass(frozen=True)
class RetiringData:
    """Data before it is retired, and after. `held`: its copies by place; `services`: who needs it now.

    `plans`: what must be ended first.
    """

    row: DataSetRow
    plans: tuple[PlanRow, ...]
    services: tuple[str, ...]
    held: tuple[tuple[PlaceRow, HeldRow], ...]


def retiring_data(viewer: Viewer, data_set: UUID) -> RetiringData | None:
    """Return the page of data that is to be retired, or was; None where there is none for this viewer."""
    row = visible_data_set(viewer, data_set)
    if row is None:
        return None
    places = (*visible_repositories(viewer), *visible_retired(viewer))
    return RetiringData(
        row=row,
        plans=tuple(
            plan for plan in visible_plans(viewer) if any(item.data_set == data_set for item in plan.items)
        ),
        services=tuple(each.name for each in visible_services(viewer) if data_set in each.data_set_ids),
        held=tuple(
            (place, held)
            for place in places
            for held in visible_holdings(viewer, place.id)
            if held.data_set == data_set
        ),
    )
