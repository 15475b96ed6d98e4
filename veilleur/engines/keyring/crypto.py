"""Sealing of repository passwords: to the recovery key (envelope) and at rest. Pure functions over bytes.

The envelope, version 1, is one line `veilleur-envelope 1` and one JSON object:
  organisation  its public id
  kdf           {"name": "scrypt", "n", "r", "p", "salt"}: from the 16 bytes behind the words to an X25519 key
  recipient     the recovery key's X25519 public key
  ephemeral     a fresh X25519 public key, whose private half is thrown away
  sealed        ChaCha20-Poly1305 of {"passwords": {repository: password}}, nonce zero, key from
                HKDF-SHA256(X25519(ephemeral, recipient), salt = ephemeral + recipient, info = first line),
                authenticating the first line and the object without `sealed` (sorted keys, no spaces).
  vouched       HMAC-SHA256 of the first line and the object without `vouched`, by a key that only the words
                and the process that issued them have: anybody who sees `recipient` can seal to it.
Byte strings are base64. The words and the envelope are all that is needed to read it.
"""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from veilleur.engines.keyring.words import from_words
from veilleur.shared.refusal import Refused

HEADER = b"veilleur-envelope 1\n"
NONCE = bytes(12)
# A tenth of a second and 32 MB: costs nothing here, much to one who has seen nine of the twelve words.
# An envelope that asks for anything else, whoever wrote it, is none of version 1.
COST = {"n": 2**15, "r": 8, "p": 1}
MOST_SALT = 64  # bytes
_VOUCHING = b"veilleur-envelope 1 vouched"


class DamagedEnvelope(Exception):
    """Raised for bytes that are no envelope of a version known here, or were changed."""


class ForgedEnvelope(DamagedEnvelope):
    """Raised for an envelope that is sealed to the right key by somebody who did not issue it."""


@dataclass(frozen=True)
class SealingKey:
    """What is kept of a recovery key: enough to seal to it, nothing to open with.

    `voucher` is a secret: with it envelopes are vouched for. Empty where it is not known.
    """

    public_key: bytes
    salt: bytes
    voucher: bytes = field(default=b"", repr=False, compare=False)


def encode(value: bytes) -> str:
    """Return bytes as base64 text."""
    return base64.b64encode(value).decode()


def decode(text: str) -> bytes:
    """Return the bytes of base64 text; ValueError if it is none."""
    return base64.b64decode(text, validate=True)


def opening_key(entropy: bytes, salt: bytes) -> tuple[X25519PrivateKey, SealingKey]:
    """Return the private key behind the words' 16 bytes, and what may be kept of it. Takes about a tenth of a
    second.
    """
    derived = Scrypt(salt=salt, length=32, **COST).derive(entropy)
    mine = X25519PrivateKey.from_private_bytes(derived)
    voucher = HKDF(algorithm=SHA256(), length=32, salt=None, info=_VOUCHING).derive(derived)
    return mine, SealingKey(mine.public_key().public_bytes_raw(), salt, voucher)


def sealing_key(entropy: bytes, salt: bytes) -> SealingKey:
    """Return the part of a recovery key that may be kept. As dear as `opening_key`."""
    return opening_key(entropy, salt)[1]


def seal_envelope(organisation: UUID, passwords: Mapping[UUID, str], recipient: SealingKey) -> bytes:
    """Return the passwords sealed to a recovery key whose voucher is known; twice the same call gives other
    bytes.
    """
    ephemeral = X25519PrivateKey.generate()
    head = {
        "organisation": str(organisation),
        "kdf": {"name": "scrypt", **COST, "salt": encode(recipient.salt)},
        "recipient": encode(recipient.public_key),
        "ephemeral": encode(ephemeral.public_key().public_bytes_raw()),
    }
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient.public_key))
    key = _envelope_key(shared, ephemeral.public_key().public_bytes_raw(), recipient.public_key)
    content = json.dumps({"passwords": {str(name): value for name, value in passwords.items()}}).encode()
    sealed = ChaCha20Poly1305(key).encrypt(NONCE, content, _authenticated(head))
    whole = {**head, "sealed": encode(sealed)}
    vouched = encode(_vouching(recipient.voucher, whole).finalize())
    return HEADER + json.dumps({**whole, "vouched": vouched}, indent=1).encode() + b"\n"


def open_envelope(envelope: bytes, entropy: bytes) -> dict[UUID, str] | Refused:
    """Return the passwords by repository; Refused("other_key") when the words belong to another key.

    DamagedEnvelope when the bytes are no envelope or were changed after sealing, ForgedEnvelope when they are
    one, and not by whoever issued the words.
    """
    head, sealed, vouched = _parse(envelope)
    recipient, ephemeral = decode(head["recipient"]), decode(head["ephemeral"])
    mine, known = opening_key(entropy, decode(head["kdf"]["salt"]))
    if known.public_key != recipient:
        return Refused("other_key")
    try:
        shared = mine.exchange(X25519PublicKey.from_public_bytes(ephemeral))
        key = _envelope_key(shared, ephemeral, recipient)
        content = ChaCha20Poly1305(key).decrypt(NONCE, sealed, _authenticated(head))
        _vouching(known.voucher, {**head, "sealed": encode(sealed)}).verify(vouched)
        return {UUID(name): str(value) for name, value in json.loads(content)["passwords"].items()}
    except InvalidTag:
        raise DamagedEnvelope("the envelope was changed after it was sealed") from None
    except InvalidSignature:
        raise ForgedEnvelope("the envelope was sealed by somebody else") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DamagedEnvelope("what the envelope holds cannot be read") from None


def open_with_words(envelope: bytes, typed: str) -> dict[UUID, str] | Refused:
    """Return the passwords by repository from typed words and the envelope alone; else as both refuse."""
    candidates = from_words(typed)
    if isinstance(candidates, Refused):
        return candidates
    return first_opened(envelope, candidates)


def first_opened(envelope: bytes, candidates: tuple[bytes, ...]) -> dict[UUID, str] | Refused:
    """Return the passwords as opened by the first candidate that fits; Refused("other_key") if none does."""
    for entropy in candidates:
        opened = open_envelope(envelope, entropy)
        if not isinstance(opened, Refused):
            return opened
    return Refused("other_key")


def envelope_recipient(envelope: bytes) -> tuple[UUID, SealingKey]:
    """Return whose envelope it is and to which recovery key it is sealed. Nothing is opened nor verified, and
    the key's voucher is not known from it.
    """
    head, _sealed, _vouched = _parse(envelope)
    return UUID(head["organisation"]), SealingKey(decode(head["recipient"]), decode(head["kdf"]["salt"]))


def seal_at_rest(master: bytes, content: bytes, name: str) -> bytes:
    """Return content sealed under the master key and bound to its name."""
    nonce = os.urandom(12)
    return nonce + ChaCha20Poly1305(master).encrypt(nonce, content, name.encode())


def open_at_rest(master: bytes, sealed: bytes, name: str) -> bytes:
    """Return what was sealed under that name; InvalidTag with another key or name, or after a change."""
    return ChaCha20Poly1305(master).decrypt(sealed[:12], sealed[12:], name.encode())


def _envelope_key(shared: bytes, ephemeral: bytes, recipient: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=ephemeral + recipient, info=HEADER).derive(shared)


def _authenticated(head: Mapping[str, Any]) -> bytes:
    return HEADER + json.dumps(head, sort_keys=True, separators=(",", ":")).encode()


def _vouching(voucher: bytes, whole: Mapping[str, Any]) -> HMAC:
    if not voucher:
        raise ValueError("nothing to vouch with")
    code = HMAC(voucher, SHA256())
    code.update(_authenticated(whole))
    return code


def _parse(envelope: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    """Return the head, what is sealed, and what vouches for both."""
    if not envelope.startswith(HEADER):
        raise DamagedEnvelope("this is no envelope of version 1")
    try:
        head = json.loads(envelope.removeprefix(HEADER))
        sealed, vouched = decode(head.pop("sealed")), decode(head.pop("vouched"))
        cost = {name: head["kdf"][name] for name in COST}
        lengths = [len(decode(text)) for text in (head["recipient"], head["ephemeral"])]
        UUID(head["organisation"])
        salt_is_sane = len(decode(head["kdf"]["salt"])) <= MOST_SALT
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedEnvelope("the envelope cannot be read") from None
    cost_is_sane = cost == COST and all(type(value) is int for value in cost.values())
    if head["kdf"].get("name") != "scrypt" or not (cost_is_sane and salt_is_sane) or lengths != [32, 32]:
        raise DamagedEnvelope("the envelope asks for what no envelope of version 1 does")
    return head, sealed, vouched
