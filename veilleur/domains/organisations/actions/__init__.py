"""Writes of organisations: who exists, who belongs where, set-up links, passwords, sign-ins."""

from veilleur.domains.organisations.actions.api_tokens import (
    WantedToken,
    make_token,
    note_token_refused,
    note_token_used,
    revoke_own_token,
    revoke_token,
)
from veilleur.domains.organisations.actions.directories import (
    add_directory,
    agree_to_reading,
    ask_all_readings,
    ask_reading,
    change_directory,
    clear_removed_directory,
    let_account_in,
    remove_directory,
    seal_directory_password,
)
from veilleur.domains.organisations.actions.erasures import (
    Looked,
    ask_erasure,
    erase_named_bodies,
    erase_rows,
    finish_erasure,
    note_export,
    order_again,
    order_erasure,
    withdraw_erasure,
)
from veilleur.domains.organisations.actions.first_week import say_in_first_week
from veilleur.domains.organisations.actions.invitations import (
    Invited,
    accept_as_member_elsewhere,
    accept_as_somebody_new,
    invite,
    withdraw_invitation,
)
from veilleur.domains.organisations.actions.languages import choose_language
from veilleur.domains.organisations.actions.mandates import (
    Given,
    add_customer,
    change_mandate,
    end_mandate,
    give_mandate_back,
    offer_mandate,
    take_up_mandate,
)
from veilleur.domains.organisations.actions.memberships import add_member, change_role, end_membership
from veilleur.domains.organisations.actions.passwords import (
    HashedPassword,
    change_password,
    hash_new_password,
    password_faults,
    password_of_nobody,
)
from veilleur.domains.organisations.actions.people import create_organisation, create_person
from veilleur.domains.organisations.actions.readings import do_steps, note_directory_fault, weigh_reading
from veilleur.domains.organisations.actions.restores import end_what_was_open
from veilleur.domains.organisations.actions.second_factors import (
    forget_second_factors,
    note_recovery_codes,
    note_second_factor_added,
    note_second_factor_removed,
    spend_code,
)
from veilleur.domains.organisations.actions.settings import (
    ask_second_factor,
    choose_profile,
    set_organisation,
)
from veilleur.domains.organisations.actions.setup_links import (
    NewPerson,
    issue_setup_link,
    redeem_setup_link,
)
from veilleur.domains.organisations.actions.signins import (
    note_failed_sign_in,
    note_sessions_ended,
    note_sign_in,
    note_sign_out,
)
from veilleur.domains.organisations.actions.teams import (
    TeamContent,
    change_team,
    dissolve_team,
    make_team,
)

__all__ = [
    "Given",
    "HashedPassword",
    "Invited",
    "Looked",
    "NewPerson",
    "TeamContent",
    "WantedToken",
    "accept_as_member_elsewhere",
    "accept_as_somebody_new",
    "add_customer",
    "add_directory",
    "add_member",
    "agree_to_reading",
    "ask_all_readings",
    "ask_erasure",
    "ask_reading",
    "ask_second_factor",
    "change_directory",
    "change_mandate",
    "change_password",
    "change_role",
    "change_team",
    "choose_language",
    "choose_profile",
    "clear_removed_directory",
    "create_organisation",
    "create_person",
    "dissolve_team",
    "do_steps",
    "end_mandate",
    "end_membership",
    "end_what_was_open",
    "erase_named_bodies",
    "erase_rows",
    "finish_erasure",
    "forget_second_factors",
    "give_mandate_back",
    "hash_new_password",
    "invite",
    "issue_setup_link",
    "let_account_in",
    "make_team",
    "make_token",
    "note_directory_fault",
    "note_export",
    "note_failed_sign_in",
    "note_recovery_codes",
    "note_second_factor_added",
    "note_second_factor_removed",
    "note_sessions_ended",
    "note_sign_in",
    "note_sign_out",
    "note_token_refused",
    "note_token_used",
    "offer_mandate",
    "order_again",
    "order_erasure",
    "password_faults",
    "password_of_nobody",
    "redeem_setup_link",
    "remove_directory",
    "say_in_first_week",
    "revoke_own_token",
    "revoke_token",
    "seal_directory_password",
    "set_organisation",
    "spend_code",
    "take_up_mandate",
    "weigh_reading",
    "withdraw_erasure",
    "withdraw_invitation",
]
