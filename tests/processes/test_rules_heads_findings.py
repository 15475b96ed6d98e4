"""What doctor says of the journal's signed heads, and the setting or command that mends each thing."""

from datetime import UTC, datetime, timedelta

import pytest

from veilleur.domains.journal.rules.heads import HeadsPlace, Reach
from veilleur.processes.heads_findings import Shelf, heads
from veilleur.shared.verdict import Verdict

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATELY, LONG_AGO = NOW - timedelta(hours=2), NOW - timedelta(hours=40)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEILLEUR_LANGUAGE", "en")


def shelf(reach: Reach, newest_at: datetime | None = LATELY, problem: str = "") -> Shelf:
    return Shelf(HeadsPlace("/mnt/nas/heads.jsonl", reach), newest_at, problem)


def test_without_a_place_the_settings_that_give_one_are_named() -> None:
    (finding,) = heads((), None, NOW)

    assert finding.state is Verdict.UNKNOWN
    assert "go nowhere" in finding.message
    assert all(
        name in finding.remedy
        for name in (
            "VEILLEUR_HEADS_FILE",
            "VEILLEUR_HEADS_MAIL_TO",
            "VEILLEUR_MAIL_URL",
            "VEILLEUR_MAIL_FROM",
        )
    )


@pytest.mark.parametrize(
    ("exported_at", "state"),
    [
        (None, Verdict.UNKNOWN),
        (LATELY, Verdict.GOOD),
        (LONG_AGO, Verdict.WATCH),
        (NOW + timedelta(hours=2), Verdict.WATCH),  # before the clock was set back
    ],
)
def test_heads_leave_daily(exported_at: datetime | None, state: Verdict) -> None:
    found = list(heads((shelf(Reach.OTHER_MACHINE, exported_at),), exported_at, NOW))

    assert [each.state for each in found] == [state, Verdict.GOOD]
    assert bool(found[0].remedy) == (state is not Verdict.GOOD)


@pytest.mark.parametrize(
    ("found", "state", "said"),
    [
        # Elsewhere, as far as can be told.
        (shelf(Reach.OTHER_MACHINE), Verdict.GOOD, "another machine"),
        (shelf(Reach.MAILBOX, None), Verdict.GOOD, "by e-mail"),
        # Here: another disk survives a crash, not an intruder.
        (shelf(Reach.SAME_DISK), Verdict.WATCH, "on this machine itself"),
        (shelf(Reach.OTHER_DISK), Verdict.WATCH, "on this machine itself"),
        # Gone, unreadable, cut or emptied.
        (shelf(Reach.MISSING, None), Verdict.BAD, "unmounted"),
        (shelf(Reach.OTHER_MACHINE, None, "Permission denied"), Verdict.BAD, "Permission denied"),
        (shelf(Reach.OTHER_MACHINE, LONG_AGO), Verdict.BAD, "lack those last sent"),
        (shelf(Reach.OTHER_MACHINE, None), Verdict.BAD, "lack those last sent"),
    ],
)
def test_each_place_is_judged_by_how_far_it_lies_and_by_what_is_in_it(
    found: Shelf, state: Verdict, said: str
) -> None:
    _freshness, place = heads((found,), LATELY, NOW)

    assert (place.code, place.state) == ("heads_place", state)
    assert said in place.message
    assert bool(place.remedy) == (state is not Verdict.GOOD)


def test_an_instant_that_a_file_rounds_to_the_second_is_the_same_one() -> None:
    exported = LATELY + timedelta(milliseconds=870)

    _freshness, place = heads((shelf(Reach.OTHER_MACHINE, LATELY),), exported, NOW)

    assert place.state is Verdict.GOOD
