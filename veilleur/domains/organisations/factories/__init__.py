"""Organisations and persons for tests: plain functions with honest defaults."""

from veilleur.domains.organisations.factories.browsing import signed_in
from veilleur.domains.organisations.factories.directories import (
    make_directory,
    make_directory_account,
    make_directory_group,
    make_identity_provider,
    make_provider_account,
)
from veilleur.domains.organisations.factories.people import (
    PASSWORD,
    SINCE,
    held_mandate,
    make_api_token,
    make_erasure,
    make_invitation,
    make_mandate,
    make_membership,
    make_organisation,
    make_person,
    make_saying,
    prove,
)
from veilleur.domains.organisations.factories.rota import (
    make_absence,
    make_intervention,
    make_rota,
    make_sample_rota,
    make_shift,
    make_stand_in,
    make_swap,
    make_terms,
    make_turns,
)
from veilleur.domains.organisations.factories.samples import make_samples

__all__ = [
    "PASSWORD",
    "SINCE",
    "held_mandate",
    "make_absence",
    "make_api_token",
    "make_directory",
    "make_directory_account",
    "make_directory_group",
    "make_erasure",
    "make_identity_provider",
    "make_intervention",
    "make_invitation",
    "make_mandate",
    "make_membership",
    "make_organisation",
    "make_person",
    "make_provider_account",
    "make_rota",
    "make_sample_rota",
    "make_samples",
    "make_saying",
    "make_shift",
    "make_stand_in",
    "make_swap",
    "make_terms",
    "make_turns",
    "prove",
    "signed_in",
]
