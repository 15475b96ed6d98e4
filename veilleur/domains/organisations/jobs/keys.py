"""Rotation of the master key: everything that is sealed is sealed anew, in chunks, while all goes on.

Killed at any moment, it leaves everything openable: the generation before stays until a walk over all sealed
values, each opened on the way, has found nothing under it. Called again, it goes on.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from veilleur.domains.journal.actions.installation import (
    note_key_generation_made,
    note_key_generation_retired,
)
from veilleur.domains.journal.rules.work import Clock, JobTicket
from veilleur.domains.organisations.actions.sealed import replace_sealed
from veilleur.domains.organisations.ports import KEY_ROTATOR, SEALED_COLUMNS, SealedColumn, SealedValue
from veilleur.domains.organisations.rules.key_generations import KeyGeneration, Passage
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

_log = logging.getLogger(__name__)

# One transaction each: well within the turn that a write may take.
CHUNK = 50
# Walks that all find something to renew are left to the next hour.
_MOST_ROUNDS = 3


@dataclass(frozen=True)
class Rotated:
    """How far a rotation has come. `retired`: generations that are gone now; `why`: why none is yet."""

    present: KeyGeneration
    passage: Passage
    retired: tuple[KeyGeneration, ...] = ()
    why: str = ""


def rotate(clock: Clock) -> Rotated | Refused:
    """Begin a rotation, and seal everything under the new generation.

    Refused: "rotation_unfinished" where the one before has not come to its end, which `finish` brings;
    "rotated_since" where somebody else has just begun one. May raise SecretsAway.
    """
    keys = KEY_ROTATOR.get()
    refused = keys.begin_rotation(keys.generations()[-1].id)
    return refused if refused is not None else finish(clock)


def finish(clock: Clock) -> Rotated:
    """Go on with a rotation wherever it stands: seal anew what is not yet, and end older generations that
    nothing refers to. Does nothing where everything is done. May raise SecretsAway.
    """
    keys = KEY_ROTATOR.get()
    *older, present = keys.generations()
    for generation in (*older, present):
        # Also where somebody was killed between the deed and the fact.
        _note_made(clock(), generation)
    if not older:
        return Rotated(present, Passage())
    keys.renew_own()
    proof, renewed = walk(clock), 0
    for _again in range(_MOST_ROUNDS):
        if not proof.renewed:
            break
        # The next may be the proof: it opens every value under the present generation, or says which not.
        renewed += proof.renewed
        proof = walk(clock)
    passage = Passage(proof.seen, renewed + proof.renewed, proof.faults)
    if not proof.is_proof:
        return Rotated(present, passage, why="still_needed")
    retired = keys.retire(present.id)
    if isinstance(retired, Refused):
        return Rotated(present, passage, why=retired.reason)
    for generation in retired:
        note_key_generation_retired(
            now=clock(), actor=SYSTEM, generation=generation.id, number=generation.number, values=proof.seen
        )
    return Rotated(present, passage, retired)


def walk(clock: Clock, *, is_dry: bool = False) -> Passage:
    """Open every sealed value of the database, and seal anew those of older generations, unless `is_dry`."""
    seen, renewed, faults = 0, 0, list[tuple[str, int, str]]()
    for column in SEALED_COLUMNS.get():
        for chunk in _chunks(column):
            renewals = KEY_ROTATOR.get().renew(chunk)
            both = list(zip(chunk, renewals, strict=True))
            seen += len(both)
            faults += [(column.table, value.key, new.fault) for value, new in both if new.fault]
            pairs = [(value.key, value.sealed, new.sealed) for value, new in both if new.sealed]
            if pairs and not is_dry:
                replace_sealed(now=clock(), actor=SYSTEM, column=column, pairs=pairs)
            renewed += len(pairs)
    return Passage(seen, renewed, tuple(faults))


def keep_keys(_ticket: JobTicket, clock: Clock) -> None:
    """Bring a rotation that somebody began to its end. Begins none: that is for a person to say."""
    done = finish(clock)
    for table, key, reason in done.passage.faults:
        _log.warning("a sealed value opens with no key: %s, row %d (%s)", table, key, reason)


def _note_made(now: datetime, generation: KeyGeneration) -> None:
    note_key_generation_made(
        now=now,
        actor=SYSTEM,
        generation=generation.id,
        number=generation.number,
        made_at=generation.made_at,
    )


def _chunks(column: SealedColumn) -> Iterator[tuple[SealedValue, ...]]:
    after = 0
    while chunk := column.page(after, CHUNK):
        yield chunk
        after = chunk[-1].key
