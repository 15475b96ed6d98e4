"""Whose signature a token bears: only a key that the provider publishes, only by two algorithms."""

from collections.abc import Mapping, Sequence
from typing import Any

import jwt
from jwt.api_jws import PyJWS

from veilleur.domains.organisations.rules.errors import ProviderFault
from veilleur.engines.oidc_provider.parse import ALGORITHMS, json_object

_KINDS = {"RS256": ("RSA", None), "ES256": ("EC", "P-256")}
_SMALLEST_RSA_BITS = 2048
_MOST_KEYS = 100


class UnknownKey(Exception):
    """Raised when none of the keys at hand is the one that the token names."""


def keys_of(body: bytes) -> tuple[Mapping[str, Any], ...]:
    """Return the keys that a provider publishes."""
    keys = json_object(body).get("keys")
    if not isinstance(keys, list) or len(keys) > _MOST_KEYS:
        raise ProviderFault("answer_broken", "keys")
    return tuple(key for key in keys if isinstance(key, dict))


def signed_claims(token: str, keys: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the claims of a token that one of these keys signed; raise UnknownKey where none is named."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise ProviderFault("token_broken", "header") from error
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise ProviderFault("token_broken", "alg")
    if "crit" in header or header.get("typ", "JWT") not in {"JWT", "jwt"}:
        raise ProviderFault("token_broken", "header")
    fitting = [key for key in keys if _fits(key, algorithm, header.get("kid"))]
    if len(fitting) != 1:
        # Of several without a name none is tried after the other: a provider that has several names them.
        raise UnknownKey
    try:
        key = jwt.PyJWK(dict(fitting[0]), algorithm=algorithm).key
        if getattr(key, "key_size", 0) < _SMALLEST_RSA_BITS and algorithm == "RS256":
            raise ProviderFault("token_broken", "key")
        payload = PyJWS().decode_complete(token, key=key, algorithms=[algorithm])["payload"]
    except jwt.InvalidSignatureError as error:
        raise ProviderFault("token_broken", "signature") from error
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise ProviderFault("token_broken", "key") from error
    return json_object(payload)


def _fits(key: Mapping[str, Any], algorithm: str, kid: object) -> bool:
    kind, curve = _KINDS[algorithm]
    if key.get("kty") != kind or (curve is not None and key.get("crv") != curve):
        return False
    if key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        return False
    return kid is None or key.get("kid") == kid
