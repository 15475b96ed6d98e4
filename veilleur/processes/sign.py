"""`veilleur sign`: alone holds keys and repository passwords; uses neither Django nor a database."""

import threading

from veilleur.config.data_folder import require_veilleur
from veilleur.config.env import environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import Failure
from veilleur.config.keys import UnreadableKeys, key_server
from veilleur.config.words import gettext as _
from veilleur.processes.arguments import Parser
from veilleur.processes.lifecycle import forbid_core_dumps, stop_event
from veilleur.processes.logs import keep_log


def run(arguments: list[str]) -> int:
    """Answer requests until told to stop."""
    Parser("veilleur sign", _("Hold the keys alone.")).parse_args(arguments)
    keep_log()
    forbid_core_dumps()
    stop = stop_event()
    settings = environment()
    if settings.keys_dir is None and not settings.data_dir.exists():
        # New keys in a folder that nobody meant would open nothing.
        require_veilleur(settings)
    try:
        server = key_server(settings)
    except UnreadableKeys as error:
        text = _("The keys cannot be used: {problem}.")
        raise Failure(text.format(problem=error), ExitCode.NO_PERMISSION) from error
    except BlockingIOError:
        text = _("Another “veilleur sign” already uses the keys in {folder}.")
        raise Failure(text.format(folder=settings.keys_folder), ExitCode.TRY_AGAIN) from None
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stop.wait()
        server.shutdown()
    settings.keys_socket.unlink(missing_ok=True)
    return ExitCode.OK
