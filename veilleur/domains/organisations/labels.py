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


def refusal_sentence(reason: str) -> str:
    """Return the sentence for a refusal's reason code; raise KeyError for a code of another domain."""
    return str(REFUSALS[reason])
