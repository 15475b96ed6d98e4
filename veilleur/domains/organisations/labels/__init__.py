"""Reason codes of organisations as sentences."""

from collections.abc import Mapping
from typing import Any

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
    "role_of_directory": _("The groups of the directory decide this role: change it there."),
    "role_of_provider": _("The identity provider decides this role: change it there."),
    "last_own_manager": _(
        "Nobody else is a manager who signs in by Veilleur alone: invite somebody as one first. "
        "A directory or an identity provider may be away."
    ),
    "account_of_provider": _(
        "Your account comes from the identity provider of your organisation and opens that one only. "
        "Ask to be invited under another address."
    ),
    "password_of_provider": _("You sign in with your company’s account: its password is changed there."),
    "no_such_provider": _("This identity provider was removed."),
    "issuer_stays": _(
        "Another issuer is another identity provider, whose people are others: add it, and remove this one."
    ),
    "secret_needed": _(
        "Type the client secret again: the one that is kept was given for what stood here before."
    ),
    "show_has_no_provider": _("A demonstration speaks to no real identity provider."),
    "account_of_directory": _(
        "Your account comes from the directory of your organisation and opens that one only. "
        "Ask to be invited under another address."
    ),
    "password_of_directory": _("The directory of the organisation keeps this password: change it there."),
    "no_such_directory": _("This directory was removed."),
    "no_such_account": _("This person may come back already."),
    "password_needed": _(
        "Type the password of the account again: the one that is kept was given for what stood here before."
    ),
    "reading_overtaken": _("The directory says something else by now: look again at what would happen."),
    "show_speaks_to_nobody": _("A demonstration speaks to no real directory."),
    "no_longer_allowed": _("Your role no longer allows this: nothing was changed."),
    "managers_affair": _("Only a manager of the organisation itself decides about its managers."),
    "no_such_mandate": _("This mandate has ended already."),
    "mandate_over": _("This day is past: nobody would be let in."),
    "offer_invalid": _(
        "This link does not work: it was used already, was withdrawn, is too old, or was mistyped."
    ),
    "offer_to_oneself": _("An organisation gives no mandate to itself: look at the provider’s first."),
    "demo_apart": _("The demonstration and real organisations do not serve one another."),
    "scope_beyond_role": _("Your role does not allow all of this: a token opens no more than its maker may."),
    "token_days": _("A token lasts from one day to one year."),
    "too_many_tokens": _("You have as many tokens here as anybody may: revoke some first."),
    "no_such_token": _("This token was revoked already."),
    "team_named_already": _("A team of this name exists already."),
    "no_such_team": _("This team was dissolved already."),
    "rota_named_already": _("A rota of this name exists already."),
    "no_such_rota": _("This rota has ended already."),
    "nobody_takes_turns": _("Say who takes turns: one person at least."),
    "not_in_pool": _("Only members of the rota’s team can be on call in it."),
    "shift_reversed": _("The end lies before the beginning."),
    "shift_too_long": _("This is too long: look at the two days."),
    "shift_too_old": _("This is more than two months ago: those hours were counted already."),
    "shift_past": _("This is over already."),
    "swap_with_oneself": _("Choose a shift of somebody else."),
    "swap_overtaken": _("The rota has changed since, or one of the two shifts began already."),
    "no_such_swap": _("This swap was answered or withdrawn already."),
    "stand_in_themselves": _("Nobody stands in for themselves: choose somebody else."),
    "stand_in_away": _("This person is away then as well: choose somebody else."),
    "stand_in_unknown": _("This person cannot be on call in any rota."),
    "no_such_absence": _("This absence is over already."),
    "intervention_ahead": _("Note what has been, not what will be."),
    "nothing_to_erase": _("Nothing is held here about this person any more."),
    "erasure_asked_already": _("You asked for it already."),
    "erasure_ordered_already": _("It was ordered already, and is done in the background."),
    "no_such_erasure": _("This request was taken back already, or is being carried out."),
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
    "technician": _(
        "Sees everything; changes the estate, the watch, backups and documents; carries out procedures."
    ),
    "referent": _(
        "Sees all but the journal; says how long a service may be down and what it may lose. "
        "Writes documents."
    ),
    "requester": _("Sees the home page, and the documents that are written for everybody."),
    "auditor": _("Sees everything, the journal included, and changes nothing."),
}

# What a mandate covers.
SCOPES: dict[str, Promise] = {
    "estate": _("Machines, services and what they promise"),
    "watch": _("The watch"),
    "backups": _("Backups and restore tests"),
    "keys": _("The recovery key"),
    "knowledge": _("Documents and procedures"),
    "people": _("People and invitations"),
}

# What a token may be used for.
TOKEN_SCOPES: dict[str, Promise] = {
    "organisation:read": _("Read the organisation: its name, language and zone"),
    "people:read": _("Read people: names, addresses and roles"),
    "estate:read": _("Read services"),
    "recovery:read": _("Read restart times"),
    "watch:read": _("Read checks and their states"),
    "backups:read": _("Read backup plans, runs and restore tests"),
    "backups:write": _("Run a backup"),
    "knowledge:read": _("Read documents"),
}

# What a token is worth, by the states of `rules/api_tokens.py`.
TOKEN_STATES: dict[str, Promise] = {
    "good": _("In use"),
    "due": _("Expires soon"),
    "asleep": _("Opens nothing now: whoever made it may no longer"),
    "expired": _("Expired"),
    "revoked": _("Revoked"),
}

PROFILES: dict[str, Promise] = {
    "starting": _("Starting"),
    "structured": _("Structured"),
    "many": _("Several sites, or many customers"),
}

# For whom a profile is, in one sentence.
PROFILE_REASONS: dict[str, Promise] = {
    "starting": _(
        "One or two people, the ten services that count most. What is not needed yet stays out of sight."
    ),
    "structured": _("Several people who share the work, in teams."),
    "many": _("A provider, or a company that looks after others: the customers on one page."),
}

SIDES: dict[str, Promise] = {
    "internal": _("The organisation itself"),
    "provider": _("A provider"),
}

ERRORS: dict[str, Promise] = {
    "directory_away": _(
        "The directory of your organisation does not answer: nobody can check this password now. Try again "
        "in a moment."
    ),
    "secrets_away": _(
        "Codes cannot be checked now: the process that holds the keys does not answer, or it "
        "holds other keys. On the machine itself, “veilleur doctor” says more."
    ),
}


# By what somebody proved to be the one.
MEANS: dict[str, Promise] = {
    "password": _("password"),
    "code": _("one-time code"),
    "password_code": _("password and one-time code"),
    "password_recovery_code": _("password and recovery code"),
    "password_passkey": _("password and passkey"),
    "passkey": _("passkey alone"),
    "directory": _("password of the directory"),
    "directory_code": _("password of the directory and one-time code"),
    "directory_recovery_code": _("password of the directory and recovery code"),
    "directory_passkey": _("password of the directory and passkey"),
    "company": _("company’s account"),
    "company_code": _("company’s account and one-time code"),
    "company_recovery_code": _("company’s account and recovery code"),
    "company_passkey": _("company’s account and passkey"),
}

# The kinds of authenticator.
FACTORS: dict[str, Promise] = {
    "totp": _("app with one-time codes"),
    "webauthn": _("passkey"),
    "recovery_codes": _("recovery codes"),
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
    "organisations.directory_added": _("A directory was added."),
    "organisations.directory_changed": _("A directory was changed."),
    "organisations.directory_removed": _("A directory was removed."),
    "organisations.directory_read": _("A reading of a directory changed who belongs here."),
    "organisations.directory_held": _("A reading of a directory waits for somebody to agree."),
    "organisations.directory_agreed": _("Somebody agreed to a reading of a directory."),
    "organisations.directory_account_let_in": _("A directory may bring somebody back who was sent away."),
    "organisations.provider_added": _("An identity provider was added."),
    "organisations.provider_changed": _("An identity provider was changed."),
    "organisations.provider_removed": _("An identity provider was removed."),
    "organisations.provider_account_waits": _("Somebody with a company’s account waits to be let in."),
    "organisations.provider_account_let_in": _("Somebody with a company’s account may come in."),
    "organisations.second_factor_added": _("A member added a second factor."),
    "organisations.second_factor_removed": _("A second factor was removed."),
    "organisations.recovery_codes_made": _("A member made new recovery codes."),
    "organisations.profile_chosen": _("Another profile was chosen."),
    "organisations.first_week_said": _("Something of the first week was said, or taken back."),
    "organisations.second_factor_asked": _("Who signs in with a second factor was decided."),
    "organisations.team_made": _("A team was made."),
    "organisations.team_changed": _("A team was changed."),
    "organisations.team_dissolved": _("A team was dissolved."),
    "organisations.rota_made": _("An on-call rota was made."),
    "organisations.rota_changed": _("An on-call rota was changed."),
    "organisations.rota_ended": _("An on-call rota ended."),
    "organisations.turns_planned": _("Turns on call were planned."),
    "organisations.turns_stopped": _("Turns on call were stopped."),
    "organisations.shift_planned": _("An on-call shift was planned by hand."),
    "organisations.duty_taken_over": _("Somebody took over on-call duty."),
    "organisations.swap_asked": _("Somebody asked to swap on-call duty."),
    "organisations.swap_closed": _("A swap of on-call duty was answered or withdrawn."),
    "organisations.absence_entered": _("Somebody is away from on-call duty."),
    "organisations.absence_ended": _("Somebody is back on call earlier than planned."),
    "organisations.intervention_noted": _("An intervention on call was noted."),
    "organisations.mandate_offered": _("A mandate was offered to a provider."),
    "organisations.mandate_taken_up": _("A provider took up a mandate."),
    "organisations.mandate_changed": _("A mandate was changed."),
    "organisations.mandate_ended": _("A mandate ended."),
    "organisations.api_token_made": _("An API token was made."),
    "organisations.api_token_revoked": _("An API token was revoked."),
    "organisations.api_token_refused": _("An expired API token was used, and refused."),
    "organisations.setup_link_issued": _("A set-up link was issued."),
    "organisations.setup_link_redeemed": _("A set-up link was used."),
    "organisations.open_links_ended": _("Sessions and links that were open in a restored copy ended."),
    "organisations.signed_in": _("Somebody signed in."),
    "organisations.signed_out": _("Somebody signed out."),
    "organisations.sessions_ended": _("A member ended the sessions elsewhere."),
    "organisations.sign_in_failed": _("A sign-in was refused."),
    "organisations.password_changed": _("A password was changed."),
    "organisations.erasure_asked": _("Somebody asked to be erased."),
    "organisations.erasure_withdrawn": _("A request to be erased was taken back."),
    "organisations.erasure_ordered": _("A manager had somebody erased."),
    "organisations.personal_data_exported": _("What is held about somebody was downloaded."),
    "organisations.person_erased": _("What was held about somebody is gone."),
}


def fact_detail(body: Mapping[str, Any]) -> str:
    """Return what a fact of this domain names: a role, a factor, by what somebody signed in."""
    if "joined" in body or "joining" in body:
        return _of_reading(body)
    words = (
        ROLES.get(str(body.get("role"))),
        FACTORS.get(str(body.get("factor"))),
        MEANS.get(str(body.get("means"))),
    )
    return next((str(word) for word in words if word), "")


def _of_reading(body: Mapping[str, Any]) -> str:
    """Return how many people a reading of a directory is about, with the name of nobody."""
    counts = (
        (_("joining: {count}"), body.get("joined", body.get("joining", 0))),
        (_("leaving: {count}"), body.get("left", body.get("leaving", 0))),
        (_("other role: {count}"), body.get("roles", 0)),
        (_("other name or address: {count}"), body.get("described", 0)),
    )
    return ", ".join(str(word).format(count=count) for word, count in counts if count)


def error_sentence(reason: str) -> str:
    """Return the sentence for an error's reason code; raise KeyError for a code of another domain."""
    return str(ERRORS[reason])


def refusal_sentence(reason: str) -> str:
    """Return the sentence for a refusal's reason code; raise KeyError for a code of another domain."""
    return str(REFUSALS[reason])
