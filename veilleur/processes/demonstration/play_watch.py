"""Second act: thirteen months of watching, its breakdowns, and the present that goes on."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from veilleur.domains.estate.rules.machine import MachineFacts, Unread
from veilleur.domains.monitoring.actions import activate_checks, take_results
from veilleur.domains.monitoring.ports import SpooledResult
from veilleur.domains.monitoring.queries import whole_check_ids
from veilleur.domains.monitoring.rules.kinds import Proposal, Surroundings, propose_all
from veilleur.domains.monitoring.rules.outcomes import Evidence
from veilleur.processes.demonstration.company import SERVERS
from veilleur.processes.demonstration.machines import facts_of
from veilleur.processes.demonstration.measurements import PARIS, measured
from veilleur.processes.demonstration.outages import Outage, outages
from veilleur.processes.demonstration.stage import Played, Target, done
from veilleur.shared.intervals import to_microseconds
from veilleur.shared.viewer import DEMO

_ATTEMPT = timedelta(seconds=15)
# Few at a time: pages wait for no turn longer than a batch takes.
_BATCH = 4
# The servers were taken up one after the other, in the first days.
_EVERY = timedelta(hours=2, minutes=37)


def play_watch(played: Played) -> None:
    """Give every server its checks, then let thirteen months of breakdowns happen to them."""
    for rank, server in enumerate(SERVERS):
        begun = taken_up(played.start, rank)
        _activate(played, server.name, proposals_for(facts_of(server, rank)), begun)
        first = begun + timedelta(seconds=40 + 3 * rank)
        mine = tuple(key for key in played.checks if key[0] == server.name)
        _take(first, tuple(_well(played, key, first) for key in mine))
    for outage in outages(_targets(played), played.end):
        _break(played, outage)
    keep_watching(played, played.end)


def proposals_for(facts: MachineFacts) -> tuple[Proposal, ...]:
    """Return the checks that the product's own rules propose for such a machine."""
    volumes = () if isinstance(facts.volumes, Unread) else facts.volumes
    listeners = () if isinstance(facts.listeners, Unread) else facts.listeners
    return propose_all(Surroundings(volumes, listeners))


def keep_watching(played: Played, now: datetime) -> None:
    """Give every check its present result: well, but for the breakdowns that last still."""
    lasting = {
        (each.server, each.kind, each.target): each
        for each in outages(_targets(played), played.end)
        if each.end is None
    }
    results = tuple(
        _failure(check, lasting[key], now)
        if key in lasting and lasting[key].value is None
        else _well(played, key, now)
        for key, check in played.checks.items()
    )
    _take(now, results)


def taken_up(start: datetime, rank: int) -> datetime:
    """Return when the server of that rank began to be watched: in working hours, three a day."""
    local = (start + timedelta(days=1 + rank // 3)).astimezone(PARIS)
    while local.weekday() >= 5:
        local += timedelta(days=2)
    morning = local.replace(hour=9, minute=12 + rank % 7, second=0, microsecond=0)
    return (morning + rank % 3 * _EVERY).astimezone(UTC)


def _activate(played: Played, server: str, proposals: tuple[Proposal, ...], begun: datetime) -> None:
    organisation_id, asset = played.organisation_id, played.nodes[server]
    done(
        activate_checks(
            now=begun, actor=DEMO, organisation_id=organisation_id, asset=asset, proposals=proposals
        )
    )
    for (kind, target), check in whole_check_ids(organisation_id, asset).items():
        played.checks[server, kind, target] = check


def _break(played: Played, outage: Outage) -> None:
    """Let a check fail until it is believed, and recover at the end of its outage."""
    key = (outage.server, outage.kind, outage.target)
    check = played.checks[key]
    first = tuple(_failure(check, outage, outage.start + number * _ATTEMPT) for number in range(3))
    _take(outage.start + 3 * _ATTEMPT, first)
    if outage.end is not None:
        _take(outage.end, (_well(played, key, outage.end),))


def _well(played: Played, key: Target, at: datetime) -> SpooledResult:
    """Return what a check measures; the limits of its kind say whether that is good."""
    server, kind, target = key
    code = "connected" if kind == "listener" else "measured"
    value = measured(server, kind, target, at, played.end)
    return SpooledResult(0, played.checks[key], to_microseconds(at), 1_000, Evidence.ANSWERED, code, value)


def _failure(check: UUID, outage: Outage, at: datetime) -> SpooledResult:
    evidence = Evidence.FAILED if outage.value is None else Evidence.ANSWERED
    return SpooledResult(0, check, to_microseconds(at), 1_000, evidence, outage.code, outage.value)


def _take(now: datetime, results: tuple[SpooledResult, ...]) -> None:
    for first in range(0, len(results), _BATCH):
        take_results(now=now, actor=DEMO, results=results[first : first + _BATCH])


def _targets(played: Played) -> dict[str, tuple[tuple[str, str], ...]]:
    return {
        server.name: tuple((kind, target) for name, kind, target in played.checks if name == server.name)
        for server in SERVERS
    }
