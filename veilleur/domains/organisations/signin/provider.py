"""Signing in at an identity provider: the way there and back, kept in the session of this browser alone."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.ports import IDENTITY_PROVIDERS, SignInAsked
from veilleur.domains.organisations.queries.address_digests import address_digest
from veilleur.domains.organisations.queries.providers import ProviderRow
from veilleur.domains.organisations.rules.errors import ProviderFault, SecretsAway
from veilleur.domains.organisations.rules.providers import SCOPES, Identity, is_second_factor
from veilleur.domains.organisations.signin.account import keep_first_step
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

# As the library's records name a sign-in at a provider.
METHOD = "company"
_SESSION_KEY = "provider_sign_ins"
# Several pages may be on their way there; whoever stays away for longer begins anew.
_MOST_AT_ONCE, _LONGEST_S = 4, 600
_TOKEN_BYTES = 32
# What tells something of the provider, rather than of whoever came with a bad answer.
_OF_PROVIDER = frozenset(
    {
        "unreachable",
        "certificate_refused",
        "address_refused",
        "answer_broken",
        "no_way_in",
        "client_refused",
        "other_issuer",
        "secrets_away",
    }
)


@dataclass(frozen=True)
class Begun:
    """A sign-in on its way: at which provider as it was then, and where it leads.

    `proves`: the person, already signed in, who is to prove to be there; None for whoever signs in.
    """

    asked: SignInAsked
    generation: int
    next_page: str
    proves: int | None


@dataclass(frozen=True)
class Arrived:
    """Who came back, and whether the provider saw a second factor that counts here."""

    person: Person
    has_second_factor: bool


def begin(
    request: HttpRequest, provider: ProviderRow, return_address: str, next_page: str, *, proves: bool = False
) -> str:
    """Return the address at which the person signs in. May raise ProviderFault."""
    now = utc_now()
    asked = SignInAsked(
        return_address=return_address,
        state=secrets.token_urlsafe(_TOKEN_BYTES),
        nonce=secrets.token_urlsafe(_TOKEN_BYTES),
        verifier=secrets.token_urlsafe(_TOKEN_BYTES),
        scopes=tuple(dict.fromkeys((*SCOPES, *provider.settings.scopes))),
        roles_claim=provider.settings.roles_claim,
        began_at=now,
        is_fresh=proves,
    )
    try:
        address = IDENTITY_PROVIDERS.get().way_there(provider.address, asked)
    except ProviderFault as fault:
        _note(provider, fault)
        raise
    kept = dict(list(request.session.get(_SESSION_KEY, {}).items())[1 - _MOST_AT_ONCE :])
    kept[asked.state] = {
        "provider": str(provider.id),
        "generation": provider.generation,
        "nonce": asked.nonce,
        "verifier": asked.verifier,
        "return": return_address,
        "next": next_page,
        "began": now.timestamp(),
        "proves": request.user.pk if proves else None,
    }
    request.session[_SESSION_KEY] = kept
    return address


def try_provider(provider: ProviderRow) -> None:
    """Ask a provider for its description, and keep how it answered."""
    nobody = SignInAsked(
        return_address="",
        state="",
        nonce="",
        verifier="",
        scopes=SCOPES,
        roles_claim=provider.settings.roles_claim,
        began_at=utc_now(),
    )
    try:
        IDENTITY_PROVIDERS.get().way_there(provider.address, nobody)
    except ProviderFault as fault:
        _note(provider, fault)
    else:
        _note(provider, None)


def take_begun(request: HttpRequest, provider: ProviderRow, state: str) -> Begun | None:
    """Return the sign-in that this browser began at this provider, once; None for any other state.

    A state that another browser was given is nobody's here: else a link could sign somebody in as another.
    """
    kept: dict[str, dict[str, Any]] = dict(request.session.get(_SESSION_KEY, {}))
    begun = kept.pop(state, None)
    if begun is None:
        return None
    request.session[_SESSION_KEY] = kept
    began_at = datetime.fromtimestamp(begun["began"], UTC)
    age_s = (utc_now() - began_at).total_seconds()
    if begun["provider"] != str(provider.id) or not 0 <= age_s < _LONGEST_S:
        return None
    asked = SignInAsked(
        return_address=begun["return"],
        state=state,
        nonce=begun["nonce"],
        verifier=begun["verifier"],
        scopes=SCOPES,
        roles_claim=provider.settings.roles_claim,
        began_at=began_at,
        is_fresh=begun["proves"] is not None,
    )
    return Begun(asked, begun["generation"], begun["next"], begun["proves"])


def arrive(provider: ProviderRow, begun: Begun, answer: Mapping[str, str]) -> Arrived | Refused:
    """Return who came back with this answer, and let them in here.

    Refuse as `arrive_by_provider`, and with the reason of a ProviderFault. A failure is a fact.
    """
    if begun.generation != provider.generation:
        return Refused("provider_changed")
    now = utc_now()
    try:
        secret = actions.open_provider_secret(provider.id, provider.secret_sealed)
        engine = IDENTITY_PROVIDERS.get()
        identity = engine.identity(provider.address, secret, begun.asked, answer, now)
    except SecretsAway as error:
        _note(provider, ProviderFault("secrets_away", str(error)))
        return Refused("secrets_away")
    except ProviderFault as fault:
        _note(provider, fault)
        _note_failure("")
        return Refused(fault.reason)
    _note(provider, None)
    person = _let_in(provider, identity)
    if isinstance(person, Refused):
        _note_failure(f"{provider.settings.issuer} {identity.subject}")
        return person
    values = provider.settings.second_factor_values
    return Arrived(person, is_second_factor(identity.methods, values))


def _let_in(provider: ProviderRow, identity: Identity) -> Person | Refused:
    password = actions.password_of_nobody()
    try:
        return actions.arrive_by_provider(
            now=utc_now(), actor=SYSTEM, provider=provider, identity=identity, password=password
        )
    except IntegrityError:
        # At this very instant somebody else got the address: nothing was written here.
        return Refused("address_taken")


def sign_in_by_provider(request: HttpRequest, arrived: Arrived, next_page: str) -> HttpResponse:
    """Open the session, after the second factor that the person has here, if any."""
    record_authentication(request, arrived.person, METHOD, second_factor=arrived.has_second_factor)
    keep_first_step(request, arrived.person)
    answer: HttpResponse = perform_login(request, Login(user=arrived.person, redirect_url=next_page or None))
    return answer


def note_proof(request: HttpRequest, arrived: Arrived) -> None:
    """Keep in the session that the person proved to be there, and whether by a second factor."""
    person, seen = arrived.person, arrived.has_second_factor
    record_authentication(request, person, METHOD, second_factor=seen, reauthenticated=True)
    if seen:
        record_authentication(request, person, "mfa", type=METHOD, reauthenticated=True)


def _note(provider: ProviderRow, fault: ProviderFault | None) -> None:
    if fault is None or fault.reason in _OF_PROVIDER:
        actions.note_provider_tried(
            now=utc_now(),
            actor=SYSTEM,
            organisation_id=provider.organisation_id,
            provider=provider.id,
            fault=fault,
        )


def _note_failure(who: str) -> None:
    actions.note_failed_sign_in(now=utc_now(), actor=SYSTEM, address_digest=address_digest(who), means=METHOD)
