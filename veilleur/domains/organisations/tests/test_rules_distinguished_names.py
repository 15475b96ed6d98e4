"""Distinguished names and filters: equal names are equal, and a value never becomes a piece of a filter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.organisations.rules.distinguished_names import (
    escaped,
    first_value,
    is_one_filter,
    normal,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CN=Anna Martin,OU=People,DC=example", "cn=anna martin,ou=people,dc=example"),
        ("cn = Anna , dc = example", "CN=Anna,DC=example"),
        ("cn=Martin\\, Anna,dc=example", "cn=martin\\2c anna,dc=example"),
        ("cn=\\C3\\89lo\\C3\\AFse,dc=example", "cn=éloïse,dc=example"),
        ("cn=a\\\\b,dc=example", "cn=a\\5cb,dc=example"),
        ("ou=a+cn=b,dc=example", "OU=A + CN=B,DC=example"),
        # The separator of RFC 1779, which old servers still write.
        ("cn=anna;dc=example", "cn=anna,dc=example"),
        ("2.5.4.3=anna", "2.5.4.3=ANNA"),
        # Gone through once: what takes the square of its length would keep everybody waiting for a day.
        (f"cn={' ' * 400_000}anna{' ' * 400_000}", "cn=anna"),
    ],
)
def test_names_of_one_entry_are_equal_however_they_are_written(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cn=a\\,b,dc=example", "cn=a,cn=b,dc=example"),
        ("cn=a\\+cn=b", "cn=a+cn=b"),
        ("cn=ab", "cn=a b"),
        ("cn=a", "sn=a"),
    ],
)
def test_names_of_two_entries_stay_apart(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@pytest.mark.parametrize("text", ["", " ", "anna", "cn=a,", ",cn=a", "=a", "cn=a\\", "cn=\\ff", "c n=a"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        normal(text)


@given(st.text(min_size=1).map(lambda text: "cn=" + "".join(f"\\{byte:02x}" for byte in text.encode())))
def test_the_one_form_of_a_name_is_its_own_form(name: str) -> None:
    assert normal(normal(name)) == normal(name)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("CN=IT team,DC=example", "IT team"),
        ("CN=Martin\\, Anna,DC=example", "Martin\\, Anna"),
        ("cn=alone", "alone"),
        ("none", "none"),
    ],
)
def test_an_entry_is_called_by_its_first_part(name: str, first: str) -> None:
    assert first_value(name) == first


def test_no_sign_of_a_value_means_anything_in_a_filter() -> None:
    assert escaped("*)(uid=*))(|(uid=*\\\0") == "\\2a\\29\\28uid=\\2a\\29\\29\\28|\\28uid=\\2a\\5c\\00"


@given(st.text())
def test_a_filter_stays_one_whatever_value_is_put_into_it(value: str) -> None:
    assert is_one_filter(f"(cn={escaped(value)})")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("(department=IT)", True),
        ("(&(department=IT)(!(title=guest)))", True),
        ("(a=b)(c=d)", False),
        ("(a=b))(|(a=*)", False),
        ("a=b", False),
        ("((a=b)", False),
        ("()", False),
        ("", False),
    ],
)
def test_one_filter_is_told_from_several(text: str, is_one: bool) -> None:
    assert is_one_filter(text) is is_one
