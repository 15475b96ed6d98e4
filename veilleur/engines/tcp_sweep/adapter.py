"""Behind the estate's port NetworkSweeper: knocks at a handful of ports, few at once, few in a second."""

import asyncio
import errno
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from veilleur.domains.estate.rules.sweep import HostSeen, OpenPort, Range, SweepFault, Swept
from veilleur.engines.tcp_sweep.parse import neighbours

PORTS = (22, 80, 135, 443, 445, 631, 3389, 8006, 9100)
_NEIGHBOURS = Path("/proc/net/arp")
# How a machine answers that has nobody behind a port.
_THERE = frozenset({errno.ECONNREFUSED, errno.ECONNRESET})

Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Pace:
    """How much is tried at once, and how long anything may take. A switch must not notice it."""

    at_once: int = 128
    in_a_second: int = 200
    knock_s: float = 1.0
    names_s: float = 5.0
    all_s: float = 900.0


DEFAULT_PACE = Pace()


class TcpSweep:
    """Looks at networks by opening and closing connections; sends nothing through them."""

    def __init__(self, ports: tuple[int, ...] = PORTS, pace: Pace = DEFAULT_PACE) -> None:
        self._ports, self._pace = ports, pace

    def sweep(self, ranges: tuple[Range, ...]) -> Swept | SweepFault:
        """Return what answers in these ranges; see the port."""
        knocks = _Knocks(self._pace)
        is_whole = asyncio.run(knocks.all(_doors(ranges, self._ports)))
        found = knocks.found
        names = _names(tuple(found), self._pace.names_s)
        macs = neighbours(_NEIGHBOURS.read_text()) if _NEIGHBOURS.is_file() else {}
        hosts = (
            HostSeen(
                (str(address),),
                macs.get(str(address), ""),
                names=names.get(address, ()),
                ports=tuple(OpenPort("tcp", port) for port in sorted(found[address])),
            )
            for address in sorted(found, key=lambda each: (each.version, int(each)))
        )
        return Swept(tuple(hosts), is_whole)


def _doors(ranges: tuple[Range, ...], ports: tuple[int, ...]) -> Iterator[tuple[Address, int]]:
    """Return every address with every port: one port of all, then the next, so that none is hammered."""
    for port in ports:
        for each in ranges:
            # Neither the network's own address nor that of all its machines, where it has such.
            yield from ((address, port) for address in each.hosts())


class _Knocks:
    """What answered so far: by address, the ports that took a connection."""

    def __init__(self, pace: Pace) -> None:
        self.found: dict[Address, set[int]] = {}
        self._pace = pace

    async def all(self, doors: Iterator[tuple[Address, int]]) -> bool:
        """Knock at every door, at the pace; return whether there was time for all."""
        under_way: set[asyncio.Task[None]] = set()
        try:
            async with asyncio.timeout(self._pace.all_s):
                for address, port in doors:
                    if len(under_way) >= self._pace.at_once:
                        _done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                    under_way.add(asyncio.create_task(self._knock(address, port)))
                    await asyncio.sleep(1 / self._pace.in_a_second)
                if under_way:
                    await asyncio.wait(under_way)
        except TimeoutError:
            return False
        return True

    async def _knock(self, address: Address, port: int) -> None:
        try:
            async with asyncio.timeout(self._pace.knock_s):
                _reader, writer = await asyncio.open_connection(str(address), port)
        except OSError as error:
            if error.errno in _THERE:
                self.found.setdefault(address, set())
            return
        self.found.setdefault(address, set()).add(port)
        writer.transport.abort()


def _names(addresses: tuple[Address, ...], most_s: float) -> dict[Address, tuple[str, ...]]:
    """Return what the network calls them, as far as it says so in time."""
    with_names = ThreadPoolExecutor(max_workers=16)
    asked = {address: with_names.submit(_name, address) for address in addresses}
    found: dict[Address, tuple[str, ...]] = {}
    try:
        for address, answer in asked.items():
            if name := answer.result(timeout=most_s):
                found[address] = (name,)
    except TimeoutError:
        return found
    finally:
        with_names.shutdown(wait=False, cancel_futures=True)
    return found


def _name(address: Address) -> str:
    try:
        name, _service = socket.getnameinfo((str(address), 0), socket.NI_NAMEREQD)
    except OSError:
        return ""
    return name[:200]
