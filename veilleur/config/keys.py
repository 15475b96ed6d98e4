"""Wires the process that holds the keys. Apart from `wiring.py`: it needs neither Django nor a database."""

import pwd
import time
from pathlib import Path

from veilleur.config.env import BrokenSetting, Environment
from veilleur.engines.keyring.server import KeyServer
from veilleur.engines.keyring.service import KeyService
from veilleur.engines.keyring.store import KeyFolder, UnreadableKeys

__all__ = ["KeyServer", "UnreadableKeys", "key_server"]


def key_server(settings: Environment) -> KeyServer:
    """Return the server of the keys, listening; UnreadableKeys if the keys are not safe or not whole."""
    folder = KeyFolder(settings.keys_folder)
    path: Path = settings.keys_socket
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return KeyServer(path, KeyService(folder, time.monotonic), _client_ids(settings.sign_clients))


def _client_ids(names: str) -> frozenset[int]:
    return frozenset(_user_id(name.strip()) for name in names.split(",") if name.strip())


def _user_id(name: str) -> int:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise BrokenSetting((("VEILLEUR_SIGN_CLIENTS", "unknown_account", name),)) from None
