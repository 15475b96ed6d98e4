"""What a directory answers, in the domain's words: persons, who is enabled, who is in which group."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from veilleur.domains.organisations.rules.directory import Entry, Kind
from veilleur.domains.organisations.rules.distinguished_names import normal
from veilleur.domains.organisations.rules.errors import DirectoryFault
from veilleur.shared.readable import is_one_line, readable

# userAccountControl, bit 2 (MS-ADTS 2.2.16).
_ACCOUNT_DISABLED = 0x2
_FILETIME_START = datetime(1601, 1, 1, tzinfo=UTC)
_NEVER = frozenset({0, 0x7FFFFFFFFFFFFFFF})
# By an administrator; after wrong guesses there is a real time instead, and nobody has left for that.
_LOCKED_FOR_GOOD = "000001010000z"
_LONGEST_NAME, _LONGEST_ADDRESS = 200, 254
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# The optional identifier behind a name (RFC 4517, 3.3.21).
_UID = re.compile(r"#'[01]*'B$")


@dataclass(frozen=True)
class Found:
    """One entry as it came: attributes by name in small letters."""

    dn: str
    attributes: Mapping[str, Sequence[bytes]]

    def text(self, *names: str) -> str:
        """Return the first value of the first of these attributes that has one, as text; else nothing."""
        values = (value for name in names for value in self.attributes.get(name.lower(), ()))
        return next((text for value in values if (text := _text(value))), "")

    def texts(self, name: str) -> list[str]:
        """Return all values of an attribute as text."""
        return [_text(value) for value in self.attributes.get(name.lower(), ())]


def found(dn: str, attributes: Mapping[str, Sequence[bytes]]) -> Found:
    """Return an entry; servers write the names of attributes as they like."""
    return Found(dn, {name.lower(): values for name, values in attributes.items()})


def person(kind: Kind, row: Found, groups: frozenset[str], now: datetime) -> Entry:
    """Return a person; raise DirectoryFault("no_identity") for one whom nothing tells from all others."""
    if kind is Kind.ACTIVE_DIRECTORY:
        address, is_enabled = row.text("mail", "userPrincipalName"), _is_enabled(row, now)
    else:
        address, is_enabled = row.text("mail"), not _is_locked(row)
    name = readable(row.text("displayName", "cn") or address or row.dn)[:_LONGEST_NAME]
    return Entry(identity(kind, row), row.dn, _address(address), name, groups, is_enabled)


def identity(kind: Kind, row: Found) -> str:
    """Return the identifier that an entry keeps for its life, whatever it is called."""
    try:
        if kind is Kind.ACTIVE_DIRECTORY:
            # The first three parts are written the other way round (MS-DTYP 2.3.4.2).
            return str(UUID(bytes_le=bytes(row.attributes["objectguid"][0])))
        return str(UUID(row.text("entryUUID")))
    except (KeyError, IndexError, ValueError) as error:
        raise DirectoryFault("no_identity", row.dn) from error


def group_rid(row: Found) -> int | None:
    """Return the last part of a group's security identifier; None where it has none (MS-DTYP 2.4.2.2)."""
    values = row.attributes.get("objectsid", ())
    sid = bytes(values[0]) if values else b""
    return int.from_bytes(sid[-4:], "little") if len(sid) >= 12 else None


def members(groups: Iterable[Found], persons: Iterable[Found], wanted: Iterable[str]) -> dict[str, set[str]]:
    """Return for each wanted group that exists the persons in it, by groups within groups too.

    Groups are keyed as they were wanted, persons by their normal names. A circle of groups ends nothing.
    """
    direct = {normal(group.dn): _named(group) for group in groups}
    logins: dict[str, str] = {}
    people: set[str] = set()
    for row in persons:
        people.add(normal(row.dn))
        logins |= {f"uid {login.casefold()}": normal(row.dn) for login in row.texts("uid") if login}
    inside: dict[str, set[str]] = {}
    for group in wanted:
        if normal(group) in direct:
            reached = {logins.get(name, name) for name in _reached(normal(group), direct)}
            inside[group] = reached & people
    return inside


def _reached(start: str, direct: Mapping[str, frozenset[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for name in direct.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


def _named(group: Found) -> frozenset[str]:
    """Return whom a group names: entries by their normal names, logins behind a word no name begins with."""
    names = [*group.texts("member"), *(_UID.sub("", name) for name in group.texts("uniqueMember"))]
    normal_names = {normal_name for name in names if (normal_name := _normal(name))}
    return frozenset(normal_names | {f"uid {login.casefold()}" for login in group.texts("memberUid")})


def _normal(name: str) -> str:
    """Return a member's name; nothing for the empty ones that some servers put where a group has nobody."""
    try:
        return normal(name)
    except ValueError:
        return ""


def _is_enabled(row: Found, now: datetime) -> bool:
    control = _number(row.text("userAccountControl"))
    ends = _number(row.text("accountExpires"))
    if control & _ACCOUNT_DISABLED:
        return False
    return ends in _NEVER or _instant(ends) > now


def _is_locked(row: Found) -> bool:
    is_locked = row.text("pwdAccountLockedTime").lower() == _LOCKED_FOR_GOOD
    return is_locked or row.text("nsAccountLock").lower() == "true"


def _instant(filetime: int) -> datetime:
    """Return the instant of so many tenths of microseconds since 1601, or the last instant there is."""
    try:
        return _FILETIME_START + timedelta(microseconds=filetime // 10)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _number(text: str) -> int:
    try:
        return int(text or "0")
    except ValueError as error:
        raise DirectoryFault("answer_broken", readable(text)[:80]) from error


def _address(text: str) -> str:
    """Return an e-mail address in the one form that persons have here; empty for what is none."""
    address = text.strip().lower()
    # Its length first: in a long one the pattern goes back and forth for hours.
    is_address = len(address) <= _LONGEST_ADDRESS and is_one_line(address) and _ADDRESS.fullmatch(address)
    return address if is_address else ""


def _text(value: bytes) -> str:
    return bytes(value).decode("utf-8", errors="replace").strip()
