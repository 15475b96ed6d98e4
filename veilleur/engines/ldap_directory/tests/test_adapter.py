"""A real OpenLDAP is read, and lies, hangs or is away: half an answer is none, nothing goes unencrypted."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.slapd import BASE, READER, READER_PASSWORD, Authority, ThrowawaySlapd, password_of
from veilleur.domains.organisations.ports import DirectoryAccess, DirectoryServers
from veilleur.domains.organisations.rules.directory import Kind, Reading
from veilleur.domains.organisations.rules.errors import DirectoryFault
from veilleur.engines.ldap_directory import LdapDirectory, Patience

pytestmark = pytest.mark.slapd
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
QUICK = Patience(connect_s=0.5, answer_s=1, all_s=3)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[ThrowawaySlapd]:
    with ThrowawaySlapd(authority) as running:
        yield running


@pytest.fixture(scope="module")
def anna(server: ThrowawaySlapd) -> str:
    return server.add_person("anna", displayName="Anna Martin")


@pytest.fixture(scope="module")
def access(server: ThrowawaySlapd, authority: Authority) -> DirectoryAccess:
    servers = DirectoryServers((server.url,), authority.pem)
    return DirectoryAccess(servers, Kind.OPENLDAP, BASE, "", READER, READER_PASSWORD)


def quick(**how: int) -> LdapDirectory:
    return LdapDirectory(at_the_door=QUICK, in_the_background=QUICK, **how)


def names(reading: Reading, group: str) -> set[str]:
    return {entry.name for entry in reading.entries if group in entry.groups}


def fault_of(servers: DirectoryServers, dn: str = "cn=anna") -> DirectoryFault:
    with pytest.raises(DirectoryFault) as caught:
        quick().is_password(servers, dn, "a password")
    return caught.value


@contextmanager
def listener(*, sends: bytes = b"") -> Iterator[str]:
    """Give the address of a server that takes every connection, and says nothing or one byte now and then."""
    with socket.create_server(("127.0.0.1", 0)) as waiting:
        ended = threading.Event()

        def serve() -> None:
            with waiting.accept()[0] as taken:
                while not ended.wait(0.1):
                    if sends:
                        taken.sendall(sends)

        thread = threading.Thread(target=lambda: _quietly(serve), daemon=True)
        thread.start()
        yield f"ldap://127.0.0.1:{waiting.getsockname()[1]}"
        ended.set()
        thread.join(timeout=5)


def _quietly(serve: "threading.Thread | object") -> None:
    try:
        serve()  # type: ignore[operator]
    except OSError:
        return  # the client hung up


def test_a_right_password_lets_in_and_a_wrong_one_does_not(
    server: ThrowawaySlapd, access: DirectoryAccess, anna: str
) -> None:
    assert quick().is_password(access.servers, anna, password_of("anna"))
    assert not quick().is_password(access.servers, anna, "a wrong one")
    assert not quick().is_password(access.servers, f"cn=nobody,{BASE}", password_of("anna"))


def test_an_empty_password_is_refused_before_any_server_is_asked(anna: str) -> None:
    # A server would let it in, as nobody; this one cannot even be reached.
    nowhere = DirectoryServers(("ldaps://127.0.0.1:1",))

    assert not quick().is_password(nowhere, anna, "")
    assert not quick().is_password(nowhere, "", "a password")


def test_a_password_is_sent_as_it_was_typed(server: ThrowawaySlapd, access: DirectoryAccess) -> None:
    # A preparation of texts would make a plain 2 of the raised one and drop the soft hyphen.
    dn = server.add_person("typed", password="pass²\u00adword é")

    assert quick().is_password(access.servers, dn, "pass²\u00adword é")
    assert not quick().is_password(access.servers, dn, "pass2word é")


def test_encryption_begins_after_the_greeting_where_the_address_says_so(
    server: ThrowawaySlapd, authority: Authority, anna: str
) -> None:
    assert quick().is_password(
        DirectoryServers((server.plain_url,), authority.pem), anna, password_of("anna")
    )

    fault = fault_of(DirectoryServers((server.plain_url,), Authority("others").pem), anna)
    assert fault.reason == "certificate_refused"


def test_without_encryption_only_this_machine_is_spoken_to(
    monkeypatch: pytest.MonkeyPatch, anna: str
) -> None:
    with ThrowawaySlapd() as bare:
        dn = bare.add_person("anna")
        assert quick().is_password(DirectoryServers((bare.url,)), dn, password_of("anna"))

        # The same server, by a name that any machine may bear.
        alias = {"directory.vexin.example": "127.0.0.1"}
        look_up = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, *rest, **more: look_up(alias.get(host, host), *rest, **more)
        )
        there = DirectoryServers((f"ldap://directory.vexin.example:{bare.port}",))
        assert fault_of(there, dn).reason == "no_tls"


@pytest.mark.parametrize("trusted", ["", "others"])
def test_a_certificate_of_another_authority_is_refused(
    server: ThrowawaySlapd, anna: str, trusted: str
) -> None:
    pem = Authority(trusted).pem if trusted else ""

    fault = fault_of(DirectoryServers((server.url,), pem), anna)

    assert fault.reason == "certificate_refused"
    assert "localhost" in fault.detail


@pytest.mark.parametrize(
    ("names_in_it", "has_ended"), [(("other.vexin.example",), False), (("localhost",), True)]
)
def test_a_certificate_of_another_name_or_time_is_refused(
    authority: Authority, names_in_it: tuple[str, ...], has_ended: bool
) -> None:
    with ThrowawaySlapd(authority, names=names_in_it, has_ended=has_ended) as wrong:
        servers = DirectoryServers((wrong.url,), authority.pem)

        assert fault_of(servers).reason == "certificate_refused"


def test_a_certificate_may_bear_an_address_instead_of_a_name(
    server: ThrowawaySlapd, authority: Authority, anna: str
) -> None:
    by_address = DirectoryServers((f"ldaps://127.0.0.1:{server.secure_port}",), authority.pem)

    assert quick().is_password(by_address, anna, password_of("anna"))


def test_a_second_server_is_asked_where_the_first_is_away_or_silent(
    access: DirectoryAccess, anna: str
) -> None:
    with listener() as silent:
        servers = DirectoryServers(("ldaps://127.0.0.1:1", silent, *access.servers.servers))
        trusted = replace(servers, authority=access.servers.authority)

        assert quick().is_password(trusted, anna, password_of("anna"))


def test_a_wrong_password_is_not_tried_at_every_server(access: DirectoryAccess, anna: str) -> None:
    # A second try would count twice against the account. The second server here would be a fault.
    servers = replace(access.servers, servers=(*access.servers.servers, "ldaps://127.0.0.1:1"))

    assert not quick().is_password(servers, anna, "a wrong one")


@pytest.mark.parametrize("sends", [b"", b"\x30", b"\x30\x84\x7f\xff\xff\xff"])
def test_nobody_waits_for_ever(sends: bytes) -> None:
    with listener(sends=sends) as slow:
        began = time.monotonic()

        fault = fault_of(DirectoryServers((slow, slow)))

        assert fault.reason in {"unreachable", "answer_broken"}
        assert time.monotonic() - began < QUICK.all_s + 1


def test_what_is_no_directory_gives_no_answer() -> None:
    with listener(sends=b"HTTP/1.1 400 Bad Request\r\n\r\n") as web:
        assert fault_of(DirectoryServers((web,))).reason in {"unreachable", "answer_broken"}


def test_a_slow_directory_holds_few_threads_at_once(anna: str) -> None:
    directory = quick(at_once=1)
    with listener() as slow:
        servers = DirectoryServers((slow,))
        first = threading.Thread(target=lambda: _fails(directory, servers), daemon=True)
        first.start()
        time.sleep(0.1)

        with pytest.raises(DirectoryFault, match="busy"):
            directory.is_password(servers, anna, "a password")
        first.join(timeout=5)


def _fails(directory: LdapDirectory, servers: DirectoryServers) -> None:
    with pytest.raises(DirectoryFault):
        directory.is_password(servers, "cn=anna", "a password")


def test_groups_are_followed_into_groups_page_by_page(
    server: ThrowawaySlapd, access: DirectoryAccess, anna: str
) -> None:
    crowd = [server.add_person(f"one-of-{number}") for number in range(7)]
    inner = server.add_group("inner", crowd)
    outer = server.add_group("outer", [inner, anna])
    server.replace(inner, member=[*crowd, outer])
    absent = f"cn=absent,{BASE}"

    reading = quick(page_size=2).read(access, [outer, absent], NOW)

    assert names(reading, outer) == {"Anna Martin", *(f"one-of-{number}" for number in range(7))}
    assert reading.absent == {absent}


def test_groups_of_every_sort_are_read(server: ThrowawaySlapd, access: DirectoryAccess, anna: str) -> None:
    unique = server.add_group("unique", [anna], "groupOfUniqueNames")
    posix = server.add_group("posix", ["anna"], "posixGroup")

    reading = quick().read(access, [unique, posix], NOW)

    (entry,) = reading.entries
    assert entry.groups == {unique, posix}
    assert (entry.dn, entry.email, entry.name) == (anna, "anna@vexin.example", "Anna Martin")


def test_nobody_is_read_who_is_in_no_group(server: ThrowawaySlapd, access: DirectoryAccess) -> None:
    server.add_person("stranger")
    empty = server.add_group("of-the-reader", [READER])

    assert quick().read(access, [empty], NOW) == Reading((), frozenset())


def test_signs_of_filters_in_a_name_mean_nothing(server: ThrowawaySlapd, access: DirectoryAccess) -> None:
    odd = server.add_person("odd", mail="odd@vexin.example")
    server.add_person("other")
    moved = server.rename(odd, "odd \\28*\\29 \\5c\\, name")
    group = server.add_group("of-the-odd", [moved])

    reading = quick().read(access, [group], NOW)

    assert [entry.email for entry in reading.entries] == ["odd@vexin.example"]


def test_an_identifier_stays_when_its_owner_is_renamed_and_moved(
    server: ThrowawaySlapd, access: DirectoryAccess
) -> None:
    before_dn = server.add_person("before")
    group = server.add_group("of-the-renamed", [before_dn])
    (before,) = quick().read(access, [group], NOW).entries

    after_dn = server.rename(before_dn, "after")
    server.replace(group, member=[after_dn])
    (after,) = quick().read(access, [group], NOW).entries

    assert (after.external_id, after.dn) == (before.external_id, after_dn)
    assert after.dn != before.dn


def test_whom_an_administrator_locked_is_not_enabled(server: ThrowawaySlapd, access: DirectoryAccess) -> None:
    dn = server.add_person("locked")
    group = server.add_group("of-the-locked", [dn])
    server.replace(dn, pwdAccountLockedTime="000001010000Z")

    (entry,) = quick().read(access, [group], NOW).entries

    assert not entry.is_enabled
    assert not quick().is_password(access.servers, dn, password_of("locked"))


def test_an_organisations_own_filter_counts(
    server: ThrowawaySlapd, access: DirectoryAccess, anna: str
) -> None:
    extern = server.add_person("extern", employeeType="guest")
    group = server.add_group("mixed", [anna, extern])

    reading = quick().read(replace(access, user_filter="(!(employeeType=guest))"), [group], NOW)

    assert names(reading, group) == {"Anna Martin"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"password": "wrong"}, "account_refused"),
        ({"account": f"cn=nobody,{BASE}"}, "account_refused"),
        ({"base_dn": "ou=nowhere,dc=vexin,dc=example"}, "base_absent"),
        ({"base_dn": "dc=elsewhere"}, "base_absent"),
        ({"user_filter": "(&(cn=)"}, "filter_broken"),
    ],
)
def test_what_cannot_be_read_says_why(
    access: DirectoryAccess, anna: str, change: dict[str, str], reason: str
) -> None:
    with pytest.raises(DirectoryFault) as caught:
        quick().read(replace(access, **change), [f"cn=outer,ou=groups,{BASE}"], NOW)

    assert caught.value.reason == reason
    assert READER_PASSWORD not in str(caught.value)


@pytest.mark.parametrize("limits", ["sizelimit 3", "sizelimit size.prtotal=3"])
def test_an_answer_that_the_server_cuts_is_no_answer(authority: Authority, limits: str) -> None:
    with ThrowawaySlapd(authority, limits=limits) as small:
        crowd = [small.add_person(f"one-of-{number}") for number in range(6)]
        group = small.add_group("crowd", crowd)
        servers = DirectoryServers((small.url,), authority.pem)
        access = DirectoryAccess(servers, Kind.OPENLDAP, BASE, "", READER, READER_PASSWORD)

        with pytest.raises(DirectoryFault, match="too_many"):
            quick().read(access, [group], NOW)


def test_more_entries_than_are_taken_are_no_answer(access: DirectoryAccess, server: ThrowawaySlapd) -> None:
    crowd = server.add_group("crowd", [server.add_person(f"of-the-crowd-{number}") for number in range(4)])

    with pytest.raises(DirectoryFault, match="too_many"):
        quick(most_entries=3, page_size=2).read(access, [crowd], NOW)


def test_the_password_shows_in_no_text(access: DirectoryAccess) -> None:
    assert READER_PASSWORD not in repr(access)
