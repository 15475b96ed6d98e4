"""The machine Veilleur runs on is read and registered, again and again."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from veilleur.domains.estate.actions import propose_service, register_machine
from veilleur.domains.estate.jobs.parts import bring_part_in
from veilleur.domains.estate.ports import MACHINE_READER
from veilleur.domains.estate.queries import is_home_of_a_service, organisations_of_machine
from veilleur.domains.estate.rules.machine import TOLD_APART, Identity, MachineFacts
from veilleur.domains.journal.rules.work import Clock, JobTicket, Periodic
from veilleur.domains.organisations.queries import organisation_of, whole_organisations
from veilleur.shared.viewer import SYSTEM

READ_MACHINE = "estate.read_machine"
PERIODICS = (Periodic(READ_MACHINE, every=timedelta(minutes=15)),)


def read_machine(ticket: JobTicket, clock: Clock) -> None:
    """Read this machine and register it, with the one service that surely runs on it.

    For the organisation named in the payload ("organisation": public id), else for those that have
    registered this machine already, else for the first organisation that is no demonstration. Run
    twice, it records nothing more.
    """
    facts = MACHINE_READER.get().read()
    for organisation_id, language in _organisations(ticket, facts.identities):
        asset = _register(organisation_id, facts, clock)
        # Before the packages, which take long: the first answer is about this service.
        _propose(organisation_id, asset, facts.host_name, language, clock)
        bring_part_in(organisation_id, asset, "packages", facts.packages, clock)


def _register(organisation_id: int, facts: MachineFacts, clock: Clock) -> UUID:
    """Register the machine without its packages: a thousand rows at once would block the pages."""
    without_packages = replace(facts, packages=TOLD_APART)
    registered = register_machine(
        now=clock(), actor=SYSTEM, organisation_id=organisation_id, facts=without_packages
    )
    found: UUID = registered.public_id
    return found


def _propose(organisation_id: int, asset: UUID, host_name: str, language: str, clock: Clock) -> None:
    if not is_home_of_a_service(organisation_id, asset):
        with translation.override(language):
            name = _("Veilleur on {host}").format(host=host_name)
        propose_service(now=clock(), actor=SYSTEM, organisation_id=organisation_id, name=name, runs_on=asset)


def _organisations(ticket: JobTicket, identities: tuple[Identity, ...]) -> list[tuple[int, str]]:
    """Return (database key, language) of the organisations to register the machine for."""
    named = ticket.payload.get("organisation")
    if isinstance(named, str):
        organisation = organisation_of(UUID(named))
        return [(organisation.pk, organisation.language)] if organisation else []
    known = set(organisations_of_machine(identities))
    real = [(each.pk, each.language) for each in whole_organisations(with_demo=False)]
    return [each for each in real if each[0] in known] or real[:1]


HANDLERS = {READ_MACHINE: read_machine}
