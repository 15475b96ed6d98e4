"""API tokens: how one is written, what it may carry, and whether it opens anything at an instant."""

import hashlib
import re
import zlib
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from veilleur.domains.organisations.rules.roles import Permission

# By this a leaked one is recognised wherever it turns up, in a repository or in a log.
PREFIX = "vlr_"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_LETTERS = 40  # 238 bits
_CHECK_LETTERS = 6  # 32 bits of CRC fit
_FORM = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_RANDOM_LETTERS + _CHECK_LETTERS}}}")
_SHOWN_LETTERS = 4
# 256 bits: 18 more than the letters hold, so that what is cut off leaves them as good as equally likely.
RANDOM_BYTES = 32

DEFAULT_DAYS = 90
MOST_DAYS = 365
WARNED_BEFORE = timedelta(days=14)
# A token that was used this shortly before its end is missed by a program, and told of for this long.
STILL_USED = timedelta(days=7)
TOLD_AFTER = timedelta(days=30)
# Of one person in one organisation; whoever needs more has lost count of them.
MOST_TOKENS = 50
# A use is noted at most once in this time.
USE_STEP = timedelta(minutes=1)


class TokenScope(StrEnum):
    """One thing that a token may be used for: reading, or changing, in one domain."""

    ORGANISATION_READ = "organisation:read"
    PEOPLE_READ = "people:read"
    ESTATE_READ = "estate:read"
    RECOVERY_READ = "recovery:read"
    WATCH_READ = "watch:read"
    BACKUPS_READ = "backups:read"
    BACKUPS_WRITE = "backups:write"
    KNOWLEDGE_READ = "knowledge:read"


# What somebody's role must allow for the scope to open anything.
SCOPE_PERMISSIONS: dict[TokenScope, Permission] = {
    TokenScope.ORGANISATION_READ: Permission.SEE_HOME,
    TokenScope.PEOPLE_READ: Permission.SEE_PEOPLE,
    TokenScope.ESTATE_READ: Permission.SEE_ESTATE,
    TokenScope.RECOVERY_READ: Permission.SEE_ESTATE,
    TokenScope.WATCH_READ: Permission.SEE_ESTATE,
    TokenScope.BACKUPS_READ: Permission.SEE_ESTATE,
    TokenScope.BACKUPS_WRITE: Permission.RUN_BACKUPS,
    TokenScope.KNOWLEDGE_READ: Permission.SEE_KNOWLEDGE,
}


class TokenState(StrEnum):
    """What a token is worth. ASLEEP: whoever made it may not open what it opens now."""

    GOOD = "good"
    DUE = "due"
    ASLEEP = "asleep"
    EXPIRED = "expired"
    REVOKED = "revoked"


def written(random: bytes) -> str:
    """Return a token made of `RANDOM_BYTES` random bytes: prefix, 40 letters or digits, six to check them."""
    body = _in_letters(int.from_bytes(random), _RANDOM_LETTERS)
    return f"{PREFIX}{body}{_check_of(body)}"


def is_well_formed(text: str) -> bool:
    """Return whether this may be a token of Veilleur: what is mistyped or cut off is not looked up."""
    if _FORM.fullmatch(text) is None:
        return False
    body = text[len(PREFIX) : -_CHECK_LETTERS]
    return text[-_CHECK_LETTERS:] == _check_of(body)


def digest_of_token(token: str) -> str:
    """Return what is kept of a token. A plain digest suffices: 238 random bits cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


def shown_part(token: str) -> str:
    """Return the first letters, by which people tell their tokens apart; they open nothing."""
    return token[: len(PREFIX) + _SHOWN_LETTERS]


def permissions_of_scopes(scopes: Collection[str]) -> frozenset[str]:
    """Return what a role must allow for these scopes; a scope that is not known gives nothing."""
    return frozenset[str](SCOPE_PERMISSIONS[scope] for scope in TokenScope if scope in scopes)


def scopes_within(permissions: frozenset[str]) -> tuple[TokenScope, ...]:
    """Return the scopes that somebody with these permissions may give, in their order."""
    return tuple(scope for scope in TokenScope if SCOPE_PERMISSIONS[scope] in permissions)


def expiry(now: datetime, days: int) -> datetime | None:
    """Return when a token made at `now` ends, excluded; None for less than a day, or too many."""
    return now + timedelta(days=days) if 1 <= days <= MOST_DAYS else None


def state_of(
    expires_at: datetime, revoked_at: datetime | None, *, is_awake: bool, now: datetime
) -> TokenState:
    """Return what a token is worth at `now`; `expires_at` excluded."""
    if revoked_at is not None:
        return TokenState.REVOKED
    if now >= expires_at:
        return TokenState.EXPIRED
    if not is_awake:
        return TokenState.ASLEEP
    return TokenState.DUE if expires_at - now <= WARNED_BEFORE else TokenState.GOOD


def is_end_to_tell(
    expires_at: datetime, last_used_at: datetime | None, refused_at: datetime | None, now: datetime
) -> bool:
    """Return whether people are told at `now` that a token ends or has ended; `expires_at` excluded.

    Every end is told fourteen days ahead. One that is past is told while a program may miss it: where it was
    used in the last week, or where somebody came by it since (`refused_at`).
    """
    if now < expires_at:
        return expires_at - now <= WARNED_BEFORE
    is_missed = refused_at is not None or (
        last_used_at is not None and expires_at - last_used_at <= STILL_USED
    )
    return is_missed and now - expires_at <= TOLD_AFTER


def is_use_to_note(last_used_at: datetime | None, now: datetime) -> bool:
    """Return whether this use is written down, or was one a moment ago."""
    return last_used_at is None or now - last_used_at >= USE_STEP


def _check_of(body: str) -> str:
    return _in_letters(zlib.crc32(body.encode()), _CHECK_LETTERS)


def _in_letters(number: int, length: int) -> str:
    letters = []
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[digit])
    return "".join(letters)
