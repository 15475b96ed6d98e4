"""Tokens of set-up links: what is stored of them and for how long they work."""

import hashlib
from datetime import timedelta

LIFETIME = timedelta(hours=24)
TOKEN_BYTES = 32


def digest_of(token: str) -> str:
    """Return what is stored of a token. A plain digest suffices: 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()
