"""`veilleur sign`: alone holds keys and repository passwords; uses neither Django nor a database."""

import threading
from contextlib import ExitStack

from veilleur.config.data_folder import require_veilleur
from veilleur.config.env import environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import Failure
from veilleur.config.keys import LostKeys, UnreadableKeys, key_servers, lost_keys, make_new_keys
from veilleur.config.words import gettext as _
from veilleur.processes.arguments import Parser
from veilleur.processes.lifecycle import forbid_core_dumps, stop_event
from veilleur.processes.logs import keep_log


def run(arguments: list[str]) -> int:
    """Answer requests until told to stop; with --new-keys make keys, and end."""
    wants_new_keys: bool = make_parser().parse_args(arguments).new_keys
    keep_log()
    forbid_core_dumps()
    stop = stop_event()
    settings = environment()
    if settings.keys_dir is None and not settings.data_dir.exists():
        # New keys in a folder that nobody meant would open nothing.
        require_veilleur(settings)
    if wants_new_keys:
        make_new_keys(settings)
        print(_("New keys were made in {folder}.").format(folder=settings.keys_folder))
        return ExitCode.OK
    try:
        servers = key_servers(settings)
    except LostKeys:
        raise lost_keys(settings.keys_folder) from None
    except UnreadableKeys as error:
        text = _("The keys cannot be used: {problem}.")
        raise Failure(text.format(problem=error), ExitCode.NO_PERMISSION) from error
    except BlockingIOError:
        text = _("Another “veilleur sign” already uses the keys in {folder}.")
        raise Failure(text.format(folder=settings.keys_folder), ExitCode.TRY_AGAIN) from None
    with ExitStack() as open_ones:
        for server in servers:
            open_ones.enter_context(server)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        stop.wait()
        for server in servers:
            server.shutdown()
    for path in (settings.keys_socket, settings.keys_pages_socket):
        path.unlink(missing_ok=True)
    return ExitCode.OK


def make_parser() -> Parser:
    """Return what the command understands."""
    parser = Parser("veilleur sign", _("Hold the keys alone."))
    parser.add_argument(
        "--new-keys",
        action="store_true",
        help=_("make keys where they were lost for good, and end; what the lost ones sealed stays shut"),
    )
    return parser
