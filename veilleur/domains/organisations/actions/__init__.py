"""Writes of organisations: who exists, who belongs where, set-up links, passwords, sign-ins."""

from veilleur.domains.organisations.actions.arrivals import arrive_by_provider
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
from veilleur.domains.organisations.actions.providers import (
    add_provider,
    change_provider,
    clear_removed_provider,
    let_provider_account_in,
    note_provider_tried,
    open_provider_secret,
    remove_provider,
    seal_provider_secret,
    turn_provider_account_away,
)
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
    "NewPerson",
    "TeamContent",
    "accept_as_member_elsewhere",
    "accept_as_somebody_new",
    "add_customer",
    "add_directory",
    "add_member",
    "add_provider",
    "agree_to_reading",
    "arrive_by_provider",
    "ask_all_readings",
    "ask_reading",
    "ask_second_factor",
    "change_directory",
    "change_mandate",
    "change_password",
    "change_provider",
    "change_role",
    "change_team",
    "choose_language",
    "choose_profile",
    "clear_removed_directory",
    "clear_removed_provider",
    "create_organisation",
    "create_person",
    "dissolve_team",
    "do_steps",
    "end_mandate",
    "end_membership",
    "end_what_was_open",
    "forget_second_factors",
    "give_mandate_back",
    "hash_new_password",
    "invite",
    "issue_setup_link",
    "let_account_in",
    "let_provider_account_in",
    "make_team",
    "note_directory_fault",
    "note_failed_sign_in",
    "note_provider_tried",
    "note_recovery_codes",
    "note_second_factor_added",
    "note_second_factor_removed",
    "note_sessions_ended",
    "note_sign_in",
    "note_sign_out",
    "offer_mandate",
    "open_provider_secret",
    "password_faults",
    "password_of_nobody",
    "redeem_setup_link",
    "remove_directory",
    "remove_provider",
    "seal_directory_password",
    "seal_provider_secret",
    "set_organisation",
    "spend_code",
    "take_up_mandate",
    "turn_provider_account_away",
    "weigh_reading",
    "withdraw_invitation",
]
