"""Pytest plug-in of `make test`: begins with the folders that take longest, prints what each one cost.

Seconds of the clock tell how long somebody waits; those of the processor are the same on a busy machine.
"""

import os
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import pytest

# Single files of these take minutes: begun last, each would keep one core waiting for the other.
LONG = ("watch", "stories", "processes", "tenancy", "browser", "backups", "journal")
# As many files are listed.
DEAREST = 30


def folder_of(node_id: str) -> str:
    """Return the folder that answers for a test: a domain, an engine, or a folder of `tests/`."""
    parts = PurePosixPath(node_id.split("::", maxsplit=1)[0]).parts[:-1]
    return "/".join(part for part in parts if part not in {"tests", "veilleur", "domains"}) or "tests"


@dataclass
class Cost:
    """What some tests took, programs that ended in them included."""

    clock_s: float = 0.0
    processor_s: float = 0.0
    tests: int = 0

    def add(self, report: pytest.TestReport) -> None:
        """Take one phase of one test into account."""
        self.clock_s += report.duration
        self.processor_s += getattr(report, "processor_s", 0.0)
        self.tests += report.when == "call"


class ProcessorMeter:
    """Writes into each report what its phase cost; works where the tests run, xdist carries it along."""

    def __init__(self) -> None:
        self._before = 0.0

    def pytest_runtest_logstart(self) -> None:
        """Begin to count with the test."""
        self._before = processor_seconds()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, Any, Any]:
        """Count on from one phase to the next."""
        report = yield
        now = processor_seconds()
        report.processor_s, self._before = now - self._before, now
        return report


class CostTable:
    """Adds up the costs of all phases of all tests, by folder and by file."""

    def __init__(self) -> None:
        self.folders: dict[str, Cost] = {}
        self.files: dict[str, Cost] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take one phase of one test into account."""
        self.folders.setdefault(folder_of(report.nodeid), Cost()).add(report)
        self.files.setdefault(report.nodeid.split("::", maxsplit=1)[0], Cost()).add(report)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the folders and the dearest files, dearest first, and the total count."""
        for title, costs, most in (("folder", self.folders, None), ("file", self.files, DEAREST)):
            terminalreporter.section(f"cost per {title}")
            terminalreporter.write_line("   clock  processor   tests")
            for name, cost in sorted(costs.items(), key=lambda item: -item[1].processor_s)[:most]:
                figures = f"{cost.clock_s:6.1f} s   {cost.processor_s:6.1f} s   {cost.tests:5d}"
                terminalreporter.write_line(f"{figures}  {name}")
        total = sum(cost.processor_s for cost in self.folders.values())
        terminalreporter.write_line(
            f"{sum(cost.tests for cost in self.folders.values())} tests ran, {total:.0f} CPU s"
        )


def processor_seconds() -> float:
    """Return what this process and the programs that ended in it have used so far, user and system."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long folders first; within a file the order stays, which pytest-django has set."""
    ranks = {folder: rank for rank, folder in enumerate(LONG)}
    items.sort(key=lambda item: ranks.get(_long_folder(item.nodeid), len(LONG)))


def _long_folder(node_id: str) -> str:
    return folder_of(node_id) if node_id.startswith("tests/") else ""


def pytest_configure(config: pytest.Config) -> None:
    """Register the table with this run: under xdist the workers measure, the controller prints."""
    config.pluginmanager.register(ProcessorMeter(), "processor-meter")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(CostTable(), "cost-table")
