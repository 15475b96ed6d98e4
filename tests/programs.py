"""Pytest plug-in of every run: a test whose program is not installed is skipped, and no such run ends with 0.

What a test needs is told by its markers (`PROGRAMS`); a fixture that starts a program brings the marker by
itself. The last lines name the missing packages.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from tests.postgresql import postgresql_programs
from tests.slapd import slapd_program
from tests.snmpd import snmpd_program
from tests.sshd import sshd_program
from veilleur.config.apart import problem_of_keeping_apart

# As Veilleur's own commands end when a program is missing, see docs/reference/exit-codes.md.
UNAVAILABLE = 69

_PROPERTY = "missing package"
_MARKER_OF_FIXTURE = {"chromium": "browser", "postgres": "postgresql"}


@dataclass(frozen=True)
class Program:
    """What tests with a marker need: the Debian package, and whether it is there."""

    package: str
    is_present: Callable[[], bool]


def chromium_program() -> str | None:
    """Return the path of the browser that tests drive, None where none is installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


refusal_of_sandbox = cache(problem_of_keeping_apart)  # a chroot and many a container allow none


PROGRAMS = {
    "restic": Program("restic", lambda: shutil.which("restic") is not None),
    "postgresql": Program("postgresql", lambda: postgresql_programs() is not None),
    "sandbox": Program("bubblewrap", lambda: shutil.which("bwrap") is not None),
    "slapd": Program("slapd", lambda: slapd_program() is not None),
    "agent": Program("fusioninventory-agent", lambda: shutil.which("fusioninventory-agent") is not None),
    "nmap": Program("nmap", lambda: shutil.which("nmap") is not None),
    "snmpd": Program("snmpd", lambda: snmpd_program() is not None),
    "sshd": Program("openssh-server", lambda: sshd_program() is not None),
    "browser": Program("chromium", lambda: chromium_program() is not None),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures they use, and skip those whose program is missing."""
    missing = {marker: need.package for marker, need in PROGRAMS.items() if not need.is_present()}
    for item in items:
        for fixture in _MARKER_OF_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(_MARKER_OF_FIXTURE[fixture])
        packages = [package for marker, package in missing.items() if item.get_closest_marker(marker)]
        if not packages and item.get_closest_marker("sandbox") and (refusal := refusal_of_sandbox()):
            item.add_marker(pytest.mark.skip(reason=f"this system allows no sandbox: {refusal}"))
        if packages:
            item.add_marker(pytest.mark.skip(reason=f"not installed: {', '.join(packages)}"))
            item.user_properties += [(_PROPERTY, package) for package in packages]


class MissingPrograms:
    """Counts the tests that could not run, says so at the very end, and lets the run not end well."""

    def __init__(self) -> None:
        self.tests: set[str] = set()
        self.packages: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take one phase of one test into account."""
        packages = {str(value) for name, value in report.user_properties if name == _PROPERTY}
        if packages:
            self.tests.add(report.nodeid)
            self.packages |= packages

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        """Turn the exit code of a run that would pass for green; below the usual summary, say why."""
        if self.tests and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = UNAVAILABLE
        yield
        if self.tests:
            told = "1 test" if len(self.tests) == 1 else f"{len(self.tests)} tests"
            terminal = session.config.pluginmanager.getplugin("terminalreporter")
            terminal.write_line(f"{told} could not run: apt-get install {' '.join(sorted(self.packages))}")


def pytest_configure(config: pytest.Config) -> None:
    """Count in this run; under xdist only the controller does."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(MissingPrograms(), "missing-programs")
