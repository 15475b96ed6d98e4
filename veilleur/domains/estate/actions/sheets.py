"""Writes of lists that somebody brought: kept, read in one way or another, written piece by piece, ended."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from veilleur.domains.estate.actions.components import declare_component, describe_component
from veilleur.domains.estate.actions.map import add_dependency, propose_service
from veilleur.domains.estate.actions.sites import open_site
from veilleur.domains.estate.facts import ListImported
from veilleur.domains.estate.models import Asset, SheetImport
from veilleur.domains.estate.queries.components import draft_of
from veilleur.domains.estate.rules.components import ComponentDraft
from veilleur.domains.estate.rules.map import DependencyKind, NewEdge
from veilleur.domains.estate.rules.sheet import (
    Effect,
    Outcome,
    Sheet,
    find_heading,
    guess_columns,
    names_in,
)
from veilleur.domains.estate.rules.sheet_words import Field
from veilleur.domains.estate.rules.sheets import FORGOTTEN_DAYS, HostTies, ImportState
from veilleur.domains.journal.actions import record, recorded, require_lease, schedule_job, take_turn
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

IMPORT_LIST = "estate.import_list"
_WRITES = frozenset({Effect.NEW, Effect.CHANGES})
_DAYS = frozenset({Field.BOUGHT_ON, Field.WARRANTY_UNTIL})
_ELSEWHERE = frozenset({Field.SITE, Field.SERVICE, Field.RUNS_ON})


@recorded
def load_list(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    file_name: str,
    digest: str,
    sheets: tuple[Sheet, ...],
) -> SheetImport:
    """Keep a list to be looked at; its columns are guessed. Nothing of the estate changes.

    The longest sheet is taken first. Lists that nobody imported for a month are forgotten on the way.
    """
    old = SheetImport.objects.of(organisation_id).filter(state=ImportState.LOADED)
    old.filter(loaded_at__lt=now - timedelta(days=FORGOTTEN_DAYS)).delete()
    chosen = max(range(len(sheets)), key=lambda number: len(sheets[number].rows))
    row = SheetImport(
        organisation_id=organisation_id,
        public_id=new_id(now),
        file_name=file_name[:200],
        digest=digest,
        loaded_at=now,
        loaded_by=actor.pseudonym,
        sheets=[[sheet.name, sheet.rows] for sheet in sheets],
    )
    _read_sheet(row, chosen)
    row.save()
    return row


@recorded
def choose_sheet(
    *, now: datetime, actor: Actor, organisation_id: int, listed: UUID, sheet: int
) -> SheetImport | Refused:
    """Read another sheet of the file; its columns are guessed anew. Refused with "no_such_import"."""
    row = _held(organisation_id, listed)
    if row is None or not 0 <= sheet < len(row.sheets):
        return Refused("no_such_import")
    _read_sheet(row, sheet)
    row.save()
    return row


@recorded
def settle_columns(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    listed: UUID,
    heading: int | None,
    columns: dict[int, Field],
) -> SheetImport | Refused:
    """Say in which row the headings are, and what each column holds.

    Refused with "no_such_import" or "no_name_column".
    """
    row = _held(organisation_id, listed)
    if row is None:
        return Refused("no_such_import")
    if not {Field.NAME, Field.HOST_NAME} & set(columns.values()):
        return Refused("no_name_column")
    row.heading = heading
    row.columns = {str(column): field for column, field in columns.items()}
    row.save()
    return row


def _read_sheet(row: SheetImport, sheet: int) -> None:
    rows = row.sheets[sheet][1]
    row.sheet, row.heading = sheet, find_heading(rows)
    heading = rows[row.heading] if row.heading is not None else []
    row.columns = {str(column): field for column, field in guess_columns(heading).items()}


@recorded
def ask_import(
    *, now: datetime, actor: Actor, organisation_id: int, listed: UUID, total: int
) -> SheetImport | Refused:
    """Have the list written as it was looked at, by background work. Asked twice, it is done once.

    Refused with "no_such_import" or "no_name_column".
    """
    row = _held(organisation_id, listed)
    if row is None:
        return Refused("no_such_import")
    if not {Field.NAME, Field.HOST_NAME} & set(row.columns.values()):
        return Refused("no_name_column")
    row.state, row.total = ImportState.ASKED, total
    row.save()
    organisation = str(row.organisation.public_id)
    schedule_job(IMPORT_LIST, str(listed), now, {"organisation": organisation, "list": str(listed)})
    return row


@recorded
def drop_list(*, now: datetime, actor: Actor, organisation_id: int, listed: UUID) -> Refused | None:
    """Import nothing of the list, and forget its lines. Refused with "no_such_import"."""
    row = _held(organisation_id, listed)
    if row is None:
        return Refused("no_such_import")
    row.state, row.ended_at, row.sheets = ImportState.DROPPED, now, []
    row.save()
    return None


def _held(organisation_id: int, listed: UUID, state: ImportState = ImportState.LOADED) -> SheetImport | None:
    rows = SheetImport.objects.of(organisation_id).filter(public_id=listed, state=state)
    found: SheetImport | None = rows.select_for_update().first()
    return found


@recorded
def write_lines(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    listed: UUID,
    outcomes: tuple[Outcome, ...],
    ticket: JobTicket,
) -> Refused | None:
    """Write the next lines of a list, as they were found to do something, and count them.

    Raise LeaseLost. Refused with "no_such_import" where it is not being imported any more.
    """
    require_lease(ticket)
    take_turn(organisation_id)
    row = _held(organisation_id, listed, ImportState.ASKED)
    if row is None:
        return Refused("no_such_import")
    scope = {"now": now, "actor": actor, "organisation_id": organisation_id}
    for outcome in outcomes:
        if outcome.effect in _WRITES and _write(scope, outcome):
            row.new += outcome.effect is Effect.NEW
            row.changed += outcome.effect is Effect.CHANGES
    row.written += len(outcomes)
    row.save(update_fields=["written", "new", "changed"])
    return None


def _write(scope: dict[str, Any], outcome: Outcome) -> bool:
    said = outcome.line.said
    site = open_site(**scope, name=said[Field.SITE]) if Field.SITE in said else None
    place = None if site is None or isinstance(site, Refused) else site.public_id
    if outcome.effect is Effect.NEW:
        made = declare_component(**scope, draft=_with(ComponentDraft(said[Field.NAME]), said, place))
    else:
        rows = Asset.objects.of(scope["organisation_id"]).filter(public_id=outcome.known, until=None)
        present = rows.select_related("site", "referent__person").first()
        if present is None:
            return False
        draft = replace(_with(draft_of(present), said, place), name=present.name)
        made = describe_component(**scope, asset=present.public_id, draft=draft)
    if isinstance(made, Refused):
        return False
    for name in names_in(said.get(Field.SERVICE, "")):
        propose_service(**scope, name=name, runs_on=made.public_id)
    return True


def _with(draft: ComponentDraft, said: Any, site: UUID | None) -> ComponentDraft:
    """Return the draft with what a line says; what it leaves out stays."""
    values: dict[str, Any] = {
        field: date.fromisoformat(value) if field in _DAYS else value
        for field, value in said.items()
        if field not in _ELSEWHERE
    }
    return replace(draft, **values, site=site or draft.site)


@recorded
def tie_to_hosts(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    listed: UUID,
    ties: HostTies,
    ticket: JobTicket,
) -> Refused | None:
    """Draw what runs on what for the next lines of a list; what is drawn already stays.

    Raise LeaseLost. Refused with "no_such_import" where it is not being imported any more.
    """
    require_lease(ticket)
    take_turn(organisation_id)
    row = _held(organisation_id, listed, ImportState.ASKED)
    if row is None:
        return Refused("no_such_import")
    for guest, host in ties.pairs:
        edge = NewEdge(guest, host, DependencyKind.RUNS_ON)
        add_dependency(now=now, actor=actor, organisation_id=organisation_id, edge=edge)
    row.tied += ties.lines
    row.save(update_fields=["tied"])
    return None


@recorded
def end_import(
    *, now: datetime, actor: Actor, organisation_id: int, listed: UUID, ticket: JobTicket
) -> Refused | None:
    """Say that all of a list is written; its lines are forgotten. Raise LeaseLost."""
    require_lease(ticket)
    row = _held(organisation_id, listed, ImportState.ASKED)
    if row is None:
        return Refused("no_such_import")
    row.state, row.ended_at, row.sheets = ImportState.DONE, now, []
    row.save()
    fact = ListImported(
        file_name=row.file_name, digest=row.digest, lines=row.total, new=row.new, changed=row.changed
    )
    record(fact, subject=listed, organisation_id=organisation_id)
    return None
