"""What `doctor` says of the master key: its age, a rotation without an end, pages that are not told apart."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from veilleur.domains.organisations.rules.errors import SecretsAway
from veilleur.domains.organisations.rules.key_generations import KeyGeneration
from veilleur.processes.key_findings import key_generations
from veilleur.shared.verdict import Verdict

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)


def generation(number: int, ago: timedelta, superseded: timedelta | None = None) -> KeyGeneration:
    until = None if superseded is None else NOW - superseded
    return KeyGeneration(UUID(int=number), number, NOW - ago, until)


@dataclass
class Kept:
    kept: tuple[KeyGeneration, ...]
    apart: bool = True

    def generations(self) -> tuple[KeyGeneration, ...]:
        if not self.kept:
            raise SecretsAway("nobody is there")
        return self.kept

    def tells_pages_apart(self) -> bool:
        return self.apart


def found(*kept: KeyGeneration, apart: bool = True) -> list[tuple[str, Verdict, str]]:
    told = key_generations(Kept(kept, apart), NOW)  # type: ignore[arg-type]
    return [(each.code, each.state, each.remedy) for each in told]


@pytest.mark.parametrize(
    ("days", "state", "remedy"),
    [(0, Verdict.GOOD, ""), (364, Verdict.GOOD, ""), (365, Verdict.WATCH, "veilleur keys rotate")],
)
def test_after_a_year_a_new_generation_is_proposed(days: int, state: Verdict, remedy: str) -> None:
    assert found(generation(1, timedelta(days=days))) == [("keys_age", state, remedy)]


@pytest.mark.parametrize(
    ("hours", "state", "remedy"), [(1, Verdict.GOOD, ""), (26, Verdict.WATCH, "veilleur keys finish")]
)
def test_a_former_generation_that_stays_is_to_be_looked_at(hours: int, state: Verdict, remedy: str) -> None:
    ago = timedelta(hours=hours)

    told = found(generation(1, timedelta(days=365), ago), generation(2, ago))

    assert told == [("keys_age", Verdict.GOOD, ""), ("keys_rotation", state, remedy)]


def test_pages_that_are_not_told_from_work_are_to_be_looked_at() -> None:
    assert found(generation(1, timedelta()), apart=False)[0][:2] == ("keys_callers", Verdict.WATCH)


def test_where_nobody_answers_nothing_is_said_of_generations() -> None:
    assert found() == []
