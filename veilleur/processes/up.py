"""`veilleur up`: prepares everything, starts the processes, looks after them, and says where to go."""

import importlib
import importlib.util
import logging
import socket
import threading
import time
from contextlib import suppress
from types import ModuleType

from veilleur.config.data_folder import prepare_folder
from veilleur.config.env import Environment, environment, unknown_names
from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import explain
from veilleur.config.start import start_django, use_demo_folder
from veilleur.config.words import gettext as _
from veilleur.processes import preparation
from veilleur.processes.arguments import Parser
from veilleur.processes.lifecycle import sole_instance, stop_event
from veilleur.processes.logs import keep_log
from veilleur.processes.supervisor import Supervisor
from veilleur.processes.web import check_port
from veilleur.shared.clock import utc_now
from veilleur.shared.running import Running, status_path

log = logging.getLogger(__name__)

PROCESSES = ("sign", "web", "work", "watch")
WEB_PATIENCE = 60.0  # seconds until the pages must answer


def run(arguments: list[str]) -> int:
    """Start everything and stay until told to stop."""
    is_demo: bool = make_parser().parse_args(arguments).demo
    if is_demo:
        use_demo_folder()
    settings = environment()
    prepare_folder(settings)
    keep_log(settings.log_dir / "up.log")
    with sole_instance(settings.run_dir / "up.lock", "up"):
        check_port(settings)
        for name in unknown_names():
            tell(_("{name} is no setting of Veilleur and is ignored.").format(name=name))
        return _run_prepared(settings, is_demo)


def make_parser() -> Parser:
    """Return what the command understands."""
    parser = Parser("veilleur up", _("Start everything on this machine and look after it."))
    parser.add_argument(
        "--demo", action="store_true", help=_("show a believable company, in a data folder of its own")
    )
    return parser


def _run_prepared(settings: Environment, is_demo: bool) -> int:
    tell(_("Preparing the data folder {folder}").format(folder=settings.data_dir))
    start_django()
    preparation.prepare_database()
    preparation.prepare_static_files()
    steps = _first_steps("demonstration.show" if is_demo else "first_run")
    first = steps.prepare(utc_now) if steps else None
    with preparation.database_held_open(settings):
        stop = stop_event()
        guide = threading.Thread(
            target=_guide, args=(settings, stop, getattr(first, "setup_url_path", None), steps), daemon=True
        )
        guide.start()
        _supervisor(settings).run(stop)
    tell(_("Veilleur has stopped."))
    return ExitCode.OK


def _first_steps(name: str) -> ModuleType | None:
    """Return the module that prepares a first start; one that is not installed has nothing to prepare."""
    place = f"veilleur.processes.{name}"
    return importlib.import_module(place) if importlib.util.find_spec(place) else None


def _supervisor(settings: Environment) -> Supervisor:
    names = tuple(name for name in PROCESSES if not (name == "sign" and settings.sign_apart))
    return Supervisor(
        tuple(name for name in names if importlib.util.find_spec(f"veilleur.processes.{name}")),
        status_path=status_path(settings.data_dir),
        log_dir=settings.log_dir,
        clock=utc_now,
        tell=lambda process: tell(_ending(process, settings)),
    )


def _ending(process: Running, settings: Environment) -> str:
    code = process.last_ending.code if process.last_ending else 0
    cause = (
        _("signal {number}").format(number=-code) if code < 0 else _("exit code {number}").format(number=code)
    )
    text = _("“{name}” has stopped ({cause}) and is being started again; its log: {log}")
    return text.format(name=process.name, cause=cause, log=settings.log_dir / f"{process.name}.log")


def _guide(
    settings: Environment, stop: threading.Event, setup_path: str | None, steps: ModuleType | None
) -> None:
    """Say where to go as soon as the pages answer, then tell the first answer as it comes."""
    if not _wait_for_pages(settings, stop):
        if not stop.is_set():
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


def _wait_for_pages(settings: Environment, stop: threading.Event) -> bool:
    limit = time.monotonic() + WEB_PATIENCE
    while time.monotonic() < limit and not stop.is_set():
        try:
            with socket.create_connection((settings.host.strip("[]"), settings.port), timeout=1):
                return True
        except OSError:
            stop.wait(0.2)
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


def tell(line: str) -> None:
    """Print one line for the person at the terminal; a terminal that is gone stops nothing."""
    with suppress(OSError):
        print(line, flush=True)
