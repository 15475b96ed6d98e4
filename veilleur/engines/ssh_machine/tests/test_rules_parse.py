"""What machines of other systems print, and what hostile ones might, becomes facts or is left out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.estate.ports import SupportDates
from veilleur.domains.estate.rules.agents import MOST_ROWS
from veilleur.domains.estate.rules.machine import (
    Address,
    FoundDatabase,
    Listener,
    MachineFacts,
    Package,
    Unread,
    Volume,
)
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.engines.ssh_machine.commands import SENT, Ask
from veilleur.engines.ssh_machine.parse import NOT_THERE, STOPPED, Said, facts_of, is_linux

WHO = Said(0, b"Linux db1 6.12.0-55.el10 x86_64\n")


class NoTable:
    def dates_of(self, os_id: str, version: str) -> SupportDates:
        return SupportDates(None, None, "")


def read(**told: Said | bytes) -> MachineFacts:
    """Return the facts of a machine on which every program but those named is missing."""
    said = {ask: Said(NOT_THERE, b"") for ask in Ask} | {Ask.WHO: WHO}
    said |= {Ask(name): each if isinstance(each, Said) else Said(0, each) for name, each in told.items()}
    return facts_of(said, NoTable())


def test_packages_of_red_hats_family_are_read_where_debians_tool_is_not() -> None:
    facts = read(rpm_packages=b"bash\tx86_64\t5.2.26-6.el10\nshadow-utils\tx86_64\t2:4.15.0-5.el10\n")

    assert facts.packages == (
        Package("bash", "x86_64", "5.2.26-6.el10"),
        Package("shadow-utils", "x86_64", "2:4.15.0-5.el10"),
    )


def test_a_program_that_is_missing_leaves_its_part_unread() -> None:
    facts = read()

    assert facts.packages == Unread("no_package_manager")
    assert facts.listeners == facts.addresses == facts.volumes == Unread("command_failed")
    assert facts.databases == Unread("command_failed")
    assert (facts.hardware.kind, facts.hardware.cpu_count) == (AssetKind.SERVER, 1)


def test_a_search_that_was_stopped_tells_nothing() -> None:
    assert read(sqlite=Said(STOPPED, b"==> /srv/a.db <==\n")).databases == Unread("timed_out")


def test_volumes_are_devices_once_and_their_names_keep_their_blanks() -> None:
    facts = read(
        file_systems=b"nodev\ttmpfs\n\text4\n\txfs\n",
        mounts=(
            b"/dev/sda1 / ext4 rw,relatime 0 0\n"
            b"tmpfs /run tmpfs rw 0 0\n"
            b"/dev/sdb1 /srv/My\\040data xfs ro,noatime 0 0\n"
            b"/dev/sdb1 /srv/My\\040data/again/below xfs rw 0 0\n"
            b"nas:/share /mnt nfs4 rw 0 0\n"
        ),
        sizes=(
            b"Filesystem 1024-blocks Used Available Capacity Mounted on\n"
            b"/dev/sda1 1000 1 999 1% /\n"
            b"/dev/sdb1 2000 1 1999 1% /srv/My data\n"
            b"tmpfs 10 0 10 0% /run\n"
            b"proc 0 0 0 - /proc\n"
        ),
    )

    assert facts.volumes == (
        Volume("/", "/dev/sda1", "ext4", 1000 * 1024),
        Volume("/srv/My data", "/dev/sdb1", "xfs", 2000 * 1024, is_read_only=True),
    )


def test_addresses_of_links_and_of_loopback_are_left_out() -> None:
    facts = read(
        addresses=(
            b"1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever\n"
            b"2: eth0@if5    inet 192.168.7.20/24 brd 192.168.7.255 scope global eth0\n"
            b"2: eth0    inet6 2001:db8::20/64 scope global\n"
            b"2: eth0    inet6 fe80::1/64 scope link\n"
            b"3: tun0    inet 10.8.0.2 peer 10.8.0.1/32 scope global tun0\n"
            b"4: bad    inet 10.8.0.300/24\n5: bad inet 10.0.0.1/99\n"
        )
    )

    assert facts.addresses == (
        Address("eth0", "192.168.7.20", 24),
        Address("eth0", "2001:db8::20", 64),
        Address("tun0", "10.8.0.2", 32),
    )


def test_listeners_of_both_families_of_one_card_and_of_clients() -> None:
    facts = read(
        port_range=b"32768\t60999\n",
        listeners=(
            b'tcp LISTEN 0 128 *:443 *:* users:(("nginx",pid=1,fd=6),("nginx",pid=2,fd=6))\n'
            b"tcp LISTEN 0 128 [::1]:5432 [::]:*\n"
            b"udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*\n"
            b"udp UNCONN 0 0 0.0.0.0:40001 0.0.0.0:*\n"
            b"tcp LISTEN 0 128 0.0.0.0:40002 0.0.0.0:*\n"
            b"tcp LISTEN 0 128 0.0.0.0:99999 0.0.0.0:*\nnonsense\n"
        ),
    )

    assert facts.listeners == (
        Listener("tcp", "0.0.0.0", 40002, is_lasting=False),
        Listener("tcp", "::", 443, "nginx"),
        Listener("tcp", "::1", 5432),
        Listener("udp", "127.0.0.53", 53),
    )


def test_a_file_is_a_database_by_its_first_bytes_and_not_by_its_name() -> None:
    facts = read(
        sqlite=b"==> /srv/a.db <==\nSQLite format 3\0\n==> /srv/b.db <==\nsomething else..\n",
        sqlite_closed=b"/var/lib/closed.db\0",
        postgresql_sockets=b"/run/postgresql/.s.PGSQL.5432\n/run/postgresql/.s.PGSQL.5432.lock\n",
        mariadb_sockets=b"/run/mysqld/mysqld.sock\n",
    )

    assert facts.databases == (
        FoundDatabase("mariadb", "/run/mysqld/mysqld.sock"),
        FoundDatabase("postgresql", "/run/postgresql:5432"),
        FoundDatabase("sqlite", "/srv/a.db", readable="yes"),
        FoundDatabase("sqlite", "/var/lib/closed.db", readable="no"),
    )


def test_a_text_is_cleaned_and_cut_to_what_is_kept() -> None:
    hostile = b"evil\x00\xe2\x80\xae<b>" + b"x" * 5000
    rows = b"".join(b"p%d\tall\t1\n" % number for number in range(MOST_ROWS + 10))
    facts = read(
        rpm_packages=b"a\tall\t" + hostile + b"\n" + rows, system=b"NAME='never closed\nID=" + hostile
    )

    assert not isinstance(facts.packages, Unread)
    assert len(facts.packages) == MOST_ROWS
    assert len(facts.packages[0].version) == 100
    assert facts.packages[0].version.startswith("evil <b>")
    assert len(facts.system.os_id) == 40


@given(
    st.sampled_from(sorted(set(Ask) - {Ask.WHO})), st.binary(max_size=300), st.sampled_from([0, 1, 124, 127])
)
def test_whatever_is_printed_something_is_read(ask: Ask, output: bytes, code: int) -> None:
    assert read(**{ask.value: Said(code, output)}).host_name == "db1"


@pytest.mark.parametrize(
    "printed", [b"", b"Linux\n", b"FreeBSD a b c", b"Linux a b c d", b"\xff\xfe\xfd\xfc"]
)
def test_only_linux_is_linux(printed: bytes) -> None:
    assert is_linux(WHO)
    assert not is_linux(replace(WHO, output=printed))


def test_no_command_writes_or_holds_anything_to_be_filled_in() -> None:
    for command in SENT.values():
        words = command.split()
        assert words[:2] == ["env", "LC_ALL=C"]
        assert words[3] in {
            *(
                "uname",
                "cat",
                "getconf",
                "grep",
                "ls",
                "dpkg-query",
                "rpm",
                "df",
                "ip",
                "ss",
                "pg_lsclusters",
            ),
            *("find", "timeout"),
        }
        assert not {">", "|", ";", "&", "sudo", "-delete", "%s"} & set(words)
