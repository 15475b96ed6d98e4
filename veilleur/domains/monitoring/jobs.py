"""Background work of monitoring: the spool is drained, silence noted, checks proposed for this machine."""

from datetime import datetime, timedelta
from uuid import UUID

from veilleur.domains.estate.queries import AssetView, whole_asset
from veilleur.domains.estate.rules.machine import Listener, Volume
from veilleur.domains.journal.rules.work import Clock, JobTicket, Origin, Periodic, ReadEntry, Reader
from veilleur.domains.monitoring.actions import (
    PROPOSE_CHECKS,
    activate_checks,
    ask_for_checks,
    drain_items,
    note_silence,
)
from veilleur.domains.monitoring.ports import SPOOL, TLS_FINDER
from veilleur.domains.monitoring.queries import spool_position, whole_targets
from veilleur.domains.monitoring.rules.kinds import Surroundings, propose_all
from veilleur.domains.monitoring.rules.kinds.listener import targets_of
from veilleur.domains.organisations.queries import organisation_of
from veilleur.shared.viewer import SYSTEM, WATCH

DRAIN_SPOOL = "monitoring.drain_spool"
PERIODICS = (Periodic(DRAIN_SPOOL, every=timedelta(seconds=5)),)

# Small enough for a turn at the database of well under 50 ms, large enough for a night's backlog.
_BATCH = 100
_MOST_BATCHES = 500


def drain_spool(_ticket: JobTicket, clock: Clock) -> None:
    """Take in what the watch has accepted since last time, then believe nothing that is no longer fresh.

    Needs no lease: the position in the main database, moved with each batch, makes it exactly once.
    """
    spool = SPOOL.get()
    spool_id = spool.spool_id()
    for _ in range(_MOST_BATCHES):
        after = spool_position(spool_id)
        # Also what a worker took in and could not trim any more.
        spool.trim(after)
        items = spool.read(after, _BATCH)
        pulse = spool.pulse()
        drain_items(
            now=clock(),
            actor=WATCH,
            spool_id=spool_id,
            items=items,
            last_loop_us=pulse.last_loop_us if pulse else 0,
        )
        if len(items) < _BATCH:
            break
    else:
        # A backlog this long is still being taken in: its checks are late, not silent.
        return
    spool.trim(spool_position(spool_id))
    note_silence(now=clock(), actor=WATCH)


def propose_checks(ticket: JobTicket, clock: Clock) -> None:
    """Begin the checks that this machine's own facts call for; to watch it is what installing consents to.

    A demonstration's machines and machines elsewhere get none. Run twice, it begins nothing more.
    """
    organisation = organisation_of(UUID(str(ticket.payload["organisation"])))
    if organisation is None or organisation.is_demo:
        return
    asset = whole_asset(organisation.pk, UUID(str(ticket.payload["asset"])))
    if asset is None or not asset.is_here:
        return
    proposals = propose_all(_surroundings(organisation.pk, asset))
    activate_checks(
        now=clock(), actor=SYSTEM, organisation_id=organisation.pk, asset=asset.id, proposals=proposals
    )


def _surroundings(organisation_id: int, asset: AssetView) -> Surroundings:
    volumes = tuple(row for row in asset.part("volumes").rows if isinstance(row, Volume))
    listeners = tuple(row for row in asset.part("listeners").rows if isinstance(row, Listener))
    known = whole_targets(organisation_id, asset.id, "tls")
    unknown = [target for target in targets_of(listeners) if target not in known]
    return Surroundings(volumes, listeners, TLS_FINDER.get().speaking_tls(unknown))


def _machine_changed(entry: ReadEntry, clock: Clock) -> None:
    """Ask for checks when the inventory of a real machine is new or has changed."""
    if entry.origin is Origin.LIVE and entry.subject is not None:
        _ask(clock(), entry.organisation, entry.subject)


def _ask(now: datetime, organisation: UUID, asset: UUID) -> None:
    ask_for_checks(now=now, actor=SYSTEM, organisation=organisation, asset=asset)


HANDLERS = {DRAIN_SPOOL: drain_spool, PROPOSE_CHECKS: propose_checks}
READERS = (
    Reader(
        name="monitoring.propose_checks",
        kinds=frozenset({"estate.asset_registered", "estate.asset_changed", "estate.inventory_changed"}),
        start="beginning",
        greatest_age=None,
        handle=_machine_changed,
    ),
)
