"""What a mandate lets a provider's people do at a customer's: no more than at home, nor than is given."""

from collections.abc import Collection
from enum import StrEnum

from veilleur.domains.organisations.rules.roles import PERMISSIONS, Permission, Role

# The roles that a mandate can give, the strongest first. Whoever only asks or decides at the provider's is
# nobody at its customers'.
GIVEN_ROLES = (Role.MANAGER, Role.TECHNICIAN, Role.AUDITOR)


class Scope(StrEnum):
    """One kind of work that a mandate covers. Reading what the role reads comes with every mandate."""

    ESTATE = "estate"
    WATCH = "watch"
    BACKUPS = "backups"
    KEYS = "keys"
    KNOWLEDGE = "knowledge"
    PEOPLE = "people"


SCOPES: dict[Scope, frozenset[Permission]] = {
    Scope.ESTATE: frozenset({Permission.CHANGE_ESTATE, Permission.SET_OBJECTIVES}),
    Scope.WATCH: frozenset({Permission.CHANGE_WATCH}),
    Scope.BACKUPS: frozenset({Permission.RUN_BACKUPS, Permission.PLAN_BACKUPS}),
    Scope.KEYS: frozenset({Permission.HOLD_KEYS}),
    Scope.KNOWLEDGE: frozenset({Permission.WRITE_KNOWLEDGE, Permission.RUN_PROCEDURES}),
    Scope.PEOPLE: frozenset({Permission.MANAGE_PEOPLE}),
}

READING = frozenset(
    {
        Permission.SEE_HOME,
        Permission.SEE_ESTATE,
        Permission.READ_INSTRUCTIONS,
        Permission.SEE_KNOWLEDGE,
        Permission.SEE_PEOPLE,
        Permission.READ_JOURNAL,
    }
)

# Whoever holds a mandate neither widens it nor gives one on, nor makes somebody a manager who could.
# Its people are on call by its own rota, which the customer sees.
NEVER_GIVEN = frozenset(
    {
        Permission.NAME_MANAGERS,
        Permission.MANAGE_MANDATES,
        Permission.SET_ORGANISATION,
        Permission.SEE_OWN_KNOWLEDGE,
        Permission.PLAN_ON_CALL,
        Permission.STAND_ON_CALL,
    }
)


def role_by_mandate(role_at_provider: str, strongest: str) -> Role | None:
    """Return as what somebody of the provider works at the customer; None for those who do not work there.

    The own role, or the strongest that is given where that is weaker. An auditor stays an auditor.
    """
    known = [role.value for role in GIVEN_ROLES]
    if role_at_provider not in known or strongest not in known:
        return None
    return GIVEN_ROLES[max(known.index(role_at_provider), known.index(strongest))]


def permissions_by_mandate(role: Role | None, scopes: Collection[str]) -> frozenset[str]:
    """Return what that role may do within the scopes; a scope that is not known gives nothing."""
    if role is None:
        return frozenset()
    given = READING.union(*(SCOPES[scope] for scope in Scope if scope in scopes))
    return frozenset[str](PERMISSIONS[role] & given)
