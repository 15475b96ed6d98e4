"""Engines that do nothing, for the walk: what pages ask of the outside is answered without it."""

import hashlib
import io
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime
from uuid import UUID

import pytest

from veilleur.desk.ports import PLACE_MAKER, SERVER_NAMER, SOURCE_LOOKER
from veilleur.domains.backups.ports import KEY_KEEPER
from veilleur.domains.backups.rules.sources import ServerTried
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.knowledge.ports import FILE_STORE
from veilleur.domains.organisations.ports import (
    IDENTITY_PROVIDERS,
    SECRET_KEEPER,
    ProviderAddress,
    SignInAsked,
)
from veilleur.domains.organisations.rules.errors import ProviderFault, SecretsAway
from veilleur.domains.organisations.rules.providers import Identity
from veilleur.shared.refusal import Refused

WORDS = "one two three four five six seven eight nine ten eleven twelve"


class QuietKeyring:
    """Issues and takes back the same words for everybody, and keeps nothing."""

    def recovery_key_mark(self, organisation: UUID) -> str:
        return "present"

    def issue_recovery_key(self, organisation: UUID, language: str, replaces: str) -> tuple[str, ...]:
        assert replaces == "present"
        return tuple(WORDS.split())

    def stage_words(self, organisation: UUID, words: str) -> str | Refused:
        return "handle" if words.strip() == WORDS else Refused("wrong_words")


class QuietKeeper:
    """Seals nothing, keeps nothing, and knows no code."""

    def seal(self, purpose: str, text: str, owner: UUID | None = None) -> str:
        return f"{purpose}: {text}"

    def open(self, purpose: str, sealed: str, owner: UUID | None = None) -> str:
        raise SecretsAway("nothing is kept")

    def totp_step(self, sealed: str, code: str, at_s: float, owner: UUID | None = None) -> int | None:
        return None


class QuietStore:
    """Holds one content for everybody, and takes what comes into memory."""

    def open(self, organisation: UUID, digest: str) -> io.BytesIO:
        return io.BytesIO(b"%PDF-1.7")

    def incoming(self) -> "QuietIncoming":
        return QuietIncoming()

    def keeping(self, organisation: UUID, file: object) -> nullcontext[None]:
        return nullcontext()

    def remove_unless(self, organisation: UUID, digest: str, is_needed: Callable[[], bool]) -> bool:
        return not is_needed()


class QuietIncoming:
    """A content that is forgotten."""

    size_bytes = 0
    head = b""

    def write(self, part: bytes) -> None:
        self.size_bytes += len(part)
        self.head += part

    def digest(self) -> str:
        return hashlib.sha256(self.head).hexdigest()

    def discard(self) -> None:
        self.head = b""


class QuietProviders:
    """Leads to the same place, and vouches for nobody."""

    def way_there(self, provider: ProviderAddress, asked: SignInAsked) -> str:
        return "https://id.vexin.example/"

    def identity(
        self,
        provider: ProviderAddress,
        secret: str,
        asked: SignInAsked,
        answer: Mapping[str, str],
        now: datetime,
    ) -> Identity:
        raise ProviderFault("denied")


def quiet_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put engines behind the ports that forms reach which do nothing outside of the database."""
    monkeypatch.setattr(KEY_KEEPER, "_engine", QuietKeyring())
    monkeypatch.setattr(PLACE_MAKER, "_engine", lambda **place: None)
    monkeypatch.setattr(SOURCE_LOOKER, "_engine", lambda **path: SourceKind.FILES)
    tried = ServerTried(("host=db.example port=5432 dbname=shop",))
    monkeypatch.setattr(SERVER_NAMER, "_engine", lambda **server: tried)
    monkeypatch.setattr(SECRET_KEEPER, "_engine", QuietKeeper())
    monkeypatch.setattr(FILE_STORE, "_engine", QuietStore())
    monkeypatch.setattr(IDENTITY_PROVIDERS, "_engine", QuietProviders())
