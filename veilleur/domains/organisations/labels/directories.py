"""Words of directories (AD, LDAP)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DIRECTORY_KINDS: dict[str, Promise] = {
    "active_directory": _("Active Directory"),
    "openldap": _("OpenLDAP, or another by LDAP"),
}


# How a directory stands, by the states of `rules/directory.py`.
DIRECTORY_STATES: dict[str, Promise] = {
    "reading": _("It is being read."),
    "fault": _("It could not be read: who left is unknown."),
    "held": _("It was read, and waits for you to agree."),
    "late": _("It was not read lately: who left is unknown."),
    "good": _("It was read, and people here are as it says."),
}


# Why a directory could not be read.
DIRECTORY_FAULTS: dict[str, Promise] = {
    "unreachable": _("No server answers."),
    "certificate_refused": _(
        "The server’s certificate does not fit: it is another name’s, another authority’s or too old."
    ),
    "no_tls": _("The server has no encryption. Without it a password would cross the network in clear."),
    "account_refused": _(
        "The directory does not let the account in: its name or its password is not correct."
    ),
    "base_absent": _("The place to search below is not there, or the account may not see it."),
    "filter_broken": _("The directory does not understand the filter of people."),
    "too_many": _(
        "The directory answers in part only: it has more entries than it gives, or than Veilleur takes."
    ),
    "no_identity": _(
        "An entry has no identifier that stays (objectGUID, entryUUID), or the account may not see it."
    ),
    "answer_broken": _("The server gives no usable answer."),
    "busy": _("Too many people sign in by this directory at once."),
    "secrets_away": _(
        "The process that holds the keys does not answer, or it holds other keys. Then type the "
        "password of the account again."
    ),
}


# Why a reading waits for somebody to agree.
DIRECTORY_DOUBTS: dict[str, Promise] = {
    "new": _("This is the first reading with these settings. Nobody joins or leaves before you agree."),
    "empty": _(
        "It returns nobody at all. That looks like a fault of the directory: nobody leaves before you agree."
    ),
    "many": _(
        "More than half of its people would leave. That looks like a mistake: nobody leaves before you agree."
    ),
}


# Why somebody of a directory cannot join.
DIRECTORY_CONFLICTS: dict[str, Promise] = {
    "no_address": _("has no e-mail address in the directory"),
    "address_twice": _("shares the address with somebody else in the directory"),
    "own_account": _("belongs here already, with a password of their own"),
    "address_taken": _("has an account already that did not come from this directory: invite them"),
}
