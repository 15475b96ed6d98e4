"""Carries out one check: figures of this machine, TCP connections, TLS handshakes. One function a method."""

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

import psutil

from veilleur.domains.monitoring.rules.kinds import KINDS
from veilleur.domains.monitoring.rules.outcomes import Evidence, Order, Outcome
from veilleur.engines.probe.targets import outcome_of_failure, split_target
from veilleur.engines.probe.tls import days_left, presented_certificate

Method = Callable[[str], Awaitable[Outcome]]


class LocalProber:
    """Implements monitoring's `Prober` from this machine. `clock` dates certificates."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._methods: dict[str, Method] = {
            "load": _load,
            "memory": _memory,
            "disk": _disk,
            "connect": _connect,
            "handshake": self._handshake,
        }

    async def probe(self, order: Order) -> Outcome:
        """Return the outcome of one probe, within the order's time-out; never raises but when cancelled."""
        method = self._methods[KINDS[order.kind].method]
        try:
            async with asyncio.timeout(order.policy.timeout_s):
                return await method(order.target)
        except Exception as error:  # noqa: BLE001 - a fault of one probe must not end the loop
            return outcome_of_failure(error)

    async def _handshake(self, target: str) -> Outcome:
        left = days_left(await presented_certificate(target), self._clock())
        return Outcome(Evidence.ANSWERED, "handshake", left, ((f"tls.days_left {target}", left / 1000),))


async def _load(_target: str) -> Outcome:
    one, five, _fifteen = os.getloadavg()
    per_processor = five / (psutil.cpu_count() or 1)
    series = (("load.1m", one), ("load.5m", five), ("load.5m_per_processor", per_processor))
    return Outcome(Evidence.ANSWERED, "measured", round(per_processor * 1000), series)


async def _memory(_target: str) -> Outcome:
    memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    used_percent = 100 * (memory.total - memory.available) / memory.total
    series = (
        ("memory.used_percent", used_percent),
        ("memory.available_bytes", float(memory.available)),
        ("swap.used_percent", float(swap.percent)),
    )
    return Outcome(Evidence.ANSWERED, "measured", round(used_percent * 1000), series)


async def _disk(mount_point: str) -> Outcome:
    # In a thread: a disk that does not answer blocks whoever asks.
    return await asyncio.to_thread(_read_disk, mount_point)


def _read_disk(mount_point: str) -> Outcome:
    try:
        is_mounted = Path(mount_point).is_mount()
        usage = psutil.disk_usage(mount_point)
    except FileNotFoundError:
        return Outcome(Evidence.FAILED, "not_mounted")
    except PermissionError:
        return Outcome(Evidence.OWN_FAULT, "not_readable")
    if not is_mounted:
        return Outcome(Evidence.FAILED, "not_mounted")
    series = (
        (f"disk.used_percent {mount_point}", usage.percent),
        (f"disk.free_bytes {mount_point}", float(usage.free)),
    )
    return Outcome(Evidence.ANSWERED, "measured", round(usage.percent * 1000), series)


async def _connect(target: str) -> Outcome:
    host, port = split_target(target)
    loop = asyncio.get_running_loop()
    family, address = await _resolve(loop, host, port)
    began = time.monotonic()
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.setblocking(False)
        await loop.sock_connect(connection, address)
    took_ms = (time.monotonic() - began) * 1000
    series = ((f"listener.connect_ms {target}", took_ms),)
    return Outcome(Evidence.ANSWERED, "connected", round(took_ms * 1000), series)


async def _resolve(
    loop: asyncio.AbstractEventLoop, host: str, port: int
) -> tuple[socket.AddressFamily, tuple[str, int]]:
    try:
        version = ip_address(host).version
    except ValueError:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return found[0][0], (str(found[0][4][0]), port)
    return (socket.AF_INET if version == 4 else socket.AF_INET6), (host, port)
