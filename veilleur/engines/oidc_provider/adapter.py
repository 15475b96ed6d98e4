"""Signs people in at providers: the code flow with PKCE, and nothing believed that was not checked."""

import base64
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from veilleur.domains.organisations.ports import ProviderAddress, SignInAsked
from veilleur.domains.organisations.rules.errors import ProviderFault
from veilleur.domains.organisations.rules.providers import Identity
from veilleur.engines.oidc_provider.fetching import Answer, Patience, Question, Rules, ask, place_of
from veilleur.engines.oidc_provider.parse import (
    Expected,
    Metadata,
    check_claims,
    code_of,
    identity_of,
    json_object,
    lacks,
    metadata_of,
    tokens_of,
)
from veilleur.engines.oidc_provider.signatures import UnknownKey, keys_of, signed_claims

# What a provider says of itself, and its keys, are asked for again after so long.
_KEPT_S = 600
# A key that nobody knows makes the keys be asked for again, at most so often: anybody can name one.
_ASKED_AGAIN_S = 30
_MOST_KEPT = 200


@dataclass
class _Kept:
    """What is remembered of one provider."""

    metadata: Metadata
    metadata_at_s: float
    keys: tuple[Mapping[str, Any], ...] = ()
    keys_at_s: float | None = None


class OpenIdProviders:
    """Implements the port IdentityProviders.

    `local_hosts` may be on this machine and anywhere else; `at_once`: how many may wait for one provider, so
    that one that is slow does not hold every page of everybody. `tick` counts seconds.
    """

    def __init__(
        self,
        *,
        local_hosts: frozenset[str] = frozenset(),
        patience: Patience | None = None,
        at_once: int = 4,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._local_hosts, self._patience = local_hosts, patience or Patience()
        self._at_once, self._tick = at_once, tick
        self._kept: OrderedDict[ProviderAddress, _Kept] = OrderedDict()
        self._doors: dict[str, threading.BoundedSemaphore] = {}
        self._lock = threading.Lock()

    def way_there(self, provider: ProviderAddress, asked: SignInAsked) -> str:
        """Return the address at which the person signs in. See the port."""
        with self._at_door(provider):
            way_in = self._of(provider).metadata.way_in
        challenge = base64.urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest())
        told = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": asked.return_address,
            "scope": " ".join(asked.scopes),
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": challenge.rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if asked.is_fresh:
            told |= {"prompt": "login", "max_age": "0"}
        return f"{way_in}{'&' if urlsplit(way_in).query else '?'}{urlencode(told)}"

    def identity(
        self,
        provider: ProviderAddress,
        secret: str,
        asked: SignInAsked,
        answer: Mapping[str, str],
        now: datetime,
    ) -> Identity:
        """Return who came back. See the port."""
        with self._at_door(provider):
            metadata = self._of(provider).metadata
            code = code_of(answer, provider.issuer, says_issuer=metadata.says_issuer)
            token, access = self._tokens(provider, secret, asked, code)
            claims = self._signed(provider, token)
            expected = Expected(
                issuer=provider.issuer,
                client_id=provider.client_id,
                nonce=asked.nonce,
                access_token=access,
                now=now,
                fresh_since=asked.began_at if asked.is_fresh else None,
            )
            check_claims(claims, expected)
            if metadata.person and access and lacks(claims, asked.roles_claim):
                claims = self._told_of_person(provider, access, claims)
        return identity_of(claims, asked.roles_claim)

    def _tokens(
        self, provider: ProviderAddress, secret: str, asked: SignInAsked, code: str
    ) -> tuple[str, str]:
        metadata = self._of(provider).metadata
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": asked.return_address,
            "code_verifier": asked.verifier,
        }
        headers = {}
        if metadata.secret_in_header:
            # Each part is encoded as in a form before (RFC 6749, 2.3.1).
            pair = f"{quote_plus(provider.client_id)}:{quote_plus(secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": provider.client_id, "client_secret": secret}
        question = Question(metadata.token, provider.authority, urlencode(form), headers)
        answer = self._ask(provider, question)
        return tokens_of(answer.status, answer.body)

    def _signed(self, provider: ProviderAddress, token: str) -> dict[str, Any]:
        try:
            return signed_claims(token, self._keys(provider, is_unknown=False))
        except UnknownKey:
            pass
        try:
            return signed_claims(token, self._keys(provider, is_unknown=True))
        except UnknownKey as error:
            raise ProviderFault("token_broken", "kid") from error

    def _told_of_person(
        self, provider: ProviderAddress, access: str, claims: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the claims with what the provider says of the person elsewhere; the token goes first."""
        headers = {"Authorization": f"Bearer {access}"}
        url = self._of(provider).metadata.person
        answer = self._ask(provider, Question(url, provider.authority, headers=headers))
        if answer.status != 200:
            raise ProviderFault("answer_broken", f"userinfo ({answer.status})")
        told = json_object(answer.body)
        if told.get("sub") != claims["sub"]:
            raise ProviderFault("token_broken", "userinfo sub")
        if "email" in claims:
            # Whether an address was verified is said by whoever gives the address.
            told.pop("email_verified", None)
        return told | claims

    def _of(self, provider: ProviderAddress) -> _Kept:
        """Return what is remembered of a provider; ask it where that is nothing, or too old."""
        with self._lock:
            kept = self._kept.get(provider)
        if kept is not None and self._tick() - kept.metadata_at_s < _KEPT_S:
            return kept
        url = f"{provider.issuer.removesuffix('/')}/.well-known/openid-configuration"
        answer = self._ask(provider, Question(url, provider.authority))
        if answer.status != 200:
            raise ProviderFault("answer_broken", f"openid-configuration ({answer.status})")
        metadata = metadata_of(answer.body, provider.issuer)
        # The browser is sent there: nowhere else than where questions may go by their form.
        place_of(metadata.way_in, self._rules(provider, metadata.way_in))
        kept = _Kept(metadata, self._tick())
        with self._lock:
            self._kept[provider] = kept
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return kept

    def _keys(self, provider: ProviderAddress, *, is_unknown: bool) -> tuple[Mapping[str, Any], ...]:
        kept = self._of(provider)
        age_s = None if kept.keys_at_s is None else self._tick() - kept.keys_at_s
        if age_s is not None and age_s < (_ASKED_AGAIN_S if is_unknown else _KEPT_S):
            return kept.keys
        answer = self._ask(provider, Question(kept.metadata.keys, provider.authority))
        if answer.status != 200:
            raise ProviderFault("answer_broken", f"jwks ({answer.status})")
        kept.keys, kept.keys_at_s = keys_of(answer.body), self._tick()
        return kept.keys

    def _ask(self, provider: ProviderAddress, question: Question) -> Answer:
        return ask(question, self._rules(provider, question.url), self._patience)

    def _rules(self, provider: ProviderAddress, url: str) -> Rules:
        """Return where a question may go: into a private network only where the issuer itself is typed."""
        is_own = urlsplit(url).netloc == urlsplit(provider.issuer).netloc
        return Rules(self._local_hosts, is_private_allowed=is_own)

    @contextmanager
    def _at_door(self, provider: ProviderAddress) -> Iterator[None]:
        with self._lock:
            door = self._doors.setdefault(provider.issuer, threading.BoundedSemaphore(self._at_once))
        if not door.acquire(timeout=self._patience.connect_s):
            raise ProviderFault("busy")
        try:
            yield
        finally:
            door.release()
