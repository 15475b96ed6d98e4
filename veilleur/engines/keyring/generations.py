"""Generations of the key that all others are sealed under, and what is sealed: pure functions over bytes.

A sealed value, version 2, is `v2:GENERATION:KEY:CONTENT`:
  GENERATION  the identity of the generation, 32 hexadecimal digits
  KEY         a fresh key of 32 bytes, sealed under that generation
  CONTENT     the secret, sealed under that fresh key
KEY and CONTENT are base64 of a nonce of 12 bytes and ChaCha20-Poly1305. Both authenticate what the value is
for and whose it is; KEY its generation too. A rotation renews KEY alone: the content is not opened for it.

Version 1 is `v1:` and base64, sealed under the first generation itself, bound to what it is for.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from veilleur.engines.keyring.crypto import decode, encode, open_at_rest, seal_at_rest

KEY_BYTES = 32
_FORMAT = 2
_FIRST_WAY, _SECOND_WAY = "v1:", "v2:"


class UnknownGeneration(Exception):
    """Raised for what was sealed under a generation that is not kept here: removed, or another Veilleur's."""


class DamagedSecret(Exception):
    """Raised for what is no sealed value, was changed, or was sealed for something or somebody else."""


@dataclass(frozen=True)
class Generation:
    """One key-encryption key. `superseded_at`: since when nothing is sealed under it any more.

    `is_of_before`: it is the one key of a Veilleur before generations, and opens values of version 1.
    """

    number: int
    made_at: datetime
    superseded_at: datetime | None
    key: bytes = field(repr=False)
    is_of_before: bool = False

    @cached_property
    def id(self) -> UUID:
        """Return its identity, which follows from the key: no other key passes for it."""
        named = HKDF(algorithm=SHA256(), length=16, salt=None, info=b"veilleur generation").derive(self.key)
        return UUID(bytes=named)


@dataclass(frozen=True)
class Ring:
    """All generations that are kept, oldest first; the last is the present one."""

    generations: tuple[Generation, ...]

    @property
    def present(self) -> Generation:
        """Return the generation under which everything is sealed from now on."""
        return self.generations[-1]

    def older(self) -> tuple[Generation, ...]:
        """Return those before the present one."""
        return self.generations[:-1]

    def seal(self, name: str, owner: str, content: bytes) -> str:
        """Return content sealed for what it is and whose it is; no owner: the installation's."""
        key = os.urandom(KEY_BYTES)
        return self._wrapped(name, owner, key, encode(seal_at_rest(key, content, _content_of(name, owner))))

    def open(self, name: str, owner: str, sealed: str) -> bytes:
        """Return what was sealed for just that; UnknownGeneration, DamagedSecret."""
        if sealed.startswith(_FIRST_WAY):
            return self._open_first(name, sealed)
        key, content = self._unwrapped(name, owner, sealed)
        return _opened(lambda: open_at_rest(key, decode(content), _content_of(name, owner)))

    def renewed(self, name: str, owner: str, sealed: str) -> str | None:
        """Return the value sealed under the present generation; None where it is already. Raise as `open`.

        Whatever is returned has been opened: it is whole, and for just that.
        """
        content = self.open(name, owner, sealed)
        if sealed.startswith(_FIRST_WAY):
            return self.seal(name, owner, content)
        if self._generation_of(sealed) == self.present:
            return None
        return self._wrapped(name, owner, *self._unwrapped(name, owner, sealed))

    def is_present(self, sealed: str) -> bool:
        """Return whether a value names the present generation. Nothing is opened."""
        return sealed.startswith(_SECOND_WAY) and sealed.split(":")[1] == self.present.id.hex

    def followed(self, key: bytes, now: datetime) -> "Ring":
        """Return the ring with a new present generation."""
        before = replace(self.present, superseded_at=now)
        return Ring((*self.older(), before, Generation(before.number + 1, now, None, key)))

    def alone(self) -> "Ring":
        """Return the ring without the generations before the present one."""
        return Ring((self.present,))

    def _wrapped(self, name: str, owner: str, key: bytes, content: str) -> str:
        mine = self.present
        wrapped = encode(seal_at_rest(mine.key, key, _key_of(name, owner, mine)))
        return f"{_SECOND_WAY}{mine.id.hex}:{wrapped}:{content}"

    def _unwrapped(self, name: str, owner: str, sealed: str) -> tuple[bytes, str]:
        generation = self._generation_of(sealed)
        _way, _generation, wrapped, content = sealed.split(":")
        return (
            _opened(lambda: open_at_rest(generation.key, decode(wrapped), _key_of(name, owner, generation))),
            content,
        )

    def _generation_of(self, sealed: str) -> Generation:
        parts = sealed.split(":")
        if len(parts) != 4 or not sealed.startswith(_SECOND_WAY):
            raise DamagedSecret("this is no sealed value")
        for generation in self.generations:
            if generation.id.hex == parts[1]:
                return generation
        raise UnknownGeneration(parts[1][:32])

    def _open_first(self, name: str, sealed: str) -> bytes:
        first = self.generations[0]
        if not first.is_of_before:
            raise UnknownGeneration("the first")
        return _opened(lambda: open_at_rest(first.key, decode(sealed.removeprefix(_FIRST_WAY)), name))


def first_ring(now: datetime) -> Ring:
    """Return a ring with a key that nobody has seen."""
    return Ring((Generation(1, now, None, os.urandom(KEY_BYTES)),))


def ring_to_bytes(ring: Ring) -> bytes:
    """Return a ring as it is kept in its file."""
    kept = [
        {
            "number": each.number,
            "made_at": each.made_at.isoformat(),
            "superseded_at": each.superseded_at.isoformat() if each.superseded_at else None,
            "key": encode(each.key),
            "is_of_before": each.is_of_before,
        }
        for each in ring.generations
    ]
    return json.dumps({"format": _FORMAT, "generations": kept}, indent=1).encode()


def ring_from_bytes(content: bytes, made_at: datetime) -> Ring:
    """Return the ring of a file; ValueError for what is none.

    32 bytes alone are the key of a Veilleur before generations; `made_at` is said of that one.
    """
    if len(content) == KEY_BYTES:
        return Ring((Generation(1, made_at, None, content, is_of_before=True),))
    try:
        read = json.loads(content)
        if read["format"] != _FORMAT:
            raise ValueError(f"format {read['format']!r} is not known here")
        ring = Ring(tuple(_generation(each) for each in read["generations"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no generations can be read") from error
    numbers = [each.number for each in ring.generations]
    if not numbers or numbers != sorted(set(numbers)) or ring.present.superseded_at is not None:
        raise ValueError("the generations do not follow each other")
    return ring


def _generation(kept: dict[str, Any]) -> Generation:
    until = kept["superseded_at"]
    key = decode(kept["key"])
    if len(key) != KEY_BYTES:
        raise ValueError("a key is cut short")
    return Generation(
        int(kept["number"]),
        datetime.fromisoformat(kept["made_at"]),
        datetime.fromisoformat(until) if until else None,
        key,
        bool(kept["is_of_before"]),
    )


def _opened(opening: Callable[[], bytes]) -> bytes:
    try:
        return opening()
    except (InvalidTag, ValueError):
        raise DamagedSecret("changed, or sealed for something or somebody else") from None


def _key_of(name: str, owner: str, generation: Generation) -> str:
    return json.dumps(["veilleur-sealed 2", "key", generation.id.hex, name, owner])


def _content_of(name: str, owner: str) -> str:
    return json.dumps(["veilleur-sealed 2", "content", name, owner])
