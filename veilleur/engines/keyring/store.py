"""The keys on disk: one folder for its owner only, every secret sealed under the master key in it.

A password that was promised must never be lost: each change is on the disk before it is answered.
"""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from veilleur.engines.keyring.crypto import SealingKey, decode, encode
from veilleur.engines.keyring.generations import (
    KEY_BYTES,
    DamagedSecret,
    Ring,
    UnknownGeneration,
    first_ring,
    ring_from_bytes,
    ring_to_bytes,
)
from veilleur.engines.keyring.private_files import (
    overwrite_leftovers,
    write_and_overwrite_before,
    write_whole,
)

# All generations of the master key; a Veilleur before generations kept one key in it.
MASTER = "master.key"
SIGNER = "head-signing.key"
PASSWORD_BYTES = 32
# Each costs a tenth of a second when words that fit no key in use are typed.
MOST_REPLACED = 8

_SIGNER_NAME = "head-signing"
# Renews one sealed text that has a name; and all those of a file, returning how many were not of the present
# generation.
_Renew = Callable[[str, str], str]
_RenewFile = Callable[[dict[str, Any], _Renew], int]
# What only a folder holds that had a master key.
_SEALED = (SIGNER, "repositories.json", "recovery.json")


class UnreadableKeys(Exception):
    """Raised when the keys on disk do not belong together or may be read by others."""


class LostKeys(Exception):
    """Raised where keys were made once and are gone: new ones would open nothing that these sealed."""


@dataclass(frozen=True)
class StoredPassword:
    """A repository's password and the organisation it belongs to.

    `is_unused`: background work has never asked for it, so that nothing lies behind it yet.
    """

    organisation: UUID
    password: str
    is_unused: bool = False


class KeyFolder:
    """Reads and writes the folder of keys. One process at a time; callers hold its lock."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder = folder
        if are_lost(folder):
            raise LostKeys(str(folder))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            raise UnreadableKeys(f"{folder} may be read by others: chmod 700 {folder}")
        self._lock = (folder / "lock").open("a")
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        overwrite_leftovers(folder / MASTER)
        self._ring = self._read_ring(now)
        self._signer = self._read_signer()
        self._leave_mark()

    def close(self) -> None:
        """Let another process have the folder."""
        self._lock.close()

    @property
    def signer(self) -> Ed25519PrivateKey:
        """Return the key that signs journal heads."""
        return self._signer

    @property
    def ring(self) -> Ring:
        """Return the generations of the master key."""
        return self._ring

    def keep_ring(self, ring: Ring) -> None:
        """Keep other generations from now on, and overwrite what was kept of those before."""
        try:
            write_and_overwrite_before(self._folder / MASTER, ring_to_bytes(ring))
        finally:
            # What is on the disk counts, also where the overwriting of what was there before failed.
            self._ring = self._stored_ring()

    def renew_own(self) -> int:
        """Seal everything in this folder under the present generation; return how many values were not.

        Each file is replaced as a whole. UnreadableKeys where a value opens with no generation: nothing of
        its file is changed then.
        """
        return sum(
            (
                self._renew_signer(),
                self._renew_json("repositories.json", _renew_repositories),
                self._renew_json("recovery.json", _renew_recoveries),
            )
        )

    def seal_secret(self, purpose: str, owner: str, text: bytes) -> str:
        """Return a secret that others keep, sealed for its purpose and its owner."""
        return self._ring.seal(f"secret:{purpose}", owner, text)

    def open_secret(self, purpose: str, owner: str, sealed: str) -> bytes:
        """Return a secret that was sealed for that purpose and owner; UnknownGeneration, DamagedSecret."""
        return self._ring.open(f"secret:{purpose}", owner, sealed)

    def renewed_secret(self, purpose: str, owner: str, sealed: str) -> str | None:
        """Return a secret that others keep as `Ring.renewed` does; as `open_secret`."""
        return self._ring.renewed(f"secret:{purpose}", owner, sealed)

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

    def keep_password(
        self, repository: UUID, organisation: UUID, password: str, *, is_unused: bool = False
    ) -> None:
        """Keep a repository's password for good."""
        name = f"{organisation}/{repository}"
        sealed = self._ring.seal(name, "", password.encode())
        entry = {"organisation": str(organisation), "sealed": sealed, "is_unused": is_unused}
        self._write_json(
            "repositories.json", {**self._read_json("repositories.json"), str(repository): entry}
        )

    def note_use(self, repository: UUID) -> None:
        """Keep that something lies behind a password from now on."""
        everything = self._read_json("repositories.json")
        entry = everything[str(repository)]
        if entry.get("is_unused", False):
            changed = {**everything, str(repository): {**entry, "is_unused": False}}
            self._write_json("repositories.json", changed)

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
            entry["voucher"] = self._ring.seal(name, "", key.voucher)
        return entry

    def _recovery(self, organisation: UUID, entry: dict[str, Any]) -> SealingKey:
        """Return a kept key. Those of a Veilleur before vouching have no voucher."""
        sealed = entry.get("voucher")
        voucher = self._unseal(sealed, _voucher_name(organisation, entry)) if sealed else b""
        return SealingKey(decode(entry["public_key"]), decode(entry["salt"]), voucher)

    def _open(self, repository: UUID, entry: dict[str, Any]) -> StoredPassword:
        organisation = UUID(entry["organisation"])
        content = self._unseal(entry["sealed"], f"{organisation}/{repository}")
        return StoredPassword(organisation, content.decode(), entry.get("is_unused", False))

    def _unseal(self, sealed: str, name: str) -> bytes:
        try:
            return self._ring.open(name, "", _with_its_way(sealed))
        except (DamagedSecret, UnknownGeneration):
            raise UnreadableKeys(f"{name} was sealed under another master key, or changed") from None

    def _renew(self, sealed: str, name: str) -> str:
        self._unseal(sealed, name)
        return self._ring.renewed(name, "", _with_its_way(sealed)) or sealed

    def _renew_signer(self) -> int:
        sealed = _signer_text((self._folder / SIGNER).read_bytes())
        renewed = self._renew(sealed, _SIGNER_NAME)
        if renewed == sealed:
            return 0
        write_whole(self._folder / SIGNER, renewed.encode())
        return 1

    def _renew_json(self, name: str, renew: "_RenewFile") -> int:
        before = self._read_json(name)
        after = json.loads(json.dumps(before))
        count = renew(after, self._renew)
        if count:
            self._write_json(name, after)
        return count

    def _stored_ring(self) -> Ring:
        path = self._folder / MASTER
        made_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        try:
            return ring_from_bytes(path.read_bytes(), made_at)
        except ValueError as error:
            raise UnreadableKeys(f"{path} was changed by something else: {error}") from None

    def _read_ring(self, now: datetime) -> Ring:
        path = self._folder / MASTER
        self._read_or_make(MASTER, lambda: ring_to_bytes(first_ring(now)))
        ring = self._stored_ring()
        if path.stat().st_size == KEY_BYTES and (self._folder / SIGNER).exists():
            # Of a Veilleur before generations. Its age is kept from now on, once it is known to be the right
            # one: what was sealed under it opens.
            self._ring = ring
            self._read_signer()
            self.keep_ring(ring)
        return ring

    def _read_signer(self) -> Ed25519PrivateKey:
        def fresh() -> bytes:
            raw = Ed25519PrivateKey.generate().private_bytes_raw()
            return self._ring.seal(_SIGNER_NAME, "", raw).encode()

        sealed = _signer_text(self._read_or_make(SIGNER, fresh))
        return Ed25519PrivateKey.from_private_bytes(self._unseal(sealed, _SIGNER_NAME))

    def _leave_mark(self) -> None:
        """Keep, outside of the folder, that keys were made: without it, their loss would look like a first
        start. An account that may write to nothing but the folder leaves none.
        """
        mark = _mark(self._folder)
        if not mark.exists() and os.access(mark.parent, os.W_OK):
            mark.touch(mode=0o600)

    def _read_or_make(self, name: str, make: Callable[[], bytes]) -> bytes:
        path = self._folder / name
        if not path.exists():
            write_whole(path, make())
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
        write_whole(self._folder / name, json.dumps(content, indent=1, sort_keys=True).encode())


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


def _renew_repositories(content: dict[str, Any], renew: _Renew) -> int:
    return sum(
        _renew_entry(entry, "sealed", f"{UUID(entry['organisation'])}/{UUID(name)}", renew)
        for name, entry in content.items()
    )


def _renew_recoveries(content: dict[str, Any], renew: _Renew) -> int:
    return sum(
        _renew_entry(each, "voucher", _voucher_name(UUID(name), each), renew)
        for name, entry in content.items()
        for each in (entry, *entry.get("older", ()))
        if "voucher" in each
    )


def _renew_entry(entry: dict[str, Any], field: str, name: str, renew: _Renew) -> int:
    renewed = renew(entry[field], name)
    is_other = renewed != entry[field]
    entry[field] = renewed
    return int(is_other)


def _with_its_way(sealed: str) -> str:
    """Return a sealed text with how it is sealed before it, which a Veilleur before generations left out."""
    return sealed if ":" in sealed else f"v1:{sealed}"


def _signer_text(content: bytes) -> str:
    return content.decode() if content.startswith(b"v2:") else encode(content)
