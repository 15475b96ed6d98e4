"""`veilleur up`: has everything prepared, starts the processes, and looks after them.

It lives as long as they do and only looks: what needs Django is done by its guide, a process that ends.
"""

import importlib.util
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from veilleur.config.data_folder import prepare_folder, sqlite_file
from veilleur.config.env import Environment, environment, unknown_names
from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import Failure
from veilleur.config.start import child_environment, use_demo_folder
from veilleur.config.words import gettext as _
from veilleur.processes.address import check_port
from veilleur.processes.arguments import Parser
from veilleur.processes.lifecycle import sole_instance, stop_event
from veilleur.processes.logs import keep_log
from veilleur.processes.supervisor import Supervisor
from veilleur.shared.clock import utc_now
from veilleur.shared.running import Running, keep_address, status_path
from veilleur.shared.sqlite_turn.idle import keep_open

log = logging.getLogger(__name__)

PROCESSES = ("sign", "web", "work", "watch")


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
        keep_address(settings.data_dir, settings.address)
        for name in unknown_names():
            tell(_("{name} is no setting of Veilleur and is ignored.").format(name=name))
        tell(_("Preparing the data folder {folder}").format(folder=settings.data_dir))
        return _run_guided(settings, "demonstration.show" if is_demo else "first_run")


def make_parser() -> Parser:
    """Return what the command understands."""
    parser = Parser("veilleur up", _("Start everything on this machine and look after it."))
    parser.add_argument(
        "--demo", action="store_true", help=_("show a believable company, in a data folder of its own")
    )
    return parser


def _run_guided(settings: Environment, steps: str) -> int:
    guide, is_ready = _start_guide(steps)
    if not is_ready:
        code = guide.wait()
        if code < 0:
            text = _("The preparation was ended from outside ({cause}). Start again.")
            raise Failure(text.format(cause=_cause(code)), ExitCode.TRY_AGAIN)
        # The guide has said why.
        return code
    with _database_held_open(settings):
        stop = stop_event()
        threading.Thread(target=_see_off, args=(guide, stop), daemon=True).start()
        _supervisor(settings).run(stop)
        guide.terminate()
        guide.wait()
    if stop.number is not None:
        log.warning("asked to stop by %s, and stopped", signal.Signals(stop.number).name)
    tell(_("Veilleur has stopped."))
    return ExitCode.OK


def _start_guide(steps: str) -> tuple["subprocess.Popen[bytes]", bool]:
    """Start the guide, wait until it has prepared everything, and return it, and whether it has."""
    ready, told = os.pipe()
    debug = [word for word in sys.argv[1:] if word == "--debug"]
    guide = subprocess.Popen(
        (sys.executable, "-m", "veilleur.processes.guide", str(told), steps, *debug),
        env=child_environment(os.getpid()),
        stdin=subprocess.DEVNULL,
        pass_fds=(told,),
    )
    os.close(told)
    is_ready = bool(os.read(ready, 1))
    os.close(ready)
    return guide, is_ready


def _see_off(guide: "subprocess.Popen[bytes]", stop: threading.Event) -> None:
    """Wait for the guide's end: nothing of it stays in the list of processes."""
    code = guide.wait()
    if code and not stop.is_set():
        log.warning("the guide ended with %d: not all of what happens first was told", code)


@contextmanager
def _database_held_open(settings: Environment) -> Iterator[None]:
    """Keep one connection to a SQLite database open, so that no other one's closing checkpoints it."""
    database = sqlite_file(settings)
    if database is None:
        yield
        return
    with closing(keep_open(database)):
        yield


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
    text = _("“{name}” has stopped ({cause}) and is being started again; its log: {log}")
    return text.format(name=process.name, cause=_cause(code), log=settings.log_dir / f"{process.name}.log")


def _cause(code: int) -> str:
    return (
        _("signal {number}").format(number=-code) if code < 0 else _("exit code {number}").format(number=code)
    )


def tell(line: str) -> None:
    """Print one line for the person at the terminal; a terminal that is gone stops nothing."""
    with suppress(OSError):
        print(line, flush=True)
