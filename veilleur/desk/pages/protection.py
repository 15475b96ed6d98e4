"""The page of backups: what is protected, where the copies are, what ran, and what could be protected too."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from veilleur.desk.pages.proof import Place, Unprotected, places, unprotected
from veilleur.domains.backups.labels import (
    PROTECTION_OF_MEDIUM,
    AccessChoice,
    MediumChoice,
    RunStateChoice,
    SourceKindChoice,
    TestStateChoice,
    reason_sentence,
)
from veilleur.domains.backups.queries import (
    is_promise_kept,
    visible_ended_plans,
    visible_plans,
    visible_protection,
    visible_repositories,
    visible_retired,
    visible_runs,
    visible_sources,
    visible_tests,
)
from veilleur.domains.backups.queries.pages import RunRow, TestRow
from veilleur.domains.backups.queries.sources import SourceRow
from veilleur.domains.backups.queries.work import ItemRow, PlaceRow, PlanRow
from veilleur.domains.backups.rules.protection import CopyView, Protection
from veilleur.domains.backups.rules.sources import MAINTENANCE, named_server
from veilleur.domains.backups.rules.states import AccessState, Medium, RunState, SourceKind, TestState
from veilleur.domains.estate.queries import DataSetRow, visible_asset_rows, visible_retired_data_sets
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer

_RECENT = 12
# What once was protected, and is not any more.
_NO_MORE = ("plan_off", "plan_ended")
_RUN_VERDICTS = {
    RunState.COMPLETE: Verdict.GOOD,
    RunState.PARTIAL: Verdict.WATCH,
    RunState.FAILED: Verdict.BAD,
    RunState.INTERRUPTED: Verdict.WATCH,
    RunState.RUNNING: Verdict.UNKNOWN,
}
_TEST_VERDICTS = {
    TestState.PASSED: Verdict.GOOD,
    TestState.FAILED: Verdict.BAD,
    TestState.SKIPPED: Verdict.UNKNOWN,
    TestState.INTERRUPTED: Verdict.UNKNOWN,
    TestState.RUNNING: Verdict.UNKNOWN,
}


@dataclass(frozen=True)
class Work:
    """A run or a restore test in words."""

    at: datetime
    what: str
    verdict: Verdict
    word: str | Promise
    why: str | Promise
    size_bytes: int


@dataclass(frozen=True)
class Repository:
    """A place with what its loss would mean."""

    row: PlaceRow
    medium: str | Promise
    meaning: str | Promise
    verdict: Verdict
    envelope: str | Promise
    trouble: str | Promise


@dataclass(frozen=True)
class Plan:
    """A plan, and whether its rhythm keeps what its services promise."""

    row: PlanRow
    is_promise_kept: bool


@dataclass(frozen=True)
class Source:
    """A database that was found or named."""

    row: SourceRow
    kind: str | Promise
    verdict: Verdict
    word: str | Promise
    why: str | Promise
    # Whether saying how it is reached may help.
    wants_access: bool


@dataclass(frozen=True)
class ProtectionPage:
    """Backups."""

    headline: str
    copies: tuple[Place, ...]
    unprotected: tuple[Unprotected, ...]
    retired_data: tuple[DataSetRow, ...]
    repositories: tuple[Repository, ...]
    retired: tuple[PlaceRow, ...]
    plans: tuple[Plan, ...]
    ended: tuple[PlanRow, ...]
    work: tuple[Work, ...]
    sources: tuple[Source, ...]


def protection_page(viewer: Viewer, now: datetime) -> ProtectionPage:
    """Return the page of backups for a viewer."""
    protections = visible_protection(viewer, now)
    return ProtectionPage(
        headline=headline(protections),
        copies=places(protections, now),
        unprotected=unprotected(protections),
        retired_data=tuple(visible_retired_data_sets(viewer)),
        repositories=tuple(_repository(row, protections) for row in visible_repositories(viewer)),
        retired=visible_retired(viewer),
        plans=tuple(Plan(row, is_promise_kept(viewer.organisation_id, row)) for row in visible_plans(viewer)),
        ended=visible_ended_plans(viewer),
        work=recent_work(visible_runs(viewer), visible_tests(viewer)),
        sources=found_sources(viewer),
    )


def headline(protections: Sequence[Protection]) -> str:
    """Return the conclusion: what the loss of a machine would leave."""
    if not protections:
        return _("No data is declared yet, so nothing is protected.")
    # What a person stopped protecting before anything of it was stored stays in the list, and says no more.
    counted = [each for each in protections if not _is_given_up(each)] or protections
    bare = [each for each in counted if each.not_protected_reason]
    if len(bare) == len(counted) and not any(each.not_protected_reason in _NO_MORE for each in bare):
        return _("Nothing is protected yet.")
    if bare:
        is_over = bare[0].not_protected_reason in _NO_MORE
        text = _("{name} is not protected any more.") if is_over else _("{name} is not protected.")
        return text.format(name=bare[0].name)
    failed = [each for each in protections if any(copy.has_failed for copy in each.copies)]
    if failed:
        return _("The last restore test of {name} failed.").format(name=failed[0].name)
    here = [each for each in counted if all(copy.asset for copy in each.copies if copy.points)]
    if here:
        return _("{name} has no copy outside its own machine.").format(name=here[0].name)
    return _("All data has a copy that survives the loss of its machine.")


def _is_given_up(protection: Protection) -> bool:
    """Return whether a person ended every plan of data of which no copy was ever kept."""
    return protection.not_protected_reason == "plan_ended" and not protection.copies


def recent_work(runs: Iterable[RunRow], tests: Iterable[TestRow]) -> tuple[Work, ...]:
    """Return the newest runs and tests together, newest first."""
    backups = [
        Work(
            at=run.started_at,
            what=_("Backup of {name}").format(name=run.data_set_name),
            verdict=_RUN_VERDICTS[RunState(run.state)],
            word=RunStateChoice(run.state).label,
            why=reason_sentence(run.reason) if run.reason else "",
            size_bytes=run.total_bytes,
        )
        for run in runs
    ]
    restores = [
        Work(
            at=test.started_at,
            what=_("Restore test of {name}, level {level}").format(name=test.data_set_name, level=test.level),
            verdict=_TEST_VERDICTS[TestState(test.state)],
            word=TestStateChoice(test.state).label,
            why=reason_sentence(test.reason) if test.reason else "",
            size_bytes=test.total_bytes,
        )
        for test in tests
    ]
    return tuple(sorted([*backups, *restores], key=lambda work: work.at, reverse=True)[:_RECENT])


_VERDICT_OF_MEDIUM = {Medium.NETWORK: Verdict.GOOD, Medium.MEMORY: Verdict.BAD}


def _repository(row: PlaceRow, protections: Sequence[Protection]) -> Repository:
    held = [(each.name, copy) for each in protections for copy in each.copies if copy.repository == row.id]
    sealed = (
        _("The sealed envelope is beside it.") if row.is_sealed else _("No sealed envelope beside it yet.")
    )
    return Repository(
        row=row,
        medium=MediumChoice(row.medium).label,
        meaning=PROTECTION_OF_MEDIUM[row.medium],
        verdict=_VERDICT_OF_MEDIUM.get(Medium(row.medium), Verdict.WATCH),
        envelope=reason_sentence(row.envelope_failure) if row.envelope_failure else sealed,
        trouble=_trouble(held),
    )


def _trouble(held: Sequence[tuple[str, CopyView]]) -> str:
    """Return what the last that happened at a place says against it; nothing where all went well.

    `held`: each name of data with its copy in the place.
    """
    if any(not copy.is_reached for _name, copy in held):
        return _("It could not be opened the last time.")
    failed = sorted(name for name, copy in held if copy.has_failed)
    if failed:
        return _("The last restore test of this data from it failed: {names}.").format(
            names=", ".join(failed)
        )
    return ""


def found_sources(viewer: Viewer) -> tuple[Source, ...]:
    """Return the databases found on the machine Veilleur runs on, and those that a person named."""
    return tuple(_source(source) for source in visible_sources(viewer, this_machine(viewer)))


def known_server(sources: Iterable[Source], source: str) -> dict[str, Any]:
    """Return what is known of how a found PostgreSQL is reached, as a form's first answers; nothing of
    another.
    """
    for each in sources:
        if each.row.kind == SourceKind.POSTGRESQL and each.row.source == source:
            server = named_server(source, each.row.passfile)
            is_whole = server.database == MAINTENANCE
            return asdict(server) | ({"database": ""} if is_whole else {})
    return {}


def _source(row: SourceRow) -> Source:
    is_readable = row.access is AccessState.READABLE
    if row.failure:
        verdict, word = Verdict.BAD, _("Its last backup failed")
    elif row.is_protected and (is_readable or row.access is AccessState.UNKNOWN):
        verdict, word = Verdict.GOOD, str(_("In a plan"))
    elif is_readable:
        verdict, word = Verdict.WATCH, _("Not protected")
    else:
        verdict, word = Verdict.UNKNOWN, str(AccessChoice(row.access).label)
    code = row.failure or row.reason
    why = reason_sentence(code) if code else row.detail
    is_open = row.kind == SourceKind.POSTGRESQL and row.access is not AccessState.READABLE
    return Source(row, SourceKindChoice(row.kind).label, verdict, word, why, wants_access=is_open)


def known_items(viewer: Viewer) -> tuple[ItemRow, ...]:
    """Return what plans protect already, each data set once: a second place can take it too."""
    items = {item.data_set: item for plan in visible_plans(viewer) for item in plan.items}
    return tuple(sorted(items.values(), key=lambda item: item.name))


def this_machine(viewer: Viewer) -> UUID | None:
    """Return the machine that this installation runs on; None while it is not registered."""
    return next((row.id for row in visible_asset_rows(viewer) if row.is_here), None)
