"""What the process that holds the keys does, request by request. Its words never leave memory."""

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from veilleur.engines.keyring import crypto
from veilleur.engines.keyring.callers import Caller, may_ask, may_open
from veilleur.engines.keyring.crypto import DamagedEnvelope, ForgedEnvelope, SealingKey, decode, encode
from veilleur.engines.keyring.errors import Unanswerable
from veilleur.engines.keyring.generations import DamagedSecret, UnknownGeneration
from veilleur.engines.keyring.rotation import Rotation
from veilleur.engines.keyring.secret_names import owner_of, purpose_of
from veilleur.engines.keyring.store import PASSWORD_BYTES, KeyFolder
from veilleur.engines.keyring.totp import matching_step
from veilleur.engines.keyring.words import ENTROPY_BYTES, from_words, to_words
from veilleur.shared.refusal import Refused

HANDLE_LIFE = 3600.0  # seconds
MOST_HANDLES = 100
MOST_SIGNED = 65536  # bytes of one message
MOST_SECRET = 65536  # bytes of one secret
TOTP = "totp"
# That are still sealed to beside the present key: each has an envelope beside every repository.
MOST_OLDER = 4


@dataclass(frozen=True)
class _Staged:
    """Typed words that fit a recovery key, until a monotonic second."""

    organisation: UUID
    candidates: tuple[bytes, ...]
    key: SealingKey
    until: float


class KeyService:
    """Answers requests; one at a time is at the folder, and one at a time derives keys from words, which
    takes long and much memory. Who signs or asks for a password never waits for the latter.

    `monotonic` gives seconds, for the life of staged words; `clock` instants, for the age of generations.
    """

    def __init__(
        self, folder: KeyFolder, monotonic: Callable[[], float], clock: Callable[[], datetime]
    ) -> None:
        self._folder = folder
        self._monotonic = monotonic
        self._staged: dict[str, _Staged] = {}
        self._at_the_folder = threading.Lock()
        self._deriving = threading.Lock()
        self._quick: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "create_repository_password": self._create_password,
            "repository_password": self._password,
            "recovery_key_mark": self._recovery_key_mark,
            "envelopes": self._envelopes,
            "forget_older_keys": self._forget_older_keys,
            "sign": self._sign,
            "public_key": self._public_key,
            "seal_secret": self._seal_secret,
            "open_secret": self._open_secret,
            "totp_step": self._totp_step,
            **Rotation(folder, clock).requests(),
        }
        # These take their turn at the folder themselves, and give it back while they derive.
        self._slow: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "issue_recovery_key": self._issue_recovery_key,
            "stage_words": self._stage_words,
            "password_from_words": self._password_from_words,
            "adopt_envelope": self._adopt_envelope,
        }

    def answer(self, request: Mapping[str, Any], caller: Caller = Caller.WORK) -> Any:
        """Return the value that answers a request, or Refused; raise Unanswerable with a reason."""
        name = str(request.get("do"))
        if not may_ask(caller, name) or not self._may_read(caller, name, request):
            raise Unanswerable("not_for_pages")
        turn = self._deriving if name in self._slow else self._at_the_folder
        act = self._slow.get(name) or self._quick.get(name)
        if act is None:
            raise Unanswerable("unknown_request")
        try:
            with turn:
                answer = act(request)
                if caller is Caller.WORK and name == "repository_password":
                    # From now on there is something behind it: no page gets it any more.
                    self._folder.note_use(UUID(request["repository"]))
                return answer
        except ForgedEnvelope:
            raise Unanswerable("envelope_foreign") from None
        except DamagedEnvelope:
            raise Unanswerable("envelope_damaged") from None
        except UnknownGeneration:
            raise Unanswerable("generation_gone") from None
        except DamagedSecret:
            raise Unanswerable("secret_damaged") from None
        except (KeyError, ValueError, TypeError, AttributeError):
            raise Unanswerable("malformed_request") from None

    def _may_read(self, caller: Caller, name: str, request: Mapping[str, Any]) -> bool:
        """Return whether a caller who may ask this may ask it of this secret."""
        if caller is Caller.WORK:
            return True
        if name == "open_secret":
            return may_open(caller, str(request.get("purpose")))
        if name == "repository_password":
            with self._at_the_folder:
                kept = self._folder.password(_repository(request))
            return kept is None or kept.is_unused
        return True

    def _create_password(self, request: Mapping[str, Any]) -> None:
        repository, organisation = UUID(request["repository"]), UUID(request["organisation"])
        kept = self._folder.password(repository)
        if kept is None:
            password = secrets.token_urlsafe(PASSWORD_BYTES)
            self._folder.keep_password(repository, organisation, password, is_unused=True)
        elif kept.organisation != organisation:
            raise Unanswerable("other_organisation")

    def _password(self, request: Mapping[str, Any]) -> str:
        kept = self._folder.password(UUID(request["repository"]))
        if kept is None:
            raise Unanswerable("no_password")
        return kept.password

    def _recovery_key_mark(self, request: Mapping[str, Any]) -> str:
        return _mark(self._folder.recovery(UUID(request["organisation"])))

    def _issue_recovery_key(self, request: Mapping[str, Any]) -> list[str] | Refused:
        organisation = UUID(request["organisation"])
        entropy = secrets.token_bytes(ENTROPY_BYTES)
        words = to_words(entropy, request["language"])
        fresh = crypto.sealing_key(entropy, secrets.token_bytes(16))
        with self._at_the_folder:
            # One at a time issues: of several that replace the same key, one finds it.
            if request["replaces"] != _mark(self._folder.recovery(organisation)):
                return Refused("key_made_since")
            # Nobody has shown yet that the new paper is read rightly: those before it go on opening all.
            self._folder.keep_recovery(organisation, fresh, *_kept_older(self._recoveries(organisation)))
        return list(words)

    def _recoveries(self, organisation: UUID) -> tuple[SealingKey, ...]:
        present = self._folder.recovery(organisation)
        return () if present is None else (present, *self._folder.older_recoveries(organisation))

    def _envelopes(self, request: Mapping[str, Any]) -> list[str]:
        organisation = UUID(request["organisation"])
        recoveries = self._recoveries(organisation)
        if not recoveries:
            raise Unanswerable("no_recovery_key")
        if not recoveries[0].voucher:
            raise Unanswerable("key_too_old")
        passwords = self._folder.passwords_of(organisation)
        able = [one for one in recoveries if one.voucher]
        return [encode(crypto.seal_envelope(organisation, passwords, one)) for one in able]

    def _forget_older_keys(self, request: Mapping[str, Any]) -> Refused | None:
        staged = self._staged_for(request["handle"])
        if staged.key != self._folder.recovery(staged.organisation):
            return Refused("other_key")
        self._folder.keep_recovery(staged.organisation, staged.key)
        return None

    def _stage_words(self, request: Mapping[str, Any]) -> str | Refused:
        organisation = UUID(request["organisation"])
        candidates = from_words(request["words"])
        if isinstance(candidates, Refused):
            return candidates
        with self._at_the_folder:
            recovery = self._folder.recovery(organisation)
            before = (
                *self._folder.older_recoveries(organisation),
                *self._folder.replaced_recoveries(organisation),
            )
        if recovery is None:
            return Refused("no_recovery_key")
        fitting = _fitting(candidates, recovery)
        if not fitting:
            was_ours = any(_fitting(candidates, one) for one in before)
            return Refused("replaced_key" if was_ours else "other_key")
        if not recovery.voucher:
            return Refused("key_too_old")
        handle = secrets.token_urlsafe(16)
        with self._at_the_folder:
            self._forget_old_words()
            self._staged[handle] = _Staged(organisation, fitting, recovery, self._monotonic() + HANDLE_LIFE)
        return handle

    def _password_from_words(self, request: Mapping[str, Any]) -> str | Refused:
        opened = self._opened(request["handle"], decode(request["envelope"]))
        if isinstance(opened, Refused):
            return opened
        password = opened.get(UUID(request["repository"]))
        if password is None:
            raise Unanswerable("not_in_envelope")
        return password

    def _adopt_envelope(self, request: Mapping[str, Any]) -> int | Refused:
        envelope = decode(request["envelope"])
        candidates = from_words(request["words"])
        if isinstance(candidates, Refused):
            return candidates
        opened = crypto.first_opened(envelope, candidates)
        if isinstance(opened, Refused):
            return opened
        organisation, recipient = crypto.envelope_recipient(envelope)
        found = (crypto.sealing_key(entropy, recipient.salt) for entropy in candidates)
        recovery = next(key for key in found if key == recipient)
        with self._at_the_folder:
            for repository, password in opened.items():
                self._folder.keep_password(repository, organisation, password)
            self._folder.keep_recovery(organisation, recovery)
        return len(opened)

    def _opened(self, handle: str, envelope: bytes) -> dict[UUID, str] | Refused:
        with self._at_the_folder:
            staged = self._staged_for(handle)
            present = self._folder.recovery(staged.organisation)
        # Words of a key that was replaced since they were typed prove nothing of the present one; and nothing
        # is derived for an envelope that is sealed to another key.
        if not staged.key == present == crypto.envelope_recipient(envelope)[1]:
            return Refused("other_key")
        return crypto.first_opened(envelope, staged.candidates)

    def _staged_for(self, handle: str) -> _Staged:
        self._forget_old_words()
        staged = self._staged.get(handle)
        if staged is None:
            raise Unanswerable("handle_expired")
        return staged

    def _forget_old_words(self) -> None:
        now = self._monotonic()
        living = [(handle, staged) for handle, staged in self._staged.items() if staged.until > now]
        self._staged = dict(living[-MOST_HANDLES:])

    def _sign(self, request: Mapping[str, Any]) -> str:
        message = decode(request["message"])
        if len(message) > MOST_SIGNED:
            raise Unanswerable("malformed_request")
        return encode(self._folder.signer.sign(message))

    def _public_key(self, _request: Mapping[str, Any]) -> str:
        return encode(self._folder.signer.public_key().public_bytes_raw())

    def _seal_secret(self, request: Mapping[str, Any]) -> str:
        text = request["text"].encode()
        if len(text) > MOST_SECRET:
            raise Unanswerable("malformed_request")
        return self._folder.seal_secret(purpose_of(request), owner_of(request), text)

    def _open_secret(self, request: Mapping[str, Any]) -> str:
        purpose = purpose_of(request)
        if purpose == TOTP:
            # Codes are compared here: whoever asks needs no secret for it, and gets none.
            raise Unanswerable("never_opened")
        return self._folder.open_secret(purpose, owner_of(request), request["sealed"]).decode()

    def _totp_step(self, request: Mapping[str, Any]) -> int | None:
        secret = self._folder.open_secret(TOTP, owner_of(request), request["sealed"]).decode()
        return matching_step(secret, str(request["code"]), float(request["at_s"]))


def _repository(request: Mapping[str, Any]) -> UUID:
    try:
        return UUID(request["repository"])
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Unanswerable("malformed_request") from None


def _mark(recovery: SealingKey | None) -> str:
    """Return what tells a key from every other; empty where there is none."""
    return "" if recovery is None else encode(recovery.public_key)


def _kept_older(recoveries: tuple[SealingKey, ...]) -> tuple[SealingKey, ...]:
    """Return which keys are still sealed to once a newer one is there, given newest first: the last ones, and
    the oldest, the only one that may have been tried alone.
    """
    if len(recoveries) <= MOST_OLDER:
        return recoveries
    return (*recoveries[: MOST_OLDER - 1], recoveries[-1])


def _fitting(candidates: tuple[bytes, ...], recovery: SealingKey) -> tuple[bytes, ...]:
    return tuple(entropy for entropy in candidates if crypto.sealing_key(entropy, recovery.salt) == recovery)
