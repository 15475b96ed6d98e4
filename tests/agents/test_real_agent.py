"""Debian's own fusioninventory-agent registers the machine it runs on, and refreshes it."""

import shutil
import subprocess
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.agents.house import bring_in, make_key, only_device
from veilleur.domains.estate.actions import accept_device
from veilleur.domains.estate.models import AgentDevice
from veilleur.domains.estate.queries import whole_asset
from veilleur.domains.estate.rules.machine import Package
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import SYSTEM

pytestmark = [pytest.mark.agent, pytest.mark.django_db(transaction=True), pytest.mark.slow]

# The agent keeps its name and what it sent last in a folder of the system's: here in one of the test's.
_ELSEWHERE = "$setup::setup{vardir} = shift; do shift"
_LIBRARY = "/usr/share/fusioninventory/lib"
_ADDED = """<?xml version="1.0" encoding="UTF-8"?>
<REQUEST><CONTENT>
<SOFTWARES><NAME>Logiciel de paie</NAME><VERSION>4.2</VERSION><PUBLISHER>Vexin</PUBLISHER></SOFTWARES>
</CONTENT></REQUEST>
"""


def run_agent(folder: Path, *words: str) -> str:
    """Run the agent once, and return what it logs."""
    program = shutil.which("fusioninventory-agent")
    assert program is not None
    command = ["perl", f"-I{_LIBRARY}", "-Msetup", "-e", _ELSEWHERE, str(folder), program]
    options = ["--config=none", "--logger=stderr", "--no-category=environment,process", "--tasks=inventory"]
    done = subprocess.run(
        [*command, *options, *words], capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_real_agent_registers_and_refreshes_its_machine(live_server: LiveServer, tmp_path: Path) -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    folder = tmp_path / "agent"
    folder.mkdir()

    # By the address with the key in it, deflated.
    log = run_agent(folder, f"--server={live_server.url}/inventory/{key}", "--tag=Atelier")
    bring_in(organisation)

    assert "error" not in log.lower()
    device = only_device(organisation)
    assert (device.state, device.tag, device.faults) == ("waiting", "Atelier", [])
    assert device.client.startswith("FusionInventory-Agent_v2")
    made = accept_device(
        now=utc_now(), actor=SYSTEM, organisation_id=organisation.pk, device=device.public_id
    )
    bring_in(organisation)
    before = whole_asset(organisation.pk, made)
    assert before is not None
    assert (before.cpu_count > 0, before.memory_bytes > 2**28, before.os_name != "") == (True, True, True)
    packages = {row.name for row in before.part("packages").rows}
    assert "perl-base" in packages
    assert "root" in {row.login for row in before.part("local_users").rows}

    # By a password at the address that it would choose by itself, plain; something was installed meanwhile.
    added = tmp_path / "added.xml"
    added.write_text(_ADDED)
    password = ("--user=agent", f"--password={key}", "--no-compression", f"--additional-content={added}")
    log = run_agent(folder, f"--server={live_server.url}/front/inventory.php", *password)
    bring_in(organisation)

    assert "wrong credentials" not in log
    assert AgentDevice.objects.of(organisation.pk).count() == 1
    after = whole_asset(organisation.pk, made)
    assert after is not None
    fresh = set(after.part("packages").rows) - set(before.part("packages").rows)
    assert fresh == {Package("Logiciel de paie", "", "4.2", "Vexin")}
    (fact,) = whole_entries(organisation.pk, kinds=["estate.inventory_changed"])
    assert "Logiciel de paie" in fact.body
