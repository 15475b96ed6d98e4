"""Findings kept as JSON come back equal, and the printed document keeps its published schema."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from veilleur.domains.recovery.rules import answer, evidence, people
from veilleur.domains.recovery.rules.document import EXIT_CODES, document, found, kept
from veilleur.domains.recovery.rules.evidence import KINDS
from veilleur.domains.recovery.rules.inputs import Company, RecoveryKey
from veilleur.domains.recovery.rules.report import report_of, shown_to
from veilleur.domains.recovery.rules.scenarios import SCENARIOS
from veilleur.domains.recovery.rules.simulation import simulate
from veilleur.domains.recovery.tests.support import (
    DAY,
    HOUR,
    MACHINE,
    NOW,
    make_company,
    make_copy,
    make_data_set,
    make_point,
    make_service,
    make_test,
)
from veilleur.shared.verdict import Verdict

DOCS = Path(__file__).parents[4] / "docs" / "reference"
SCHEMA = json.loads((DOCS / "restart-time.schema.json").read_text())
ORGANISATION = UUID(int=9)

COMPANIES = {
    "a figure": make_company(make_data_set(1)),
    "never": make_company(make_data_set(1, make_copy(MACHINE))),
    "no key": make_company(make_data_set(1), key=RecoveryKey()),
    "unproven": make_company(make_data_set(1, make_copy(tests=()))),
    "test failed": make_company(make_data_set(1, make_copy(tests=(make_test(passed=False, level=0),)))),
    "may fail": make_company(
        make_data_set(1, make_copy(points=(make_point(proof_level=1, is_verified=False),)))
    ),
    "falls back": make_company(
        make_data_set(1, make_copy(points=(make_point(proof_level=1, is_verified=False), make_point(DAY))))
    ),
    "several": make_company(make_data_set(1), make_data_set(2, make_copy(MACHINE)), make_data_set(3)),
    "no data": make_company(services=(make_service(1),)),
    "no machine": make_company(services=(make_service(1, machines=()),)),
    "no objective": make_company(
        make_data_set(1), services=(make_service(1, make_data_set(1), rto_s=None, rpo_s=None),)
    ),
    "nothing": make_company(services=()),
}


def printed(company: Company, later: timedelta = HOUR) -> Any:
    findings = simulate(company, draws=200)
    report = report_of(findings, now=NOW + later, computed_at=NOW)
    return json.loads(json.dumps(document(report, ORGANISATION, "Ateliers du Vexin")))


@pytest.mark.parametrize("company", COMPANIES.values(), ids=COMPANIES.keys())
def test_kept_findings_come_back_equal(company: Company) -> None:
    findings = simulate(company, draws=100)

    assert found(json.loads(json.dumps(kept(findings), allow_nan=False))) == findings


@pytest.mark.parametrize("later", [HOUR, 20 * DAY, 400 * DAY])
@pytest.mark.parametrize("company", COMPANIES.values(), ids=COMPANIES.keys())
def test_the_printed_document_keeps_its_schema(company: Company, later: timedelta) -> None:
    validator = Draft202012Validator(SCHEMA, format_checker=FormatChecker())

    assert [error.message for error in validator.iter_errors(printed(company, later))] == []


def test_the_schema_itself_is_valid_and_refuses_a_changed_document() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    content = printed(COMPANIES["never"])
    content["scenarios"][1]["p80_s"] = 3600

    assert not Draft202012Validator(SCHEMA).is_valid(content)


def test_the_schema_lists_the_codes_of_the_rules_and_no_other() -> None:
    codes = {name: set(each["enum"]) for name, each in SCHEMA["$defs"].items() if "enum" in each}
    loss_only = {
        answer.ALL_LOST,
        answer.NO_VERIFIED_POINT,
        answer.RPO_EXCEEDED,
        answer.NEWEST_NOT_VERIFIED,
        answer.RPO_EXCEEDED_LATELY,
        answer.NO_NEW_COPIES,
    }

    assert codes["kind"] == set(KINDS)
    assert codes["step"] == {*people.STEPS, None}
    assert codes["next_step"] == {*answer.NEXT_STEPS.values(), None}
    assert codes["reason"] == ({*answer.NEXT_STEPS} - loss_only) | {None}
    assert codes["loss_reason"] == loss_only | {*evidence.UNPROVEN_REASONS, answer.NO_OBJECTIVE, None}
    assert set(SCHEMA["$defs"]["scenario"]["properties"]["scenario"]["enum"]) == set(SCENARIOS)


def test_the_reference_page_names_every_field_and_every_code() -> None:
    page = (DOCS / "restart-time.md").read_text()
    fields = {
        name for part in ("scenario", "service", "answer") for name in SCHEMA["$defs"][part]["properties"]
    } | set(SCHEMA["properties"])
    codes = {*KINDS, *answer.NEXT_STEPS, *answer.NEXT_STEPS.values(), answer.ALL_LOST, *people.STEPS}

    assert [word for word in sorted(fields | codes) if f"`{word}`" not in page] == []


def test_the_fields_that_were_promised_are_there() -> None:
    (service,) = printed(COMPANIES["a figure"])["scenarios"][0]["services"]

    promised = (
        "p50_s p80_s p95_s lower_bound_s rto_s rpo_s loss_now_s proof_level proof_age_s state bottleneck"
    )
    assert all(service[name] is not None for name in promised.split())
    assert service["proof_age_s"] == 7200.0
    assert service["loss_now_s"] == 7200.0


@pytest.mark.parametrize(
    ("company", "state", "code"),
    [("a figure", "bad", 1), ("unproven", "unknown", 2), ("nothing", "unknown", 2), ("never", "bad", 1)],
)
def test_the_document_carries_its_exit_code(company: str, state: str, code: int) -> None:
    content = printed(COMPANIES[company])

    assert (content["state"], content["exit_code"]) == (state, code)
    assert {EXIT_CODES[state] for state in (Verdict.GOOD, Verdict.WATCH)} == {0}


def test_services_are_worst_first() -> None:
    scenario = printed(COMPANIES["several"])["scenarios"][1]

    assert [service["kind"] for service in scenario["services"]] == ["never", "figure", "figure"]
    assert scenario["kind"] == "never"
    assert scenario["p80_s"] is None


def test_a_viewer_who_may_not_see_all_is_told_how_many_are_hidden() -> None:
    report = report_of(simulate(COMPANIES["several"], draws=100), now=NOW, computed_at=NOW)

    shown = shown_to(report, frozenset({UUID(int=1)}))

    assert shown.hidden_services == 2
    assert [len(scenario.services) for scenario in shown.scenarios] == [1, 1]
    assert [scenario.gantt for scenario in shown.scenarios] == [(), ()]
    assert [scenario.shared for scenario in shown.scenarios] == [(), ()]
    # The answer for the whole is computed on the whole.
    assert [scenario.kind for scenario in shown.scenarios] == ["figure", "never"]
    assert shown_to(report, frozenset(UUID(int=n) for n in (1, 2, 3))) == report


def test_findings_kept_before_means_had_rows_still_come_back() -> None:
    findings = simulate(COMPANIES["a figure"], draws=100)
    old = json.loads(json.dumps(kept(findings)))
    for scenario in old["scenarios"]:
        del scenario["shared"]

    assert [scenario.shared for scenario in found(old).scenarios] == [(), ()]
    assert [scenario.gantt for scenario in found(old).scenarios] == [s.gantt for s in findings.scenarios]


def test_a_scenario_is_found_by_its_code() -> None:
    report = report_of(simulate(COMPANIES["a figure"], draws=100), now=NOW, computed_at=NOW)

    assert report.scenario("machine_lost").worst_service is not None
    with pytest.raises(KeyError):
        report.scenario("flood")
