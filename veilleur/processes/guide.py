"""What `up` does once, in a process beside it that ends: `up` itself lives long, and without Django.

Prepares the database, the static files and the first start, says to `up` that all is ready, then tells
the person at the terminal where to go, and the first answer as it comes.
"""

import importlib
import importlib.util
import logging
import os
import signal
import socket
import sys
import time
from types import ModuleType

from veilleur.config.env import Environment, environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import explain
from veilleur.config.start import start_django
from veilleur.config.words import gettext as _
from veilleur.processes import preparation
from veilleur.processes.arguments import Parser
from veilleur.processes.cli import exit_code_of
from veilleur.processes.lifecycle import follow_supervisor
from veilleur.processes.logs import keep_log
from veilleur.processes.up import tell
from veilleur.shared.clock import utc_now

log = logging.getLogger(__name__)

WEB_PATIENCE = 60.0  # seconds until the pages must answer


def run(arguments: list[str]) -> int:
    """Prepare, say so by closing the pipe whose number is given, and tell what comes first."""
    parser = Parser("guide")
    parser.add_argument("ready", type=int)
    parser.add_argument("steps")
    given = parser.parse_args(arguments)
    follow_supervisor(signal.SIGTERM)
    settings = environment()
    keep_log(settings.log_dir / "up.log")
    start_django()
    preparation.prepare_database()
    # By name: it needs the models, which load once Django has started.
    importlib.import_module("veilleur.processes.kept_keys").check(settings)
    preparation.prepare_static_files()
    steps = _first_steps(given.steps)
    first = steps.prepare(utc_now) if steps else None
    os.write(given.ready, b"!")
    os.close(given.ready)
    _guide(settings, getattr(first, "setup_url_path", None), steps)
    return ExitCode.OK


def _first_steps(name: str) -> ModuleType | None:
    """Return the module that prepares a first start; one that is not installed has nothing to prepare."""
    place = f"veilleur.processes.{name}"
    return importlib.import_module(place) if importlib.util.find_spec(place) else None


def _guide(settings: Environment, setup_path: str | None, steps: ModuleType | None) -> None:
    """Say where to go as soon as the pages answer, then tell the first answer as it comes."""
    if not _wait_for_pages(settings):
        text = _("The pages do not answer yet. Their log: {log}")
        tell(text.format(log=settings.log_dir / "web.log"))
        return
    for line in directions(settings, setup_path):
        tell(line)
    if steps is not None:
        _follow(steps)


def _follow(steps: ModuleType) -> None:
    try:
        steps.follow(utc_now, tell)
    except Exception as error:
        # What is told at the start may fail for whatever reason; what runs goes on.
        failure = explain(error)
        tell(
            failure.sentence
            if failure
            else _("What happens first cannot be told: {error}").format(error=error)
        )
        log.debug("the first steps could not be followed", exc_info=True)


def _wait_for_pages(settings: Environment) -> bool:
    limit = time.monotonic() + WEB_PATIENCE
    while time.monotonic() < limit:
        try:
            with socket.create_connection((settings.host.strip("[]"), settings.port), timeout=1):
                return True
        except OSError:
            time.sleep(0.2)
    return False


def directions(settings: Environment, setup_path: str | None) -> list[str]:
    """Return the lines that say where the pages are, and how to reach them from another machine."""
    address = f"{settings.address}{setup_path or '/'}"
    first = (
        _("Open {address} to set Veilleur up; this link works once.") if setup_path else _("Open {address}")
    )
    tunnel = f"ssh -L {settings.port}:localhost:{settings.port} {socket.gethostname()}"
    return [
        first.format(address=address),
        _("From another machine, first: {command}").format(command=tunnel),
        _("Stop with Ctrl-C."),
    ]


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--debug"]
    sys.exit(exit_code_of(lambda: run(words), wants_traceback="--debug" in sys.argv))
