"""A key keeper in memory: the flow of the real one, with a seal that anybody could break."""

import base64
import json
from uuid import UUID

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.shared.refusal import Refused


class MemoryKeeper:
    """Implements backups' port KeyKeeper. Its envelope is only readable with the words it was sealed to."""

    def __init__(self) -> None:
        self.passwords: dict[UUID, str] = {}
        self.words: str | None = None
        self.older: list[str] = []
        self.issued = 0
        self.handles: dict[str, str] = {}
        self.is_away = False

    def create_repository_password(self, repository: UUID, organisation: UUID) -> None:
        self._answer()
        self.passwords.setdefault(repository, f"password of {repository}")

    def repository_password(self, repository: UUID) -> str:
        self._answer()
        if repository not in self.passwords:
            raise EngineError("password_lost", retry=False)
        return self.passwords[repository]

    def recovery_key_mark(self, organisation: UUID) -> str:
        self._answer()
        return self.words or ""

    def issue_recovery_key(
        self, organisation: UUID, language: str, replaces: str
    ) -> tuple[str, ...] | Refused:
        if replaces != self.recovery_key_mark(organisation):
            return Refused("key_made_since")
        self.issued += 1
        words = tuple(f"word{number}-{self.issued}" for number in range(12))
        if self.words:
            self.older.insert(0, self.words)
        self.words = " ".join(words)
        return words

    def envelopes(self, organisation: UUID) -> tuple[bytes, ...]:
        self._answer()
        passwords = {str(key): value for key, value in self.passwords.items()}
        contents = [{"for": words, "passwords": passwords} for words in (self.words, *self.older)]
        return tuple(base64.b64encode(json.dumps(content).encode()) for content in contents)

    def forget_older_keys(self, handle: str) -> None:
        if self.handles.get(handle) != self.words:
            raise EngineError("words_refused", retry=False)
        self.older.clear()

    def stage_words(self, organisation: UUID, words: str) -> str | Refused:
        if words != self.words:
            return Refused("other_key")
        handle = f"handle-{len(self.handles)}"
        self.handles[handle] = words
        return handle

    def password_from_words(self, handle: str, envelope: bytes, repository: UUID) -> str:
        if handle not in self.handles:
            raise EngineError("words_forgotten", retry=False)
        opened = open_envelope(envelope, self.handles[handle])
        if isinstance(opened, Refused):
            raise EngineError("words_refused", retry=False)
        return opened[repository]

    def _answer(self) -> None:
        if self.is_away:
            raise EngineError("key_unavailable", retry=True)


def open_envelope(envelope: bytes, words: str) -> dict[UUID, str] | Refused:
    """Return what an envelope holds, to the right words only."""
    try:
        content = json.loads(base64.b64decode(envelope))
    except ValueError as error:
        raise EngineError("envelope_damaged", retry=False) from error
    if content["for"] != words:
        return Refused("other_key")
    return {UUID(key): value for key, value in content["passwords"].items()}
