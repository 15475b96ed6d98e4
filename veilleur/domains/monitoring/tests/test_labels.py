"""Every code of the rules has its words."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from veilleur.domains.monitoring import labels
from veilleur.domains.monitoring.rules.kinds import KINDS
from veilleur.domains.monitoring.rules.outcomes import OWN_FAULTS, Evidence
from veilleur.domains.monitoring.rules.states import Health


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_every_health_kind_and_evidence_has_a_word() -> None:
    assert {str(each) for each in Health} == set(labels.HealthChoice.values)
    assert {str(each) for each in Evidence} == set(labels.EvidenceChoice.values)
    assert set(KINDS) == set(labels.KindChoice.values)


@pytest.mark.parametrize("code", OWN_FAULTS)
def test_every_fault_of_the_watch_has_a_sentence(code: str) -> None:
    assert str(labels.REASONS[code]).endswith(".")


def test_a_check_is_named_by_what_it_looks_at() -> None:
    assert labels.check_name("load", "", "") == "Load"
    assert labels.check_name("listener", "127.0.0.1:5432", "postgres") == (
        "Service that listens 127.0.0.1:5432 (postgres)"
    )


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (27_400, "percent", "27%"),
        (1_150, "per_processor", "1.15 per processor"),
        (29_900, "days", "30 days"),
        (1_099, "milliseconds", "1.1\N{NO-BREAK SPACE}ms"),
    ],
)
def test_a_value_is_said_in_the_unit_of_its_kind(value: int, unit: str, text: str) -> None:
    assert labels.value_text(value, unit) == text


def test_a_value_has_the_decimal_sign_of_the_reader() -> None:
    with translation.override("fr"):
        assert labels.value_text(1_150, "per_processor").startswith("1,15")


def test_every_kind_measures_in_a_unit_that_has_words() -> None:
    for kind in KINDS.values():
        assert labels.value_text(1_000, kind.unit)
