"""The journal's codes in plain words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from veilleur.domains.journal.rules.verification import Damage

DAMAGE: dict[Damage, "Promise | str"] = {
    Damage.CHANGED: _("The entry was changed after it was recorded."),
    Damage.BODY_CHANGED: _("The content of the entry was changed after it was recorded."),
    Damage.BODY_MISSING: _("The content of the entry was erased, and no recorded act says so."),
    Damage.REMOVED: _("Entries were removed here."),
    Damage.REORDERED: _("The entry was moved from another place."),
    Damage.UNLINKED: _("The entry does not follow from the one before it: that one was replaced."),
    Damage.EPOCH: _("A new epoch begins here, and no restore was declared."),
    Damage.HEAD: _("The recorded end of the journal does not agree with its last entry."),
    Damage.TRUNCATED: _("The end of the journal was cut off from here on."),
    Damage.REWRITTEN: _(
        "The entry is not the one whose signed proof left this machine: history was rewritten."
    ),
    Damage.FORGED: _("A kept proof does not carry the signature of this installation."),
    Damage.UNGUARDED: _(
        "The database no longer refuses changes to the journal: its guards are missing or were changed."
    ),
    Damage.STRAY: _("An entry stands where the journal has no place: nobody recorded it."),
    Damage.OWNER: _("The journal is filed under another organisation than its own."),
}

REFUSALS: dict[str, "Promise | str"] = {
    "not_parked": _("This event is not waiting to be tried again."),
    "not_erasable": _("One of these entries cannot be erased, or is not part of this journal."),
}

ERRORS: dict[str, "Promise | str"] = {
    "journal_error": _("The journal refused the operation."),
    "bad_fact": _("An event could not be written to the journal in its exact form."),
    "not_recording": _("Something was to be written outside a recorded action."),
    "lease_lost": _("Another worker has taken over this work; its result counts."),
    "key_unavailable": _("The process that holds the keys does not answer. “veilleur up” starts it."),
}

# What the journal's page says of each kind of fact.
FACTS: dict[str, Promise] = {
    "journal.epoch_opened": _("A new epoch of the journal began after a restore."),
    "journal.bodies_erased": _("The content of entries was erased."),
    "journal.verified": _("The whole journal was verified."),
    "journal.fact_parked": _("A fact could not be handled and was put aside."),
    "journal.parked_fact_retried": _("A fact that was put aside was tried again."),
    "journal.parked_fact_dropped": _("A fact that was put aside was given up."),
    "installation.key_generation_made": _("A new generation of the master key seals everything from now on."),
    "installation.key_generation_retired": _(
        "A generation of the master key that nothing needed was removed."
    ),
    "installation.process_died": _("A process of Veilleur ended unasked and was started again."),
}

# Why bodies were erased, where Veilleur itself says so.
ERASURE_REASONS: dict[str, Promise] = {
    "personal_data": _("personal data of somebody who was erased"),
}
