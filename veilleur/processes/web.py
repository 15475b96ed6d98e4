"""`veilleur web`: serves the pages with Granian, on loopback unless TLS is configured."""

import errno
import importlib
import os
import signal
import socket
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from veilleur.config.data_folder import prepare_folder, require_veilleur
from veilleur.config.env import Environment, environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import Failure
from veilleur.config.start import name_settings
from veilleur.config.words import gettext as _
from veilleur.processes.arguments import Parser
from veilleur.processes.lifecycle import die_with_parent, follow_supervisor
from veilleur.processes.logs import keep_log

THREADS = 4  # pages drawn at the same time


def run(arguments: list[str]) -> int:
    """Serve until told to stop."""
    Parser("veilleur web", _("Serve the pages alone.")).parse_args(arguments)
    # At once and for certain: an orderly stop may hang while the serving process is only being made.
    follow_supervisor(signal.SIGKILL)
    settings = environment()
    require_veilleur(settings)
    check_port(settings)
    # A restored folder may lack what the pages need beside the database.
    prepare_folder(settings)
    name_settings()
    server = Granian(
        "veilleur.config.wsgi:application",
        address=settings.host.strip("[]"),
        port=settings.port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        ssl_cert=settings.tls_certificate,
        ssl_key=settings.tls_key,
    )
    server.serve(target_loader=_Loader(os.getpid()), wrap_loader=False)
    return ExitCode.OK


class _Loader:
    """Loads the pages in the serving process, which must not outlive the one that started it."""

    def __init__(self, parent: int) -> None:
        self._parent = parent

    def __call__(self) -> Any:
        die_with_parent(self._parent, signal.SIGKILL)
        keep_log()
        # Loaded here and not at the top: Django belongs to the serving process, not to its keeper.
        return importlib.import_module("veilleur.config.wsgi").application


def check_port(settings: Environment) -> None:
    """Raise TRY_AGAIN or NO_PERMISSION in words if the pages' address cannot be listened on."""
    host = settings.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, settings.port))
        except OSError as error:
            raise _refusal(error, settings) from error


def _refusal(error: OSError, settings: Environment) -> Failure:
    if error.errno == errno.EADDRINUSE:
        text = _(
            "Port {port} is already in use on {host}. Stop what uses it, or choose another VEILLEUR_PORT."
        )
        code = ExitCode.TRY_AGAIN
    elif error.errno == errno.EACCES:
        text = _("This account may not listen on port {port} of {host}. Choose a VEILLEUR_PORT above 1023.")
        code = ExitCode.NO_PERMISSION
    else:
        text = _("{host} is no address of this machine. Correct VEILLEUR_HOST.")
        code = ExitCode.CONFIGURATION
    return Failure(text.format(port=settings.port, host=settings.host), code)
