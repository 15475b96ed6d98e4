"""What a mandate gives: never more than the role at home, nor than the customer gave."""

from itertools import chain, combinations

import pytest

from veilleur.domains.organisations.rules.mandates import (
    GIVEN_ROLES,
    NEVER_GIVEN,
    READING,
    SCOPES,
    Scope,
    permissions_by_mandate,
    role_by_mandate,
)
from veilleur.domains.organisations.rules.roles import PERMISSIONS, Permission, Role, may_touch_manager

EVERY_CHOICE = tuple(chain.from_iterable(combinations(Scope, size) for size in range(len(Scope) + 1)))


def test_every_permission_is_reading_or_in_one_scope_or_never_given() -> None:
    sorted_out = [READING, NEVER_GIVEN, *SCOPES.values()]

    assert sorted(chain.from_iterable(sorted_out)) == sorted(Permission)


@pytest.mark.parametrize(
    ("at_home", "strongest", "there"),
    [
        ("manager", "manager", Role.MANAGER),
        ("manager", "technician", Role.TECHNICIAN),
        ("manager", "auditor", Role.AUDITOR),
        ("technician", "manager", Role.TECHNICIAN),
        ("technician", "auditor", Role.AUDITOR),
        ("auditor", "manager", Role.AUDITOR),
        ("referent", "manager", None),
        ("requester", "manager", None),
        ("somebody", "manager", None),
        ("manager", "requester", None),
    ],
)
def test_the_weaker_of_both_roles_counts(at_home: str, strongest: str, there: Role | None) -> None:
    assert role_by_mandate(at_home, strongest) == there


@pytest.mark.parametrize("scopes", EVERY_CHOICE)
@pytest.mark.parametrize("strongest", GIVEN_ROLES)
@pytest.mark.parametrize("at_home", Role)
def test_nobody_gets_more_than_at_home_nor_what_is_never_given(
    at_home: Role, strongest: Role, scopes: tuple[Scope, ...]
) -> None:
    got = permissions_by_mandate(role_by_mandate(at_home, strongest), scopes)

    assert got <= PERMISSIONS[at_home]
    assert got <= PERMISSIONS[strongest]
    assert not got & NEVER_GIVEN
    assert got - READING <= set(chain.from_iterable(SCOPES[scope] for scope in scopes))


def test_a_scope_that_is_not_known_gives_nothing() -> None:
    assert permissions_by_mandate(Role.MANAGER, ["everything"]) == READING


def test_a_providers_people_make_the_first_manager_and_no_other() -> None:
    by_mandate = permissions_by_mandate(Role.MANAGER, tuple(Scope))

    assert may_touch_manager(by_mandate, has_manager=False)
    assert not may_touch_manager(by_mandate, has_manager=True)
    assert may_touch_manager(frozenset(PERMISSIONS[Role.MANAGER]), has_manager=True)
