"""Run sheets: a procedure is begun, its steps are ticked, something is noted, it ends."""

import hashlib
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.knowledge.facts import RunEnded, RunNoted, RunStarted, StepTicked, StepUnticked
from veilleur.domains.knowledge.models import Document, DocumentVersion, RunNote, RunSheet, RunStep
from veilleur.domains.knowledge.rules.documents import DocumentKind, has_unfit_signs
from veilleur.domains.knowledge.rules.runs import LONGEST_NOTE, MOST_STEPS, Outcome, why_not_ended
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@recorded
def start_run(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    document: UUID,
    number: int,
    steps: tuple[str, ...],
) -> RunSheet | Refused:
    """Open a run sheet with the steps of version `number`, read before: versions never change.

    Refused with "no_such_document" where there is no such procedure in use, "saved_meanwhile" where that
    version is not the newest, "no_steps" or "too_many_steps".
    """
    rows = Document.objects.of(organisation_id).filter(public_id=document, retired_at=None)
    row = rows.filter(kind=DocumentKind.PROCEDURE).first()
    if row is None:
        return Refused("no_such_document")
    if row.number != number:
        return Refused("saved_meanwhile")
    if not steps or len(steps) > MOST_STEPS:
        return Refused("too_many_steps" if steps else "no_steps")
    sheet = RunSheet(
        organisation_id=organisation_id,
        public_id=new_id(now),
        document=row,
        version=DocumentVersion.objects.of(organisation_id).get(document=row, number=number),
        started_at=now,
        started_by=actor.pseudonym,
    )
    sheet.save(force_insert=True)
    RunStep.objects.of(organisation_id).bulk_create(
        RunStep(organisation_id=organisation_id, public_id=new_id(now), sheet=sheet, number=place, text=text)
        for place, text in enumerate(steps, start=1)
    )
    fact = RunStarted(sheet=sheet.public_id, number=number, steps=len(steps))
    record(fact, subject=document, organisation_id=organisation_id)
    return sheet


@recorded
def tick_step(
    *, now: datetime, actor: Actor, organisation_id: int, sheet: UUID, number: int, done: bool
) -> Refused | None:
    """Tick a step, by its number, or take a tick back; of two who tick at once the first has done it.

    Refused with "no_such_sheet" for a run that is over, or "no_such_step".
    """
    held = _held(organisation_id, sheet)
    if held is None:
        return Refused("no_such_sheet")
    row = RunStep.objects.of(organisation_id).filter(sheet=held, number=number).first()
    if row is None:
        return Refused("no_such_step")
    if (row.ticked_at is not None) == done:
        return None
    fact = (
        StepTicked(sheet=sheet, step=row.number)
        if done
        else StepUnticked(sheet=sheet, step=row.number, ticked_by=row.ticked_by)
    )
    row.ticked_at, row.ticked_by = (now, actor.pseudonym) if done else (None, "")
    row.save(update_fields=["ticked_at", "ticked_by"])
    record(fact, subject=held.document.public_id, organisation_id=organisation_id)
    return None


@recorded
def note_on_run(
    *, now: datetime, actor: Actor, organisation_id: int, sheet: UUID, text: str
) -> Refused | None:
    """Keep a note on a run sheet that is open.

    Refused with "no_such_sheet", "note_missing", "note_too_long" or "unfit_signs".
    """
    held = _held(organisation_id, sheet)
    if held is None:
        return Refused("no_such_sheet")
    reason = _fault_of_note(text)
    if reason is not None:
        return Refused(reason)
    _note(held, text, now, actor)
    return None


@recorded
def end_run(
    *, now: datetime, actor: Actor, organisation_id: int, sheet: UUID, outcome: Outcome, reason: str = ""
) -> Refused | None:
    """End a run; a reason is kept as its last note.

    Refused with "no_such_sheet" where it is over already, "steps_left" or "reason_missing" by
    `rules.runs.why_not_ended`, "note_too_long" or "unfit_signs".
    """
    held = _held(organisation_id, sheet)
    if held is None:
        return Refused("no_such_sheet")
    steps = RunStep.objects.of(organisation_id).filter(sheet=held)
    why_not = why_not_ended(outcome, left=steps.filter(ticked_at=None).count(), reason=reason)
    why_not = why_not or (_fault_of_note(reason) if reason.strip() else None)
    if why_not is not None:
        return Refused(why_not)
    if reason.strip():
        _note(held, reason, now, actor)
    held.ended_at, held.ended_by, held.outcome = now, actor.pseudonym, outcome
    held.save(update_fields=["ended_at", "ended_by", "outcome"])
    doers = steps.exclude(ticked_by="").values_list("ticked_by", flat=True)
    fact = RunEnded(
        sheet=sheet,
        outcome=outcome,
        lasted_s=max(0, int((now - held.started_at).total_seconds())),
        doers=tuple(sorted(set(doers))),
    )
    record(fact, subject=held.document.public_id, organisation_id=organisation_id)
    return None


def _held(organisation_id: int, sheet: UUID) -> RunSheet | None:
    """Return a run that is not over, locked: a tick is weighed against the end of the run."""
    rows = RunSheet.objects.of(organisation_id).filter(public_id=sheet, ended_at=None)
    found: RunSheet | None = rows.select_for_update(of=("self",)).select_related("document").first()
    return found


def _fault_of_note(text: str) -> str | None:
    if not text.strip():
        return "note_missing"
    if len(text) > LONGEST_NOTE:
        return "note_too_long"
    return "unfit_signs" if has_unfit_signs(text) else None


def _note(sheet: RunSheet, text: str, now: datetime, actor: Actor) -> None:
    note = RunNote(
        organisation_id=sheet.organisation_id,
        public_id=new_id(now),
        sheet=sheet,
        text=text,
        written_at=now,
        author=actor.pseudonym,
    )
    note.save(force_insert=True)
    fact = RunNoted(sheet=sheet.public_id, text_digest=hashlib.sha256(text.encode()).hexdigest())
    record(fact, subject=sheet.document.public_id, organisation_id=sheet.organisation_id)
