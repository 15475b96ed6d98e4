"""A real SNMP agent for tests that answers as a switch or a printer does: on loopback, with fixed values."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.sshd import free_port

COMMUNITY = "what the tests read with"
LOGIN, PASSWORD, PRIVACY = "reader", "the reader's password", "what hides the answers"
_CONFIG = """
agentaddress udp:127.0.0.1:{port}
rocommunity "{community}" 127.0.0.1
createUser {login} SHA-256 "{password}" AES "{privacy}"
rouser {login} authpriv
createUser plain SHA "{password}"
rouser plain authnopriv
rocommunity blind 127.0.0.1 .1.3.6.1.4.1.8072.9999
syslocation Baie du rez-de-chaussée
{values}
"""
SWITCH = """
sysdescr HPE OfficeConnect 1920S 24G
sysname sw1
sysobjectid .1.3.6.1.4.1.11.2.3.7.11.182
override .1.3.6.1.2.1.2.2.1.2.901 octet_str "GigabitEthernet1/0/1"
override .1.3.6.1.2.1.2.2.1.5.901 uinteger 1000000000
override .1.3.6.1.2.1.2.2.1.6.901 octet_str 0x001132abcd01
override .1.3.6.1.2.1.2.2.1.7.901 integer 1
override .1.3.6.1.2.1.2.2.1.8.901 integer 1
override .1.3.6.1.2.1.31.1.1.1.1.901 octet_str "Gi1/0/1"
override .1.3.6.1.2.1.31.1.1.1.15.901 uinteger 1000
override .1.3.6.1.2.1.31.1.1.1.18.901 octet_str "vers le serveur"
override .1.3.6.1.2.1.2.2.1.2.902 octet_str "TenGigabitEthernet1/0/25"
override .1.3.6.1.2.1.2.2.1.5.902 uinteger 4294967295
override .1.3.6.1.2.1.2.2.1.7.902 integer 2
override .1.3.6.1.2.1.2.2.1.8.902 integer 2
override .1.3.6.1.2.1.31.1.1.1.15.902 uinteger 10000
override .1.3.6.1.2.1.47.1.1.1.1.2.1 octet_str "HPE OfficeConnect Switch"
override .1.3.6.1.2.1.47.1.1.1.1.5.1 integer 3
override .1.3.6.1.2.1.47.1.1.1.1.10.1 octet_str "PD.02.22"
override .1.3.6.1.2.1.47.1.1.1.1.11.1 octet_str "CN12345678"
override .1.3.6.1.2.1.47.1.1.1.1.12.1 octet_str "HPE"
override .1.3.6.1.2.1.47.1.1.1.1.13.1 octet_str "JL381A"
override .1.3.6.1.2.1.47.1.1.1.1.2.2 octet_str "Fan"
override .1.3.6.1.2.1.47.1.1.1.1.5.2 integer 7
override .1.0.8802.1.1.2.1.3.7.1.3.1 octet_str "Gi1/0/1"
override .1.0.8802.1.1.2.1.4.1.1.4.0.1.1 integer 4
override .1.0.8802.1.1.2.1.4.1.1.5.0.1.1 octet_str 0x525400aabbcc
override .1.0.8802.1.1.2.1.4.1.1.6.0.1.1 integer 5
override .1.0.8802.1.1.2.1.4.1.1.7.0.1.1 octet_str "eno1"
override .1.0.8802.1.1.2.1.4.1.1.9.0.1.1 octet_str "hv1.vexin.example"
override .1.0.8802.1.1.2.1.4.1.1.10.0.1.1 octet_str "Proxmox VE"
"""
PRINTER = """
sysdescr Brother NC-340, Firmware Ver.1.20
sysname imp-accueil
sysobjectid .1.3.6.1.4.1.2435.2.3.9.1
override .1.3.6.1.2.1.43.5.1.1.16.1 octet_str "HL-L6400DW"
override .1.3.6.1.2.1.43.5.1.1.17.1 octet_str "E12345F6N789012"
override .1.3.6.1.2.1.43.10.2.1.4.1.1 uinteger 48213
override .1.3.6.1.2.1.43.11.1.1.6.1.1 octet_str "Black Toner"
override .1.3.6.1.2.1.43.11.1.1.8.1.1 integer 12000
override .1.3.6.1.2.1.43.11.1.1.9.1.1 integer 3000
override .1.3.6.1.2.1.43.11.1.1.6.1.2 octet_str "Drum Unit"
override .1.3.6.1.2.1.43.11.1.1.8.1.2 integer -2
override .1.3.6.1.2.1.43.11.1.1.9.1.2 integer -3
"""


def snmpd_program() -> str | None:
    """Return the path of the agent, None where it is not installed."""
    return shutil.which("snmpd", path="/usr/sbin:/usr/bin:/usr/local/sbin")


class ThrowawaySnmpd:
    """An agent with these values, as lines of its configuration; use it as a context manager."""

    def __init__(self, values: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="veilleur-snmpd-"))
        self.port = free_port()
        told = {"community": COMMUNITY, "login": LOGIN, "password": PASSWORD, "privacy": PRIVACY}
        (self._folder / "snmpd.conf").write_text(_CONFIG.format(port=self.port, values=values, **told))
        self._agent: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "ThrowawaySnmpd":
        program = snmpd_program()
        assert program is not None, "no SNMP agent is installed: apt install snmpd"
        log = self._folder / "log"
        # It is to tell the values above, and nothing of the cards of the machine that tests run on.
        command = (
            program, "-f", "-Lf", log, "-C", "-c", self._folder / "snmpd.conf", "-I", "-ifTable,-ifXTable",
            f"--persistentDir={self._folder}", "-p", self._folder / "pid",
        )  # fmt: skip
        self._agent = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end_s = time.monotonic() + 10
        while time.monotonic() < end_s:
            if log.exists() and "NET-SNMP version" in log.read_text(errors="replace"):
                return self
            time.sleep(0.02)
        raise AssertionError(f"snmpd does not answer: {log.read_text() if log.exists() else ''}")

    def __exit__(self, *_: object) -> None:
        if self._agent is not None:
            self._agent.terminate()
            self._agent.wait(timeout=10)
        shutil.rmtree(self._folder, ignore_errors=True)
