"""Every code has its words, in both languages' source."""

from veilleur.domains.recovery import labels
from veilleur.domains.recovery.rules import answer, evidence, people, scenarios
from veilleur.shared.verdict import Verdict


def codes_of(module: object, names: tuple[str, ...]) -> set[str]:
    return {getattr(module, name) for name in names}


def test_every_scenario_kind_step_role_and_state_has_words() -> None:
    assert set(labels.SCENARIOS) == set(scenarios.SCENARIOS)
    assert set(labels.KINDS) == set(evidence.KINDS)
    assert set(labels.STEPS) == set(people.STEPS)
    assert set(labels.ROLES) == set(people.ROLES.values())
    assert set(labels.STATES) == set(Verdict)


def test_every_reason_and_every_next_step_has_a_sentence() -> None:
    reasons = {*evidence.NEVER_REASONS, *evidence.UNPROVEN_REASONS, *answer.NEXT_STEPS, answer.ALL_LOST}

    assert set(labels.REASONS) == reasons
    assert set(labels.NEXT_STEPS) == set(answer.NEXT_STEPS.values())
    sentences = [*labels.REASONS.values(), *labels.NEXT_STEPS.values()]
    assert all(str(sentence).endswith(".") for sentence in sentences)
    assert len({str(sentence) for sentence in sentences}) == len(sentences)


def test_choices_of_tables_are_the_codes_of_the_rules() -> None:
    assert set(labels.ScenarioChoice.values) == set(scenarios.SCENARIOS)
    assert set(labels.StepChoice.values) == set(people.STEPS) - {people.RESTORE}
