"""Asks the process that holds the keys. Implements the ports KeyKeeper (backups), HeadSigner
(journal), SecretKeeper and KeyRotator (organisations).
"""

import json
import socket
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.journal.rules.errors import SignerAway
from veilleur.domains.organisations.ports import SealedValue
from veilleur.domains.organisations.rules.errors import SecretsAway
from veilleur.domains.organisations.rules.key_generations import KeyGeneration, Renewal
from veilleur.engines.keyring.crypto import decode, encode
from veilleur.shared.refusal import Refused

PATIENCE = 15.0  # seconds: deriving a key from words takes a tenth of one, fifteen callers may be before
MOST_BYTES = 2_000_000
ASKED_AT_ONCE = 400_000  # letters of sealed values: well below what the process takes in one request

# What the process answers, in the words of the port's errors; anything else means that it is of no use now.
_REASONS = {
    "envelope_damaged": "envelope_damaged",
    "envelope_foreign": "envelope_foreign",
    "key_too_old": "key_too_old",
    "disk_full": "disk_full",
    "no_password": "password_lost",
    "not_for_pages": "password_withheld",
    "keys_unwritable": "keys_unwritable",
    "keys_unreadable": "keys_unreadable",
    "handle_expired": "words_forgotten",
}


class KeyringClient:
    """One short connection per request; nothing is kept.

    Every method may raise EngineError; those of the journal raise SignerAway instead, those of organisations
    SecretsAway.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def create_repository_password(self, repository: UUID, organisation: UUID) -> None:
        """Make and keep a password; nothing happens when there is one."""
        self._value("create_repository_password", repository=str(repository), organisation=str(organisation))

    def repository_password(self, repository: UUID) -> str:
        """Return the password of a repository."""
        return str(self._value("repository_password", repository=str(repository)))

    def recovery_key_mark(self, organisation: UUID) -> str:
        """Return what tells the present recovery key from every other; empty before one was issued."""
        return str(self._value("recovery_key_mark", organisation=str(organisation)))

    def issue_recovery_key(
        self, organisation: UUID, language: str, replaces: str
    ) -> tuple[str, ...] | Refused:
        """Return twelve fresh words, shown once; those before go on opening until `forget_older_keys`,
        the last few and the oldest of them.

        `replaces`: what `recovery_key_mark` returned. Refused("key_made_since") where that is not the present
        key any more.
        """
        answer = self._ask(
            "issue_recovery_key", organisation=str(organisation), language=language, replaces=replaces
        )
        return answer if isinstance(answer, Refused) else tuple(answer)

    def envelopes(self, organisation: UUID) -> tuple[bytes, ...]:
        """Return all passwords of the organisation sealed to its recovery key, then to those before it that
        are not forgotten; key_too_old where the present one cannot vouch for them.
        """
        return tuple(map(decode, self._value("envelopes", organisation=str(organisation))))

    def forget_older_keys(self, handle: str) -> None:
        """Seal to no key but the present one any more; words_refused when the handle is of another."""
        self._value("forget_older_keys", handle=handle)

    def stage_words(self, organisation: UUID, words: str) -> str | Refused:
        """Check typed words against the issued key and return a handle valid for one hour.

        Refused: `words_count`, `word_unknown`, `words_checksum`, `replaced_key` (it was the one once),
        `other_key` (it never was), `key_too_old`, `no_recovery_key`.
        """
        answer = self._ask("stage_words", organisation=str(organisation), words=words)
        return answer if isinstance(answer, Refused) else str(answer)

    def password_from_words(self, handle: str, envelope: bytes, repository: UUID) -> str:
        """Return a repository's password from the typed words and the envelope, and from nothing else."""
        return str(
            self._value(
                "password_from_words", handle=handle, envelope=encode(envelope), repository=str(repository)
            )
        )

    def adopt_envelope(self, envelope: bytes, words: str) -> int | Refused:
        """Keep the passwords and the recovery key of an envelope here, after a restore; return how many."""
        answer = self._ask("adopt_envelope", envelope=encode(envelope), words=words)
        return answer if isinstance(answer, Refused) else int(answer)

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of a message of at most 65,536 bytes."""
        return decode(self._signer("sign", message=encode(message)))

    def public_key(self) -> bytes:
        """Return the 32 bytes of the public key that verifies those signatures."""
        return decode(self._signer("public_key"))

    def seal(self, purpose: str, text: str, owner: UUID | None = None) -> str:
        """Return a secret in the form in which others keep it, bound to its purpose and its owner."""
        return str(self._keeper("seal_secret", purpose=purpose, text=text, owner=_said(owner)))

    def open(self, purpose: str, sealed: str, owner: UUID | None = None) -> str:
        """Return a secret that was sealed for that purpose and owner; those of one-time codes never."""
        return str(self._keeper("open_secret", purpose=purpose, sealed=sealed, owner=_said(owner)))

    def totp_step(self, sealed: str, code: str, at_s: float, owner: UUID | None = None) -> int | None:
        """Return the step whose one-time code this is, around `at_s` seconds since 1970; None for another."""
        details = {"sealed": sealed, "code": code, "at_s": str(at_s), "owner": _said(owner)}
        step = self._keeper("totp_step", **details)
        return None if step is None else int(step)

    def generations(self) -> tuple[KeyGeneration, ...]:
        """Return the generations of the master key that are kept, oldest first."""
        return tuple(map(_generation, self._keeper("generations")))

    def begin_rotation(self, replaces: UUID) -> Refused | None:
        """Make a new generation; Refused: "rotation_unfinished", "rotated_since"."""
        answer = self._rotator("begin_rotation", replaces=str(replaces))
        return answer if isinstance(answer, Refused) else None

    def renew_own(self) -> int:
        """Have the process seal its own files under the present generation; return how many values."""
        return int(self._keeper("renew_own"))

    def renew(self, values: Sequence[SealedValue]) -> tuple[Renewal, ...]:
        """Return what becomes of values under the present generation, one by one."""
        renewed: list[Renewal] = []
        for asked in _in_requests(values):
            renewed += [Renewal(**each) for each in self._keeper("renew_secrets", values=asked)]
        return tuple(renewed)

    def retire(self, present: UUID) -> tuple[KeyGeneration, ...] | Refused:
        """Remove the generations before this one; Refused: "too_young", "rotated_since"."""
        answer = self._rotator("retire_generations", present=str(present))
        return answer if isinstance(answer, Refused) else tuple(map(_generation, answer))

    def tells_pages_apart(self) -> bool:
        """Return whether the process can tell pages from everything else of this account."""
        return bool(self._keeper("tells_pages_apart"))

    def _rotator(self, do: str, **details: Any) -> Any:
        """Ask for organisations what may be refused."""
        try:
            return self._ask(do, **details)
        except EngineError as error:
            raise SecretsAway(str(error)) from error

    def _keeper(self, do: str, **details: Any) -> Any:
        """Ask for organisations, in the words of their port."""
        try:
            return self._value(do, **details)
        except EngineError as error:
            raise SecretsAway(str(error)) from error

    def _signer(self, do: str, **details: str) -> Any:
        """Ask for the journal, in the words of its port."""
        try:
            return self._value(do, **details)
        except EngineError as error:
            raise SignerAway(str(error)) from error

    def _value(self, do: str, **details: Any) -> Any:
        answer = self._ask(do, **details)
        if isinstance(answer, Refused):
            raise EngineError("words_refused", retry=False, detail=answer.reason)
        return answer

    def _ask(self, do: str, **details: Any) -> Any:
        try:
            answer = self._exchange(json.dumps({"do": do, **details}).encode() + b"\n")
        except (OSError, ValueError) as error:
            # That nobody is there says it all; anything else is told in the system's own words.
            is_absent = isinstance(error, FileNotFoundError | ConnectionRefusedError)
            detail = "" if is_absent else str(error)
            raise EngineError("key_unavailable", retry=True, detail=detail) from error
        if "refused" in answer:
            return Refused(answer["refused"], answer["detail"])
        if "error" in answer:
            reason = _REASONS.get(answer["error"], "key_unavailable")
            raise EngineError(reason, retry=False, detail=answer["error"])
        return answer["value"]

    def _exchange(self, request: bytes) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(self._path))
            connection.sendall(request)
            with connection.makefile("rb") as lines:
                line = lines.readline(MOST_BYTES)
        if not line.endswith(b"\n"):
            raise ValueError("the process that holds the keys hung up")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _said(owner: UUID | None) -> str:
    return "" if owner is None else str(owner)


def _generation(said: dict[str, Any]) -> KeyGeneration:
    until = said["superseded_at"]
    return KeyGeneration(
        UUID(said["id"]),
        int(said["number"]),
        datetime.fromisoformat(said["made_at"]),
        datetime.fromisoformat(until) if until else None,
    )


def _in_requests(values: Sequence[SealedValue]) -> Iterator[list[dict[str, str]]]:
    asked, size = list[dict[str, str]](), 0
    for each in values:
        if asked and size + len(each.sealed) > ASKED_AT_ONCE:
            yield asked
            asked, size = [], 0
        asked.append({"purpose": each.purpose, "owner": _said(each.owner), "sealed": each.sealed})
        size += len(each.sealed)
    if asked:
        yield asked
