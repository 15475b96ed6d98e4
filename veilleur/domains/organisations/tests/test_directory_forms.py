"""What a manager types about a directory: each slip gets a sentence that says what to write instead."""

from typing import Any

import pytest
from django.utils.translation import override

from veilleur.domains.organisations.forms.directory import DirectoryForm, GroupFormSet, settings_of_forms
from veilleur.domains.organisations.rules.directory import GroupRole, Kind
from veilleur.domains.organisations.rules.directory_settings import DirectorySettings
from veilleur.domains.organisations.rules.roles import Role, Side

TYPED = {
    "name": "Vexin",
    "kind": "active_directory",
    "servers": " ldaps://dc1.vexin.example\n\nldap://dc2.vexin.example:3268 ",
    "account": "CN=reader,DC=vexin,DC=example",
    "password": " a password ",
    "base_dn": "DC=vexin,DC=example",
    "user_filter": "(department=IT)",
}
BROKEN_PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"


def groups_of(*names: str) -> Any:
    typed = {"groups-TOTAL_FORMS": str(len(names)), "groups-INITIAL_FORMS": "0"}
    for place, name in enumerate(names):
        typed |= {
            f"groups-{place}-dn": name,
            f"groups-{place}-role": "auditor",
            f"groups-{place}-side": "provider",
        }
    return GroupFormSet(typed, prefix="groups")


def test_good_answers_become_settings() -> None:
    form, groups = DirectoryForm(TYPED, is_new=True), groups_of("CN=IT,DC=vexin", "", "CN=Audit,DC=vexin")
    assert form.is_valid()
    assert groups.is_valid()

    given = tuple(
        GroupRole(dn, Role.AUDITOR, Side.PROVIDER) for dn in ("CN=IT,DC=vexin", "CN=Audit,DC=vexin")
    )
    assert settings_of_forms(form, groups) == DirectorySettings(
        name="Vexin",
        kind=Kind.ACTIVE_DIRECTORY,
        servers=("ldaps://dc1.vexin.example", "ldap://dc2.vexin.example:3268"),
        authority="",
        base_dn="DC=vexin,DC=example",
        user_filter="(department=IT)",
        account="CN=reader,DC=vexin,DC=example",
        groups=given,
    )
    assert form.cleaned_data["password"] == " a password "


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("servers", "http://dc1", "is not the address of a directory"),
        ("servers", "ldap://a ldap://b ldap://c ldap://d ldap://e ldap://f", "Five servers at most"),
        ("servers", " ", "required"),
        ("authority", BROKEN_PEM, "not a PEM certificate"),
        ("authority", "not even that", "not a PEM certificate"),
        ("base_dn", "vexin.example", "not a distinguished name"),
        ("account", "VEXIN\\reader", "not a distinguished name"),
        ("account", "CN=a\u202e,DC=x", ""),
        ("user_filter", "(a=b))(|(a=*)", "one filter, in brackets"),
        ("password", "", "required"),
    ],
)
def test_a_slip_gets_a_sentence(field: str, typed: str, said: str) -> None:
    with override("en"):
        form = DirectoryForm({**TYPED, field: typed}, is_new=True)

        assert set(form.errors) == {field}
        assert said in str(form.errors[field])


def test_an_account_of_active_directory_may_be_named_by_its_domain() -> None:
    assert DirectoryForm({**TYPED, "account": "reader@vexin.example"}, is_new=True).is_valid()


def test_the_password_of_a_directory_that_is_there_may_stay() -> None:
    assert DirectoryForm({**TYPED, "password": ""}, is_new=False).is_valid()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("", ""), "Name one group at least"),
        (("CN=IT,DC=x", "cn=it , dc=x"), "stands here twice"),
        (("IT team",), "not a distinguished name"),
    ],
)
def test_groups_are_named_once_and_at_least_one_is(names: tuple[str, ...], said: str) -> None:
    with override("en"):
        groups = groups_of(*names)

        assert not groups.is_valid()
        assert said in f"{groups.errors} {groups.non_form_errors()}"


def test_no_flood_of_rows_is_read() -> None:
    assert not groups_of(*(f"cn={number}" for number in range(31))).is_valid()
