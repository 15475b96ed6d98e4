"""Background work on what agents report: each document is read, and the machine of its device refreshed.

A machine is brought up to date in pieces, each a short turn at the database. Whatever stops the work, the
document waits until all of it is in; doing it twice changes nothing more.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from veilleur.domains.estate.actions import (
    BegunReport,
    NewDocument,
    begin_report,
    drop_report,
    finish_report,
    lay_report_aside,
    read_reports_on,
    refresh_machine,
    settle_device,
)
from veilleur.domains.estate.jobs.parts import bring_part_in
from veilleur.domains.estate.ports import AGENT_PROTOCOL, SUPPORT_DATES
from veilleur.domains.estate.queries.agents import (
    device_with_document,
    kept_document,
    known_device,
    whole_accepted,
    whole_waiting_reports,
)
from veilleur.domains.estate.queries.inventory import whole_parts_of_veilleur
from veilleur.domains.estate.rules.agents import (
    APPLY_DOCUMENT,
    READ_REPORTS,
    REPORTS_AT_ONCE,
    DeviceState,
    Fault,
    Head,
    Told,
)
from veilleur.domains.estate.rules.identity import identities_of
from veilleur.domains.estate.rules.machine import PARTS, MachineFacts, Source
from veilleur.domains.journal.rules.work import Clock, JobTicket
from veilleur.domains.organisations.queries import organisation_of
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM


def read_reports(ticket: JobTicket, clock: Clock) -> None:
    """Read what waits of the organisation in the payload ("organisation": public id), the oldest first.

    No more than so many at once: then the job asks for itself again.
    """
    organisation = organisation_of(UUID(str(ticket.payload["organisation"])))
    if organisation is None:
        return
    for report in whole_waiting_reports(organisation.pk, REPORTS_AT_ONCE):
        begun = begin_report(now=clock(), actor=SYSTEM, organisation_id=organisation.pk, report=report)
        if begun is not None:
            _Reading(organisation.pk, clock).take(begun)
    if whole_waiting_reports(organisation.pk, 1):
        read_reports_on(now=clock(), actor=SYSTEM, organisation=organisation.public_id)


def apply_document(ticket: JobTicket, clock: Clock) -> None:
    """Bring in what a device told last, once a person has let it in.

    The payload names the "organisation" and the "device" by public id.
    """
    organisation = organisation_of(UUID(str(ticket.payload["organisation"])))
    if organisation is None:
        return
    device = UUID(str(ticket.payload["device"]))
    asset, kept = whole_accepted(organisation.pk, device), kept_document(organisation.pk, device)
    if asset is None or kept is None:
        return
    told = AGENT_PROTOCOL.get().read(Head(), kept)
    if isinstance(told, Told):
        _Reading(organisation.pk, clock).refresh(asset, told)


class _Reading:
    """Brings documents of one organisation into its estate."""

    def __init__(self, organisation_id: int, clock: Clock) -> None:
        self._organisation_id, self._clock = organisation_id, clock

    def take(self, report: BegunReport) -> None:
        """Bring one document in, or lay it aside."""
        said: dict[str, Any] = {"actor": SYSTEM, "organisation_id": self._organisation_id}
        same = device_with_document(self._organisation_id, report.digest)
        if same is not None:
            finish_report(**said, now=self._clock(), report=report, device=same, document=None)
            return
        told = self._read(report)
        if isinstance(told, Fault):
            lay_report_aside(**said, now=self._clock(), report=report.id, fault=told)
            return
        settled = settle_device(
            **said, now=self._clock(), key=report.key_id, told=told, received_at=report.received_at
        )
        if isinstance(settled, Refused):
            lay_report_aside(**said, now=self._clock(), report=report.id, fault=settled.reason)
        elif settled.state is DeviceState.REFUSED:
            drop_report(**said, now=self._clock(), report=report.id)
        else:
            if settled.asset is not None:
                self.refresh(settled.asset, told)
            packed = AGENT_PROTOCOL.get().pack(told.document)
            document = NewDocument(packed, report.digest, len(told.document))
            finish_report(**said, now=self._clock(), report=report, device=settled.device, document=document)

    def _read(self, report: BegunReport) -> Told | Fault:
        """Return what a document tells; one that tells only what changed, together with the last one."""
        protocol = AGENT_PROTOCOL.get()
        told = protocol.read(report.head, report.content)
        if isinstance(told, Fault) or not told.is_partial:
            return told
        device = known_device(self._organisation_id, told.signs)
        kept = None if device is None else kept_document(self._organisation_id, device.public_id)
        return told if kept is None else protocol.read(report.head, report.content, kept)

    def refresh(self, asset: UUID, told: Told) -> None:
        """Bring a machine up to date, piece by piece."""
        facts = _with_dates(told)
        if not told.is_partial:
            said: dict[str, Any] = {"actor": SYSTEM, "organisation_id": self._organisation_id}
            refresh_machine(**said, now=self._clock(), asset=asset, facts=facts)
        kept = whole_parts_of_veilleur(self._organisation_id, asset, self._clock())
        for part in PARTS:
            if part not in kept:
                rows = getattr(facts, part)
                bring_part_in(self._organisation_id, asset, part, rows, self._clock, Source.AGENT)


def _with_dates(told: Told) -> MachineFacts:
    """Return the facts with their signs, and until when the system is supported, which no agent knows."""
    system = told.facts.system
    dates = SUPPORT_DATES.get().dates_of(system.os_id, system.version)
    dated = replace(
        system,
        full_support_until=dates.full_until,
        lts_support_until=dates.lts_until,
        support_source=dates.source,
    )
    return replace(told.facts, identities=identities_of(told.signs), system=dated)


HANDLERS = {READ_REPORTS: read_reports, APPLY_DOCUMENT: apply_document}
