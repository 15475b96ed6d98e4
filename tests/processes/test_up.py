"""`veilleur up` with real processes: what dies is restarted, what is stopped leaves nothing behind."""

import os
import random
import signal
import socket
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.processes.installation import Installation, gone, veilleur, wait_for
from veilleur.shared.pages_mark import draws_pages


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory):
    installation = Installation(tmp_path_factory.mktemp("up") / "data").start().wait_until_ready()
    yield installation
    installation.stop()


def test_it_says_where_to_go_and_how_to_get_there_from_elsewhere(running: Installation) -> None:
    printed = wait_for("the directions", lambda: "Ctrl-C" in running.output() and running.output())

    assert f"http://127.0.0.1:{running.port}/" in printed
    assert f"ssh -L {running.port}:localhost:{running.port}" in printed


def test_it_listens_on_loopback_alone(running: Installation) -> None:
    sign = wait_for("sign", lambda: running.process("sign"))
    # The process that holds the keys lets nobody look into it; root alone sees its sockets.
    seen = [each for each in running.family() if os.geteuid() == 0 or each.pid != sign.pid]

    assert {address for process in seen for address in listens_on(process)} == {("127.0.0.1", running.port)}


def listens_on(process: psutil.Process) -> list[tuple[str, int]]:
    try:
        connections = process.net_connections()
    except psutil.NoSuchProcess:  # the guide, or a program that made a copy, has ended meanwhile
        return []
    return [(each.laddr.ip, each.laddr.port) for each in connections if each.status == psutil.CONN_LISTEN]


def test_what_it_writes_is_for_its_owner_only(running: Installation) -> None:
    readable = [
        path.relative_to(running.data_dir)
        for path in (running.data_dir, running.data_dir / "secrets" / "django_key", running.data_dir / "keys")
        if path.stat().st_mode & 0o077
    ]

    assert readable == []


@pytest.mark.parametrize("name", ["sign", "web", "work", "watch"])
def test_a_killed_process_is_started_again_and_the_status_says_so(running: Installation, name: str) -> None:
    before = wait_for(name, lambda: running.process(name))
    assert before.pid is not None

    os.kill(before.pid, signal.SIGKILL)
    after = wait_for(
        "its successor",
        lambda: (now := running.process(name)) and now.pid not in {None, before.pid} and now,
    )

    assert after.restarts == before.restarts + 1
    assert after.last_ending is not None
    assert after.last_ending.code == -signal.SIGKILL
    wait_for("the pages", running.answers)
    assert f"“{name}” has stopped (signal 9)" in running.output()


def test_a_killed_page_server_below_its_keeper_comes_back_too(running: Installation) -> None:
    keeper = psutil.Process(wait_for("web", lambda: running.process("web")).pid)
    server = wait_for("the server below", keeper.children)[0]

    server.kill()
    wait_for("a new keeper", lambda: (now := running.process("web")) and now.pid not in {None, keeper.pid})

    wait_for("the pages", running.answers)


def test_every_death_becomes_a_fact_of_the_journal_once(running: Installation) -> None:
    deaths = running.data_dir / "run" / "deaths"
    killed = running.process("sign")
    os.kill(killed.pid, signal.SIGKILL)
    wait_for("the next sign", lambda: (now := running.process("sign")) and now.pid not in {None, killed.pid})

    wait_for("work to take the deaths up", lambda: not list(deaths.glob("*.json")))

    restarts = sum(process.restarts for process in running.status().processes)
    facts = running.facts("installation.process_died")
    assert {"process": "sign", "exit_code": -9} in facts
    assert len(facts) == restarts


def test_what_draws_pages_is_marked_for_the_keys_and_nothing_else_is(running: Installation) -> None:
    keeper = psutil.Process(wait_for("web", lambda: running.process("web")).pid)
    pages = [keeper, *wait_for("the server below", keeper.children)]
    others = [wait_for(name, partial(running.process, name)) for name in ("sign", "work", "watch")]

    assert all(draws_pages(each.pid) for each in pages)
    assert not any(draws_pages(each.pid) for each in others)


def test_the_master_key_is_rotated_while_everything_runs(running: Installation) -> None:
    wait_for("sign", (running.data_dir / "run" / "sign.sock").exists)

    rotated = veilleur("keys", "rotate", data_dir=running.data_dir)

    assert rotated.returncode == 0, rotated.stderr
    assert "Generation 2 seals everything" in rotated.stdout
    assert running.answers()
    assert {"number": 2} in running.facts("installation.key_generation_made")


def test_a_second_one_on_the_same_data_folder_is_refused(running: Installation) -> None:
    refused = veilleur("up", data_dir=running.data_dir)

    assert refused.returncode == 75
    assert refused.stderr.startswith("“veilleur up” already runs on this data folder")
    assert f"process {running.up.pid}" in refused.stderr


def test_doctor_sees_it_run(running: Installation) -> None:
    told = veilleur("doctor", data_dir=running.data_dir)

    assert "“web” runs" in told.stdout
    assert "The database is reachable and up to date" in told.stdout
    assert "The process that holds the keys answers" in told.stdout


def test_an_orderly_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data").prepared().start().wait_until_ready()
    family = installation.family()

    code = installation.stop()

    assert code == 0
    assert "Veilleur has stopped." in installation.output()
    log = (installation.data_dir / "log" / "up.log").read_text().splitlines()
    assert log[-1].endswith("asked to stop by SIGTERM, and stopped")
    wait_for("the end of all processes", lambda: gone(family), patience=5)
    assert installation.status() is None


def test_a_preparation_that_is_ended_from_outside_is_told(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data").start()
    guide = wait_for("the guide", psutil.Process(installation.up.pid).children)[0]

    guide.kill()

    assert installation.up.wait(30) == 75
    assert "The preparation was ended from outside (signal 9). Start again." in installation.output()


@pytest.mark.slow
def test_killed_at_any_moment_it_leaves_nothing_and_starts_clean(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data")
    moments = random.Random(2)

    for _ in range(4):
        installation.start()
        time.sleep(moments.uniform(0.3, 6))
        family = installation.family()
        installation.up.kill()
        installation.up.wait()
        wait_for("the end of all processes", lambda family=family: gone(family), patience=10)

    installation.start().wait_until_ready()
    assert installation.stop() == 0


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = veilleur("up", data_dir=tmp_path / "data", VEILLEUR_PORT=str(port))

    assert refused.returncode == 75
    assert refused.stderr.startswith(f"Port {port} is already in use on 127.0.0.1.")
