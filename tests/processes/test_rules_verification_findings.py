"""What doctor says of the last full verification of the journal."""

from datetime import UTC, datetime, timedelta

import pytest

from veilleur.domains.journal.facts import JournalVerified
from veilleur.domains.journal.queries.verification import LastVerification
from veilleur.domains.journal.rules.verification import Outcome
from veilleur.processes.verification_findings import verification
from veilleur.shared.verdict import Verdict

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEILLEUR_LANGUAGE", "en")


def verified(outcome: Outcome, *, ago: timedelta = timedelta(days=6)) -> LastVerification:
    return LastVerification(NOW - ago, JournalVerified(outcome, 2, 9, 0, 1))


def test_a_journal_that_was_never_verified_is_unknown() -> None:
    finding = verification(None, NOW)

    assert (finding.state, finding.code) == (Verdict.UNKNOWN, "journal")
    assert "never been verified" in finding.message


@pytest.mark.parametrize(
    ("outcome", "state", "words"),
    [
        (Outcome.OK, Verdict.GOOD, "Whole journal verified on 15\xa0Nov 2026"),
        (Outcome.LOSS_DECLARED, Verdict.WATCH, "whole but for one loss"),
        (Outcome.UNKNOWN, Verdict.UNKNOWN, "whether its end was cut off is unknown"),
        (Outcome.BROKEN, Verdict.BAD, "found damage"),
    ],
)
def test_each_outcome_has_its_state(outcome: Outcome, state: Verdict, words: str) -> None:
    finding = verification(verified(outcome), NOW)

    assert finding.state is state
    assert words in finding.message


@pytest.mark.parametrize("ago", [timedelta(days=10), timedelta(hours=-1)])
def test_what_was_verified_long_ago_or_in_the_future_is_unknown_unless_it_was_broken(ago: timedelta) -> None:
    assert verification(verified(Outcome.OK, ago=ago), NOW).state is Verdict.UNKNOWN
    assert verification(verified(Outcome.BROKEN, ago=ago), NOW).state is Verdict.BAD
