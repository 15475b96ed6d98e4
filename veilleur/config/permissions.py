"""What each route asks of a role: the one list of who may open and do what.

A route that is not in it opens to nobody. A test holds the list to the routes, and walks every route as every
role.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from veilleur.domains.organisations.rules.api_tokens import SCOPE_PERMISSIONS, TokenScope
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class Needed:
    """The permission to open a page, and the one to change something by it. None: every member has it.

    `scope`: what a token must have been made for, beside; for routes of the API.
    """

    to_read: Permission | None
    to_change: Permission | None
    scope: TokenScope | None = None

    def for_method(self, method: str | None) -> Permission | None:
        """Return the permission that a request needs."""
        return self.to_read if method in {"GET", "HEAD", "OPTIONS"} else self.to_change


def _shows(permission: Permission, *, changes: Permission | None = None) -> Needed:
    """A page to read; what can be changed on it asks for more."""
    return Needed(permission, changes or permission)


def _asks(permission: Permission) -> Needed:
    """A form or a button: whoever may not send it does not open it either."""
    return Needed(permission, permission)


def _by_token(scope: TokenScope) -> Needed:
    """A route of the API: the scope, and what it asks of the role of whoever made the token."""
    return Needed(SCOPE_PERMISSIONS[scope], SCOPE_PERMISSIONS[scope], scope)


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
    "organisations:own_data": _OWN,
    "organisations:download_own_data": _OWN,
    "organisations:ask_erasure": _OWN,
    "organisations:withdraw_request": _OWN,
    # It lists what mandates give, nothing to those who have none.
    "desk:portfolio": _OWN,
    # What is shown.
    "desk:home": _shows(Permission.SEE_HOME),
    "desk:first_week": _shows(Permission.SEE_ESTATE, changes=Permission.CHANGE_ESTATE),
    "desk:checks": _shows(Permission.SEE_ESTATE),
    "desk:restart": _shows(Permission.SEE_ESTATE),
    # It names people and documents: those who may see only one of them do not open it.
    "desk:reliance": _shows(Permission.SEE_PEOPLE),
    "desk:estate": _shows(Permission.SEE_ESTATE),
    "desk:map": _shows(Permission.SEE_ESTATE),
    "desk:weak_points": _shows(Permission.SEE_ESTATE),
    "desk:machine": _shows(Permission.SEE_ESTATE),
    "desk:service": _shows(Permission.SEE_ESTATE),
    "desk:activity": _shows(Permission.SEE_ESTATE),
    "desk:add_component": _asks(Permission.CHANGE_ESTATE),
    "desk:describe_component": _asks(Permission.CHANGE_ESTATE),
    "desk:bring_list": _asks(Permission.CHANGE_ESTATE),
    "desk:list": _asks(Permission.CHANGE_ESTATE),
    "desk:choose_sheet": _asks(Permission.CHANGE_ESTATE),
    "desk:import_list": _asks(Permission.CHANGE_ESTATE),
    "desk:drop_list": _asks(Permission.CHANGE_ESTATE),
    "desk:add_activity": _asks(Permission.SET_OBJECTIVES),
    "desk:describe_activity": _asks(Permission.SET_OBJECTIVES),
    "desk:activity_services": _asks(Permission.SET_OBJECTIVES),
    "desk:busy_periods": _asks(Permission.SET_OBJECTIVES),
    "desk:remove_busy_period": _asks(Permission.SET_OBJECTIVES),
    "desk:end_activity": _asks(Permission.CHANGE_ESTATE),
    "desk:describe_service": _asks(Permission.SET_OBJECTIVES),
    "desk:protection": _shows(Permission.SEE_ESTATE),
    "desk:plan": _shows(Permission.SEE_ESTATE, changes=Permission.PLAN_BACKUPS),
    "desk:journal": _shows(Permission.READ_JOURNAL),
    # The estate.
    "desk:agents": _shows(Permission.SEE_ESTATE),
    "desk:device": _shows(Permission.SEE_ESTATE, changes=Permission.CHANGE_ESTATE),
    "desk:settle_devices": _asks(Permission.CHANGE_ESTATE),
    # A key opens nothing: what comes by it waits for those who may change the estate.
    "desk:make_agent_key": _asks(Permission.CHANGE_ESTATE),
    "desk:revoke_agent_key": _asks(Permission.CHANGE_ESTATE),
    "desk:add_service": _asks(Permission.CHANGE_ESTATE),
    "desk:machine_hosts": _asks(Permission.CHANGE_ESTATE),
    "desk:service_hosts": _asks(Permission.CHANGE_ESTATE),
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
    "knowledge:attach": _asks(Permission.WRITE_KNOWLEDGE),
    "knowledge:remove_file": _asks(Permission.WRITE_KNOWLEDGE),
    "knowledge:file": _shows(Permission.READ_INSTRUCTIONS),
    # For those who only ask: what was written for everybody.
    "knowledge:instructions": _shows(Permission.READ_INSTRUCTIONS),
    "knowledge:instruction": _shows(Permission.READ_INSTRUCTIONS),
    "knowledge:edit": _asks(Permission.WRITE_KNOWLEDGE),
    "knowledge:care": _asks(Permission.WRITE_KNOWLEDGE),
    "knowledge:confirm": _asks(Permission.WRITE_KNOWLEDGE),
    "knowledge:retire": _asks(Permission.WRITE_KNOWLEDGE),
    "knowledge:search": _shows(Permission.SEE_KNOWLEDGE),
    "knowledge:changes": _shows(Permission.SEE_KNOWLEDGE),
    "knowledge:required": _shows(Permission.SEE_KNOWLEDGE),
    "knowledge:bundle": _shows(Permission.SEE_KNOWLEDGE, changes=Permission.WRITE_KNOWLEDGE),
    # The view asks for all that is in it: documents, people and the estate.
    "knowledge:bundle_file": _shows(Permission.SEE_KNOWLEDGE),
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
    # What cannot be taken back is the affair of the organisation itself.
    "organisations:personal_data": _asks(Permission.NAME_MANAGERS),
    "organisations:person_data": _asks(Permission.NAME_MANAGERS),
    "organisations:export_person": _asks(Permission.NAME_MANAGERS),
    "organisations:erase_person": _asks(Permission.NAME_MANAGERS),
    "organisations:keep_person": _asks(Permission.NAME_MANAGERS),
    "organisations:erasure": _asks(Permission.NAME_MANAGERS),
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
    # Who is on call.
    "organisations:rotas": _shows(Permission.SEE_PEOPLE),
    "organisations:rota": _shows(Permission.SEE_PEOPLE),
    "organisations:add_rota": _asks(Permission.PLAN_ON_CALL),
    "organisations:change_rota": _asks(Permission.PLAN_ON_CALL),
    "organisations:end_rota": _asks(Permission.PLAN_ON_CALL),
    "organisations:plan_turns": _asks(Permission.PLAN_ON_CALL),
    "organisations:stop_turns": _asks(Permission.PLAN_ON_CALL),
    "organisations:plan_shift": _asks(Permission.PLAN_ON_CALL),
    "organisations:pay_hours": _asks(Permission.PLAN_ON_CALL),
    "organisations:absence": _shows(Permission.SEE_PEOPLE),
    "organisations:add_absence": _asks(Permission.STAND_ON_CALL),
    "organisations:end_absence": _asks(Permission.STAND_ON_CALL),
    "organisations:my_shifts": _asks(Permission.STAND_ON_CALL),
    "organisations:take_over": _asks(Permission.STAND_ON_CALL),
    "organisations:ask_swap": _asks(Permission.STAND_ON_CALL),
    "organisations:answer_swap": _asks(Permission.STAND_ON_CALL),
    "organisations:note_intervention": _asks(Permission.STAND_ON_CALL),
    # Tokens. One's own belong to an organisation too: a form counts for the one that it shows.
    "organisations:tokens": _asks(Permission.SEE_HOME),
    "organisations:make_token": _asks(Permission.SEE_HOME),
    "organisations:revoke_token": _asks(Permission.SEE_HOME),
    "organisations:organisation_tokens": _asks(Permission.SET_ORGANISATION),
    "organisations:make_organisation_token": _asks(Permission.SET_ORGANISATION),
    "organisations:revoke_organisation_token": _asks(Permission.SET_ORGANISATION),
    # The API: by tokens alone. Its document shows nothing of any organisation.
    "api_document": _OWN,
    "api:get_document_of_api": _OWN,
    "api:get_organisation": _by_token(TokenScope.ORGANISATION_READ),
    "api:list_people": _by_token(TokenScope.PEOPLE_READ),
    "api:list_activities": _by_token(TokenScope.ESTATE_READ),
    "api:list_services": _by_token(TokenScope.ESTATE_READ),
    "api:get_service": _by_token(TokenScope.ESTATE_READ),
    "api:get_restart_times": _by_token(TokenScope.RECOVERY_READ),
    "api:get_service_restart_times": _by_token(TokenScope.RECOVERY_READ),
    "api:list_checks": _by_token(TokenScope.WATCH_READ),
    "api:get_check": _by_token(TokenScope.WATCH_READ),
    "api:list_backup_plans": _by_token(TokenScope.BACKUPS_READ),
    "api:get_backup_plan": _by_token(TokenScope.BACKUPS_READ),
    "api:list_backup_runs": _by_token(TokenScope.BACKUPS_READ),
    "api:list_restore_tests": _by_token(TokenScope.BACKUPS_READ),
    "api:run_backup_plan": _by_token(TokenScope.BACKUPS_WRITE),
    "api:list_documents": _by_token(TokenScope.KNOWLEDGE_READ),
    "api:get_document": _by_token(TokenScope.KNOWLEDGE_READ),
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
