"""Writes of organisations: who exists, who belongs where, set-up links, passwords, sign-ins."""

from veilleur.domains.organisations.actions.languages import choose_language
from veilleur.domains.organisations.actions.passwords import (
    HashedPassword,
    change_password,
    hash_new_password,
    password_faults,
)
from veilleur.domains.organisations.actions.people import add_member, create_organisation, create_person
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
    "NewPerson",
    "add_member",
    "change_password",
    "choose_language",
    "create_organisation",
    "create_person",
    "hash_new_password",
    "issue_setup_link",
    "note_failed_sign_in",
    "note_sign_in",
    "note_sign_out",
    "password_faults",
    "redeem_setup_link",
]
