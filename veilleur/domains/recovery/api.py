"""Routes of the API about recovery: the very document of `veilleur restart-time --json`."""

from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, JsonResponse
from ninja import Router, Schema
from pydantic import ConfigDict

from veilleur.domains.organisations.queries import visible_organisation
from veilleur.domains.recovery.queries import visible_restart_times
from veilleur.domains.recovery.rules.document import Document, document
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in

router = Router(tags=["recovery"])
_State = Literal["good", "watch", "bad", "unknown"]


class _Open(Schema):
    """Only what stands out is described here: the schema of `veilleur restart-time --json` says the rest."""

    model_config = ConfigDict(extra="allow")


class NamedOut(Schema):
    """Something by its public id and its name."""

    id: UUID
    name: str


class ServiceAnswerOut(_Open):
    """The answer for one service in one scenario, as docs/reference/restart-time.schema.json has it."""

    service: NamedOut
    state: _State


class ScenarioOut(_Open):
    """The answer for one scenario, as docs/reference/restart-time.schema.json has it."""

    scenario: str
    state: _State
    services: list[ServiceAnswerOut]


class RestartTimesOut(_Open):
    """In how long work can go on again, what would be lost: docs/reference/restart-time.schema.json."""

    schema_version: int
    organisation: NamedOut
    state: _State
    scenarios: list[ScenarioOut]


class ServiceScenarioOut(_Open):
    """The answer for one service, with the scenario that it is for."""

    scenario: str
    answer: ServiceAnswerOut


class ServiceRestartOut(Schema):
    """The answers for one service, a scenario each."""

    service: NamedOut
    scenarios: list[ServiceScenarioOut]


@router.get("/restart-times", response=RestartTimesOut)
def get_restart_times(request: HttpRequest) -> Any:
    """Return what `veilleur restart-time --json` prints, from the kept findings judged now."""
    return JsonResponse(_document(request))


@router.get("/services/{uuid:service}/restart-times", response=ServiceRestartOut)
def get_service_restart_times(request: HttpRequest, service: UUID) -> Any:
    """Return the answers for one service: for each scenario its part of the whole document."""
    answers = [
        {"scenario": scenario["scenario"], "answer": answer}
        for scenario in _document(request)["scenarios"]
        for answer in scenario["services"]
        if answer["service"]["id"] == str(service)
    ]
    if not answers:
        raise Http404
    return JsonResponse({"service": answers[0]["answer"]["service"], "scenarios": answers})


def _document(request: HttpRequest) -> Document:
    viewer = viewer_in(request)
    report = visible_restart_times(viewer, utc_now())
    if report is None:
        raise Http404
    organisation = visible_organisation(viewer)
    return document(report, organisation.id, organisation.name)
