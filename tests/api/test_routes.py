"""What programs read and do by the API: each route, its parts, its times, its errors, its document."""

import json
import subprocess
import sys
from datetime import datetime
from importlib import import_module
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from jsonschema import Draft202012Validator

from tests.api.conftest import Call
from tests.tenancy.routing import routes
from veilleur.config.env import CHECKOUT
from veilleur.config.permissions import ROUTE_PERMISSIONS
from veilleur.domains.backups.factories import make_plan, make_repository, make_restore_test, make_run
from veilleur.domains.backups.models import Plan
from veilleur.domains.estate.factories import make_asset, make_data_set, make_service
from veilleur.domains.journal.models import Job
from veilleur.domains.knowledge.factories import make_document
from veilleur.domains.monitoring.factories import make_check
from veilleur.domains.organisations.factories import make_person
from veilleur.domains.organisations.models import Organisation, Person
from veilleur.domains.organisations.rules.api_tokens import TokenScope
from veilleur.domains.organisations.rules.roles import STRONG
from veilleur.shared.clock import utc_now

SCHEMA = json.loads((CHECKOUT / "docs" / "reference" / "restart-time.schema.json").read_text())


def parts(call: Call, token: str, address: str, limit: int) -> list[list[dict[str, Any]]]:
    """Return all parts of a list, in their order."""
    found, cursor = [], ""
    while cursor is not None:
        answer = call(f"{address}?limit={limit}&cursor={quote(cursor or '')}", token).json()
        found.append(answer["items"])
        cursor = answer["next"]
    return found


def test_the_organisation_and_its_people(call: Call, company: Organisation, token: str) -> None:
    organisation = call("organisation", token).json()
    people = call("people", token).json()["items"]

    assert organisation == {
        "id": str(company.public_id),
        "name": "Ateliers du Vexin",
        "language": "fr",
        "time_zone": "Europe/Paris",
        "is_demo": False,
    }
    assert {person["role"] for person in people} == {"manager", "technician"}
    assert all(person["since"] == "2026-01-05T08:00:00Z" for person in people)


def test_a_list_comes_whole_in_parts_of_any_size(call: Call, company: Organisation, token: str) -> None:
    for _ in range(5):
        make_person(company)

    whole = [person["id"] for person in call("people", token).json()["items"]]
    cut = parts(call, token, "people", 3)

    assert [len(part) for part in cut] == [3, 3, 1]
    assert [person["id"] for part in cut for person in part] == whole
    assert len(set(whole)) == 7


def test_whoever_joins_between_two_parts_makes_nobody_come_twice(
    call: Call, company: Organisation, token: str
) -> None:
    first = call("people?limit=1", token).json()
    make_person(company)
    rest = call(f"people?cursor={first['next']}", token).json()["items"]

    assert first["items"][0]["id"] not in {person["id"] for person in rest}


@pytest.mark.parametrize("cursor", ["nonsense", "AAAA", "é", "a" * 24])
def test_a_cursor_that_was_not_given_is_refused(call: Call, token: str, cursor: str) -> None:
    answer = call(f"people?cursor={quote(cursor)}", token)

    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_broken")


@pytest.mark.parametrize(
    ("query", "field", "kind"),
    [
        ("limit=many", "limit", "int_parsing"),
        ("limit=0", "limit", "greater_than_equal"),
        ("limit=201", "limit", "less_than_equal"),
        (f"cursor={'a' * 101}", "cursor", "string_too_long"),
    ],
)
def test_what_is_not_accepted_is_named(call: Call, token: str, query: str, field: str, kind: str) -> None:
    answer = call(f"people?{query}", token, **{"Accept-Language": "fr"})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    (said,) = answer.json()["fields"]
    assert (said["field"], said["code"]) == (field, kind)
    assert said["message"].startswith(("Il", "Un"))


def test_services_with_their_restart_times_as_the_command_prints_them(
    call: Call, company: Organisation, token: str
) -> None:
    service = make_service(company, runs_on=make_asset(company))

    listed = call("services", token).json()["items"]
    one = call(f"services/{service.public_id}", token).json()
    whole = call("restart-times", token).json()
    own = call(f"services/{service.public_id}/restart-times", token).json()

    assert listed == [one]
    assert (one["name"], one["rto_s"]) == (service.name, service.rto_s)
    Draft202012Validator(SCHEMA).validate(whole)
    assert own["service"] == {"id": str(service.public_id), "name": service.name}
    assert [each["scenario"] for each in own["scenarios"]] == [
        each["scenario"] for each in whole["scenarios"]
    ]
    assert own["scenarios"][0]["answer"] == whole["scenarios"][0]["services"][0]


def test_checks_and_their_states(call: Call, company: Organisation, token: str) -> None:
    check = make_check(make_asset(company))

    (listed,) = call("checks", token).json()["items"]

    assert listed == call(f"checks/{check.public_id}", token).json()
    # Nothing was measured yet: what has no fresh result is unknown.
    assert (listed["state"], listed["last_result_at"]) == ("unknown", None)


def planned(company: Organisation) -> tuple[Plan, Any]:
    asset = make_asset(company)
    data_set = make_data_set(company, stored_on=asset, used_by=make_service(company, runs_on=asset))
    plan = make_plan(
        company.pk,
        repository=make_repository(company.pk),
        items={data_set: ("files", "/srv/data")},
    )
    return plan, data_set


def test_backup_plans_runs_and_proofs(call: Call, company: Organisation, token: str) -> None:
    plan, data_set = planned(company)
    make_restore_test(make_run(plan, data_set))

    (listed,) = call("backup-plans", token).json()["items"]
    (run,) = call("backup-runs", token).json()["items"]
    (proof,) = call("restore-tests", token).json()["items"]

    assert listed == call(f"backup-plans/{plan.public_id}", token).json()
    assert listed["data_sets"][0]["id"] == run["data_set"] == proof["data_set"] == str(data_set.public_id)
    assert 0 <= proof["level"] <= 7


def test_a_plan_is_made_to_run_once_however_often_it_is_asked(
    call: Call, company: Organisation, technician: Person, token: str
) -> None:
    plan, _data_set = planned(company)

    answers = [call(f"backup-plans/{plan.public_id}/run", token, method="post") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["plan"] == str(plan.public_id)
    assert Job.objects.filter(key=str(plan.public_id)).count() == 1


def test_a_plan_that_is_switched_off_does_not_run_and_says_why(
    call: Call, company: Organisation, token: str
) -> None:
    plan, _data_set = planned(company)
    Plan.objects.of(company.pk).update(is_on=False)

    answer = call(f"backup-plans/{plan.public_id}/run", token, method="post")

    assert (answer.status_code, answer.json()["code"]) == (409, "plan_off")
    assert answer.json()["message"]


def test_documents_with_their_text(call: Call, company: Organisation, technician: Person, token: str) -> None:
    document = make_document(company, technician)

    (listed,) = call("documents", token).json()["items"]
    one = call(f"documents/{document.public_id}", token).json()

    assert "text" not in listed
    assert listed.items() <= one.items()
    assert one["text"]


@pytest.mark.parametrize(
    ("language", "sentence"), [("fr", "Il n’y a rien ici."), ("en", "There is nothing here.")]
)
def test_errors_speak_the_callers_language_with_the_same_code(
    call: Call, token: str, language: str, sentence: str
) -> None:
    for address in ("nothing", f"services/{UUID(int=0)}", "services/x"):
        answer = call(address, token, **{"Accept-Language": language})
        assert (answer.status_code, answer.json()) == (404, {"code": "not_found", "message": sentence})


def test_a_method_that_an_address_does_not_take_is_refused_in_json(call: Call, token: str) -> None:
    answer = call("services", token, method="delete")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_a_fault_of_veilleur_shows_nothing_of_its_inside(
    call: Call, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_any: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr("veilleur.domains.organisations.api.visible_organisation", breaks)

    answer = call("organisation", token)

    assert (answer.status_code, answer.json()["code"]) == (500, "fault")
    assert "inside" not in answer.content.decode()


def test_every_answer_says_until_when_the_token_works_and_is_kept_by_nobody(call: Call, token: str) -> None:
    answer = call("restart-times", token)

    assert answer.headers["Veilleur-Token-Expires"] == "2036-01-03T08:00:00Z"
    assert "no-store" in answer.headers["Cache-Control"]
    assert datetime.fromisoformat(answer.json()["now"]) <= utc_now()


def test_the_document_names_every_route_and_its_scope(call: Call, token: str, technician: Person) -> None:
    document = call("openapi.json", token).json()
    client = Client()
    client.force_login(technician, settings.AUTHENTICATION_BACKENDS[0])

    named = {
        f"api:{one['operationId']}": one["security"][0]["token"]
        for path in document["paths"].values()
        for one in path.values()
    }
    known = {route.name for route in routes() if route.is_api} - {"api:get_document_of_api"}

    assert set(named) == known
    assert {scope for scopes in named.values() for scope in scopes} == set(TokenScope)
    assert all(len(scopes) == 1 for scopes in named.values())
    assert client.get("/account/api/openapi.json").json() == document


def test_no_route_of_the_api_asks_for_what_only_somebody_present_can_prove() -> None:
    for route in routes():
        if route.is_api:
            needed = ROUTE_PERMISSIONS[route.name]
            assert not {needed.to_read, needed.to_change} & STRONG
            assert needed.scope is not None or route.name == "api:get_document_of_api"


def test_the_library_of_the_api_is_loaded_by_no_command_and_no_page() -> None:
    code = (
        "import sys; from veilleur.config.start import start_django; start_django();"
        "from django.urls import get_resolver, reverse; get_resolver().url_patterns; reverse('desk:home');"
        "print({'ninja', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run(
        (sys.executable, "-c", code), cwd=CHECKOUT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "set()"
    assert import_module("veilleur.config.api").openapi_document()["openapi"].startswith("3.1")
