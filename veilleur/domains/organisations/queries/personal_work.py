"""What is held about a person who works here: accounts at identity providers, tokens, being on call."""

from datetime import datetime
from typing import Any

from veilleur.domains.organisations.models import (
    ApiToken,
    OnCallAbsence,
    OnCallIntervention,
    OnCallShift,
    OnCallStandIn,
    OnCallSwap,
    OnCallTurnTaker,
    ProviderAccount,
)
from veilleur.domains.organisations.rules.personal_data import Whose


def work_of(organisation_id: int, about: Whose) -> dict[str, Any]:
    """Return those parts of an export, by name. Whom a shift was swapped with is not this person's data."""
    person = about.person_id
    return {
        "provider_accounts": [
            {
                "provider": row.provider.name,
                "identifier": row.subject,
                "name": row.name,
                "email": row.email,
                "since": _at(row.since),
                "until": _at(row.gone_at),
            }
            for row in ProviderAccount.objects.of(organisation_id)
            .filter(person_id=person)
            .select_related("provider")
        ],
        "api_tokens": [
            {
                "name": row.name,
                "scopes": row.scopes,
                "made_at": _at(row.created_at),
                "works_until": _at(row.expires_at),
                "revoked_at": _at(row.revoked_at),
                "used_last_at": _at(row.last_used_at),
            }
            for row in ApiToken.objects.of(organisation_id).filter(maker_id=person).order_by("pk")
        ],
        **_on_call(organisation_id, person),
    }


def _on_call(organisation_id: int, person: int) -> dict[str, Any]:
    """Return what is held about being on call. Who was away, and why, is not the data of who stood in."""
    turns = OnCallTurnTaker.objects.of(organisation_id).filter(person_id=person).select_related("turns__rota")
    shifts = OnCallShift.objects.of(organisation_id).filter(person_id=person).select_related("rota")
    swaps = OnCallSwap.objects.of(organisation_id).select_related("rota")
    away = OnCallAbsence.objects.of(organisation_id).filter(person_id=person)
    stood_in = OnCallStandIn.objects.of(organisation_id).filter(person_id=person)
    worked = OnCallIntervention.objects.of(organisation_id).filter(person_id=person)
    return {
        "on_call_turns": [
            {"rota": row.turns.rota.name, "since": row.turns.first_day.isoformat()}
            for row in turns.order_by("pk")
        ],
        "on_call_shifts": [_stretch(row) | {"kind": row.kind} for row in shifts.order_by("starts_at", "pk")],
        "on_call_swaps": [
            {"rota": row.rota.name, "asked_at": _at(row.asked_at), "closed_at": _at(row.closed_at)}
            for row in (swaps.filter(asked_by_id=person) | swaps.filter(asked_of_id=person)).order_by("pk")
        ],
        "absences": [
            {
                "kind": row.kind,
                "since": _at(row.starts_at),
                "until": _at(row.ends_at),
                "entered_at": _at(row.entered_at),
                "ended_at": _at(row.ended_at),
            }
            for row in away.order_by("starts_at", "pk")
        ],
        "stood_in": [
            {
                "rota": row.rota.name,
                "since": _at(row.absence.starts_at),
                "until": _at(row.absence.ends_at),
            }
            for row in stood_in.select_related("rota", "absence").order_by("pk")
        ],
        "interventions": [_stretch(row) for row in worked.select_related("rota").order_by("starts_at", "pk")],
    }


def _stretch(row: OnCallShift | OnCallIntervention) -> dict[str, Any]:
    return {"rota": row.rota.name, "since": _at(row.starts_at), "until": _at(row.ends_at)}


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
