"""Pytest plug-in of `make test`: begins with the folders that take longest, prints how long each one took."""

from collections import defaultdict
from pathlib import PurePosixPath

import pytest

# Single files of these take minutes: begun last, each would keep one core waiting for the other.
LONG = ("watch", "stories", "processes", "tenancy", "browser", "backups", "journal")


def folder_of(node_id: str) -> str:
    """Return the folder that answers for a test: a domain, an engine, or a folder of `tests/`."""
    parts = PurePosixPath(node_id.split("::", maxsplit=1)[0]).parts[:-1]
    return "/".join(part for part in parts if part not in {"tests", "veilleur", "domains"}) or "tests"


class FolderTimes:
    """Adds up the durations of all phases of all tests, by folder."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.counts: defaultdict[str, int] = defaultdict(int)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take one phase of one test into account."""
        folder = folder_of(report.nodeid)
        self.seconds[folder] += report.duration
        self.counts[folder] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table, longest first, and the total count."""
        terminalreporter.section("time per folder")
        for folder, seconds in sorted(self.seconds.items(), key=lambda item: -item[1]):
            terminalreporter.write_line(f"{seconds:8.1f} s  {self.counts[folder]:5d} tests  {folder}")
        terminalreporter.write_line(f"{sum(self.counts.values())} tests ran")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long folders first; within a file the order stays, which pytest-django has set."""
    ranks = {folder: rank for rank, folder in enumerate(LONG)}
    items.sort(key=lambda item: ranks.get(_long_folder(item.nodeid), len(LONG)))


def _long_folder(node_id: str) -> str:
    return folder_of(node_id) if node_id.startswith("tests/") else ""


def pytest_configure(config: pytest.Config) -> None:
    """Register the table with this run; under xdist only the controller prints."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(FolderTimes(), "folder-times")
