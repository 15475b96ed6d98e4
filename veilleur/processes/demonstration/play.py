"""Plays the demonstration company into an empty data folder, through the product's own actions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from veilleur.domains.estate.actions import (
    add_dependency,
    declare_data_set,
    propose_service,
    register_machine,
    set_service_objectives,
)
from veilleur.domains.estate.rules.machine import Listener, MachineFacts, Volume
from veilleur.domains.estate.rules.map import NewDataSet, NewEdge
from veilleur.domains.monitoring.actions import activate_checks, take_results
from veilleur.domains.monitoring.ports import SpooledResult
from veilleur.domains.monitoring.queries import whole_check_ids
from veilleur.domains.monitoring.rules.kinds import Proposal, Surroundings, propose_all
from veilleur.domains.monitoring.rules.outcomes import Evidence
from veilleur.domains.organisations.actions import create_organisation
from veilleur.domains.organisations.models import Organisation
from veilleur.processes.demonstration.company import NAME, SERVERS, SERVICES, DemoService
from veilleur.processes.demonstration.machines import facts_of, workstations
from veilleur.processes.demonstration.outages import HISTORY, Outage, outages
from veilleur.shared.intervals import to_microseconds
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import DEMO

Tell = Callable[[str], None]
Target = tuple[str, str, str]  # server, kind, target of one check

_ATTEMPT = timedelta(seconds=15)
_BATCH = 4
# What a check measures while all is well, in thousandths of its unit.
_USUAL = {"load": 300, "memory": 58_000, "disk": 61_000, "listener": 900, "tls": 64_000}


class DemonstrationBroken(RuntimeError):
    """An action refused a fact of the demonstration: the company's data contradicts the product's rules."""


def done(result: object) -> object:
    """Return the result of an action that must not refuse; raise DemonstrationBroken if it did."""
    if isinstance(result, Refused):
        raise DemonstrationBroken(f"{result.reason} {result.detail}".strip())
    return result


@dataclass
class Played:
    """The company as far as it has been played: public ids by name."""

    organisation: Organisation
    start: datetime
    end: datetime
    nodes: dict[str, UUID] = field(default_factory=dict)
    checks: dict[Target, UUID] = field(default_factory=dict)

    @property
    def organisation_id(self) -> int:
        """Return the database key of the company."""
        return int(self.organisation.pk)


def play_company(end: datetime) -> Played:
    """Make the company as it was thirteen months before `end`: machines, services, data, dependencies."""
    start = end - HISTORY
    organisation = create_organisation(now=start, actor=DEMO, name=NAME, is_demo=True)
    played = Played(organisation, start, end)
    for rank, server in enumerate(SERVERS):
        played.nodes[server.name] = _register(played, facts_of(server, rank))
    for _site, facts in workstations():
        played.nodes[facts.host_name] = _register(played, facts)
    for server in SERVERS:
        if server.runs_on:
            _link(played, server.name, server.runs_on, "runs_on")
    for service in SERVICES:
        _open_service(played, service)
    for service in SERVICES:
        for needed, kind in service.needs.items():
            _link(played, service.name, needed, kind)
    return played


def _register(played: Played, facts: MachineFacts) -> UUID:
    asset = register_machine(
        now=played.start, actor=DEMO, organisation_id=played.organisation_id, facts=facts
    )
    return asset.public_id


def _link(played: Played, dependent: str, dependency: str, kind: str) -> None:
    edge = NewEdge(played.nodes[dependent], played.nodes[dependency], kind)
    done(add_dependency(now=played.start, actor=DEMO, organisation_id=played.organisation_id, edge=edge))


def _open_service(played: Played, service: DemoService) -> None:
    scope = {"now": played.start, "actor": DEMO, "organisation_id": played.organisation_id}
    first = played.nodes[service.runs_on[0]] if service.runs_on else None
    row = done(propose_service(**scope, name=service.name, runs_on=first))
    played.nodes[service.name] = row.public_id
    for further in service.runs_on[1:]:
        _link(played, service.name, further, "runs_on")
    if service.rto_h is not None and service.rpo_h is not None:
        done(
            set_service_objectives(
                **scope, service=row.public_id, rto_s=service.rto_h * 3600, rpo_s=service.rpo_h * 3600
            )
        )
    for data in service.data:
        declared = NewDataSet(data.name, data.kind, data.locator, played.nodes[data.stored_on], row.public_id)
        played.nodes[data.name] = done(declare_data_set(**scope, data_set=declared)).public_id


def play_watch(played: Played) -> None:
    """Give every server its checks, then let thirteen months of breakdowns happen to them."""
    targets = {}
    for rank, server in enumerate(SERVERS):
        proposals = proposals_for(facts_of(server, rank))
        targets[server.name] = tuple((each.kind, each.target) for each in proposals)
        _activate(played, server.name, proposals)
    _all_well(played, played.start + timedelta(minutes=1))
    for outage in outages(targets, played.end):
        _break(played, outage)
    keep_watching(played, played.end)


def proposals_for(facts: MachineFacts) -> tuple[Proposal, ...]:
    """Return the checks that the product's own rules propose for such a machine."""
    volumes = tuple(row for row in facts.volumes if isinstance(row, Volume)) if facts.volumes else ()
    listeners = tuple(row for row in facts.listeners if isinstance(row, Listener)) if facts.listeners else ()
    return propose_all(Surroundings(volumes, listeners))


def _activate(played: Played, server: str, proposals: tuple[Proposal, ...]) -> None:
    organisation_id, asset = played.organisation_id, played.nodes[server]
    done(
        activate_checks(
            now=played.start, actor=DEMO, organisation_id=organisation_id, asset=asset, proposals=proposals
        )
    )
    for (kind, target), check in whole_check_ids(organisation_id, asset).items():
        played.checks[server, kind, target] = check


def _result(check: UUID, kind: str, at: datetime) -> SpooledResult:
    evidence, code = Evidence.ANSWERED, "connected" if kind == "listener" else "measured"
    return SpooledResult(0, check, to_microseconds(at), 1_000, evidence, code, _USUAL[kind])


def _all_well(played: Played, at: datetime) -> None:
    results = tuple(_result(check, kind, at) for (_server, kind, _target), check in played.checks.items())
    _take(at, results)


def _take(now: datetime, results: tuple[SpooledResult, ...]) -> None:
    """Hand results over by small batches: pages wait for no turn longer than a batch takes."""
    for first in range(0, len(results), _BATCH):
        take_results(now=now, actor=DEMO, results=results[first : first + _BATCH])


def _break(played: Played, outage: Outage) -> None:
    """Let a check fail until it is believed, and recover at the end of its outage."""
    check = played.checks[outage.server, outage.kind, outage.target]
    first = tuple(_failure(check, outage, outage.start + number * _ATTEMPT) for number in range(3))
    take_results(now=outage.start + 3 * _ATTEMPT, actor=DEMO, results=first)
    if outage.end is not None:
        take_results(now=outage.end, actor=DEMO, results=(_result(check, outage.kind, outage.end),))


def _failure(check: UUID, outage: Outage, at: datetime) -> SpooledResult:
    is_measured = outage.value is not None
    evidence = Evidence.ANSWERED if is_measured else Evidence.FAILED
    return SpooledResult(0, check, to_microseconds(at), 1_000, evidence, outage.code, outage.value)


def keep_watching(played: Played, now: datetime) -> None:
    """Give every check its present result: well, but for the breakdowns that last still."""
    lasting = {
        (each.server, each.kind, each.target): each
        for each in outages(_targets(played), played.end)
        if each.end is None
    }
    results = tuple(
        _failure(check, lasting[key], now) if key in lasting else _result(check, key[1], now)
        for key, check in played.checks.items()
    )
    _take(now, results)


def _targets(played: Played) -> dict[str, tuple[tuple[str, str], ...]]:
    return {
        server.name: tuple((kind, target) for name, kind, target in played.checks if name == server.name)
        for server in SERVERS
    }
