"""What a provider says, weighed: its own description, the answer to a code, the claims of a token. Pure."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from veilleur.domains.organisations.rules.errors import ProviderFault
from veilleur.domains.organisations.rules.providers import Identity, values_of
from veilleur.shared.readable import is_one_line, readable

# Those that every provider must and may sign with; never none, never a secret that both sides share.
ALGORITHMS = ("RS256", "ES256")
# Two clocks may differ by so much.
LEEWAY_S = 60
# A token that was made longer ago answers no question of now.
_OLDEST_S = 600
_LONGEST_SUBJECT, _LONGEST_NAME, _LONGEST_ADDRESS = 255, 200, 254
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Metadata:
    """What a provider says of itself."""

    way_in: str
    token: str
    keys: str
    person: str
    says_issuer: bool
    secret_in_header: bool


@dataclass(frozen=True)
class Expected:
    """What a token must fit. `fresh_since`: the person proved to be there no earlier; None: whenever."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    now: datetime
    fresh_since: datetime | None


def json_object(body: bytes | str) -> dict[str, Any]:
    """Return an object in JSON; raise ProviderFault for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProviderFault("answer_broken", "no JSON") from error
    if not isinstance(found, dict):
        raise ProviderFault("answer_broken", "no object in JSON")
    return found


def metadata_of(body: bytes, issuer: str) -> Metadata:
    """Return what the description says; raise ProviderFault for one of another issuer or without a way in."""
    said = json_object(body)
    if said.get("issuer") != issuer:
        raise ProviderFault("other_issuer", readable(str(said.get("issuer")))[:200])
    missing = [name for name in _ENDPOINTS if not isinstance(said.get(name), str)]
    if missing:
        raise ProviderFault("no_way_in", ", ".join(missing))
    _require_one(said, "response_types_supported", ("code",))
    _require_one(said, "code_challenge_methods_supported", ("S256",))
    _require_one(said, "id_token_signing_alg_values_supported", ALGORITHMS)
    methods = ("client_secret_basic", "client_secret_post")
    _require_one(said, "token_endpoint_auth_methods_supported", methods)
    person = said.get("userinfo_endpoint")
    return Metadata(
        way_in=said["authorization_endpoint"],
        token=said["token_endpoint"],
        keys=said["jwks_uri"],
        person=person if isinstance(person, str) else "",
        says_issuer=said.get("authorization_response_iss_parameter_supported") is True,
        secret_in_header=methods[0] in said.get("token_endpoint_auth_methods_supported", methods),
    )


def _require_one(said: Mapping[str, Any], name: str, wanted: tuple[str, ...]) -> None:
    """Refuse a provider that says it has none of these; one that says nothing is tried."""
    offered = said.get(name)
    if offered is None:
        return
    if not isinstance(offered, list) or not any(one in offered for one in wanted):
        raise ProviderFault("no_way_in", name)


def code_of(answer: Mapping[str, str], issuer: str, *, says_issuer: bool) -> str:
    """Return the code that somebody came back with.

    The issuer is held against the one that was asked (RFC 9207): else the code of one provider could be sent
    to another. What a provider says of an error is not shown: anybody may have written it.
    """
    said = answer.get("iss", "")
    if (said or says_issuer) and said != issuer:
        raise ProviderFault("other_issuer", readable(said)[:200])
    if "error" in answer:
        error = answer["error"]
        is_known = re.fullmatch(r"[a-z_]{1,40}", error)
        raise ProviderFault("denied", error if is_known else "")
    if not answer.get("code"):
        raise ProviderFault("answer_broken", "no code")
    return answer["code"]


def tokens_of(status: int, body: bytes) -> tuple[str, str]:
    """Return the identity token and the access token (empty without one) of the answer to a code."""
    said = json_object(body)
    if status != 200:
        error = str(said.get("error", ""))
        told = error if re.fullmatch(r"[a-z_]{1,40}", error) else str(status)
        raise ProviderFault("client_refused" if error == "invalid_client" else "token_broken", told)
    token, access = said.get("id_token"), said.get("access_token", "")
    if not isinstance(token, str) or not isinstance(access, str):
        raise ProviderFault("answer_broken", "no id_token")
    return token, access


def check_claims(claims: Mapping[str, Any], expected: Expected) -> None:
    """Raise ProviderFault for claims that are not about this sign-in, here, now (OpenID Connect 3.1.3.7)."""
    fault = (
        _about_whom(claims, expected)
        or _about_when(claims, expected.now.timestamp())
        or _about_which(claims, expected)
    )
    if fault:
        raise ProviderFault("token_broken", fault)
    if expected.fresh_since is None:
        return
    since, proved_at = expected.fresh_since.timestamp(), _seconds(claims.get("auth_time"))
    if proved_at is None or not since - LEEWAY_S <= proved_at <= expected.now.timestamp() + LEEWAY_S:
        raise ProviderFault("not_fresh", "auth_time")


def _about_whom(claims: Mapping[str, Any], expected: Expected) -> str:
    if claims.get("iss") != expected.issuer:
        return "iss"
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if expected.client_id not in audiences:
        return "aud"
    if "azp" in claims and claims["azp"] != expected.client_id:
        return "azp"
    if len(audiences) > 1 and "azp" not in claims:
        return "azp"
    subject = claims.get("sub")
    is_subject = isinstance(subject, str) and 0 < len(subject) <= _LONGEST_SUBJECT and is_one_line(subject)
    return "" if is_subject else "sub"


def _about_when(claims: Mapping[str, Any], now_s: float) -> str:
    ends, made = _seconds(claims.get("exp")), _seconds(claims.get("iat"))
    if ends is None or ends <= now_s - LEEWAY_S:
        return "exp"
    if made is None or not now_s - _OLDEST_S - LEEWAY_S <= made <= now_s + LEEWAY_S:
        return "iat"
    begins = _seconds(claims["nbf"]) if "nbf" in claims else now_s
    return "nbf" if begins is None or begins > now_s + LEEWAY_S else ""


def _about_which(claims: Mapping[str, Any], expected: Expected) -> str:
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        return "nonce"
    if "at_hash" in claims:
        half = hashlib.sha256(expected.access_token.encode()).digest()[:16]
        wanted = base64.urlsafe_b64encode(half).rstrip(b"=").decode()
        if claims["at_hash"] != wanted:
            return "at_hash"
    return ""


def _seconds(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < 2**53 else None  # type: ignore[arg-type]


def lacks(claims: Mapping[str, Any], roles_claim: str) -> bool:
    """Return whether the provider may say elsewhere what counts here."""
    return values_of(claims, roles_claim) is None or not claims.get("email") or not claims.get("name")


def identity_of(claims: Mapping[str, Any], roles_claim: str) -> Identity:
    """Return who the checked claims name."""
    is_doubted = claims.get("email_verified", True) in (False, "false")
    email = _address(claims.get("email"))
    # Entra ID gives many people no other address; nobody is known by it.
    email = ("" if is_doubted else email) if email else _address(claims.get("preferred_username"))
    names = (claims.get("name"), claims.get("preferred_username"), email, claims["sub"])
    return Identity(
        subject=claims["sub"],
        email=email,
        name=next(text for one in names if (text := _line(one))),
        values=values_of(claims, roles_claim),
        methods=(values_of(claims, "amr") or frozenset()) | (values_of(claims, "acr") or frozenset()),
        is_address_doubted=is_doubted and not email,
    )


def _address(value: object) -> str:
    text = value.strip().lower() if isinstance(value, str) else ""
    is_address = len(text) <= _LONGEST_ADDRESS and is_one_line(text) and _ADDRESS.fullmatch(text)
    return text if is_address else ""


def _line(value: object) -> str:
    return readable(value.strip())[:_LONGEST_NAME] if isinstance(value, str) else ""
