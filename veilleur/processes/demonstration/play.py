"""First act: the company as it was thirteen months ago, through the product's own actions."""

from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.actions import (
    add_dependency,
    declare_data_set,
    open_site,
    place_at_site,
    propose_service,
    register_machine,
    set_service_objectives,
)
from veilleur.domains.estate.rules.machine import MachineFacts
from veilleur.domains.estate.rules.map import DataSetKind, DependencyKind, NewDataSet, NewEdge
from veilleur.domains.organisations.actions import create_organisation
from veilleur.processes.demonstration.company import (
    HISTORY,
    NAME,
    SERVERS,
    SERVICES,
    SITES,
    Data,
    DemoService,
)
from veilleur.processes.demonstration.machines import facts_of, workstations
from veilleur.processes.demonstration.stage import Played, done
from veilleur.shared.viewer import DEMO


def play_company(end: datetime) -> Played:
    """Make the company as it was thirteen months before `end`: machines, services, data, dependencies."""
    start = end - HISTORY
    organisation = create_organisation(now=start, actor=DEMO, name=NAME, is_demo=True)
    played = Played(organisation.pk, organisation.public_id, start, end)
    sites = {name: _open_site(played, name) for name in SITES}
    for rank, server in enumerate(SERVERS):
        _register(played, facts_of(server, rank), sites[server.site])
    for site, facts in workstations():
        _register(played, facts, sites[site])
    for server in SERVERS:
        if server.runs_on:
            _link(played, server.name, server.runs_on, DependencyKind.RUNS_ON)
    for service in SERVICES:
        _open_service(played, service)
    for service in SERVICES:
        for needed, kind in service.needs.items():
            _link(played, service.name, needed, kind)
    return played


def read_machines(played: Played, now: datetime) -> None:
    """Let every machine tell about itself again: nothing has changed, but the evidence is fresh."""
    told = [facts_of(server, rank) for rank, server in enumerate(SERVERS)]
    for facts in (*told, *(facts for _site, facts in workstations())):
        register_machine(now=now, actor=DEMO, organisation_id=played.organisation_id, facts=facts)


def _open_site(played: Played, name: str) -> UUID:
    site = done(open_site(now=played.start, actor=DEMO, organisation_id=played.organisation_id, name=name))
    return site.public_id


def _register(played: Played, facts: MachineFacts, site: UUID) -> None:
    scope = played.organisation_id
    asset = register_machine(now=played.start, actor=DEMO, organisation_id=scope, facts=facts)
    done(place_at_site(now=played.start, actor=DEMO, organisation_id=scope, node=asset.public_id, site=site))
    played.nodes[facts.host_name] = asset.public_id


def _link(played: Played, dependent: str, dependency: str, kind: DependencyKind) -> None:
    edge = NewEdge(played.nodes[dependent], played.nodes[dependency], kind)
    done(add_dependency(now=played.start, actor=DEMO, organisation_id=played.organisation_id, edge=edge))


def _open_service(played: Played, service: DemoService) -> None:
    first = played.nodes[service.runs_on[0]] if service.runs_on else None
    row = done(
        propose_service(
            now=played.start,
            actor=DEMO,
            organisation_id=played.organisation_id,
            name=service.name,
            runs_on=first,
        )
    )
    played.nodes[service.name] = row.public_id
    for further in service.runs_on[1:]:
        _link(played, service.name, further, DependencyKind.RUNS_ON)
    if service.rto_h is not None and service.rpo_h is not None:
        _set_objectives(played, row.public_id, service.rto_h * 3600, service.rpo_h * 3600)
    for data in service.data:
        _declare(played, row.public_id, data)


def _set_objectives(played: Played, service: UUID, rto_s: int, rpo_s: int) -> None:
    done(
        set_service_objectives(
            now=played.start,
            actor=DEMO,
            organisation_id=played.organisation_id,
            service=service,
            rto_s=rto_s,
            rpo_s=rpo_s,
        )
    )


def _declare(played: Played, service: UUID, data: Data) -> None:
    declared = NewDataSet(
        data.name, DataSetKind(data.kind), data.locator, played.nodes[data.stored_on], service
    )
    row = done(
        declare_data_set(
            now=played.start, actor=DEMO, organisation_id=played.organisation_id, data_set=declared
        )
    )
    played.nodes[data.name] = row.public_id
