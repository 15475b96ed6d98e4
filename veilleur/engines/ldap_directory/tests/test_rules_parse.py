"""What directories answer: the ways of Active Directory, groups within groups, and what is no answer."""

from datetime import UTC, datetime
from typing import Any

import pytest

from veilleur.domains.organisations.rules.directory import Entry, Kind
from veilleur.domains.organisations.rules.errors import DirectoryFault
from veilleur.engines.ldap_directory.commands import members_filter, person_filter
from veilleur.engines.ldap_directory.parse import Found, found, group_rid, members, person

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
# As Active Directory sends {01020304-0506-0708-090a-0b0c0d0e0f10}: three parts the other way round.
GUID = bytes.fromhex("0403020106050807090a0b0c0d0e0f10")
UUID_TEXT = b"01020304-0506-0708-090a-0b0c0d0e0f10"
# Four o'clock in the morning of 28 and of 30 November 2026, in tenths of microseconds since 1601.
THIS_MORNING, LATER = b"134403120000000000", b"134404848000000000"


def ad(**attributes: bytes | list[bytes]) -> Entry:
    values = {"objectGUID": GUID, "mail": b"Anna@Vexin.example", "cn": b"anna", "userAccountControl": b"512"}
    return person(Kind.ACTIVE_DIRECTORY, row(**{**values, **attributes}), frozenset({"g"}), NOW)


def openldap(**attributes: bytes | list[bytes]) -> Entry:
    values = {"entryUUID": UUID_TEXT, "mail": b"anna@vexin.example", "cn": b"anna"}
    return person(Kind.OPENLDAP, row(**{**values, **attributes}), frozenset({"g"}), NOW)


def row(dn: str = "cn=anna", **attributes: Any) -> Found:
    listed = {key: value if isinstance(value, list) else [value] for key, value in attributes.items()}
    return found(dn, {key: value for key, value in listed.items() if value != [b""]})


def group(dn: str, *names: str, attribute: str = "member") -> Found:
    return found(dn, {attribute: [name.encode() for name in names]})


def test_the_identifier_is_the_one_that_administrators_see() -> None:
    assert ad().external_id == openldap().external_id == UUID_TEXT.decode()


def test_addresses_have_one_form_and_names_are_fit_to_be_shown() -> None:
    shown = ad(displayName="Anna\u202eMartin\n".encode())

    assert (shown.email, shown.name) == ("anna@vexin.example", "Anna\\u202eMartin")


@pytest.mark.parametrize(
    ("attributes", "email"),
    [
        ({"mail": b"", "userPrincipalName": b"anna@corp.vexin.example"}, "anna@corp.vexin.example"),
        ({"mail": b"anna at home"}, ""),
        ({"mail": b"", "userPrincipalName": b""}, ""),
        ({"mail": b"anna@localhost"}, ""),
        ({"mail": "anna\u202emoc.nixev@vexin.example".encode()}, ""),
        ({"mail": b"anna\0@vexin.example"}, ""),
        # Of a directory that means harm: looked at sign by sign, it would hold everybody up for hours.
        ({"mail": b"a@" + b"." * 300_000 + b"@"}, ""),
        ({"mail": [b"first@vexin.example", b"second@vexin.example"]}, "first@vexin.example"),
    ],
)
def test_who_has_no_address_signs_in_by_the_name_of_the_domain(attributes: Any, email: str) -> None:
    assert ad(**attributes).email == email


@pytest.mark.parametrize(
    ("control", "is_enabled"),
    [
        (b"512", True),
        (b"514", False),
        # Password never expires, and not delegated: bits that do not matter here.
        (b"66048", True),
        (b"66050", False),
        # Locked out by guesses for a while (0x10): nobody left for that.
        (b"528", True),
        (b"", True),
    ],
)
def test_an_account_is_disabled_by_its_second_bit_alone(control: bytes, is_enabled: bool) -> None:
    assert ad(userAccountControl=control).is_enabled is is_enabled


@pytest.mark.parametrize(
    ("ends", "is_enabled"),
    [
        (b"0", True),
        (b"9223372036854775807", True),
        (THIS_MORNING, False),
        (LATER, True),
        # Beyond the year 9999.
        (b"9223372036854775806", True),
    ],
)
def test_an_account_that_has_ended_is_not_enabled(ends: bytes, is_enabled: bool) -> None:
    assert ad(accountExpires=ends).is_enabled is is_enabled


@pytest.mark.parametrize(
    ("attributes", "is_enabled"),
    [
        ({}, True),
        ({"pwdAccountLockedTime": b"000001010000Z"}, False),
        # After wrong guesses.
        ({"pwdAccountLockedTime": b"20261128115500Z"}, True),
        ({"nsAccountLock": b"TRUE"}, False),
        ({"nsAccountLock": b"false"}, True),
    ],
)
def test_elsewhere_an_account_is_disabled_by_an_administrators_lock(
    attributes: Any, is_enabled: bool
) -> None:
    assert openldap(**attributes).is_enabled is is_enabled


@pytest.mark.parametrize("guid", [b"", b"too short", GUID + GUID])
def test_an_entry_that_nothing_tells_from_others_spoils_the_reading(guid: bytes) -> None:
    with pytest.raises(DirectoryFault, match="no_identity"):
        ad(objectGUID=guid)


def test_a_number_that_is_none_spoils_the_reading() -> None:
    with pytest.raises(DirectoryFault, match="answer_broken"):
        ad(userAccountControl=b"many")


def test_servers_write_the_names_of_attributes_as_they_like() -> None:
    assert found("cn=a", {"MAIL": [b"a@b.example"]}).text("mail") == "a@b.example"


def test_a_primary_group_is_named_by_its_people() -> None:
    sid = bytes.fromhex("0105000000000005150000000102030405060708090a0b0c01020000")
    rid = group_rid(row(objectSid=sid))

    assert rid == 513
    assert members_filter("(objectClass=user)", "cn=x", rid) == (
        "(&(objectClass=user)(|(memberOf:1.2.840.113556.1.4.1941:=cn=x)(primaryGroupID=513)))"
    )
    assert group_rid(row(cn=b"x")) is None


def test_the_name_of_a_group_is_no_piece_of_a_filter() -> None:
    text = members_filter("(objectClass=user)", "cn=a)(cn=*\\,b", None)

    assert text == "(&(objectClass=user)(memberOf:1.2.840.113556.1.4.1941:=cn=a\\29\\28cn=\\2a\\5c,b))"


def test_an_organisations_own_filter_takes_the_place_of_the_usual_one() -> None:
    assert person_filter(Kind.OPENLDAP, "(department=IT)") == "(department=IT)"
    assert "inetOrgPerson" in person_filter(Kind.OPENLDAP, "")


PEOPLE = [row("cn=Anna,dc=x", uid=b"anna"), row("cn=ben,dc=x", uid=b"Ben")]


def test_groups_within_groups_are_followed_and_circles_end() -> None:
    groups = [
        group("cn=one,dc=x", "cn=two,dc=x", "CN=anna , DC=x"),
        group("cn=two,dc=x", "cn=three,dc=x"),
        group("cn=three,dc=x", "cn=one,dc=x", "cn=ben,dc=x"),
    ]

    inside = members(groups, PEOPLE, ["CN=One,DC=x", "cn=three,dc=x"])

    everybody = {"cn=anna,dc=x", "cn=ben,dc=x"}
    assert inside == {"CN=One,DC=x": everybody, "cn=three,dc=x": everybody}


@pytest.mark.parametrize(
    ("attribute", "name"),
    [
        ("member", "cn=anna,dc=x"),
        ("uniqueMember", "cn=anna,dc=x#'0101'B"),
        ("memberUid", "ANNA"),
    ],
)
def test_groups_of_every_sort_name_people(attribute: str, name: str) -> None:
    inside = members([group("cn=g,dc=x", name, attribute=attribute)], PEOPLE, ["cn=g,dc=x"])

    assert inside == {"cn=g,dc=x": {"cn=anna,dc=x"}}


def test_a_group_that_is_not_there_is_told_from_an_empty_one() -> None:
    # An empty name stands in groups that may not be empty.
    inside = members([group("cn=empty,dc=x", "")], PEOPLE, ["cn=empty,dc=x", "cn=absent,dc=x"])

    assert inside == {"cn=empty,dc=x": set()}


def test_a_login_that_looks_like_a_name_is_nobody_elses() -> None:
    groups = [group("cn=g,dc=x", "cn=ben,dc=x", attribute="memberUid")]

    assert members(groups, PEOPLE, ["cn=g,dc=x"]) == {"cn=g,dc=x": set()}
