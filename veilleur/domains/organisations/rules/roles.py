"""Who may do what: five roles, two sides, and the one table that says which role carries which permission."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is in an organisation. One person has one role there."""

    MANAGER = "manager"
    TECHNICIAN = "technician"
    REFERENT = "referent"
    REQUESTER = "requester"
    AUDITOR = "auditor"


class Side(StrEnum):
    """For whom somebody works: for the organisation itself, or for one that serves it."""

    INTERNAL = "internal"
    PROVIDER = "provider"


class Permission(StrEnum):
    """One thing that a role may do. Routes name the one they need in `config/permissions.py`."""

    SEE_HOME = "see_home"
    SEE_ESTATE = "see_estate"
    READ_JOURNAL = "read_journal"
    SET_OBJECTIVES = "set_objectives"
    CHANGE_ESTATE = "change_estate"
    CHANGE_WATCH = "change_watch"
    RUN_BACKUPS = "run_backups"
    PLAN_BACKUPS = "plan_backups"
    HOLD_KEYS = "hold_keys"
    READ_INSTRUCTIONS = "read_instructions"
    SEE_KNOWLEDGE = "see_knowledge"
    SEE_OWN_KNOWLEDGE = "see_own_knowledge"
    WRITE_KNOWLEDGE = "write_knowledge"
    RUN_PROCEDURES = "run_procedures"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    NAME_MANAGERS = "name_managers"
    PLAN_ON_CALL = "plan_on_call"
    STAND_ON_CALL = "stand_on_call"
    MANAGE_MANDATES = "manage_mandates"
    SET_ORGANISATION = "set_organisation"


_SEES = frozenset(
    {
        Permission.SEE_HOME,
        Permission.SEE_ESTATE,
        Permission.READ_INSTRUCTIONS,
        Permission.SEE_KNOWLEDGE,
        # Documents that no mandate opens to a provider.
        Permission.SEE_OWN_KNOWLEDGE,
        Permission.SEE_PEOPLE,
    }
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.MANAGER: frozenset(Permission),
    Role.TECHNICIAN: _SEES
    | {
        Permission.READ_JOURNAL,
        Permission.SET_OBJECTIVES,
        Permission.CHANGE_ESTATE,
        Permission.CHANGE_WATCH,
        Permission.RUN_BACKUPS,
        Permission.PLAN_BACKUPS,
        Permission.WRITE_KNOWLEDGE,
        Permission.RUN_PROCEDURES,
        Permission.STAND_ON_CALL,
    },
    Role.REFERENT: _SEES | {Permission.SET_OBJECTIVES, Permission.WRITE_KNOWLEDGE, Permission.STAND_ON_CALL},
    Role.REQUESTER: frozenset({Permission.SEE_HOME, Permission.READ_INSTRUCTIONS}),
    # Reads everything and changes nothing.
    Role.AUDITOR: _SEES | {Permission.READ_JOURNAL},
}


# Whoever uses one of these proves by a second factor, there and then, to be the one: it cannot be taken back.
# Making a manager, or letting a provider in, opens the way to all others.
STRONG = frozenset({Permission.HOLD_KEYS, Permission.MANAGE_MANDATES, Permission.SET_ORGANISATION})


def permissions_of(role: str) -> frozenset[str]:
    """Return what a role may do; nothing for a role that is not known."""
    return frozenset[str](PERMISSIONS[Role(role)]) if role in frozenset(Role) else frozenset()


def may_touch_manager(permissions: frozenset[str], has_manager: bool) -> bool:
    """Return whether somebody may make a manager, or change one: a provider's people only the very first."""
    return Permission.NAME_MANAGERS in permissions or not has_manager


def is_last_manager(roles_of_others: frozenset[str]) -> bool:
    """Return whether nobody else could manage: then this person can neither leave nor take another role."""
    return Role.MANAGER not in roles_of_others
