"""Memory and processor time of a real `veilleur up` that watches a hundred servers and does nothing else.

Added up, resident memory counts a page that processes share once for each of them; the proportional size
counts it once.
"""

import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from tests.processes.installation import Installation, variables

SERVERS, CHECKS_EACH = 100, 3
SETTLE_S, LOOK_S = 90.0, 30.0
_ROOT = Path(__file__).parents[1]
# What runs now and then beside the processes that always run: a copy, a restore test.
_PASSING = frozenset({"restic", "postgres", "pg_dump"})


def figures() -> list[dict[str, object]]:
    """Return the memory of all processes together, of each, and what doing nothing costs."""
    with tempfile.TemporaryDirectory(prefix="veilleur-bench-") as folder, ExitStack() as stack:
        targets = stack.enter_context(_listeners(SERVERS * CHECKS_EACH))
        installation = stack.enter_context(Installation(Path(folder) / "data").start().wait_until_ready())
        _servers(installation, "add", SERVERS, *targets)
        time.sleep(SETTLE_S)
        rows = _rows(installation)
        assert int(_servers(installation, "count")) == SERVERS * CHECKS_EACH, "not all of it was watched"
        return rows


def _rows(installation: Installation) -> list[dict[str, object]]:
    before, began = _cpu_s(installation), time.monotonic()
    looks = []
    while time.monotonic() < began + LOOK_S:
        looks.append(_memory(installation))
        time.sleep(1)
    share = (_cpu_s(installation) - before) / (time.monotonic() - began)
    name = f"all processes, {SERVERS} servers watched ({SERVERS * CHECKS_EACH} checks a minute)"
    resident = statistics.median(sum(one[0] for one in look.values()) for look in looks)
    proportional = statistics.median(sum(one[1] for one in look.values()) for look in looks)
    return [
        _row(f"{name}: resident", resident / 1e6, "MB", "< 500 MB"),
        _row("the same, shared pages counted once", proportional / 1e6, "MB", None),
        *(
            _row(f"of which {process}", resident_bytes / 1e6, "MB", None)
            for process, (resident_bytes, _) in sorted(looks[-1].items())
        ),
        _row("CPU seconds a second", share, "", None),
    ]


def _memory(installation: Installation) -> dict[str, tuple[int, int]]:
    """Return resident and proportional bytes of each process that always runs, workers with theirs."""
    found: dict[str, tuple[int, int]] = {}
    for process in installation.lasting():
        try:
            if process.name() in _PASSING:
                continue
            told, name = process.memory_full_info(), _role(process)
        except psutil.NoSuchProcess:
            continue
        resident, proportional = found.get(name, (0, 0))
        found[name] = (resident + told.rss, proportional + told.pss)
    return found


def _role(process: psutil.Process) -> str:
    """Return the word after `veilleur` on the command line: up, web, work…; a worker has its parent's."""
    words = process.cmdline()
    return next((words[place + 1] for place, word in enumerate(words[:-1]) if word.endswith(".cli")), "web")


def _cpu_s(installation: Installation) -> float:
    total = 0.0
    for process in installation.lasting():
        with suppress(psutil.NoSuchProcess):  # a program that made a copy has ended meanwhile
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _servers(installation: Installation, *words: object) -> str:
    done = subprocess.run(
        (sys.executable, "-m", "bench._footprint_servers", *map(str, words)),
        cwd=_ROOT,
        env=variables(installation.data_dir),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


@contextmanager
def _listeners(count: int) -> Iterator[list[str]]:
    """Accept and close connections to so many ports of loopback; yield them as targets of checks."""
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        ears = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        for ear in ears:
            selector.register(ear, selectors.EVENT_READ)
        is_over = threading.Event()
        serving = threading.Thread(target=_serve, args=(selector, is_over))
        serving.start()
        yield [f"127.0.0.1:{ear.getsockname()[1]}" for ear in ears]
        is_over.set()
        serving.join()


def _serve(selector: selectors.BaseSelector, is_over: threading.Event) -> None:
    while not is_over.is_set():
        for key, _ in selector.select(timeout=0.5):
            key.fileobj.accept()[0].close()  # type: ignore[union-attr]


def _row(name: str, value: float, unit: str, target: str | None) -> dict[str, object]:
    return {"name": name, "value": value, "unit": unit, "target": target, "peer": None}
