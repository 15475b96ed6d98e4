"""From changes of belief to one drawing without gaps."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.monitoring.rules.states import Health, verdict_of
from veilleur.domains.monitoring.rules.timeline import Belief, Stretch, worst_over_time
from veilleur.shared.intervals import to_microseconds
from veilleur.shared.verdict import Verdict, worst

START = datetime(2026, 11, 1, tzinfo=UTC)
END = START + timedelta(hours=10)


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def belief(number: float, health: Health) -> Belief:
    return Belief(to_microseconds(hour(number)), health)


def test_before_the_first_result_nobody_knew() -> None:
    stretches = worst_over_time([[belief(2, Health.OK)]], START, END)

    assert stretches == (
        Stretch(START, hour(2), Verdict.UNKNOWN),
        Stretch(hour(2), END, Verdict.GOOD),
    )


def test_the_worst_check_names_the_state_of_the_machine() -> None:
    disk = [belief(-1, Health.OK), belief(3, Health.WARNING), belief(8, Health.OK)]
    port = [belief(-1, Health.OK), belief(4, Health.CRITICAL), belief(5, Health.OK)]

    stretches = worst_over_time([disk, port], START, END)

    assert [(each.start, each.verdict) for each in stretches] == [
        (START, Verdict.GOOD),
        (hour(3), Verdict.WATCH),
        (hour(4), Verdict.BAD),
        (hour(5), Verdict.WATCH),
        (hour(8), Verdict.GOOD),
    ]


def test_without_a_check_all_is_unknown_and_no_time_has_no_stretch() -> None:
    assert worst_over_time([], START, END) == (Stretch(START, END, Verdict.UNKNOWN),)
    assert worst_over_time([[belief(0, Health.OK)]], START, START) == ()


beliefs = st.lists(st.builds(belief, st.integers(-3, 13), st.sampled_from(Health)), max_size=8)


@given(st.lists(beliefs, max_size=4))
def test_every_instant_has_the_state_that_asking_each_check_gives(checks: list[list[Belief]]) -> None:
    stretches = worst_over_time(checks, START, END)

    # No gap, no overlap, no two alike side by side.
    assert stretches[0].start == START
    assert stretches[-1].end == END
    for first, second in pairwise(stretches):
        assert first.end == second.start
        assert first.verdict is not second.verdict
    for number in range(10):
        at = hour(number + 0.5)
        asked = [_believed_at(each, to_microseconds(at)) for each in checks]
        drawn = next(each.verdict for each in stretches if each.start <= at < each.end)
        assert drawn is worst(asked)


def _believed_at(beliefs: list[Belief], at_us: int) -> Verdict:
    verdict = Verdict.UNKNOWN
    for each in sorted(beliefs, key=lambda belief: belief.since_us):
        if each.since_us <= at_us:
            verdict = verdict_of(each.health)
    return verdict
