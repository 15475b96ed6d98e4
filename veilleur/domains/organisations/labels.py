"""Reason codes of organisations as sentences."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, Promise] = {
    "setup_link_invalid": _(
        "This set-up link does not work: it was used already, is too old, or was mistyped."
    ),
    "email_taken": _("Somebody signs in with this address already."),
    "password_rules": _("This password is too easy to guess."),
}

# What the journal's page says of each kind of fact.
FACTS: dict[str, Promise] = {
    "organisations.organisation_created": _("The organisation was created."),
    "organisations.organisation_named": _("The organisation got another name."),
    "organisations.person_created": _("An account was created."),
    "organisations.member_added": _("A person joined the organisation."),
    "organisations.setup_link_issued": _("A set-up link was issued."),
    "organisations.setup_link_redeemed": _("A set-up link was used."),
    "organisations.signed_in": _("Somebody signed in."),
    "organisations.signed_out": _("Somebody signed out."),
    "organisations.sign_in_failed": _("A sign-in was refused."),
    "organisations.password_changed": _("A password was changed."),
}


def refusal_sentence(reason: str) -> str:
    """Return the sentence for a refusal's reason code; raise KeyError for a code of another domain."""
    return str(REFUSALS[reason])
