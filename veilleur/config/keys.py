"""Wires the process that holds the keys. Apart from `wiring.py`: it needs neither Django nor a database."""

import pwd
import time
from pathlib import Path

from veilleur.config.env import BrokenSetting, Environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import Failure
from veilleur.config.words import gettext as _
from veilleur.engines.keyring.callers import Caller
from veilleur.engines.keyring.server import KeyServer
from veilleur.engines.keyring.service import KeyService
from veilleur.engines.keyring.store import (
    KeyFolder,
    LostKeys,
    UnreadableKeys,
    are_lost,
    are_there,
    give_up_lost,
)
from veilleur.shared.clock import utc_now

__all__ = [
    "KeyServer",
    "LostKeys",
    "UnreadableKeys",
    "key_servers",
    "lost_keys",
    "make_new_keys",
    "require_keys",
]


def key_servers(settings: Environment) -> tuple[KeyServer, ...]:
    """Return the servers of the keys, listening: for background work and for pages. UnreadableKeys if the
    keys are not safe or not whole, LostKeys if they were made once and are gone.
    """
    service = KeyService(KeyFolder(settings.keys_folder, utc_now()), time.monotonic, utc_now)
    settings.keys_socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    clients = _client_ids(settings.sign_clients)
    return (
        KeyServer(settings.keys_socket, service, clients, Caller.WORK),
        KeyServer(settings.keys_pages_socket, service, clients, Caller.PAGES),
    )


def require_keys(settings: Environment, *, are_expected: bool) -> None:
    """Raise Failure where keys were made for this installation, or are expected, and are gone.

    Nothing is said of keys that are another account's affair.
    """
    folder = settings.keys_folder
    if settings.sign_apart:
        return
    if are_lost(folder) or (are_expected and not are_there(folder)):
        raise lost_keys(folder)


def lost_keys(folder: Path) -> Failure:
    """Return what to say where keys are gone, and the ways back."""
    text = _(
        "The keys of this Veilleur are gone from {folder}, and new ones would open none of its copies. Put "
        "that folder back, or bring Veilleur back with the recovery key: “veilleur self-restore PLACE --into "
        "NEW_FOLDER”. If neither can be done, “veilleur sign --new-keys” makes new keys; the copies made so "
        "far then stay shut."
    )
    return Failure(text.format(folder=folder), ExitCode.CONFIGURATION)


def make_new_keys(settings: Environment) -> None:
    """Make keys where there are none, also where they were lost: somebody has said that it may be."""
    folder = settings.keys_folder
    if are_there(folder):
        text = _("There are keys in {folder}: nothing was changed.")
        raise Failure(text.format(folder=folder), ExitCode.BAD)
    give_up_lost(folder)
    KeyFolder(folder, utc_now()).close()


def _client_ids(names: str) -> frozenset[int]:
    return frozenset(_user_id(name.strip()) for name in names.split(",") if name.strip())


def _user_id(name: str) -> int:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise BrokenSetting((("VEILLEUR_SIGN_CLIENTS", "unknown_account", name),)) from None
