"""Empty restic repositories whose key is cheap to derive: real ones to restic, which opens them in no time.

`restic init` makes its key dear on purpose, and every later restic pays again for it: between a quarter of a
second and a whole one, thousands of times in these tests. The format is restic's own, version 2:
https://restic.readthedocs.io/en/stable/100_references.html (Repository Format, Keys).
"""

import hashlib
import json
import os
from base64 import b64encode
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.poly1305 import Poly1305

from veilleur.domains.backups.ports import RepositoryAccess
from veilleur.engines.restic import commands
from veilleur.engines.restic.adapter import ResticEngine

_COST = {"N": 2, "r": 8, "p": 1}
_POLYNOMIAL = "25b468838dcb75"  # irreducible, as the chunker needs it
_FOLDERS = ("data", "index", "keys", "locks", "snapshots")


class LightRestic(ResticEngine):
    """The engine itself, but for the cost of the key in the repositories that it makes."""

    def create_repository(self, access: RepositoryAccess) -> None:
        """Make the repository, or find it there and open it with this password."""
        if access.folder.is_dir() and not self.is_there(access.folder):
            make_light_repository(commands.repository_folder(access.folder), access.password)
        super().create_repository(access)


def make_light_repository(folder: Path, password: str) -> None:
    """Make an empty repository in a folder that is not there yet."""
    for name in _FOLDERS:
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    master = os.urandom(64)
    config = {"version": 2, "id": os.urandom(32).hex(), "chunker_polynomial": _POLYNOMIAL}
    _store(folder / "config", _sealed(master, config))
    salt = os.urandom(64)
    derived = hashlib.scrypt(password.encode(), salt=salt, n=_COST["N"], r=_COST["r"], p=_COST["p"], dklen=64)
    mac = {"k": _text(master[32:48]), "r": _text(master[48:])}
    keys = {"mac": mac, "encrypt": _text(master[:32])}
    key = {
        "created": "2026-01-05T08:00:00Z",
        "username": "tests",
        "hostname": commands.HOST,
        "kdf": "scrypt",
        **_COST,
        "salt": _text(salt),
        "data": _text(_sealed(derived, keys)),
    }
    content = json.dumps(key).encode()
    _store(folder / "keys" / hashlib.sha256(content).hexdigest(), content)


def _sealed(key: bytes, content: object) -> bytes:
    """Encrypt with AES-256-CTR and authenticate with Poly1305-AES: nonce, ciphertext, tag."""
    nonce = os.urandom(16)
    encryptor = Cipher(algorithms.AES(key[:32]), modes.CTR(nonce)).encryptor()
    hidden = encryptor.update(json.dumps(content).encode()) + encryptor.finalize()
    mask = Cipher(algorithms.AES(key[32:48]), modes.ECB()).encryptor().update(nonce)
    return nonce + hidden + Poly1305.generate_tag(key[48:] + mask, hidden)


def _store(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o400)


def _text(content: bytes) -> str:
    return b64encode(content).decode()
