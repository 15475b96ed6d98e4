"""A network of two machines in namespaces of its own, at which a sweep looks: nothing else sees it.

Run as a program in fresh namespaces (see `looked_at`); prints what the sweep saw, as JSON.
"""

import ctypes
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from veilleur.engines.nmap import Nmap
from veilleur.engines.tcp_sweep import TcpSweep

CARD = "00:16:3e:00:00:07"
RANGE, HERE, OTHER = "10.77.0.0/29", "10.77.0.1", "10.77.0.2"
PORT = 8006
NAME = "nas.vexin.example"
_APART = ("unshare", "--map-root-user", "--net", "--mount")


def can_be_made() -> bool:
    """Return whether this machine allows networks of one's own."""
    command = (*_APART, "ip", "link", "add", "one", "type", "veth", "peer", "name", "two")
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def looked_at(sweeper: str) -> dict[str, Any]:
    """Return what `nmap` or `tcp` sees there."""
    command = (*_APART, sys.executable, "-m", "tests.small_network", sweeper)
    done = subprocess.run(
        command, capture_output=True, check=False, timeout=120, cwd=Path(__file__).parents[1]
    )
    assert done.returncode == 0, done.stderr.decode()
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _ip(*words: str) -> None:
    subprocess.run(("ip", *words), check=True)


def _other_machine(ready: int, go_on: int) -> None:
    """Be the other machine, in a network of its own: wait for the card, then answer at one port."""
    subprocess.run(("ip", "link", "set", "lo", "up"), check=True)
    os.write(ready, b"x")
    os.read(go_on, 1)
    _ip("address", "add", f"{OTHER}/29", "dev", "there")
    _ip("link", "set", "there", "up")
    server = socket.create_server((OTHER, PORT))
    os.write(ready, b"x")
    while True:
        server.accept()[0].close()


def _build() -> int:
    ready, tell_ready = os.pipe()
    go_on, tell_go_on = os.pipe()
    other = os.fork()
    if not other:
        _unshare()
        _other_machine(tell_ready, go_on)
    os.read(ready, 1)
    _ip("link", "set", "lo", "up")
    _ip("link", "add", "here", "type", "veth", "peer", "name", "there", "address", CARD)
    _ip("link", "set", "there", "netns", str(other))
    _ip("address", "add", f"{HERE}/29", "dev", "here")
    _ip("link", "set", "here", "up")
    os.write(tell_go_on, b"x")
    os.read(ready, 1)
    return other


def _name_by_file() -> None:
    """Give the machines their names by a file: no server of names is reached from here."""
    hosts = Path(tempfile.mkdtemp(prefix="veilleur-hosts-")) / "hosts"
    hosts.write_text(f"127.0.0.1 localhost\n{OTHER} {NAME}\n")
    for source, place in ((hosts, "/etc/hosts"), (Path(os.devnull), "/etc/resolv.conf")):
        subprocess.run(("mount", "--bind", source, place), check=True)


def _unshare() -> None:
    # Python 3.12 has it by name.
    assert ctypes.CDLL(None).unshare(0x40000000) == 0


def _main(sweeper: str) -> None:
    _name_by_file()
    other = _build()
    time.sleep(0.2)
    try:
        swept = (Nmap((PORT,)) if sweeper == "nmap" else TcpSweep((PORT,))).sweep((ip_network(RANGE),))
        print(json.dumps(asdict(swept)))  # type: ignore[call-overload]
    finally:
        os.kill(other, 9)


if __name__ == "__main__":
    _main(sys.argv[1])
