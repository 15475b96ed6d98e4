"""The watch for real: real services, real certificates, real kills."""

import signal
import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.watch.house import WatchedHouse
from veilleur.engines.probe.tests.servers import make_certificate, serving
from veilleur.shared.clock import utc_now

SECOND_US = 1_000_000


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WatchedHouse]:
    made = WatchedHouse(tmp_path / "var")
    yield made
    made.end()


def test_a_killed_service_is_known_down_within_a_period_and_its_retries(house: WatchedHouse) -> None:
    service, port = house.service()
    target = f"127.0.0.1:{port}"
    asset = house.ask("prepare", checks=[{"target": target}, {"kind": "load", "target": ""}])
    watch = house.watch()
    house.believes(target, "ok")

    killed_us = time.time_ns() // 1000
    service.kill()
    service.wait()
    down = house.believes(target, "critical")
    house.service(port)
    house.believes(target, "ok")
    watch.terminate()

    assert down["code"] == "refused"
    changes = [each[1:] for each in house.ask("look")["changes"] if each[0] == target]
    assert [after for _before, after, *_ in changes] == ["ok", "critical", "ok"]
    _before, _after, since_us, at_us = changes[1]
    # One second to the next round and two retries of a second each; as much again for a busy machine.
    assert killed_us <= since_us
    assert at_us - killed_us <= 6 * SECOND_US
    assert watch.wait(timeout=10) == 0
    assert {"load.1m", f"listener.connect_ms {target}"} <= set(house.ask("series", asset=asset))


def test_a_certificate_that_ends_soon_is_to_watch_and_one_that_has_ended_is_bad(
    house: WatchedHouse, tmp_path: Path
) -> None:
    soon = make_certificate(tmp_path, utc_now() + timedelta(days=12))
    past = make_certificate(tmp_path, utc_now() - timedelta(days=1))

    with serving(certificate=soon) as first, serving(certificate=past) as second:
        house.ask("prepare", checks=[{"kind": "tls", "target": first}, {"kind": "tls", "target": second}])
        house.watch()
        ending = house.believes(first, "warning")
        ended = house.believes(second, "critical")

    assert 11_900 < ending["value"] <= 12_000
    assert ended["value"] < 0


def test_kill_9_of_the_watch_loses_no_accepted_result_and_draining_twice_changes_nothing(
    house: WatchedHouse,
) -> None:
    house.ask("prepare", checks=[{"kind": "memory", "target": ""}, {"target": "127.0.0.1:9"}])
    spool = house.data_dir / "watch" / "spool.sqlite3"

    for _ in range(3):
        watch = house.watch()
        enough = len(_items(spool)) + 8
        house.until("results", partial(_has_items, spool, enough))
        accepted = _items(spool)
        watch.send_signal(signal.SIGKILL)
        watch.wait()
        kept = _items(spool)
        assert kept[: len(accepted)] == accepted
        assert [number for number, _ in kept] == list(range(1, len(kept) + 1))

    last_us = max(at_us for _, at_us in _items(spool))
    first = house.ask("drain")
    history = house.ask("look")
    again = house.ask("drain")

    assert max(state["last_result_us"] for state in first) == last_us
    assert again == first
    assert house.ask("look") == history
    assert history["position"] == len(kept)
    assert history["facts"] == len(history["changes"])
    assert _items(spool) == []


def test_a_database_that_is_gone_is_a_fault_of_the_watch_and_no_machine_is_down(house: WatchedHouse) -> None:
    service, port = house.service()
    target = f"127.0.0.1:{port}"
    house.ask("prepare", checks=[{"target": target}])
    house.watch()
    house.believes(target, "ok")
    database = house.data_dir / "veilleur.sqlite3"
    away = database.with_suffix(".away")

    database.rename(away)
    # Orders are read every ten seconds.
    spool = house.data_dir / "watch" / "spool.sqlite3"
    house.until("the fault", lambda: _codes(spool) & {"orders_unreadable"})
    is_made_anew = database.exists()
    away.rename(database)
    state = house.believes(target, "ok")

    assert service.poll() is None
    assert not is_made_anew
    assert state["code"] == "connected"
    look = house.ask("look")
    assert [after for _target, _before, after, *_ in look["changes"]] == ["ok"]
    assert "orders_unreadable" in {code for code, _ended in look["faults"]}


def test_the_watch_cannot_write_the_main_database(house: WatchedHouse) -> None:
    house.ask("prepare", checks=[])

    assert "readonly" in house.ask("write_as_the_watch")


def test_one_data_folder_has_one_watch(house: WatchedHouse) -> None:
    house.ask("prepare", checks=[{"kind": "memory", "target": ""}])
    first = house.watch()
    house.believes("", "ok")

    second = house.watch()

    assert second.wait(timeout=20) != 0
    assert first.poll() is None


def _items(spool: Path) -> list[tuple[int, int]]:
    """Return (sequence, instant) of what the spool holds, none before it is made."""
    return _read(spool, "select sequence, at_us from item order by sequence")


def _has_items(spool: Path, count: int) -> bool:
    return len(_items(spool)) >= count


def _codes(spool: Path) -> set[str]:
    return {code for (code,) in _read(spool, "select code from item where evidence = 'fault_began'")}


def _read(spool: Path, query: str) -> list[tuple[int, int]]:
    if not spool.exists():
        return []
    connection = sqlite3.connect(f"{spool.as_uri()}?mode=ro", uri=True)
    try:
        # Between the making of the file and that of its tables there is nothing to read.
        is_made = connection.execute("select 1 from sqlite_schema where name = 'item'").fetchone()
        return connection.execute(query).fetchall() if is_made else []
    finally:
        connection.close()
