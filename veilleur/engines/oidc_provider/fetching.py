"""One question by HTTP to an address that somebody typed, or that a provider named: never followed elsewhere.

The address is resolved here and the connection goes to what was looked at: a name that answers otherwise a
moment later leads nowhere else.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from veilleur.domains.organisations.rules.errors import ProviderFault
from veilleur.domains.organisations.rules.providers import is_this_machine
from veilleur.engines.bounded import BoundedSocket, TooMuch
from veilleur.shared.readable import readable

_PORTS = {"http": 80, "https": 443}
_LONGEST_DETAIL = 200
# Where clouds tell a machine its secrets, at addresses that no range gives away: Amazon's and Google's in a
# private network, Alibaba's in a shared one, Azure's and Oracle's in the open one.
_OF_CLOUDS = frozenset(
    map(ip_address, ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"))
)


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds: for a connection, for one answer; and how much of it is taken."""

    connect_s: float = 3
    answer_s: float = 6
    most_bytes: int = 300_000


@dataclass(frozen=True)
class Rules:
    """Where questions may go. `local_hosts`: named by whoever runs the machine, and reached wherever they
    are; `is_private_allowed`: whether others may be in a private network.
    """

    local_hosts: frozenset[str]
    is_private_allowed: bool


@dataclass(frozen=True)
class Question:
    """What is asked: with `form`, by POST."""

    url: str
    authority: str = ""
    form: str | None = None
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Answer:
    """What came: a status that is no redirection, and the whole body."""

    status: int
    body: bytes


def ask(question: Question, rules: Rules, patience: Patience) -> Answer:
    """Return the answer to one question; raise ProviderFault where there is none that counts."""
    host, port, is_secure = place_of(question.url, rules)
    addresses = _addresses(host, port, rules)
    until_s = time.monotonic() + patience.answer_s
    try:
        inner = _connected(addresses, port, patience)
        try:
            if is_secure:
                context = ssl.create_default_context(cadata=question.authority or None)
                inner = context.wrap_socket(inner, server_hostname=host)
            return _asked(_HttpSocket(inner, until_s, patience), question)
        finally:
            inner.close()
    except ssl.SSLCertVerificationError as error:
        raise ProviderFault("certificate_refused", _told(host, error.verify_message)) from error
    except TooMuch as error:
        raise ProviderFault("answer_broken", _told(host, error)) from error
    except http.client.HTTPException as error:
        raise ProviderFault("answer_broken", _told(host, type(error).__name__)) from error
    except OSError as error:
        raise ProviderFault("unreachable", _told(host, error.strerror or error)) from error


def place_of(url: str, rules: Rules) -> tuple[str, int, bool]:
    """Return host, port and whether TLS is spoken; raise ProviderFault for an address that is none."""
    try:
        parts = urlsplit(url)
        port = _PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
    except ValueError as error:
        raise ProviderFault("address_refused", readable(url)[:_LONGEST_DETAIL]) from error
    host = parts.hostname or ""
    is_clear = parts.scheme == "http" and is_this_machine(host) and host in rules.local_hosts
    if not (parts.scheme == "https" or is_clear) or not host or not port or parts.username is not None:
        raise ProviderFault("address_refused", readable(url)[:_LONGEST_DETAIL])
    if any(sign.isspace() or not sign.isprintable() for sign in url):
        raise ProviderFault("address_refused", readable(url)[:_LONGEST_DETAIL])
    return host, port, parts.scheme == "https"


def _addresses(host: str, port: int, rules: Rules) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ProviderFault("unreachable", _told(host, error)) from error
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if host not in rules.local_hosts:
        for address in addresses:
            if not may_be_asked(address, is_private_allowed=rules.is_private_allowed):
                raise ProviderFault("address_refused", _told(host, address))
    return addresses


def may_be_asked(address: str, *, is_private_allowed: bool) -> bool:
    """Return whether a question may go to this address: never to this machine, nor to its neighbours that
    answer without any name (link-local, where clouds keep their secrets).
    """
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        # An older kind of address may stand inside of a newer one.
        ip = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)
    if ip.is_loopback or ip.is_link_local or ip.is_unspecified or ip.is_multicast or ip.is_reserved:
        return False
    if ip in _OF_CLOUDS:
        return False
    # Addresses of a site are private too, whatever the standard library says of that former range.
    is_of_site = isinstance(ip, IPv6Address) and ip.is_site_local
    return (ip.is_global and not is_of_site) or is_private_allowed


def _connected(addresses: list[str], port: int, patience: Patience) -> socket.socket:
    last: OSError = OSError("no address")
    for address in addresses[:3]:
        try:
            return socket.create_connection((address, port), timeout=patience.connect_s)
        except OSError as error:
            last = error
    raise last


class _Incoming(io.RawIOBase):
    """The bytes of a bounded socket, as http.client reads them."""

    def __init__(self, bounded: BoundedSocket) -> None:
        super().__init__()
        self._bounded = bounded

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._bounded.recv(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _HttpSocket(BoundedSocket):
    """What http.client uses of a socket, within limits."""

    def __init__(self, inner: socket.socket, until_s: float, patience: Patience) -> None:
        most = patience.most_bytes
        super().__init__(inner, until_s=until_s, patience_s=patience.answer_s, most_bytes=most)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what is read."""
        return io.BufferedReader(_Incoming(self))

    def close(self) -> None:
        """Leave the socket open: what comes is still read then, and whoever opened it closes it."""


def _asked(bounded: _HttpSocket, question: Question) -> Answer:
    parts = urlsplit(question.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"}
    if question.form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    usual = _PORTS[parts.scheme]
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or usual)
    connection.default_port = usual
    connection.sock = bounded
    method = "GET" if question.form is None else "POST"
    connection.request(method, path, question.form, {**headers, **(question.headers or {})})
    answer = connection.getresponse()
    if answer.status in range(300, 400):
        raise ProviderFault("answer_broken", _told(parts.hostname or "", f"redirection ({answer.status})"))
    return Answer(answer.status, answer.read())


def _told(host: str, what: object) -> str:
    return readable(f"{host}: {what}")[:_LONGEST_DETAIL]
