"""Writes of the documents that agents send: kept as they come, read by a job, laid aside where they cannot.

Bookkeeping, no facts: what a report says becomes facts of the device and of the machine.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.models import AgentDevice, AgentDocument, AgentReport
from veilleur.domains.estate.rules.agents import (
    MOST_ATTEMPTS,
    MOST_LAID_ASIDE,
    MOST_WAITING_REPORTS,
    READ_REPORTS,
    Head,
)
from veilleur.domains.journal.actions import recorded, schedule_job
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@dataclass(frozen=True)
class NewReport:
    """A document as it came: `content` deflated, `digest` and `size_bytes` of what it inflates to."""

    key_id: int
    agent_id: str
    client: str
    content: bytes
    digest: str
    size_bytes: int


@dataclass(frozen=True)
class BegunReport:
    """A document that is being read; `content` deflated, `digest` of what it inflates to."""

    id: UUID
    key_id: int
    head: Head
    content: bytes
    digest: str
    received_at: datetime


@dataclass(frozen=True)
class NewDocument:
    """What a device told last, to be kept: `content` deflated, `digest` and `size_bytes` of what came."""

    content: bytes
    digest: str
    size_bytes: int


@recorded
def keep_report(
    *, now: datetime, actor: Actor, organisation_id: int, organisation: UUID, report: NewReport
) -> Refused | None:
    """Keep a document until it was read, and have it read soon. Refuse "too_many_reports".

    The same one that waits already is kept once, as the newest. `organisation` is the public id.
    """
    waiting = AgentReport.objects.of(organisation_id).filter(fault="")
    if waiting.count() >= MOST_WAITING_REPORTS:
        return Refused("too_many_reports")
    values = {
        "key_id": report.key_id,
        "client": report.client,
        "received_at": now,
        "size_bytes": report.size_bytes,
        "content": report.content,
        "attempts": 0,
        "fault": "",
    }
    AgentReport.objects.of(organisation_id).update_or_create(
        agent_id=report.agent_id,
        digest=report.digest,
        defaults=values,
        create_defaults={**values, "organisation_id": organisation_id, "public_id": new_id(now)},
    )
    _read_soon(organisation, now)
    return None


@recorded
def read_reports_on(*, now: datetime, actor: Actor, organisation: UUID) -> None:
    """Have the documents read that one run has left."""
    _read_soon(organisation, now)


def _read_soon(organisation: UUID, now: datetime) -> None:
    schedule_job(READ_REPORTS, str(organisation), now, {"organisation": str(organisation)})


@recorded
def begin_report(*, now: datetime, actor: Actor, organisation_id: int, report: UUID) -> BegunReport | None:
    """Count one more attempt at a document and return it; None where it went, or is laid aside now.

    A document over which the worker dies would otherwise come again for ever, before all others.
    """
    row = AgentReport.objects.of(organisation_id).filter(public_id=report, fault="").first()
    if row is None:
        return None
    if row.attempts >= MOST_ATTEMPTS:
        _lay_aside(organisation_id, report, "failed")
        return None
    row.attempts += 1
    row.save(update_fields=["attempts"])
    head = Head(agent_id=row.agent_id, client=row.client)
    return BegunReport(row.public_id, row.key_id, head, bytes(row.content), row.digest, row.received_at)


@recorded
def lay_report_aside(*, now: datetime, actor: Actor, organisation_id: int, report: UUID, fault: str) -> None:
    """Keep a document that cannot be taken, with its reason; the oldest of too many go."""
    _lay_aside(organisation_id, report, fault)


def _lay_aside(organisation_id: int, report: UUID, fault: str) -> None:
    reports = AgentReport.objects.of(organisation_id)
    reports.filter(public_id=report).update(fault=fault)
    aside = reports.exclude(fault="").order_by("-received_at", "-pk")
    for key in aside.values_list("pk", flat=True)[MOST_LAID_ASIDE:]:
        reports.filter(pk=key).delete()


@recorded
def drop_report(*, now: datetime, actor: Actor, organisation_id: int, report: UUID) -> None:
    """Forget a document: of a device that was turned away, or laid aside and looked at."""
    AgentReport.objects.of(organisation_id).filter(public_id=report).delete()


@recorded
def finish_report(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    report: BegunReport,
    device: UUID,
    document: NewDocument | None,
) -> None:
    """Note that a document was brought in whole, and keep what it says as the last of its device.

    `document` is None where it is the one that is kept already. A document that came again meanwhile waits
    on: another one of the same device may have come between.
    """
    row = AgentDevice.objects.of(organisation_id).get(public_id=device)
    if document is not None:
        _keep_document(row, report.received_at, document, now)
    row.last_report_at = max(row.last_report_at, report.received_at)
    row.save(update_fields=["last_report_at"])
    reports = AgentReport.objects.of(organisation_id)
    reports.filter(public_id=report.id, received_at=report.received_at).delete()


def _keep_document(device: AgentDevice, received_at: datetime, document: NewDocument, now: datetime) -> None:
    values = {
        "content": document.content,
        "digest": document.digest,
        "size_bytes": document.size_bytes,
        "received_at": received_at,
    }
    AgentDocument.objects.of(device.organisation_id).update_or_create(
        device=device,
        defaults=values,
        create_defaults={
            **values,
            "device": device,
            "organisation_id": device.organisation_id,
            "public_id": new_id(now),
        },
    )
