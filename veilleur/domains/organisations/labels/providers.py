"""Words of identity providers."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# How an identity provider stands, by the states of `rules/providers.py`.
PROVIDER_STATES: dict[str, Promise] = {
    "unknown": _("Nobody has tried it yet: whether it works is unknown."),
    "fault": _("At the last try it could not be used."),
    "good": _("It answered at the last try."),
}


# Why an identity provider could not be used.
PROVIDER_FAULTS: dict[str, Promise] = {
    "unreachable": _("It does not answer."),
    "certificate_refused": _(
        "Its certificate does not fit: it is another name’s, another authority’s or too old."
    ),
    "address_refused": _(
        "Its address leads to this machine or into a private network where nothing is asked. Whoever runs "
        "Veilleur may allow a host by VEILLEUR_IDENTITY_HOSTS."
    ),
    "other_issuer": _("It calls itself by another issuer than the one typed here."),
    "answer_broken": _("It gives no usable answer."),
    "no_way_in": _("Its description offers no way in that Veilleur takes: code flow, RS256 or ES256, PKCE."),
    "client_refused": _("It does not take the client ID with its secret."),
    "secrets_away": _(
        "The process that holds the keys does not answer, or it holds other keys. Then type the "
        "client secret again."
    ),
}


# Why somebody does not come in with the company's account.
_PROVIDER_SENTENCES: dict[str, Promise] = {
    "denied": _("Your company did not let you in, or you did not agree there."),
    "token_broken": _("What your company’s account answered cannot be trusted: nobody was signed in."),
    "other_issuer": _("Another provider answered than the one that was asked: nobody was signed in."),
    "not_fresh": _("Your company’s account did not ask you anew. Try once more, and sign in there."),
    "secrets_away": _(
        "The process that holds the keys does not answer: nobody can sign in with the company’s account now."
    ),
    "provider_changed": _("The settings of your company’s account have just changed: begin again."),
    "no_role_at_provider": _(
        "Your company’s account is good, but gives no role here. Ask whoever manages it for a group that "
        "does."
    ),
    "claim_absent": _(
        "Your company’s account says nothing of your groups, so that your role is unknown. Tell whoever "
        "manages it."
    ),
    "kept_out": _("You no longer belong here. A manager may let you back in."),
    "waits_for_manager": _(
        "Your company’s account is good. A manager here must let you in once; come back then."
    ),
    "too_many_wait": _("Too many people wait to be let in: tell a manager."),
    "address_taken": _(
        "Somebody signs in with your address already, by other means: sign in that way, or ask a manager. "
        "Nobody’s account is ever taken over."
    ),
    "address_missing": _("Your company’s account has no e-mail address, which Veilleur needs."),
    "address_unverified": _("Your company’s account says that nobody verified your e-mail address."),
    "another_person": _("A different person signed in there than here: nothing was confirmed."),
    "no_second_factor_there": _(
        "Your company’s account did not say that it asked for a second factor: add one here."
    ),
    "busy": _("Too many people sign in with this company’s account at once. Try again in a moment."),
}


def provider_sentence(reason: str) -> str:
    """Return what somebody is told who does not come in with the company's account."""
    sentence = _PROVIDER_SENTENCES.get(reason)
    away = _("Your company’s account cannot be used now. Who has a password here still signs in with it.")
    return str(sentence or away)
