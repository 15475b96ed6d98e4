"""Promise and reality: beside each figure its proof, where it is shown and how old it is."""

from dataclasses import replace

import pytest
from django.utils import translation

from veilleur.desk.pages.promises import COPIES, promises_of
from veilleur.desk.tests.test_restart_words import ERP, KEY, LOST, NOW, UNTRIED
from veilleur.domains.recovery.rules.report import ServiceAnswer
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, MACHINE_LOST


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def of(answer: ServiceAnswer):
    """Return the restart and the loss of a service whose machine is lost."""
    return promises_of({MACHINE_LOST: answer}, NOW)


def test_a_restart_leads_to_its_test_and_a_loss_to_its_copy() -> None:
    restart, loss = of(replace(ERP, proof_level=5, proof_age_s=12 * 86_400.0, loss_now_s=7200.0))

    assert restart.evidence.text == "Restore test, level 5"
    assert restart.evidence.url.endswith(f"/restart/?scenario=machine_lost#service-{ERP.service}")
    assert restart.evidence.age == "12\u00a0days ago"
    assert loss.evidence.text.startswith("Proven copy of ")
    assert (loss.evidence.url, loss.evidence.age) == (COPIES, "2\u00a0h ago")


@pytest.mark.parametrize(
    ("reason", "is_old"), [("proof_old", True), ("proof_expired", True), ("rto_missed", False)]
)
def test_the_age_of_an_old_proof_is_loud(reason: str, is_old: bool) -> None:
    restart, _loss = of(replace(ERP, reason=reason, proof_level=5, proof_age_s=86_400.0))

    assert restart.evidence.is_old is is_old


@pytest.mark.parametrize("answer", [LOST, KEY])
def test_what_is_lost_has_no_copy_to_be_shown(answer: ServiceAnswer) -> None:
    _restart, loss = of(answer)

    assert (loss.evidence.text, loss.evidence.url) == ("No copy that could be read then", "")


def test_what_was_never_tried_says_so() -> None:
    restart, loss = of(replace(UNTRIED, loss_newest_s=None))
    _, with_copy = of(replace(UNTRIED, loss_newest_s=3600.0))

    assert (restart.evidence.text, restart.evidence.url) == ("No restore test", "")
    assert loss.evidence.text == "No copy known to survive"
    assert with_copy.evidence.text.startswith("Unproven copy of ")
    assert with_copy.evidence.url == COPIES


def test_each_scenario_has_its_own_evidence() -> None:
    promises = promises_of({DATA_LOST: ERP, MACHINE_LOST: ERP}, NOW)

    scenarios = [each.evidence.url.partition("?")[2].partition("#")[0] for each in promises[:2]]
    assert scenarios == ["scenario=machine_lost", "scenario=data_lost"]
    assert [each.evidence.url for each in promises[2:]] == [COPIES, COPIES]
