"""Large reports come by way of the disk once the key is known, and many at once are all brought in."""

import asyncio
import dataclasses
import io
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from tests.migrated import put_migrated
from tests.processes.installation import free_port, veilleur, wait_for
from tests.processes.test_whole_requests import Protocol
from tests.surroundings import variables
from veilleur.config.agents_address import MAY_SEND, MOST_SENT_BYTES
from veilleur.config.env import CHECKOUT, environment
from veilleur.config.unread import SENDER, UNREAD
from veilleur.engines.agent_protocol.tests.samples import content
from veilleur.processes import whole_requests
from veilleur.processes.whole_requests import MOST_BYTES, WholeRequests

_MIB = 2**20
ADDRESS = "/inventory/vag_" + "0" * 40
LARGE = (("content-length", str(3 * _MIB)), ("content-type", "application/json"))


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings = dataclasses.replace(environment(), data_dir=tmp_path)
    monkeypatch.setattr(whole_requests, "environment", lambda: settings)
    return tmp_path


def send(
    protocol: Protocol,
    path: str = ADDRESS,
    headers: tuple[tuple[str, str], ...] = LARGE,
    status: str = "200 OK",
) -> list[dict[str, Any]]:
    """Return the environments in which the pages were asked."""
    asked: list[dict[str, Any]] = []

    def pages(environ: dict[str, Any], begin: Callable[..., Any]) -> list[bytes]:
        body = environ["wsgi.input"]
        asked.append({**environ, "is_memory": isinstance(body, io.BytesIO), "size": len(body.read())})
        environ[SENDER] = 1
        begin(status, [("Content-Type", "application/json")])
        return [b"{}"]

    class Several(dict[str, str]):
        def items(self) -> Any:
            return headers

    scope = SimpleNamespace(
        server="127.0.0.1:8000", client="127.0.0.1:4711", scheme="http", method="POST", path=path,
        query_string="", http_version="1.1", headers=Several(headers),
    )  # fmt: skip
    asyncio.run(WholeRequests(pages, threads=1).__rsgi__(scope, protocol))
    return asked


def test_a_large_report_comes_by_way_of_the_disk_once_its_key_is_known(data_dir: Path) -> None:
    first, second = send(Protocol(*[b"a" * _MIB] * 3))

    assert (first["REQUEST_METHOD"], first[MAY_SEND], first["size"]) == ("GET", True, 0)
    assert (second["REQUEST_METHOD"], second["size"], second["is_memory"]) == ("POST", 3 * _MIB, False)
    assert MAY_SEND not in second


def test_nothing_large_is_taken_without_a_key(data_dir: Path) -> None:
    protocol = Protocol(b"a", stays_open=True)

    asked = send(protocol, status="403 Forbidden")

    assert [each["REQUEST_METHOD"] for each in asked] == ["GET"]
    assert (protocol.answer[0], protocol.answer[2]) == (403, b"{}")


def test_a_report_of_ordinary_size_is_taken_whole_whoever_sends_it(data_dir: Path) -> None:
    (only,) = send(Protocol(b"a" * 100), headers=(("content-length", "100"),))

    assert (only["REQUEST_METHOD"], only["size"], only["is_memory"]) == ("POST", 100, True)


@pytest.mark.parametrize(
    "path", [ADDRESS + "/", "/inventory", "/front/inventory.php", "/plugins/glpiinventory/"]
)
def test_a_report_without_a_length_may_be_large_at_every_address_of_agents(data_dir: Path, path: str) -> None:
    asked = send(Protocol(*[b"a" * _MIB] * 2), path, headers=())

    assert asked[-1]["size"] == 2 * _MIB


def test_a_report_that_is_too_large_is_refused_before_it_is_kept(data_dir: Path) -> None:
    asked = send(Protocol(), headers=(("content-length", str(MOST_SENT_BYTES + 1)),))

    assert asked[-1][UNREAD] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@pytest.mark.parametrize("path", ["/", "/inventory/a/b", "/inventoryx", "/estate/agents/keys/new/"])
def test_no_other_address_takes_more_than_a_form(path: str) -> None:
    (only,) = send(Protocol(), path, (("content-length", str(MOST_BYTES + 1)),))

    assert only[UNREAD] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


_PREPARE = """
from veilleur.domains.estate.actions import make_agent_key
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import SYSTEM
organisation = make_organisation()
print(make_agent_key(now=utc_now(), actor=SYSTEM, organisation_id=organisation.pk, name="load"))
"""
_HEARD = """
from veilleur.domains.estate.models import AgentDevice, AgentReport
everyone = "all that were heard"
print(AgentReport.objects.across_organisations(everyone).count())
print(AgentDevice.objects.across_organisations(everyone).count())
"""
MACHINES = 40


def shell(data_dir: Path, code: str) -> list[str]:
    done = veilleur("manage", "shell", "-v", "0", "-c", code, data_dir=data_dir)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[tuple[Path, str, dict[str, psutil.Process]]]:
    """The pages and the work, alone, and the address to report to."""
    folder = tmp_path / "data"
    put_migrated(folder)
    key = shell(folder, _PREPARE)[-1]
    port = free_port()
    with ExitStack() as running:
        started = {}
        for name in ("web", "work"):
            words = (sys.executable, "-m", "veilleur.processes.cli", name)
            surroundings = variables(folder, VEILLEUR_PORT=str(port))
            process = subprocess.Popen(words, cwd=CHECKOUT, env=surroundings, stderr=subprocess.DEVNULL)
            running.callback(process.wait)
            running.callback(process.terminate)
            started[name] = psutil.Process(process.pid)
        address = f"http://127.0.0.1:{port}/inventory/{key}"
        wait_for("the pages", lambda: post(address, b'{"action": "contact", "deviceid": "x"}') == 200)
        yield folder, address, started


def post(address: str, body: bytes) -> int | None:
    asked = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def most_mib(process: psutil.Process) -> float:
    """Return the most memory that a process, or one that it started, has ever held."""
    family = [process, *process.children(recursive=True)]
    lines = [Path(f"/proc/{each.pid}/status").read_text() for each in family]
    return max(int(text.split("VmHWM:")[1].split()[0]) / 1024 for text in lines)


@pytest.mark.slow
def test_twenty_megabytes_and_many_at_once_are_all_brought_in_within_bounds(
    processes: tuple[Path, str, dict[str, psutil.Process]],
) -> None:
    folder, address, started = processes
    ports = [{"ifname": f"GigabitEthernet1/0/{number}", "ifdescr": "x" * 150} for number in range(92_000)]
    told = {"network_device": {"name": "sw-salle", "serial": "FOC1234A5BC"}, "network_ports": ports}
    large = json.dumps({"deviceid": "sw", "itemtype": "NetworkEquipment", "content": told}).encode()
    assert len(large) > 18 * 10**6

    began = time.monotonic()
    assert post(address, large) == 200
    answered = time.monotonic() - began
    bodies = [
        json.dumps(
            {"deviceid": f"pc-{number}", "content": content(hardware={"name": f"pc-{number}"})}
        ).encode()
        for number in range(MACHINES)
    ]
    with ThreadPoolExecutor(8) as senders:
        statuses = list(senders.map(lambda body: post(address, body), bodies))

    assert answered < 10
    assert statuses == [200] * MACHINES
    wait_for("all reports", lambda: shell(folder, _HEARD) == ["0", str(MACHINES + 1)], every_s=1)
    assert {name: most_mib(process) < 300 for name, process in started.items()} == {"web": True, "work": True}
