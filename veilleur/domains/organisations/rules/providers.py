"""Signing in at an identity provider (OpenID Connect): who comes in, as what, and who does not.

Somebody is known by the provider's own subject alone: an address is never a reason to be taken for anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from veilleur.domains.organisations.rules.directory import GroupRole, Holder, Standing, group_role_of
from veilleur.domains.organisations.rules.roles import Role, Side

MOST_DOMAINS = 20
# Asked for in every case; a provider ignores what it does not know.
SCOPES = ("openid", "profile", "email")


@dataclass(frozen=True)
class ProviderSettings:
    """How a provider is spoken to, and which values of its claim give which role (in `GroupRole.dn`)."""

    name: str
    issuer: str
    client_id: str
    authority: str
    domains: tuple[str, ...]
    scopes: tuple[str, ...]
    roles_claim: str
    second_factor_values: tuple[str, ...]
    lets_in: bool
    roles: tuple[GroupRole, ...]


@dataclass(frozen=True)
class Identity:
    """Who signed in, in the provider's own words, after every check of them.

    `values` are those of the claim that gives roles, None where the provider leaves it out: that is no word
    on anybody's roles. `methods` are those of amr and acr. `email` is empty where there is none, or where the
    provider says itself that nobody verified it.
    """

    subject: str
    email: str
    name: str
    values: frozenset[str] | None
    methods: frozenset[str]
    is_address_doubted: bool = False


@dataclass(frozen=True)
class Known:
    """Somebody whom this provider brought, or who waits. `is_open`: whether the account here is open now.

    `has_person`: False for who waits; then `is_admitted` says whether somebody agreed.
    """

    standing: Standing
    has_person: bool
    is_open: bool
    is_admitted: bool
    role: str = ""
    side: str = ""


class Outcome(StrEnum):
    """What a sign-in at a provider comes to."""

    ENTER = "enter"
    JOIN = "join"
    WAIT = "wait"
    LEAVE = "leave"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Decision:
    """What is done about somebody who signed in; `reason` says why they do not come in."""

    outcome: Outcome
    reason: str = ""
    role: Role = Role.REQUESTER
    side: Side = Side.INTERNAL


def decide(
    identity: Identity, known: Known | None, roles: Sequence[GroupRole], holder: Holder | None, lets_in: bool
) -> Decision:
    """Return what a sign-in comes to.

    `holder` says whose the address is, None where it is nobody's or this person's own.
    """
    if identity.values is None:
        return Decision(Outcome.REFUSE, "claim_absent")
    given = group_role_of(identity.values, roles)
    is_here = known is not None and known.has_person and known.standing is Standing.LIVE
    if given is None:
        return Decision(Outcome.LEAVE if is_here else Outcome.REFUSE, "no_role_at_provider")
    if is_here:
        return Decision(Outcome.ENTER, role=given.role, side=given.side)
    if reason := _why_not(identity, known, holder):
        return Decision(Outcome.REFUSE, reason)
    is_awaited = known is not None and (known.has_person or known.is_admitted)
    if not lets_in and not is_awaited:
        return Decision(Outcome.WAIT, "waits_for_manager")
    return Decision(Outcome.JOIN, role=given.role, side=given.side)


def _why_not(identity: Identity, known: Known | None, holder: Holder | None) -> str:
    """Return why somebody who is not here cannot join, empty when they can."""
    if known is not None and known.standing is Standing.KEPT_OUT:
        return "kept_out"
    if known is not None and known.has_person and known.is_open:
        return "address_taken"
    if not identity.email:
        return "address_unverified" if identity.is_address_doubted else "address_missing"
    return "" if holder in {None, Holder.FORMER} else "address_taken"


def is_second_factor(methods: frozenset[str], values: Sequence[str]) -> bool:
    """Return whether the provider says of this sign-in what the organisation takes for a second factor."""
    return not methods.isdisjoint(values)


def values_of(claims: Mapping[str, object], name: str) -> frozenset[str] | None:
    """Return the values of a claim, None without it: by its whole name, or else step by step at dots.

    A single text counts as one value; what is neither text nor a list of texts counts for nothing.
    """
    found: object = claims
    if name in claims:
        found = claims[name]
    else:
        for step in name.split("."):
            if not isinstance(found, Mapping) or step not in found:
                return None
            found = found[step]
    if isinstance(found, str):
        return frozenset({found} if found else ())
    if not isinstance(found, list):
        return frozenset()
    return frozenset(value for value in found if isinstance(value, str) and value)


def domain_of(address: str) -> str:
    """Return the domain of an address, in lower case; empty where it is none."""
    name, at, domain = address.strip().lower().rpartition("@")
    return domain if name and at else ""


def issuer_of(url: str) -> str:
    """Return the address of an issuer as it was typed, without spaces around.

    Raise ValueError for what no issuer is: another scheme than https (or http, on this very machine), an
    account, a question or a place in it. It is compared letter by letter with what the provider says.
    """
    text = url.strip()
    parts = urlsplit(text)
    is_here = parts.scheme == "http" and is_this_machine(parts.hostname or "")
    if not (parts.scheme == "https" or is_here) or not parts.hostname or parts.username is not None:
        raise ValueError("no issuer")
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise ValueError("no issuer")
    if any(sign.isspace() or not sign.isprintable() for sign in text) or parts.port == 0:
        raise ValueError("no issuer")
    return text


def is_this_machine(host: str) -> bool:
    """Return whether a host is a name or an address of this very machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class State(StrEnum):
    """How a provider stands: by the last sign-in, or the last try, that told something of it."""

    UNKNOWN = "unknown"
    FAULT = "fault"
    GOOD = "good"


def state_of(tried_at: datetime | None, fault: str) -> State:
    """Return how a provider stands. One that nobody tried is unknown."""
    if tried_at is None:
        return State.UNKNOWN
    return State.FAULT if fault else State.GOOD
