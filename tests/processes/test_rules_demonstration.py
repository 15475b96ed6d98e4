"""What the demonstration measures: by role, hour and day, always the same, and true to the company's data."""

from datetime import UTC, datetime, timedelta
from statistics import mean

import pytest

from veilleur.domains.monitoring.rules.kinds import KINDS
from veilleur.domains.monitoring.rules.states import Health
from veilleur.domains.monitoring.rules.thresholds import judge
from veilleur.processes.demonstration.company import HISTORY, SERVERS, Server
from veilleur.processes.demonstration.machines import facts_of, workstations
from veilleur.processes.demonstration.measurements import PROFILES, measured, used_share
from veilleur.processes.demonstration.outages import outages
from veilleur.processes.demonstration.play_watch import proposals_for, taken_up

END = datetime(2026, 11, 27, 5, 30, tzinfo=UTC)
# A Thursday at eleven, the night after it, and the Saturday that follows, in Paris.
THURSDAY = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 26, 23, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)
KEYS = [
    (server.name, proposal.kind, proposal.target)
    for rank, server in enumerate(SERVERS)
    for proposal in proposals_for(facts_of(server, rank))
]


def load(server: str, around: datetime) -> float:
    """Return the mean load of two hours, per processor."""
    minutes = range(-60, 60, 5)
    return mean(measured(server, "load", "", around + timedelta(minutes=n), END) for n in minutes) / 1000


def disk(server: str, mount: str, at: datetime) -> float:
    return measured(server, "disk", mount, at, END) / 1000


def test_the_same_minute_always_gives_the_same_figures() -> None:
    first, second = ([measured(*key, THURSDAY, END) for key in KEYS] for _ in range(2))

    assert first == second


def test_no_two_machines_are_alike_and_no_figure_stands_still() -> None:
    for kind in ("load", "memory"):
        values = [measured(server.name, kind, "", THURSDAY, END) for server in SERVERS]
        later = [measured(server.name, kind, "", THURSDAY + timedelta(minutes=3), END) for server in SERVERS]

        assert len(set(values)) == len(SERVERS), kind
        assert values != later, kind


@pytest.mark.parametrize("server", ["erp-db", "erp-app", "fic-01", "hv-02", "ad-01", "cao-01"])
def test_people_work_by_day_and_in_the_week(server: str) -> None:
    assert load(server, THURSDAY) > 1.3 * load(server, SATURDAY)


@pytest.mark.parametrize("server", ["nas-01", "nas-02"])
def test_the_places_of_copies_work_at_night_at_the_week_end_too(server: str) -> None:
    assert load(server, NIGHT) > 3 * load(server, THURSDAY)
    assert load(server, NIGHT + timedelta(days=2)) > 3 * load(server, SATURDAY)


def test_the_database_has_less_memory_left_than_any_other_machine() -> None:
    memory = {server.name: measured(server.name, "memory", "", THURSDAY, END) for server in SERVERS}

    assert max(memory, key=memory.__getitem__) == "erp-db"
    assert memory["erp-db"] > 80_000


def test_the_disks_of_the_files_fill_with_the_data_and_those_of_the_system_do_not() -> None:
    start = END - HISTORY

    assert disk("fic-01", "/srv/partages", END) > disk("fic-01", "/srv/partages", start) + 8
    assert disk("nas-02", "/srv/copies", END) > disk("nas-02", "/srv/copies", start) + 5
    assert abs(disk("ad-01", "/", END) - disk("ad-01", "/", start)) < 2


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
def test_what_the_company_has_fits_on_its_disks(server: Server) -> None:
    for mount in server.volumes_gb:
        assert 0.1 < used_share(server, mount, END - HISTORY, END) < 0.95, mount
        assert 0.1 < used_share(server, mount, END, END) < 0.95, mount


@pytest.mark.parametrize(
    "end", [END, datetime(2027, 6, 30, 12, 0, tzinfo=UTC), datetime(2028, 2, 29, 22, 15, tzinfo=UTC)]
)
def test_only_the_disk_that_is_filling_is_beyond_its_limit_at_whatever_moment_it_is_shown(
    end: datetime,
) -> None:
    beyond = set()
    for hours in range(0, 24 * 8, 5):
        for name, kind, target in KEYS:
            value = measured(name, kind, target, end - timedelta(hours=hours), end)
            if judge(value, KINDS[kind].limits, Health.OK) is not Health.OK:
                beyond.add((name, target))

    assert beyond == {("cao-01", "/srv/plans")}


def test_what_was_beyond_its_limit_came_back_below_the_one_that_clears_it() -> None:
    found = outages({server.name: () for server in SERVERS}, END)
    over = [each for each in found if each.end is not None]

    assert {(each.server, each.kind) for each in over} == {("fic-01", "disk"), ("erp-db", "memory")}
    for each in over:
        assert each.value is not None
        assert each.end is not None
        limits = KINDS[each.kind].limits
        after = measured(each.server, each.kind, each.target, each.end, END)
        assert judge(each.value, limits, Health.OK) is Health.WARNING
        assert judge(after, limits, Health.WARNING) is Health.OK


def test_the_disk_that_is_filling_passed_its_limit_days_ago_and_not_at_once() -> None:
    (filling,) = [each for each in outages({server.name: () for server in SERVERS}, END) if each.end is None]

    assert (filling.server, filling.target) == ("cao-01", "/srv/plans")
    assert timedelta(days=3) < END - filling.start < timedelta(days=30)


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_servers_were_taken_up_in_working_hours_whenever_the_demonstration_starts(hour: int) -> None:
    start = END.replace(hour=hour) - HISTORY

    begun = [taken_up(start, rank) for rank in range(len(SERVERS))]

    assert all(8 <= at.hour + 1 <= 17 and at.weekday() < 5 for at in begun)
    assert start < min(begun)
    # No breakdown is told of before.
    assert max(begun) < start + timedelta(days=9)
    assert len(set(begun)) == len(SERVERS)


def test_every_server_has_a_profile_packages_and_a_memory_that_is_no_round_number() -> None:
    facts = [facts_of(server, rank) for rank, server in enumerate(SERVERS)]

    assert set(PROFILES) == {server.name for server in SERVERS}
    assert all(len(each.packages) > 25 for each in facts)
    assert len({each.hardware.memory_bytes for each in facts}) == len(SERVERS)
    assert all(each.hardware.memory_bytes % 2**30 for each in facts)


def test_the_desks_are_not_all_the_same() -> None:
    facts = [facts for _site, facts in workstations()]

    assert len({each.hardware.cpu_model for each in facts}) >= 5
    assert len({each.system.name for each in facts}) == 2
    assert facts == [facts for _site, facts in workstations()]
