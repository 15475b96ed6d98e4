"""The guided first week: what facts say of each item, and where each is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from veilleur.domains.backups.queries import recovery_key_state, visible_protection, visible_repositories
from veilleur.domains.estate.queries import visible_asset_rows, visible_services
from veilleur.domains.estate.rules.map import ServiceRow
from veilleur.domains.knowledge.queries import visible_documents, whole_practices
from veilleur.domains.knowledge.queries.reliance import visible_reliance
from veilleur.domains.knowledge.rules.documents import DocumentKind, Topic
from veilleur.domains.knowledge.rules.reliance import BRING_BACK, Code, Part
from veilleur.domains.monitoring.queries import WatchSummary, watch_summary
from veilleur.domains.organisations.queries import visible_members, visible_organisation
from veilleur.domains.organisations.queries.first_week import SayingRow, visible_sayings
from veilleur.domains.organisations.rules.first_week import (
    ENOUGH_SERVICES,
    Counted,
    Day,
    Item,
    Saying,
    Step,
    Week,
    is_offered,
    week_of,
)
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.viewer import Viewer

DAY_TITLES: dict[Day, str | Promise] = {
    Day.NAME: _("Ten services, and who answers for them"),
    Day.WATCH: _("Watch: what works is seen to work"),
    Day.PROTECT: _("Protect: copies, and the key to them"),
    Day.PROVE: _("Prove: a restore that was really done"),
    Day.COMMIT: _("Commit: nobody is alone"),
}
ITEM_TEXTS: dict[Item, str | Promise] = {
    Item.MACHINE: _("Tell Veilleur about a first machine."),
    Item.SERVICES: _("Name the ten services that would be missed first."),
    Item.OBJECTIVES: _("Say for each how long it may be down, and how much work may be lost."),
    Item.REFERENT: _("Say for each of them who answers for it: its business referent."),
    Item.CHECKS: _("Have something watched."),
    Item.RESULTS: _("Make sure that every check has a result."),
    Item.PLACE: _("Add a place for copies."),
    Item.DATA: _("Back up all data that services need."),
    Item.KEY: _("Issue the recovery key, print it, and type it back from the paper."),
    Item.KEY_AWAY: _("Keep the recovery key on paper outside of the building."),
    Item.RESTORE_TEST: _("Have a restore test pass."),
    Item.ONE_FILE: _("Write down how one lost file comes back."),
    Item.FULL_RESTORE: _("Write down how everything comes back."),
    Item.REALLY_DONE: _("Really do one of them once, with its run sheet."),
    Item.SECOND_PERSON: _("Let a second person act on the servers."),
    Item.SECOND_FACTOR: _("Make sure that everybody who needs a second factor has one."),
    Item.REFLEX_SHEET: _("Write what to do first when a server is down: a reflex sheet."),
    Item.BUNDLE: _("Have a copy of the offline bundle elsewhere: on a share or a USB disk."),
    Item.WHOM_TO_CALL: _("Tell everybody whom to call when nothing works."),
}
SAYING_TEXTS: dict[Saying, str | Promise] = {
    Saying.ALL_SERVICES: _("These are all our services"),
    Saying.KEY_AWAY: _("It is there: I have seen it"),
    Saying.WHOM_TO_CALL: _("They know: I have told them"),
}


@dataclass(frozen=True)
class StepLine:
    """One item on the page. `url`: where it is done, "" where the viewer may not."""

    step: Step
    text: str | Promise
    url: str
    said: SayingRow | None
    saying_text: str | Promise

    @property
    def shows_count(self) -> bool:
        """Return whether how far it is tells more than done or not."""
        return self.step.counted.of > 1 and not self.step.is_done


@dataclass(frozen=True)
class DayLines:
    """One day. `number` from 1."""

    number: int
    title: str | Promise
    lines: tuple[StepLine, ...]
    is_next: bool

    @property
    def done(self) -> int:
        """Return how many of its items are done."""
        return sum(line.step.is_done for line in self.lines)


@dataclass(frozen=True)
class FirstWeek:
    """The week as pages show it. `today`: the first day with something left; `next_line` its first item."""

    days: tuple[DayLines, ...]
    is_starting: bool
    is_put_away: bool

    @property
    def today(self) -> DayLines | None:
        """Return the day that is next, None when all is done."""
        return next((day for day in self.days if day.is_next), None)

    @property
    def next_line(self) -> StepLine | None:
        """Return the first item that is not done."""
        today = self.today
        return next((line for line in today.lines if not line.step.is_done), None) if today else None


def first_week_panel(viewer: Viewer, now: datetime) -> FirstWeek | None:
    """Return the week for the home page: to those who start, until it is done or put away.

    One or two queries where it is not shown; about thirty where it is.
    """
    organisation = visible_organisation(viewer)
    if organisation.is_demo or not viewer.may(Permission.SEE_ESTATE):
        return None
    if not is_offered(organisation.profile, visible_sayings(viewer)):
        return None
    week = first_week(viewer, now)
    return None if week.today is None else week


def first_week(viewer: Viewer, now: datetime) -> FirstWeek:
    """Return the whole week as facts have it now."""
    said = visible_sayings(viewer)
    services = visible_services(viewer)
    week = week_of(_counts(viewer, services, now), said)
    return FirstWeek(
        days=_days(viewer, week, said, services),
        # Other profiles find the week in the menu alone.
        is_starting=is_offered(visible_organisation(viewer).profile, ()),
        is_put_away=Saying.PUT_AWAY in said,
    )


def _days(
    viewer: Viewer, week: Week, said: dict[str, SayingRow], services: Sequence[ServiceRow]
) -> tuple[DayLines, ...]:
    return tuple(
        DayLines(
            number=number,
            title=DAY_TITLES[day],
            lines=tuple(
                StepLine(
                    step=step,
                    text=ITEM_TEXTS[step.item],
                    url=_place(viewer, step.item, services),
                    said=said.get(step.saying) if step.saying else None,
                    saying_text=SAYING_TEXTS[step.saying] if step.saying else "",
                )
                for step in steps
            ),
            is_next=day is week.next_day,
        )
        for number, (day, steps) in enumerate(week.days, start=1)
    )


def _counts(viewer: Viewer, services: Sequence[ServiceRow], now: datetime) -> dict[Item, Counted]:
    """Return how far each item is; what only a person can say counts nothing here."""
    return {
        Item.KEY_AWAY: Counted(0, 1),
        Item.WHOM_TO_CALL: Counted(0, 1),
        **_of_the_estate(viewer, services, now),
        **_of_the_watch(watch_summary(viewer, now)),
        **_of_backups(viewer, services, now),
        **_of_documents(viewer, now),
        **_of_people(viewer, now),
    }


def _of_the_estate(viewer: Viewer, services: Sequence[ServiceRow], now: datetime) -> dict[Item, Counted]:
    here = {member.id for member in visible_members(viewer, now)}
    named = [row for row in services if not row.is_proposed]
    chosen = [row for row in services if not (row.rto_is_default or row.rpo_is_default)]
    return {
        Item.MACHINE: Counted(min(len(visible_asset_rows(viewer)), 1), 1),
        Item.SERVICES: Counted(len(named), ENOUGH_SERVICES),
        Item.OBJECTIVES: Counted(len(chosen), len(services)),
        Item.REFERENT: Counted(sum(row.referent in here for row in services), len(services)),
    }


def _of_the_watch(summary: WatchSummary) -> dict[Item, Counted]:
    return {
        Item.CHECKS: Counted(min(summary.total, 1), 1),
        Item.RESULTS: Counted(summary.total - summary.unknown, summary.total),
    }


def _of_backups(viewer: Viewer, services: Sequence[ServiceRow], now: datetime) -> dict[Item, Counted]:
    needed = {data_set for row in services for data_set in row.data_set_ids}
    rows = [row for row in visible_protection(viewer, now) if row.data_set in needed]
    covered = [row for row in rows if row.not_protected_reason is None]
    passed = any(test.passed and test.has_run for row in rows for copy in row.copies for test in copy.tests)
    key = recovery_key_state(viewer.organisation_id)
    return {
        Item.PLACE: Counted(min(len(visible_repositories(viewer)), 1), 1),
        Item.DATA: Counted(len(covered), len(needed)),
        Item.KEY: Counted(int(key.typed_back_at is not None), 1),
        Item.RESTORE_TEST: Counted(int(passed), 1),
    }


def _of_documents(viewer: Viewer, now: datetime) -> dict[Item, Counted]:
    rows = visible_documents(viewer, now)
    whole = {row.topic for row in rows if not row.blanks}
    practised = [row.id for row in rows if row.kind == DocumentKind.PROCEDURE and row.topic in BRING_BACK]
    practices = whole_practices(viewer.organisation_id, practised)
    return {
        Item.ONE_FILE: Counted(int(Topic.ONE_FILE_RESTORE in whole), 1),
        Item.FULL_RESTORE: Counted(int(Topic.FULL_RESTORE in whole), 1),
        Item.REALLY_DONE: Counted(int(any(practice.times for practice in practices.values())), 1),
        Item.REFLEX_SHEET: Counted(int(Topic.SERVER_DOWN in whole), 1),
    }


def _of_people(viewer: Viewer, now: datetime) -> dict[Item, Counted]:
    found = visible_reliance(viewer, now)
    codes = {each.code for each in found[0].findings} if found else set()
    acting = found[0].acting if found else 0
    return {
        Item.SECOND_PERSON: Counted(min(acting, 2), 2),
        Item.BUNDLE: Counted(int(found is not None and not found[0].found_in(Part.OFFLINE)), 1),
        Item.SECOND_FACTOR: Counted(int(found is not None and Code.SECOND_FACTOR not in codes), 1),
    }


# Where each item is done: route, its arguments, and what its button asks of the viewer.
_PLACES: dict[Item, tuple[str, tuple[Any, ...], Permission]] = {
    Item.MACHINE: ("desk:estate", (), Permission.SEE_ESTATE),
    Item.SERVICES: ("desk:add_service", (), Permission.CHANGE_ESTATE),
    Item.OBJECTIVES: ("desk:estate", (), Permission.SEE_ESTATE),
    Item.REFERENT: ("desk:estate", (), Permission.SEE_ESTATE),
    Item.CHECKS: ("desk:checks", (), Permission.SEE_ESTATE),
    Item.RESULTS: ("desk:checks", (), Permission.SEE_ESTATE),
    Item.PLACE: ("desk:add_place", (), Permission.PLAN_BACKUPS),
    Item.DATA: ("desk:add_plan", (), Permission.PLAN_BACKUPS),
    Item.KEY: ("desk:recovery_key", (), Permission.SEE_ESTATE),
    Item.RESTORE_TEST: ("desk:protection", (), Permission.SEE_ESTATE),
    Item.ONE_FILE: ("knowledge:new_document", (Topic.ONE_FILE_RESTORE,), Permission.WRITE_KNOWLEDGE),
    Item.FULL_RESTORE: ("knowledge:new_document", (Topic.FULL_RESTORE,), Permission.WRITE_KNOWLEDGE),
    Item.REALLY_DONE: ("knowledge:documents", (), Permission.SEE_KNOWLEDGE),
    Item.BUNDLE: ("knowledge:bundle", (), Permission.SEE_KNOWLEDGE),
    Item.SECOND_PERSON: ("organisations:invite", (), Permission.MANAGE_PEOPLE),
    Item.SECOND_FACTOR: ("organisations:people", (), Permission.SEE_PEOPLE),
    Item.REFLEX_SHEET: ("knowledge:new_document", (Topic.SERVER_DOWN,), Permission.WRITE_KNOWLEDGE),
}


def _place(viewer: Viewer, item: Item, services: Sequence[ServiceRow]) -> str:
    """Return where an item is done; the first service without objectives is opened itself."""
    if item is Item.OBJECTIVES and viewer.may(Permission.SET_OBJECTIVES):
        open_ones = [row for row in services if row.rto_is_default or row.rpo_is_default]
        if open_ones:
            return reverse("desk:objectives", args=[open_ones[0].id])
    route, arguments, permission = _PLACES.get(item, ("", (), Permission.SEE_ESTATE))
    return reverse(route, args=arguments) if route and viewer.may(permission) else ""
