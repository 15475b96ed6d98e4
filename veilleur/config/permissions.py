"""What each route asks of a role: the one list of who may open and do what.

A route that is not in it opens to nobody. A test holds the list to the routes, and walks every route as every
role.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class Needed:
    """The permission to open a page, and the one to change something by it. None: every member has it."""

    to_read: Permission | None
    to_change: Permission | None

    def for_method(self, method: str | None) -> Permission | None:
        """Return the permission that a request needs."""
        return self.to_read if method in {"GET", "HEAD", "OPTIONS"} else self.to_change


def _shows(permission: Permission, *, changes: Permission | None = None) -> Needed:
    """A page to read; what can be changed on it asks for more."""
    return Needed(permission, changes or permission)


def _asks(permission: Permission) -> Needed:
    """A form or a button: whoever may not send it does not open it either."""
    return Needed(permission, permission)


_OWN = Needed(None, None)

ROUTE_PERMISSIONS: dict[str, Needed] = {
    # One's own account.
    "account_change_password": _OWN,
    "account_reauthenticate": _OWN,
    "mfa_activate_totp": _OWN,
    "mfa_add_webauthn": _OWN,
    "mfa_deactivate_totp": _OWN,
    "mfa_generate_recovery_codes": _OWN,
    "mfa_index": _OWN,
    "mfa_reauthenticate": _OWN,
    "mfa_reauthenticate_webauthn": _OWN,
    "mfa_view_recovery_codes": _OWN,
    "organisations:confirm_at_provider": _OWN,
    "organisations:remove_passkey": _OWN,
    "organisations:end_other_sessions": _OWN,
    "organisations:security": _OWN,
    "organisations:choose_organisation": _OWN,
    # It lists what mandates give, nothing to those who have none.
    "desk:portfolio": _OWN,
    # What is shown.
    "desk:home": _shows(Permission.SEE_HOME),
    "desk:checks": _shows(Permission.SEE_ESTATE),
    "desk:restart": _shows(Permission.SEE_ESTATE),
    "desk:estate": _shows(Permission.SEE_ESTATE),
    "desk:machine": _shows(Permission.SEE_ESTATE),
    "desk:service": _shows(Permission.SEE_ESTATE),
    "desk:protection": _shows(Permission.SEE_ESTATE),
    "desk:plan": _shows(Permission.SEE_ESTATE, changes=Permission.PLAN_BACKUPS),
    "desk:journal": _shows(Permission.READ_JOURNAL),
    # The estate.
    "desk:add_service": _asks(Permission.CHANGE_ESTATE),
    "desk:service_data": _asks(Permission.CHANGE_ESTATE),
    "desk:objectives": _asks(Permission.SET_OBJECTIVES),
    "desk:human_steps": _asks(Permission.SET_OBJECTIVES),
    # The watch.
    "desk:retire_check": _asks(Permission.CHANGE_WATCH),
    "desk:resume_check": _asks(Permission.CHANGE_WATCH),
    # Backups.
    "desk:run_plan": _asks(Permission.RUN_BACKUPS),
    "desk:test_plan": _asks(Permission.RUN_BACKUPS),
    "desk:add_place": _asks(Permission.PLAN_BACKUPS),
    "desk:add_plan": _asks(Permission.PLAN_BACKUPS),
    "desk:name_server": _asks(Permission.PLAN_BACKUPS),
    "desk:switch_plan": _asks(Permission.PLAN_BACKUPS),
    "desk:end_plan": _asks(Permission.PLAN_BACKUPS),
    "desk:retire_place": _asks(Permission.PLAN_BACKUPS),
    "desk:retire_data": _asks(Permission.PLAN_BACKUPS),
    "desk:recovery_key": _shows(Permission.SEE_ESTATE, changes=Permission.HOLD_KEYS),
    "desk:replace_key": _asks(Permission.HOLD_KEYS),
    "desk:issue_key": _asks(Permission.HOLD_KEYS),
    # Documents.
    "knowledge:documents": _shows(Permission.SEE_KNOWLEDGE),
    "knowledge:document": _shows(Permission.SEE_KNOWLEDGE),
    "knowledge:versions": _shows(Permission.SEE_KNOWLEDGE),
    "knowledge:version": _shows(Permission.SEE_KNOWLEDGE),
    "knowledge:choose_template": _asks(Permission.WRITE_KNOWLEDGE),
    "knowledge:new_document": _asks(Permission.WRITE_KNOWLEDGE),
    "knowledge:preview": _asks(Permission.WRITE_KNOWLEDGE),
    "knowledge:edit": _asks(Permission.WRITE_KNOWLEDGE),
    "knowledge:care": _asks(Permission.WRITE_KNOWLEDGE),
    "knowledge:confirm": _asks(Permission.WRITE_KNOWLEDGE),
    "knowledge:retire": _asks(Permission.WRITE_KNOWLEDGE),
    "knowledge:search": _shows(Permission.SEE_KNOWLEDGE),
    "knowledge:changes": _shows(Permission.SEE_KNOWLEDGE),
    "knowledge:required": _shows(Permission.SEE_KNOWLEDGE),
    "knowledge:sheet": _shows(Permission.SEE_KNOWLEDGE),
    "knowledge:run": _asks(Permission.RUN_PROCEDURES),
    "knowledge:tick": _asks(Permission.RUN_PROCEDURES),
    "knowledge:note": _asks(Permission.RUN_PROCEDURES),
    "knowledge:end": _asks(Permission.RUN_PROCEDURES),
    # People.
    "organisations:people": _shows(Permission.SEE_PEOPLE),
    "organisations:person": _shows(Permission.SEE_PEOPLE, changes=Permission.MANAGE_PEOPLE),
    "organisations:invite": _asks(Permission.MANAGE_PEOPLE),
    "organisations:withdraw_invitation": _asks(Permission.MANAGE_PEOPLE),
    "organisations:end_membership": _asks(Permission.MANAGE_PEOPLE),
    # Its groups may make managers.
    "organisations:directories": _asks(Permission.NAME_MANAGERS),
    "organisations:directory": _asks(Permission.NAME_MANAGERS),
    "organisations:add_directory": _asks(Permission.NAME_MANAGERS),
    "organisations:change_directory": _asks(Permission.NAME_MANAGERS),
    "organisations:remove_directory": _asks(Permission.NAME_MANAGERS),
    "organisations:read_directory": _asks(Permission.NAME_MANAGERS),
    "organisations:agree_to_reading": _asks(Permission.NAME_MANAGERS),
    "organisations:let_account_in": _asks(Permission.NAME_MANAGERS),
    "organisations:identity_providers": _asks(Permission.NAME_MANAGERS),
    "organisations:identity_provider": _asks(Permission.NAME_MANAGERS),
    "organisations:add_identity_provider": _asks(Permission.NAME_MANAGERS),
    "organisations:change_identity_provider": _asks(Permission.NAME_MANAGERS),
    "organisations:remove_identity_provider": _asks(Permission.NAME_MANAGERS),
    "organisations:try_identity_provider": _asks(Permission.NAME_MANAGERS),
    "organisations:let_in_by_identity_provider": _asks(Permission.NAME_MANAGERS),
    "organisations:turn_away_from_identity_provider": _asks(Permission.NAME_MANAGERS),
    "organisations:add_team": _asks(Permission.MANAGE_PEOPLE),
    "organisations:team": _asks(Permission.MANAGE_PEOPLE),
    "organisations:dissolve_team": _asks(Permission.MANAGE_PEOPLE),
    # The organisation towards others.
    "organisations:settings": _asks(Permission.SET_ORGANISATION),
    "organisations:offer_mandate": _asks(Permission.MANAGE_MANDATES),
    "organisations:mandate": _asks(Permission.MANAGE_MANDATES),
    "organisations:end_mandate": _asks(Permission.MANAGE_MANDATES),
    "organisations:take_up_mandate": _asks(Permission.MANAGE_MANDATES),
    "organisations:add_customer": _asks(Permission.MANAGE_MANDATES),
    "organisations:give_mandate_back": _asks(Permission.MANAGE_MANDATES),
}


def allowed(request: HttpRequest) -> dict[str, Any]:
    """Tell templates the names of the routes that the viewer may open, and may change something by."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None:
        return {}
    return {"may_open": _routes(viewer, "GET"), "may": _routes(viewer, "POST")}


def _routes(viewer: Viewer, method: str) -> frozenset[str]:
    needed = ((route, needs.for_method(method)) for route, needs in ROUTE_PERMISSIONS.items())
    return frozenset(route for route, permission in needed if permission is None or viewer.may(permission))
