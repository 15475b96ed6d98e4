"""A named server that lets us in and then falls silent: a page waits for it once, not for each database."""

import time
from collections.abc import Iterator

import pytest

from tests.backups.house import House
from veilleur.domains.backups import jobs
from veilleur.domains.backups.jobs import sources as trials
from veilleur.domains.backups.models import SourceAccess
from veilleur.domains.backups.ports import DUMPER, Access, DatabaseSource
from veilleur.domains.backups.rules.sources import NamedServer, ServerTried, database_of
from veilleur.domains.backups.rules.states import AccessState
from veilleur.domains.journal.models import Job
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.restic
NAMES = tuple(f"shop{number:02}" for number in range(12))


class SilentServer:
    """Lists its databases, answers of the first ones, then says nothing for as long as it is waited for."""

    def __init__(self, answering: int, names: tuple[str, ...] = NAMES) -> None:
        self.answering = {"postgres", *names[:answering]}
        self.names = names
        self.waited_s = 0.0
        self.tried: list[str] = []

    def probe(self, source: DatabaseSource, patience_s: float | None = None) -> Access:
        name = database_of(source.conninfo)
        self.tried.append(name)
        if name in self.answering:
            return Access(AccessState.READABLE)
        self.waited_s += 20.0 if patience_s is None else patience_s
        return Access(AccessState.UNREACHABLE, "server_unreachable")

    def databases(self, source: DatabaseSource, patience_s: float | None = None) -> tuple[str, ...]:
        return self.names


@pytest.fixture
def bound(house: House) -> Iterator[None]:
    before = DUMPER.get()
    yield
    DUMPER.bind(before)


def name(house: House, server: SilentServer) -> ServerTried | Refused:
    DUMPER.bind(server)
    named = NamedServer("127.0.0.1", 5432, "", "reader")
    return jobs.name_server(house.clock, SYSTEM, house.organisation.pk, named)


def states(house: House) -> dict[str, tuple[str, bool]]:
    rows = SourceAccess.objects.of(house.organisation.pk)
    return {database_of(row.source): (row.state, row.tried_at is None) for row in rows}


@pytest.mark.usefixtures("bound")
def test_what_it_leaves_unanswered_is_not_tried_yet_and_tried_in_the_background(house: House) -> None:
    server = SilentServer(answering=2)

    tried = name(house, server)

    assert isinstance(tried, ServerTried)
    assert [database_of(one) for one in tried.readable] == ["shop00", "shop01"]
    assert [database_of(one) for one in tried.untried] == list(NAMES[2:])
    assert server.waited_s <= trials.TRIAL_S
    assert states(house)["shop01"] == (AccessState.READABLE, False)
    assert states(house)["shop02"] == (AccessState.UNKNOWN, True)
    assert Job.objects.filter(kind="backups.probe_sources").exists()


@pytest.mark.usefixtures("bound")
def test_a_server_that_is_slow_with_each_is_left_when_the_time_is_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "NAMING_S", 0.5)
    server = SilentServer(answering=len(NAMES))
    answer = server.probe

    def slowly(source: DatabaseSource, patience_s: float | None = None) -> Access:
        time.sleep(0.2)
        return answer(source, patience_s)

    monkeypatch.setattr(server, "probe", slowly)

    tried = name(house, server)

    assert isinstance(tried, ServerTried)
    assert len(server.tried) <= 4
    assert len(tried.readable) + len(tried.untried) == len(NAMES)


@pytest.mark.usefixtures("bound")
def test_a_page_tries_a_few_databases_of_many_and_takes_no_thousands(house: House) -> None:
    many = tuple(f"shop{number:03}" for number in range(60))
    server = SilentServer(len(many), many)

    tried = name(house, server)
    refused = name(house, SilentServer(0, tuple(f"shop{number}" for number in range(1000))))

    assert isinstance(tried, ServerTried)
    assert (len(tried.readable), len(tried.untried)) == (trials.MOST_TRIED, 60 - trials.MOST_TRIED)
    assert refused == Refused("many_databases", "1000")


@pytest.mark.usefixtures("bound")
def test_naming_it_again_does_not_forget_what_could_be_read(house: House) -> None:
    name(house, SilentServer(answering=len(NAMES)))

    name(house, SilentServer(answering=0))

    assert set(states(house).values()) == {(AccessState.READABLE, False)}


@pytest.mark.usefixtures("bound")
def test_the_background_waits_long_for_a_silent_server_once(house: House) -> None:
    name(house, SilentServer(answering=len(NAMES)))
    silent = SilentServer(answering=0)
    DUMPER.bind(silent)

    ticket = JobTicket("backups.probe_sources", "", {}, 1, new_id(house.now))
    jobs.HANDLERS["backups.probe_sources"](ticket, house.clock)

    assert silent.tried == list(NAMES)
    assert silent.waited_s <= 20.0 + trials.TRIAL_S * (len(NAMES) - 1)
    assert {state for state, _ in states(house).values()} == {AccessState.UNREACHABLE}
