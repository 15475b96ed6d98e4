"""Sends reports of agents to the door and brings them in, in a data folder of its own; prints what it took.

Modes: "prepare" makes an organisation with a machine that reports; "door KB" sends one report of that size;
"work" brings in what waits; "many N" sends the reports of N machines and brings them in.
"""

import json
import random
import resource
import sys
import time
import zlib
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid4, uuid5

from veilleur.config.data_folder import prepare_folder
from veilleur.config.env import environment
from veilleur.config.start import start_django

prepare_folder(environment())
start_django()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from veilleur.config.wiring import JOB_HANDLERS  # noqa: E402
from veilleur.domains.estate.actions import accept_device, make_agent_key  # noqa: E402
from veilleur.domains.estate.models import AgentDevice, AgentReport  # noqa: E402
from veilleur.domains.estate.rules.agents import APPLY_DOCUMENT, READ_REPORTS  # noqa: E402
from veilleur.domains.journal.rules.work import JobTicket  # noqa: E402
from veilleur.domains.organisations.factories import make_organisation  # noqa: E402
from veilleur.domains.organisations.models import Organisation  # noqa: E402
from veilleur.shared.clock import utc_now  # noqa: E402
from veilleur.shared.viewer import SYSTEM  # noqa: E402

_KEY = Path(environment().data_dir / "key")
_MIB = 2**20


def inventory(name: str, kilobytes: int, version: str = "1.0") -> bytes:
    """Return a report of that size: programs up to a laptop's number of them, then ports as of a switch."""
    chance = random.Random(f"{name} {version}")
    told: dict[str, Any] = {
        "versionclient": "GLPI-Agent_v1.14",
        "hardware": {
            "name": name,
            "uuid": str(uuid5(NAMESPACE_DNS, name)),
            "memory": 16384,
            "chassis_type": "Laptop",
        },
        "bios": {"ssn": f"SER{zlib.crc32(name.encode()):08X}", "smanufacturer": "HP", "smodel": "ProBook"},
        "operatingsystem": {"full_name": "Debian GNU/Linux 12", "version": "12.11"},
        "softwares": [],
        "network_ports": [],
    }
    size = 0
    while size < kilobytes * 1000:
        rows, row = (
            told["softwares"],
            {
                "name": f"program-{len(told['softwares'])}",
                "version": f"{version}.{chance.randrange(10)}",
                "publisher": "Debian",
                "arch": "amd64",
                "from": "deb",
                "filesize": chance.randrange(10**7),
                "system_category": "admin",
            },
        )
        if len(rows) >= 2500:
            rows, row = (
                told["network_ports"],
                {
                    "ifnumber": len(told["network_ports"]),
                    "ifname": f"GigabitEthernet1/0/{len(told['network_ports'])}",
                    "mac": f"{chance.randrange(2**48):012x}",
                    "ifstatus": "1",
                    "connections": [{"mac": f"{chance.randrange(2**48):012x}"}],
                },
            )
        rows.append(row)
        size += len(json.dumps(row))
    return json.dumps({"action": "inventory", "deviceid": f"{name}-1", "content": told}).encode()


def send(body: bytes) -> None:
    answer = Client().post(
        f"/inventory/{_KEY.read_text()}", zlib.compress(body), content_type="application/x-compress-zlib"
    )
    assert answer.status_code == 200, answer.content


def bring_in(kind: str = READ_REPORTS, **named: str) -> None:
    payload: dict[str, Any] = {"organisation": str(Organisation.objects.get().public_id), **named}
    while True:
        JOB_HANDLERS[kind](JobTicket(kind, "", payload, 1, uuid4()), utc_now)
        if kind != READ_REPORTS or not waiting():
            return


def waiting() -> int:
    return AgentReport.objects.across_organisations("a measure").filter(fault="").count()


def prepare() -> None:
    call_command("migrate", verbosity=0)
    organisation = make_organisation()
    said: dict[str, Any] = {"now": utc_now(), "actor": SYSTEM, "organisation_id": organisation.pk}
    key = make_agent_key(**said, name="measure")
    assert isinstance(key, str)
    _KEY.write_text(key)
    send(inventory("measured", 1))
    bring_in()
    device = AgentDevice.objects.of(organisation.pk).get()
    accept_device(**said, device=device.public_id)
    bring_in(APPLY_DOCUMENT, device=str(device.public_id))


def many(count: int) -> dict[str, float]:
    """Send a contact and a report of each of so many machines, and bring them in."""
    bodies = [inventory(f"machine-{number}", 150) for number in range(count)]
    began = time.perf_counter()
    for body in bodies:
        send(b'{"action": "contact", "deviceid": "x"}')
        send(body)
    answered = time.perf_counter() - began
    bring_in()
    heard = AgentDevice.objects.across_organisations("a measure").filter(host_name__startswith="machine-")
    return {"answered_s": answered, "in_s": time.perf_counter() - began, "heard": heard.count()}


def main() -> None:
    """Do what is asked and print what it took."""
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.AGENT_REQUESTS_PER_MINUTE = 10**9
    mode, told = sys.argv[1], sys.argv[2:]
    result: dict[str, float] = {}
    body = inventory("measured", int(told[0]), told[1]) if mode == "door" else b""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    if mode == "prepare":
        prepare()
    elif mode == "door":
        send(body)
    elif mode == "work":
        bring_in()
    else:
        result = many(int(told[0]))
    result |= {"took_s": time.perf_counter() - began, "waiting": waiting()}
    result["grown_mib"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    result["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    connection.close()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
