"""Writes of organisations: who exists, who belongs where, set-up links, passwords, sign-ins."""

from veilleur.domains.organisations.actions.invitations import (
    Invited,
    accept_as_member_elsewhere,
    accept_as_somebody_new,
    invite,
    withdraw_invitation,
)
from veilleur.domains.organisations.actions.languages import choose_language
from veilleur.domains.organisations.actions.memberships import add_member, change_role, end_membership
from veilleur.domains.organisations.actions.passwords import (
    HashedPassword,
    change_password,
    hash_new_password,
    password_faults,
)
from veilleur.domains.organisations.actions.people import create_organisation, create_person
from veilleur.domains.organisations.actions.second_factors import (
    forget_second_factors,
    note_recovery_codes,
    note_second_factor_added,
    note_second_factor_removed,
    spend_code,
)
from veilleur.domains.organisations.actions.setup_links import (
    NewPerson,
    issue_setup_link,
    redeem_setup_link,
)
from veilleur.domains.organisations.actions.signins import (
    note_failed_sign_in,
    note_sign_in,
    note_sign_out,
)

__all__ = [
    "HashedPassword",
    "Invited",
    "NewPerson",
    "accept_as_member_elsewhere",
    "accept_as_somebody_new",
    "add_member",
    "change_password",
    "change_role",
    "choose_language",
    "create_organisation",
    "create_person",
    "end_membership",
    "forget_second_factors",
    "hash_new_password",
    "invite",
    "issue_setup_link",
    "note_failed_sign_in",
    "note_recovery_codes",
    "note_second_factor_added",
    "note_second_factor_removed",
    "note_sign_in",
    "note_sign_out",
    "password_faults",
    "redeem_setup_link",
    "spend_code",
    "withdraw_invitation",
]
