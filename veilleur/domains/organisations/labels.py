"""Reason codes of organisations as sentences."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, Promise] = {
    "setup_link_invalid": _(
        "This set-up link does not work: it was used already, is too old, or was mistyped."
    ),
    "email_taken": _("Somebody signs in with this address already."),
    "no_such_member": _("This person no longer belongs to the organisation."),
    "last_manager": _("Nobody else is a manager: make somebody else one first."),
    "member_already": _("Somebody with this address belongs to the organisation already."),
    "no_such_invitation": _("This invitation was used or withdrawn already."),
    "invitation_invalid": _(
        "This invitation does not work: it was used already, was withdrawn, is too old, or was mistyped."
    ),
    "invitation_for_another": _("This invitation was made for another address."),
    "password_rules": _("This password is too easy to guess."),
}

ROLES: dict[str, Promise] = {
    "manager": _("Manager"),
    "technician": _("Technician"),
    "referent": _("Business referent"),
    "requester": _("Requester"),
    "auditor": _("Auditor"),
}

# What a role may do, in one sentence.
ROLE_DUTIES: dict[str, Promise] = {
    "manager": _("May do everything, manage people and hold the recovery key."),
    "technician": _("Sees everything; changes the estate, the watch and backups."),
    "referent": _("Sees all but the journal; says how long a service may be down and what it may lose."),
    "requester": _("Sees the home page."),
    "auditor": _("Sees everything, the journal included, and changes nothing."),
}

SIDES: dict[str, Promise] = {
    "internal": _("The organisation itself"),
    "provider": _("A provider"),
}

# What the journal's page says of each kind of fact.
FACTS: dict[str, Promise] = {
    "organisations.organisation_created": _("The organisation was created."),
    "organisations.organisation_named": _("The organisation got another name."),
    "organisations.person_created": _("An account was created."),
    "organisations.member_added": _("A person joined the organisation."),
    "organisations.role_changed": _("A member got another role."),
    "organisations.member_left": _("A person left the organisation."),
    "organisations.account_closed": _("An account was closed: its owner belongs nowhere any more."),
    "organisations.invitation_issued": _("Somebody was invited."),
    "organisations.invitation_withdrawn": _("An invitation was withdrawn."),
    "organisations.invitation_accepted": _("An invitation was accepted."),
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
