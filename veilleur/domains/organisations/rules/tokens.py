"""Tokens of one-time links: what is stored of them and for how long they work."""

import hashlib
from datetime import timedelta

SETUP_LIFETIME = timedelta(hours=24)
INVITATION_LIFETIME = timedelta(days=7)
OFFER_LIFETIME = timedelta(days=30)
TOKEN_BYTES = 32


def digest_of(token: str) -> str:
    """Return what is stored of a token. A plain digest suffices: 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()
