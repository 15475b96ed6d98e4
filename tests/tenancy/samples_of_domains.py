"""Valid form data of the estate, of documents and of on-call duty, which `samples.py` takes in."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.tenancy.world import Party
from veilleur.domains.organisations.queries import viewer_of
from veilleur.domains.organisations.queries.rota_pages import visible_shifts
from veilleur.shared.clock import utc_now


def activities_forms(party: Party) -> dict[str, dict[str, Any]]:
    """Return data for the forms of business activities and of what a service means."""
    said = {"name": "Invoice", "referent": str(party.ids["person"]), "image": "serious"}
    service = str(party.ids["estate.Service"])
    component = {"name": "sw-01", "kind": "network_device", "life_state": "in_service"}
    return {
        "desk:add_component": component,
        "desk:describe_component": component,
        "desk:bring_list": {"file": SimpleUploadedFile("list.csv", b"Name;Type\nsw-01;switch\n")},
        "desk:list": {"heading": "0", "column_0": "name"},
        "desk:choose_sheet": {"sheet": "0"},
        "desk:import_list": {},
        "desk:drop_list": {},
        "desk:add_activity": said | {"services": service},
        "desk:describe_activity": said,
        "desk:activity_services": {"needed": service, "asked": service},
        "desk:busy_periods": {"rhythm": "monthly", "name": "Closing", "first": "28", "last": "3"},
        "desk:remove_busy_period": {"period": "weekly 0 4 nothing"},
        "desk:end_activity": {},
        "desk:describe_service": {
            "referent": str(party.ids["person"]),
            "max_outage_s": "86400",
            "data_loss_effect": "Everything would be typed again.",
        },
    }


def documents_forms(party: Party) -> dict[str, dict[str, Any]]:
    """Return data for the forms of documents."""
    text = {"title": "Restore one file", "text": "1. Open it\n2. Put it back"}
    care = {
        "owner": str(party.ids["person"]),
        "deputy": "",
        "review_months": "6",
        "audience": "everybody",
        "about": str(party.ids["estate.Service"]),
    }
    return {
        "knowledge:new_document": text | care,
        "knowledge:edit": text | {"seen": "1"},
        "knowledge:care": care,
        "knowledge:preview": text,
        "knowledge:confirm": {"number": "1"},
        "knowledge:retire": {},
        "knowledge:attach": {"file": SimpleUploadedFile("notes.txt", b"the notes")},
        "knowledge:remove_file": {},
        "knowledge:bundle": {},
        "knowledge:changes": {"until": "1790000000000000"},
        "knowledge:run": {},
        "knowledge:tick": {"done": "0"},
        "knowledge:note": {"text": "it beeps"},
        "knowledge:end": {"outcome": "given_up", "reason": "the power is away"},
    }


def on_call_forms(party: Party, route: str) -> dict[str, dict[str, Any]]:
    """Return data of the forms about on-call rotas; everybody takes turns, so that somebody can swap."""
    person, now = party.person, utc_now()
    hours = {"cover": "outside", "opens": "08:00", "closes": "18:00", "weekdays": ["0"], "holidays": "FR"}
    return {
        "organisations:add_rota": {"name": "Weekends", "team": str(party.ids["organisations.Team"]), **hours},
        "organisations:change_rota": {"name": "Nights", "team": "", **hours},
        "organisations:end_rota": {},
        "organisations:plan_turns": {
            "first_day": f"{now + timedelta(days=7):%Y-%m-%d}",
            "handover": "09:00",
            "days": "7",
            "person_1": str(person.public_id),
        },
        "organisations:stop_turns": {},
        "organisations:plan_shift": {"person": str(person.public_id), **_span(now + timedelta(days=1))},
        "organisations:add_absence": {
            "person": str(person.public_id),
            "kind": "leave",
            "stand_in": "",
            **_span(now + timedelta(days=1)),
        },
        "organisations:end_absence": {},
        "organisations:take_over": _span(now + timedelta(days=1)),
        "organisations:note_intervention": _span(now - timedelta(days=1)),
        # Finding the shifts takes longer than most visits.
        "organisations:ask_swap": _swap(party) if route == "organisations:ask_swap" else {},
        "organisations:answer_swap": {"answer": "decline"},
    }


def _span(start: datetime) -> dict[str, str]:
    return {"start": f"{start:%Y-%m-%dT12:00}", "end": f"{start:%Y-%m-%dT13:00}"}


def _swap(party: Party) -> dict[str, str]:
    """Return a shift of the member's, and one of somebody else's, as the form names them."""
    viewer = viewer_of(party.person.pk, utc_now())
    shifts = [] if viewer is None else visible_shifts(viewer, utc_now())[1:-1]
    own = [shift.start for shift in shifts if shift.person == party.person.public_id]
    others = [shift.start for shift in shifts if shift.person != party.person.public_id]
    return {"gives": own[0].isoformat(), "takes": others[0].isoformat()} if own and others else {}
