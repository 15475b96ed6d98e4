"""The keys on disk: one folder for its owner only, every secret sealed under the master key in it.

A password that was promised must never be lost: each change is on the disk before it is answered.
"""

import fcntl
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from veilleur.engines.keyring import crypto
from veilleur.engines.keyring.crypto import SealingKey, decode, encode

MASTER = "master.key"
MASTER_BYTES = 32
PASSWORD_BYTES = 32
# Each costs a tenth of a second when words that fit no key in use are typed.
MOST_REPLACED = 8


# Before every sealed secret: how it is sealed, so that another way can follow.
_WAY_OF_SEALING = "v1:"
# What only a folder holds that had a master key.
_SEALED = ("head-signing.key", "repositories.json", "recovery.json")


class UnreadableKeys(Exception):
    """Raised when the keys on disk do not belong together or may be read by others."""


class LostKeys(Exception):
    """Raised where keys were made once and are gone: new ones would open nothing that these sealed."""


@dataclass(frozen=True)
class StoredPassword:
    """A repository's password and the organisation it belongs to."""

    organisation: UUID
    password: str


class KeyFolder:
    """Reads and writes the folder of keys. One process at a time; callers hold its lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if are_lost(folder):
            raise LostKeys(str(folder))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            raise UnreadableKeys(f"{folder} may be read by others: chmod 700 {folder}")
        self._lock = (folder / "lock").open("a")
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._master = self._read_or_make(MASTER, lambda: os.urandom(MASTER_BYTES))
        self._signer = self._read_signer()
        self._leave_mark()

    def close(self) -> None:
        """Let another process have the folder."""
        self._lock.close()

    @property
    def signer(self) -> Ed25519PrivateKey:
        """Return the key that signs journal heads."""
        return self._signer

    def seal_secret(self, purpose: str, text: bytes) -> str:
        """Return a secret that others keep, sealed under the master key and bound to its purpose."""
        return _WAY_OF_SEALING + encode(crypto.seal_at_rest(self._master, text, f"secret:{purpose}"))

    def open_secret(self, purpose: str, sealed: str) -> bytes:
        """Return a secret that was sealed for that purpose; ValueError for anything else."""
        try:
            content = decode(sealed.removeprefix(_WAY_OF_SEALING))
            return crypto.open_at_rest(self._master, content, f"secret:{purpose}")
        except InvalidTag:
            raise ValueError("not sealed by these keys for this purpose") from None

    def password(self, repository: UUID) -> StoredPassword | None:
        """Return what is kept for a repository."""
        entry = self._read_json("repositories.json").get(str(repository))
        return None if entry is None else self._open(repository, entry)

    def passwords_of(self, organisation: UUID) -> dict[UUID, str]:
        """Return the passwords of an organisation by repository."""
        everything = self._read_json("repositories.json")
        mine = {
            UUID(name): entry
            for name, entry in everything.items()
            if entry["organisation"] == str(organisation)
        }
        return {name: self._open(name, entry).password for name, entry in mine.items()}

    def keep_password(self, repository: UUID, organisation: UUID, password: str) -> None:
        """Keep a repository's password for good."""
        name = f"{organisation}/{repository}"
        sealed = crypto.seal_at_rest(self._master, password.encode(), name)
        entry = {"organisation": str(organisation), "sealed": encode(sealed)}
        self._write_json(
            "repositories.json", {**self._read_json("repositories.json"), str(repository): entry}
        )

    def recovery(self, organisation: UUID) -> SealingKey | None:
        """Return what is kept of an organisation's recovery key, None before one was issued."""
        entry = self._read_json("recovery.json").get(str(organisation))
        return entry and self._recovery(organisation, entry)

    def older_recoveries(self, organisation: UUID) -> tuple[SealingKey, ...]:
        """Return the keys before the present one that are still sealed to, newest first."""
        entry = self._read_json("recovery.json").get(str(organisation), {})
        return tuple(self._recovery(organisation, one) for one in entry.get("older", ()))

    def replaced_recoveries(self, organisation: UUID) -> tuple[SealingKey, ...]:
        """Return the last keys that nothing is sealed to any more, newest first."""
        entry = self._read_json("recovery.json").get(str(organisation), {})
        return tuple(self._recovery(organisation, one) for one in entry.get("replaced", ()))

    def keep_recovery(self, organisation: UUID, *keys: SealingKey) -> None:
        """Keep what seals to a recovery key, and to those before it that are still sealed to; what was kept
        of others tells from then on that they were replaced, and seals nothing.
        """
        known = (self.recovery(organisation), *self.older_recoveries(organisation))
        dropped = (
            key for key in (*known, *self.replaced_recoveries(organisation)) if key not in (None, *keys)
        )
        present, *older = (self._entry(organisation, key) for key in keys)
        replaced = [_public_entry(key) for key in dropped if key is not None][:MOST_REPLACED]
        entry = present | {"older": older} if older else present
        entry = entry | {"replaced": replaced} if replaced else entry
        self._write_json("recovery.json", {**self._read_json("recovery.json"), str(organisation): entry})

    def _entry(self, organisation: UUID, key: SealingKey) -> dict[str, Any]:
        entry = _public_entry(key)
        if key.voucher:
            name = _voucher_name(organisation, entry)
            entry["voucher"] = encode(crypto.seal_at_rest(self._master, key.voucher, name))
        return entry

    def _recovery(self, organisation: UUID, entry: dict[str, Any]) -> SealingKey:
        """Return a kept key. Those of a Veilleur before vouching have no voucher."""
        sealed = entry.get("voucher")
        voucher = self._unseal(decode(sealed), _voucher_name(organisation, entry)) if sealed else b""
        return SealingKey(decode(entry["public_key"]), decode(entry["salt"]), voucher)

    def _open(self, repository: UUID, entry: dict[str, str]) -> StoredPassword:
        organisation = UUID(entry["organisation"])
        content = self._unseal(decode(entry["sealed"]), f"{organisation}/{repository}")
        return StoredPassword(organisation, content.decode())

    def _unseal(self, sealed: bytes, name: str) -> bytes:
        try:
            return crypto.open_at_rest(self._master, sealed, name)
        except InvalidTag:
            raise UnreadableKeys(f"{name} was sealed under another master key, or changed") from None

    def _read_signer(self) -> Ed25519PrivateKey:
        def fresh() -> bytes:
            raw = Ed25519PrivateKey.generate().private_bytes_raw()
            return crypto.seal_at_rest(self._master, raw, "head-signing")

        sealed = self._read_or_make("head-signing.key", fresh)
        return Ed25519PrivateKey.from_private_bytes(self._unseal(sealed, "head-signing"))

    def _leave_mark(self) -> None:
        """Keep, outside of the folder, that keys were made: without it, their loss would look like a first
        start. An account that may write to nothing but the folder leaves none.
        """
        mark = _mark(self._folder)
        if not mark.exists() and os.access(mark.parent, os.W_OK):
            mark.touch(mode=0o600)

    def _read_or_make(self, name: str, make: Any) -> bytes:
        path = self._folder / name
        if not path.exists():
            self._write(name, make())
        if path.stat().st_mode & 0o077:
            raise UnreadableKeys(f"{path} may be read by others: chmod 600 {path}")
        return path.read_bytes()

    def _read_json(self, name: str) -> dict[str, Any]:
        path = self._folder / name
        try:
            content: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        except ValueError:
            raise UnreadableKeys(f"{path} was changed by something else") from None
        return content

    def _write_json(self, name: str, content: dict[str, Any]) -> None:
        self._write(name, json.dumps(content, indent=1, sort_keys=True).encode())

    def _write(self, name: str, content: bytes) -> None:
        fresh = self._folder / f".{name}.{secrets.token_hex(4)}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._folder / name)
        finally:
            fresh.unlink(missing_ok=True)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def are_there(folder: Path) -> bool:
    """Return whether a folder holds keys."""
    return (folder / MASTER).exists()


def are_lost(folder: Path) -> bool:
    """Return whether keys were made once for a folder that holds no master key now."""
    return not are_there(folder) and (
        _mark(folder).exists() or any((folder / name).exists() for name in _SEALED)
    )


def give_up_lost(folder: Path) -> None:
    """Let new keys be made where the old ones are lost for good. What is left of these is set aside: their
    master key may still be found somewhere.
    """
    if not are_lost(folder):
        return
    if folder.exists():
        number = 1
        while (aside := folder.with_name(f"{folder.name}.lost-{number}")).exists():
            number += 1
        folder.rename(aside)
    _mark(folder).unlink(missing_ok=True)


def _mark(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.made")


def _public_entry(key: SealingKey) -> dict[str, Any]:
    return {"public_key": encode(key.public_key), "salt": encode(key.salt)}


def _voucher_name(organisation: UUID, entry: dict[str, Any]) -> str:
    return f"{organisation}/voucher/{entry['public_key']}"
