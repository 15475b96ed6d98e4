"""Words of what is held about persons, and what becomes of it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Who stands behind a pseudonym that nobody is behind any more.
ERASED_PERSON = _("somebody who was erased")


# What becomes of data about somebody who is erased.
DISPOSITIONS: dict[str, Promise] = {
    "row_goes": _("deleted"),
    "emptied": _("emptied"),
    "pseudonymised": _("kept, as somebody’s who was erased"),
    "kept": _("kept"),
}


# Why.
WHY: dict[str, Promise] = {
    "not_needed": _("Nothing needs it any more."),
    "history": _("So that the history stays readable: it no longer says who that was."),
    "evidence": _("It is evidence of what was done, and names a pseudonym only."),
    "keeps_out": _("Without it the directory would bring the person back. It goes with the directory."),
    "others_right": _("It is not about one person."),
    "technical": _("It holds nothing about people."),
    "passes": _("It is about work, and goes by itself."),
}


# What people call rows about somebody, by table.
HELD_TABLES: dict[str, Promise] = {
    "organisations.Person": _("The account: name, address, password, language"),
    "organisations.Person.pseudonym": _("The pseudonym of the account"),
    "account.EmailAddress": _("Addresses of the account"),
    "account.EmailConfirmation": _("Confirmations of addresses"),
    "mfa.Authenticator": _("Second factors: apps, passkeys, recovery codes"),
    "usersessions.UserSession": _("Sessions, with address and browser"),
    "organisations.Membership": _("The membership, with its role and days"),
    "organisations.TeamMember": _("Belonging to teams"),
    "organisations.DirectoryAccount": _("The account in a directory"),
    "organisations.ProviderAccount": _("The account at an identity provider"),
    "organisations.ApiToken": _("API tokens"),
    "organisations.Invitation": _("Invitations"),
    "organisations.Mandate": _("Mandates that the person offered"),
    "organisations.OnCallTurnTaker": _("Turns on call"),
    "organisations.OnCallShift": _("Shifts that were planned or taken over"),
    "organisations.OnCallSwap": _("Swaps of shifts"),
    "organisations.OnCallAbsence": _("Absences from on-call duty"),
    "organisations.OnCallStandIn": _("Standing in for somebody on call"),
    "organisations.OnCallIntervention": _("Interventions on call"),
    "organisations.FirstWeekSaying": _("What the person said of the first week"),
    "organisations.Erasure": _("Requests to be erased"),
    "organisations.Team": _("Team"),
    "organisations.Directory": _("Directory"),
    "journal.Entry": _("What the person did, in the journal"),
}
