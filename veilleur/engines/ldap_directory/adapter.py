"""Speaks LDAP by ldap3. Certificates are always checked, referrals never followed, half an answer is none."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from ldap3 import BASE, NONE, SIMPLE, SUBTREE, SYNC, Connection, Server, Tls
from ldap3.core.exceptions import (
    LDAPExceptionError,
    LDAPInvalidDnError,
    LDAPInvalidFilterError,
    LDAPStartTLSError,
)
from ldap3.core.results import (
    RESULT_ADMIN_LIMIT_EXCEEDED,
    RESULT_CONSTRAINT_VIOLATION,
    RESULT_INAPPROPRIATE_AUTHENTICATION,
    RESULT_INSUFFICIENT_ACCESS_RIGHTS,
    RESULT_INVALID_CREDENTIALS,
    RESULT_INVALID_DN_SYNTAX,
    RESULT_NO_SUCH_OBJECT,
    RESULT_PROTOCOL_ERROR,
    RESULT_REFERRAL,
    RESULT_SIZE_LIMIT_EXCEEDED,
    RESULT_SUCCESS,
    RESULT_TIME_LIMIT_EXCEEDED,
    RESULT_UNAVAILABLE,
    RESULT_UNWILLING_TO_PERFORM,
)
from pyasn1.error import PyAsn1Error

from veilleur.domains.organisations.ports import DirectoryAccess, DirectoryServers
from veilleur.domains.organisations.rules.directory import Entry, Kind, Reading
from veilleur.domains.organisations.rules.directory_settings import Server as Place
from veilleur.domains.organisations.rules.directory_settings import server_of
from veilleur.domains.organisations.rules.distinguished_names import normal
from veilleur.domains.organisations.rules.errors import DirectoryFault
from veilleur.engines.bounded import BoundedSocket
from veilleur.engines.ldap_directory import commands, parse
from veilleur.engines.ldap_directory.parse import Found
from veilleur.shared.readable import readable

_PAGED_RESULTS = "1.2.840.113556.1.4.319"
_NO_TLS = frozenset({RESULT_PROTOCOL_ERROR, RESULT_UNAVAILABLE, RESULT_UNWILLING_TO_PERFORM})
# What a server says of a name and password that let nobody in, and nothing that it says of itself.
_REFUSES = frozenset(
    {
        RESULT_CONSTRAINT_VIOLATION,
        RESULT_NO_SUCH_OBJECT,
        RESULT_INVALID_DN_SYNTAX,
        RESULT_INAPPROPRIATE_AUTHENTICATION,
        RESULT_INVALID_CREDENTIALS,
        RESULT_INSUFFICIENT_ACCESS_RIGHTS,
        RESULT_UNWILLING_TO_PERFORM,
    }
)
_TOO_MANY = frozenset({RESULT_SIZE_LIMIT_EXCEEDED, RESULT_TIME_LIMIT_EXCEEDED, RESULT_ADMIN_LIMIT_EXCEEDED})
# What the library raises while it decodes what is no LDAP at all.
_UNDECODABLE = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RecursionError,
    OverflowError,
    PyAsn1Error,
)
_LONGEST_DETAIL = 200

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds: for a connection, for an answer, for all servers of a directory."""

    connect_s: float
    answer_s: float
    all_s: float


# Somebody waits at the page: another server is still tried within this.
_AT_THE_DOOR = Patience(connect_s=3, answer_s=4, all_s=8)
_IN_THE_BACKGROUND = Patience(connect_s=5, answer_s=30, all_s=120)


class LdapDirectory:
    """Implements the port DirectoryReader. `at_once`: how many may stand at the door of one directory, so
    that one that is slow does not hold every page of everybody.
    """

    def __init__(
        self,
        *,
        at_the_door: Patience = _AT_THE_DOOR,
        in_the_background: Patience = _IN_THE_BACKGROUND,
        at_once: int = 4,
        page_size: int = 500,
        most_entries: int = 20000,
    ) -> None:
        self._at_the_door, self._in_the_background = at_the_door, in_the_background
        self._at_once, self._page_size, self._most_entries = at_once, page_size, most_entries
        self._doors: dict[tuple[str, ...], threading.BoundedSemaphore] = {}

    def read(self, access: DirectoryAccess, groups: Sequence[str], now: datetime) -> Reading:
        """Return everybody in one of the groups. See the port."""

        def ask(connection: Connection) -> Reading:
            if not _binds(connection, access.account, access.password):
                raise DirectoryFault("account_refused", _said(connection))
            return self._reading(connection, access, groups, now)

        return _first_answer(access.servers, self._in_the_background, 64_000_000, ask)

    def is_password(self, servers: DirectoryServers, dn: str, password: str) -> bool:
        """Return whether the directory lets this entry in. See the port."""
        if not dn or not password:
            # A server lets in whoever gives no password, as nobody (RFC 4513, 5.1.2).
            return False
        with self._at_door(servers):
            return _first_answer(
                servers, self._at_the_door, 1_000_000, lambda connection: _binds(connection, dn, password)
            )

    @contextmanager
    def _at_door(self, servers: DirectoryServers) -> Iterator[None]:
        door = self._doors.setdefault(servers.servers, threading.BoundedSemaphore(self._at_once))
        if not door.acquire(timeout=self._at_the_door.connect_s):
            raise DirectoryFault("busy")
        try:
            yield
        finally:
            door.release()

    def _reading(
        self, connection: Connection, access: DirectoryAccess, groups: Sequence[str], now: datetime
    ) -> Reading:
        persons = commands.person_filter(access.kind, access.user_filter)
        find = self._in_chain if access.kind is Kind.ACTIVE_DIRECTORY else self._by_walking
        rows, inside = find(connection, access, groups, persons)
        entries: dict[str, Entry] = {}
        for key, row in rows.items():
            in_groups = frozenset(group for group, names in inside.items() if key in names)
            if in_groups:
                entry = parse.person(access.kind, row, in_groups, now)
                entries[entry.external_id] = entry
        return Reading(tuple(entries.values()), frozenset(groups) - inside.keys())

    def _in_chain(
        self, connection: Connection, access: DirectoryAccess, groups: Sequence[str], persons: str
    ) -> tuple[dict[str, Found], dict[str, set[str]]]:
        """Ask an Active Directory group by group: it follows groups within groups itself."""
        rows: dict[str, Found] = {}
        inside: dict[str, set[str]] = {}
        for group in groups:
            itself = self._search(connection, group, commands.ANYTHING, commands.GROUP_SID, scope=BASE)
            if itself is None:
                continue
            rid = parse.group_rid(itself[0]) if itself else None
            filter_ = commands.members_filter(persons, group, rid)
            people = self._people(connection, access, filter_)
            rows |= people
            inside[group] = set(people)
        return rows, inside

    def _by_walking(
        self, connection: Connection, access: DirectoryAccess, groups: Sequence[str], persons: str
    ) -> tuple[dict[str, Found], dict[str, set[str]]]:
        """Read all groups and all persons, and follow groups within groups here."""
        rows = self._people(connection, access, persons)
        all_groups = self._search(connection, access.base_dn, commands.GROUPS, commands.GROUP_ATTRIBUTES)
        return rows, parse.members(all_groups or (), rows.values(), groups)

    def _people(self, connection: Connection, access: DirectoryAccess, filter_: str) -> dict[str, Found]:
        found = self._search(connection, access.base_dn, filter_, commands.PERSON_ATTRIBUTES[access.kind])
        if found is None:
            raise DirectoryFault("base_absent", access.base_dn)
        return {normal(row.dn): row for row in found}

    def _search(
        self, connection: Connection, base: str, filter_: str, attributes: Sequence[str], scope: str = SUBTREE
    ) -> list[Found] | None:
        """Return all entries, page by page; None where the base is not there."""
        rows: list[Found] = []
        cookie: Any = None
        while True:
            # A base by itself is one entry: some servers refuse to page it.
            paging = {"paged_size": self._page_size, "paged_cookie": cookie} if scope == SUBTREE else {}
            connection.search(base, filter_, search_scope=scope, attributes=list(attributes), **paging)
            code = connection.result["result"]
            if code in {RESULT_NO_SUCH_OBJECT, RESULT_REFERRAL}:
                return None
            if code in _TOO_MANY:
                raise DirectoryFault("too_many", _said(connection))
            if code != RESULT_SUCCESS:
                raise DirectoryFault("answer_broken", _said(connection))
            # References to other servers are no entries: nobody is looked for elsewhere.
            rows += [
                parse.found(row["dn"], row["raw_attributes"])
                for row in connection.response
                if row["type"] == "searchResEntry"
            ]
            if len(rows) > self._most_entries:
                raise DirectoryFault("too_many", str(self._most_entries))
            control = connection.result.get("controls", {}).get(_PAGED_RESULTS, {})
            cookie = control.get("value", {}).get("cookie")
            if not cookie:
                return rows


def _first_answer(
    servers: DirectoryServers, patience: Patience, most_bytes: int, ask: Callable[[Connection], Answer]
) -> Answer:
    """Return what the first server says that gives a whole answer; raise the last one's fault when none does.

    A password that is refused and a service account that is refused are answers: no other server is asked.
    """
    until_s = time.monotonic() + patience.all_s
    fault = DirectoryFault("unreachable")
    for url in servers.servers:
        try:
            with _opened(server_of(url), servers.authority, patience, (until_s, most_bytes)) as connection:
                return ask(connection)
        except DirectoryFault as error:
            if error.reason in {"account_refused", "base_absent", "too_many", "no_identity"}:
                raise
            fault = error
        except LDAPInvalidFilterError as error:
            raise DirectoryFault("filter_broken") from error
        except LDAPInvalidDnError as error:
            raise DirectoryFault("base_absent") from error
        except (LDAPExceptionError, OSError) as error:
            fault = DirectoryFault("unreachable", _short(f"{url}: {_words(error)}"))
        except _UNDECODABLE as error:
            fault = DirectoryFault("answer_broken", _short(f"{url}: {type(error).__name__}"))
        if time.monotonic() >= until_s:
            break
    raise fault


class _StrictTls(Tls):  # type: ignore[misc]  # the library has no types
    """TLS as the standard library checks it: authority, dates and name. ldap3 would check the name by its
    own means.
    """

    def __init__(
        self, place: Place, authority: str, bounds: Callable[[socket.socket], BoundedSocket]
    ) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._host, self._bounds = place.host, bounds
        self._context = ssl.create_default_context(cadata=authority or None)
        self.fault = ""

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:  # noqa: ARG002
        """Encrypt a connection, once the other side has proven who it is."""
        plain = connection.socket
        if isinstance(plain, BoundedSocket):
            plain = plain.inner
        plain.settimeout(connection.receive_timeout)
        try:
            secure = self._context.wrap_socket(plain, server_hostname=self._host)
        except ssl.SSLCertVerificationError as error:
            self.fault = error.verify_message
            raise
        connection.socket = self._bounds(secure)


@contextmanager
def _opened(
    place: Place, authority: str, patience: Patience, limits: tuple[float, int]
) -> Iterator[Connection]:
    """Give a connection that is encrypted, unless it stays on this machine, and end it."""
    until_s, most_bytes = limits

    def bounded(inner: socket.socket) -> BoundedSocket:
        return BoundedSocket(inner, until_s=until_s, patience_s=patience.answer_s, most_bytes=most_bytes)

    left_s = max(0.1, until_s - time.monotonic())
    tls = _StrictTls(place, authority, bounded)
    server = Server(
        place.host,
        place.port,
        use_ssl=place.is_tls_from_start,
        tls=tls,
        get_info=NONE,
        connect_timeout=min(patience.connect_s, left_s),
    )
    connection = Connection(
        server,
        client_strategy=SYNC,
        receive_timeout=max(1, int(min(patience.answer_s, left_s))),
        auto_referrals=False,
        check_names=False,
        raise_exceptions=False,
        read_only=True,
    )
    try:
        connection.open(read_server_info=False)
        if not place.is_tls_from_start:
            connection.socket = bounded(connection.socket)
            _start_tls(connection, place)
    except LDAPExceptionError as error:
        if tls.fault:
            raise DirectoryFault("certificate_refused", _short(f"{place.host}: {tls.fault}")) from error
        raise
    try:
        yield connection
    finally:
        _close(connection)


def _start_tls(connection: Connection, place: Place) -> None:
    try:
        connection.start_tls(read_server_info=False)
    except LDAPStartTLSError as error:
        code = (connection.result or {}).get("result")
        if code == RESULT_SUCCESS or code not in _NO_TLS:
            raise
        if not place.is_this_machine:
            raise DirectoryFault("no_tls", _short(f"{place.host}: {_said(connection)}")) from error
        # The library goes on believing that it is about to.
        connection.starting_tls = False


def _binds(connection: Connection, dn: str, password: str) -> bool:
    """Return whether the server lets this entry in; raise DirectoryFault where it says nothing about that."""
    connection.user, connection.authentication = dn, SIMPLE
    # As bytes, the library sends what was typed; as text it would change some signs of it before.
    connection.password = password.encode()
    connection.bind(read_server_info=False)
    code = connection.result["result"]
    if code == RESULT_SUCCESS:
        return True
    if code in _REFUSES:
        return False
    raise DirectoryFault("answer_broken", _said(connection))


def _close(connection: Connection) -> None:
    try:
        connection.unbind()
    except (LDAPExceptionError, OSError):
        # The answer is there, or its fault is told; the other side hung up first.
        connection.closed = True


def _said(connection: Connection) -> str:
    """Return what the server said of the last operation, short and without signs that cannot be shown."""
    result = connection.result or {}
    return _short(f"{result.get('description', '')} {result.get('message', '')}")


def _words(error: BaseException) -> str:
    """Return what an exception of the library says, out of the brackets of those that it was wrapped in."""
    return str(error).strip("()\"',") or type(error).__name__


def _short(text: str) -> str:
    return readable(" ".join(text.split()))[:_LONGEST_DETAIL]
