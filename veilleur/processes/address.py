"""The pages' address: whether it can be listened on, asked by `up` before anything starts, and by `web`."""

import errno
import socket

from veilleur.config.env import Environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import Failure
from veilleur.config.words import gettext as _


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
