"""`veilleur web`: serves the pages with Granian, on loopback unless TLS is configured."""

import importlib
import os
import signal
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from veilleur.config.data_folder import prepare_folder, require_veilleur
from veilleur.config.env import environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.start import name_settings
from veilleur.config.words import gettext as _
from veilleur.processes.address import check_port
from veilleur.processes.arguments import Parser
from veilleur.processes.lifecycle import die_with_parent, follow_supervisor
from veilleur.processes.logs import keep_log
from veilleur.processes.whole_requests import WholeRequests
from veilleur.shared.pages_mark import mark_as_pages

THREADS = 4  # pages drawn at the same time


def run(arguments: list[str]) -> int:
    """Serve until told to stop."""
    Parser("veilleur web", _("Serve the pages alone.")).parse_args(arguments)
    # At once and for certain: an orderly stop may hang while the serving process is only being made.
    follow_supervisor(signal.SIGKILL)
    # Before anything is served: whatever runs here is told less by the process that holds the keys.
    mark_as_pages()
    settings = environment()
    require_veilleur(settings)
    check_port(settings)
    # A restored folder may lack what the pages need beside the database.
    prepare_folder(settings)
    name_settings()
    server = Granian(
        "veilleur.processes.whole_requests:WholeRequests",
        address=settings.host.strip("[]"),
        port=settings.port,
        interface=Interfaces.RSGI,
        # One request a connection: what may wait here, unfinished, is counted by connections.
        http=HTTPModes.http1,
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
        return WholeRequests(importlib.import_module("veilleur.config.wsgi").application, THREADS)
