"""What tests about agents share: a key, reports sent through the real door, jobs that bring them in."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db.models import Model
from django.test import Client

from veilleur.config.wiring import JOB_HANDLERS
from veilleur.domains.estate.actions import accept_device, make_agent_key
from veilleur.domains.estate.models import AgentDevice, AgentReport, Asset
from veilleur.domains.estate.rules.agents import APPLY_DOCUMENT, READ_REPORTS
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.engines.agent_protocol.tests.samples import AGENT_ID, inventory, zipped
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM


def make_key(organisation: Model, name: str = "Lyon") -> str:
    key = make_agent_key(now=utc_now(), actor=SYSTEM, organisation_id=organisation.pk, name=name)
    assert isinstance(key, str)
    return key


def send(key: str, body: bytes, *, agent_id: str = AGENT_ID, zip_it: bool = True, **headers: str) -> Any:
    """Send a report as an agent does, and return the answer."""
    if agent_id:
        headers["HTTP_GLPI_AGENT_ID"] = agent_id
    return Client().post(
        f"/inventory/{key}",
        zipped(body) if zip_it else body,
        content_type="application/x-compress-zlib" if zip_it else "application/json",
        **headers,
    )


def report(key: str, organisation: Model, told: dict[str, Any] | None = None, **changes: Any) -> None:
    """Send an inventory, and have it brought in."""
    agent_id = changes.pop("agent_id", AGENT_ID)
    answer = send(key, inventory(told, **changes), agent_id=agent_id)
    assert answer.status_code == 200, answer.content
    bring_in(organisation)


def bring_in(organisation: Model, now: datetime | None = None) -> None:
    """Run the jobs as the work process would."""
    _run(READ_REPORTS, {"organisation": str(organisation.public_id)}, now)
    for device in AgentDevice.objects.of(organisation.pk).filter(state="accepted"):
        _run(
            APPLY_DOCUMENT,
            {"organisation": str(organisation.public_id), "device": str(device.public_id)},
            now,
        )


def _run(kind: str, payload: dict[str, Any], now: datetime | None) -> None:
    ticket = JobTicket(kind=kind, key="test", payload=payload, attempts=1, token=uuid4())
    JOB_HANDLERS[kind](ticket, (lambda: now) if now else utc_now)


def only_device(organisation: Model) -> AgentDevice:
    found: AgentDevice = AgentDevice.objects.of(organisation.pk).get()
    return found


def waiting(organisation: Model) -> int:
    count: int = AgentReport.objects.of(organisation.pk).filter(fault="").count()
    return count


def answer_of(response: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(response.content)
    return told


def kinds(organisation: Model) -> list[str]:
    return [entry.kind for entry in whole_entries(organisation.pk)]


def said(organisation: Model) -> dict[str, Any]:
    return {"now": utc_now(), "actor": SYSTEM, "organisation_id": organisation.pk}


def accept(organisation: Model, device: AgentDevice | None = None) -> Asset:
    row = device or only_device(organisation)
    made = accept_device(**said(organisation), device=row.public_id)
    assert not isinstance(made, Refused), made
    bring_in(organisation)
    asset: Asset = Asset.objects.of(organisation.pk).get(public_id=made)
    return asset
