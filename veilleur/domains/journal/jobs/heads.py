"""The daily export of signed heads, and new epochs after a restore."""

import logging
from datetime import datetime, timedelta

from veilleur.domains.journal.actions.chain import keep_export, open_epoch
from veilleur.domains.journal.ports import HEAD_SIGNER, HEADS_DESTINATIONS
from veilleur.domains.journal.queries.entries import chain_ends
from veilleur.domains.journal.queries.verification import last_export
from veilleur.domains.journal.rules.errors import SignerAway
from veilleur.domains.journal.rules.heads import ExportedHead, SignedHeads, heads_document
from veilleur.domains.journal.rules.work import Clock, JobTicket
from veilleur.shared.viewer import SYSTEM

# Heads that have not moved go out again after this, so that silence is noticed at the other end.
_REPEAT_AFTER = timedelta(days=1)

_log = logging.getLogger(__name__)


def export_heads(_ticket: JobTicket, clock: Clock) -> None:
    """Job: sign the heads of all chains and send them to every destination; kept only once all have them.

    A destination that fails makes the whole job run again: a destination may get the same heads twice. With
    nowhere to send them nothing is kept either: heads that never left this machine prove nothing about it.
    """
    destinations = HEADS_DESTINATIONS.get()
    if not destinations:
        return
    now = clock()
    heads = tuple(
        ExportedHead(end.organisation, end.epoch, end.sequence, end.hash.hex())
        for end in chain_ends()
        if end.sequence > 0
    )
    former = last_export()
    # Heads dated later than now were sent before the clock was set back: they keep nobody waiting.
    is_fresh = former is not None and timedelta() <= now - former.exported_at < _REPEAT_AFTER
    if not heads or (former is not None and is_fresh and former.heads == heads):
        return
    signer = HEAD_SIGNER.get()
    document = heads_document(heads, now)
    signed = SignedHeads(document, signer.sign(document.encode()), signer.public_key())
    for destination in destinations:
        destination.send(signed)
    keep_export(now=now, actor=SYSTEM, signed=signed)


def open_epochs(*, now: datetime, reason: str, signed: SignedHeads | None) -> int:
    """Open a new epoch on every chain after a restore; return how many.

    `signed` are the newest heads known outside the database; a chain they do not name has lost nothing known.
    """
    exported = {head.organisation: head for head in signed.heads} if signed else {}
    ends = chain_ends()
    for end in ends:
        open_epoch(
            now=now,
            actor=SYSTEM,
            organisation_id=end.organisation_id,
            reason=reason,
            last_exported=exported.get(end.organisation),
        )
    return len(ends)


def outside_evidence() -> tuple[tuple[bytes, ...], tuple[SignedHeads, ...]]:
    """Return the signing key and the signed heads that lie outside the database.

    The key is missing while nobody answers for it: then nothing signed can be trusted. Raise OSError or
    ValueError for a place that should be readable and is not.
    """
    elsewhere = [signed for destination in HEADS_DESTINATIONS.get() for signed in destination.sent()]
    try:
        keys: tuple[bytes, ...] = (HEAD_SIGNER.get().public_key(),)
    except SignerAway:
        _log.warning("the signing key is out of reach", exc_info=True)
        keys = ()
    return keys, tuple(elsewhere)
