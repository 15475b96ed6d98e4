"""Who asks the process that holds the keys, and for what. Pages get what is on these lists, with a reason."""

from enum import StrEnum


class Caller(StrEnum):
    """Whom a socket is for."""

    PAGES = "pages"
    WORK = "work"


PAGES_MAY_ASK = {
    "seal_secret": "what somebody types is sealed before it is kept; nothing comes back in clear",
    "totp_step": "a typed code is compared; the answer is a step of time",
    "open_secret": "only for the purposes below",
    "public_key": "no secret",
    "generations": "no secret: numbers and ages",
    "recovery_key_mark": "no secret: a public key",
    "issue_recovery_key": "the words are shown once, to a manager who has just proved a second factor",
    "stage_words": "the words are typed at a page; a handle comes back, which work alone can use",
    "create_repository_password": "a place is made at a page; nothing comes back",
    "repository_password": "only of one that work has never asked for: the page makes the repository with it",
}

PAGES_MAY_OPEN = {
    "recovery_codes": "the seed from which recovery codes are made, shown to their owner and compared",
    "identity_provider": "Veilleur's own secret at a provider, shown to it when somebody comes back",
    "totp_setup": "an app's secret until its first code: the page shows it to its owner",
}


def may_ask(caller: Caller, request: str) -> bool:
    """Return whether somebody may ask this at all."""
    return caller is Caller.WORK or request in PAGES_MAY_ASK


def may_open(caller: Caller, purpose: str) -> bool:
    """Return whether somebody may have secrets of this purpose opened."""
    return caller is Caller.WORK or purpose in PAGES_MAY_OPEN
