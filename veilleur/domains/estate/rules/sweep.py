"""Which addresses of a network may be looked at, and what a look at them brings."""

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network

Range = IPv4Network | IPv6Network

# A look at so many takes minutes; a company of fifty people has fewer.
MOST_ADDRESSES = 4096
MOST_RANGES = 32
# What belongs to whoever uses it: RFC 1918 and RFC 4193. Addresses of one link alone are left out with
# loopback: in clouds, they are those of the provider's own services.
_OWN = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv6Network("fc00::/7"),
)


class SweepFault(StrEnum):
    """Why a network is not looked at, or what came of it cannot be read."""

    NO_RANGE = "no_range"
    NOT_A_RANGE = "not_a_range"
    TOO_WIDE = "too_wide"
    NOT_PRIVATE = "not_private"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    NOT_OF_NMAP = "not_of_nmap"
    ENTITIES = "entities"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, order=True)
class OpenPort:
    """A port that takes connections. `service` is what usually is behind this number, not what was found."""

    protocol: str
    port: int
    service: str = ""


@dataclass(frozen=True)
class HostSeen:
    """Something that answers on the network. `mac` in lower case with colons; `maker` is that of its card."""

    addresses: tuple[str, ...]
    mac: str = ""
    maker: str = ""
    names: tuple[str, ...] = ()
    ports: tuple[OpenPort, ...] = ()


@dataclass(frozen=True)
class Swept:
    """What was seen, in the order of addresses. What is not in it was silent, which is not absent.

    `is_whole` is False where the look ended before its end.
    """

    hosts: tuple[HostSeen, ...]
    is_whole: bool = True


@dataclass(frozen=True)
class BadRange:
    """What a person typed that is not looked at, and why."""

    written: str
    fault: SweepFault


def ranges_of(text: str, *, may_be_public: bool = False) -> tuple[Range, ...] | BadRange:
    """Return the ranges a person named, such as "192.168.1.0/24, 10.0.0.7", each address once.

    A range of others is refused unless the company said that it is its own: to knock there may be an offence.
    """
    words = text.replace(",", " ").replace(";", " ").split()
    if not words:
        return BadRange("", SweepFault.NO_RANGE)
    found: list[Range] = []
    for word in words:
        read = _range(word, may_be_public=may_be_public)
        if isinstance(read, BadRange):
            return read
        if not any(_holds(other, read) for other in found):
            found = [*(other for other in found if not _holds(read, other)), read]
    if len(found) > MOST_RANGES or sum(each.num_addresses for each in found) > MOST_ADDRESSES:
        return BadRange(" ".join(words)[:100], SweepFault.TOO_WIDE)
    return tuple(found)


def card_of(text: str) -> str:
    """Return the address of a card in lower case with colons, "" for what is none."""
    digits = re.sub(r"[\s:.\-]", "", text).lower()
    is_one = re.fullmatch(r"[0-9a-f]{12}", digits) and int(digits, 16)
    return ":".join(digits[first : first + 2] for first in range(0, 12, 2)) if is_one else ""


def _range(word: str, *, may_be_public: bool) -> Range | BadRange:
    try:
        # With the bits of one of its addresses, as people copy it from a machine: 192.168.1.20/24.
        read = ip_network(word, strict=False)
    except ValueError:
        return BadRange(word[:100], SweepFault.NOT_A_RANGE)
    is_own = any(_holds(own, read) for own in _OWN)
    may_never = read.is_loopback or read.is_link_local or read.is_multicast or read.is_unspecified
    if may_never or not (is_own or may_be_public):
        return BadRange(word[:100], SweepFault.NOT_PRIVATE)
    return read


def _holds(outer: Range, inner: Range) -> bool:
    if isinstance(outer, IPv4Network) and isinstance(inner, IPv4Network):
        return inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and isinstance(inner, IPv6Network) and inner.subnet_of(outer)
