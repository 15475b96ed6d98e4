"""Bookkeeping about places and sources: what was written beside a repository, what could be read."""

from datetime import datetime
from uuid import UUID

from veilleur.domains.backups.facts import SourceAccessChanged, SourceNamed
from veilleur.domains.backups.models import PlanItem, Repository, SourceAccess
from veilleur.domains.backups.rules.plans import NewItem
from veilleur.domains.backups.rules.states import AccessState
from veilleur.domains.journal.actions import record, recorded, take_turn
from veilleur.shared.ids import new_id
from veilleur.shared.viewer import Actor

_DETAIL_CHARACTERS = 500


@recorded
def note_envelope(
    *, now: datetime, actor: Actor, organisation_id: int, repository: UUID, is_sealed: bool, failure: str
) -> None:
    """Keep when the envelope beside a place was written, or why it was not. No fact: it says nothing new."""
    row = Repository.objects.of(organisation_id).select_for_update().get(public_id=repository)
    row.envelope_failure = failure
    if not failure:
        row.envelope_written_at = now if is_sealed else None
    row.save(update_fields=["envelope_failure", "envelope_written_at"])


@recorded
def note_space_freed(*, now: datetime, actor: Actor, organisation_id: int, repository: UUID) -> None:
    """Keep when the bytes of removed points were given back to the disk."""
    Repository.objects.of(organisation_id).filter(public_id=repository).update(space_freed_at=now)


@recorded
def note_source_access(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    source: NewItem,
    state: AccessState,
    why: tuple[str, str],
) -> None:
    """Keep whether a database can be read; `why`: reason code and the server's words. A fact if new.

    Nothing is kept of a trial during which a person named the database with another password file.
    """
    take_turn(organisation_id)
    reason, detail = why
    rows = SourceAccess.objects.of(organisation_id).select_for_update()
    row = rows.filter(source_kind=source.kind, source=source.source).first()
    if row is None:
        row = SourceAccess(
            organisation_id=organisation_id,
            public_id=new_id(now),
            source_kind=source.kind,
            source=source.source,
        )
    elif row.is_named and row.passfile != source.passfile:
        return
    is_news = (row.state, row.reason) != (state, reason)
    row.state, row.reason, row.detail = state, reason, detail[:_DETAIL_CHARACTERS]
    row.passfile, row.tried_at = source.passfile, now
    row.save()
    if is_news:
        fact = SourceAccessChanged(source=source.source, state=state.value, reason=reason)
        record(fact, subject=row.public_id, organisation_id=organisation_id)


@recorded
def name_source(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    source: NewItem,
    state: AccessState = AccessState.READABLE,
) -> None:
    """Keep how a person said that a database is reached: it was just tried and could be read, or UNKNOWN, and
    is still to be tried; what was known of the same login stays.

    Plans that have it already read it with this password file from now on.
    """
    take_turn(organisation_id)
    rows = SourceAccess.objects.of(organisation_id).select_for_update()
    row = rows.filter(source_kind=source.kind, source=source.source).first()
    is_news = row is None or not row.is_named or row.passfile != source.passfile
    is_readable_again = row is not None and state != row.state and state is AccessState.READABLE
    if row is None:
        row = SourceAccess(
            organisation_id=organisation_id,
            public_id=new_id(now),
            source_kind=source.kind,
            source=source.source,
        )
    row.is_named, row.passfile = True, source.passfile
    if is_news or state is AccessState.READABLE:
        row.state, row.reason, row.detail = state, "", ""
        row.tried_at = now if state is AccessState.READABLE else None
    row.save()
    items = PlanItem.objects.of(organisation_id).filter(source_kind=source.kind, source=source.source)
    items.update(passfile=source.passfile)
    if is_news:
        fact = SourceNamed(kind=source.kind.value, source=source.source, passfile=source.passfile)
        record(fact, subject=row.public_id, organisation_id=organisation_id)
    if is_readable_again:
        changed = SourceAccessChanged(source=source.source, state=AccessState.READABLE.value, reason="")
        record(changed, subject=row.public_id, organisation_id=organisation_id)
