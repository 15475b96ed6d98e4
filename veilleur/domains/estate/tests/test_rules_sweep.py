"""Only ranges that a person named are looked at, few, and the company's own."""

from ipaddress import ip_network

import pytest

from veilleur.domains.estate.rules.sweep import BadRange, SweepFault, card_of, ranges_of


def test_ranges_are_read_as_people_write_them_each_address_once() -> None:
    named = ranges_of("192.168.7.20/24, 10.0.0.5; 192.168.7.9  fd00::/120")

    assert named == tuple(map(ip_network, ("192.168.7.0/24", "10.0.0.5/32", "fd00::/120")))


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("  ", SweepFault.NO_RANGE),
        ("the office", SweepFault.NOT_A_RANGE),
        ("-oN/etc/passwd", SweepFault.NOT_A_RANGE),
        # more than a company of fifty people has
        ("10.0.0.0/8", SweepFault.TOO_WIDE),
        ("fd00::/64", SweepFault.TOO_WIDE),
        (" ".join(f"10.{n}.0.1" for n in range(33)), SweepFault.TOO_WIDE),
        # of others
        ("8.8.8.0/24", SweepFault.NOT_PRIVATE),
        ("0.0.0.0/0", SweepFault.NOT_PRIVATE),
        # wider than what is private
        ("172.16.0.0/11", SweepFault.NOT_PRIVATE),
        # where a cloud keeps its own
        ("169.254.169.254", SweepFault.NOT_PRIVATE),
        ("127.0.0.1", SweepFault.NOT_PRIVATE),
    ],
)
def test_what_is_not_looked_at_says_why(written: str, fault: SweepFault) -> None:
    read = ranges_of(written)

    assert isinstance(read, BadRange)
    assert read.fault is fault


def test_what_the_company_says_is_its_own_may_be_public_and_still_not_of_one_link() -> None:
    assert ranges_of("203.0.113.0/28", may_be_public=True) == (ip_network("203.0.113.0/28"),)
    assert isinstance(ranges_of("169.254.169.254", may_be_public=True), BadRange)


def test_a_card_is_one_however_it_is_written() -> None:
    assert {card_of(text) for text in ("00-11-32-AB-CD-EF", "001132abcdef", "0011.32ab.cdef")} == {
        "00:11:32:ab:cd:ef"
    }
    assert card_of("00:00:00:00:00:00") == card_of("none") == ""
