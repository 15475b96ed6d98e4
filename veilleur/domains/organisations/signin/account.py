"""The adapter of the authentication library: sign-up is closed, each sign-in and each failure is a fact,
passwords are written by our actions.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import (
    clear_authentication_records,
    get_authentication_records,
    record_authentication,
)
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.labels import ERRORS
from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.queries.address_digests import address_digest
from veilleur.domains.organisations.queries.directories import Door, door_of, is_of_directory
from veilleur.domains.organisations.queries.providers import is_brought, is_of_provider
from veilleur.domains.organisations.rules.errors import DirectoryFault
from veilleur.domains.organisations.rules.passwords import is_guessable, stem
from veilleur.domains.organisations.signin.directory import (
    is_guess_at_own_password,
    may_come_by_passkey_alone,
    person_behind,
)
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Actor

# What the library would tell by mail -> the action that records it.
_NOTED: dict[str, tuple[Callable[..., None], dict[str, str]]] = {
    "mfa/email/totp_activated": (actions.note_second_factor_added, {"factor": "totp"}),
    "mfa/email/totp_deactivated": (actions.note_second_factor_removed, {"factor": "totp"}),
    "mfa/email/webauthn_added": (actions.note_second_factor_added, {"factor": "webauthn"}),
    "mfa/email/webauthn_removed": (actions.note_second_factor_removed, {"factor": "webauthn"}),
    "mfa/email/recovery_codes_generated": (actions.note_recovery_codes, {}),
}
# The library's records of how somebody signed in -> our codes.
_BY_RECORD = {"totp": "code", "recovery_codes": "recovery_code", "webauthn": "passkey"}
# What the session keeps of the password's step until the second one.
_FIRST_STEP = "first_step"
# The pages show who is signed in; a message that says so again is noise.
_SILENT_MESSAGES = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """What differs from the library's ways of signing in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "directory_away": ERRORS["directory_away"],
        "email_password_mismatch": gettext_lazy("The e-mail address or the password is not correct."),
        "enter_current_password": gettext_lazy("That is not your current password."),
        # The longest wait of ACCOUNT_RATE_LIMITS.
        "too_many_login_attempts": gettext_lazy(
            "Too many failed attempts to sign in. Try again in about five minutes."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return False: people are added by actions."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Return the person, or None: an inactive person gets the very answer a wrong password gets.

        A password is held against the one kept here first. Where that does not fit, the directory that
        brought the address, or others of its domain, is asked: one wait for everybody.
        """
        self.pre_authenticate(request, **credentials)
        person, door = _by_own_password(request, credentials), None
        if person is None:
            door = door_of(credentials.get("email", ""))
            person = self._by_directory(door, credentials) if door is not None else None
        if person is None:
            self.authentication_failed(request, means="directory" if door else "password", **credentials)
        else:
            self._rollback_login_failed_rl_usage()
        if person is not None and not request.user.is_authenticated:
            keep_first_step(request, person)
        return person

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        """Return whose guesses are counted: the address that was typed, and nothing else.

        The library adds the host by which the caller says to have come, port included: anybody's choice.
        """
        return str(credentials.get("email", "")).strip().lower()

    def authentication_failed(
        self,
        request: HttpRequest,  # noqa: ARG002
        means: str = "password",
        **credentials: Any,
    ) -> None:
        """Record the failure, with a digest of the address."""
        digest = address_digest(credentials.get("email", ""))
        actions.note_failed_sign_in(now=utc_now(), actor=SYSTEM, address_digest=digest, means=means)

    def pre_login(self, request: HttpRequest, user: Person, **more: Any) -> HttpResponse | None:
        """Return where somebody is led instead of being let in: a passkey alone may be too little."""
        response: HttpResponse | None = super().pre_login(request, user, **more)
        means = _means(get_authentication_records(request, user))
        if response is not None or means != "passkey":
            return response
        if is_of_provider(user.pk):
            text = _("Your company’s account comes first here: sign in with it, then use the passkey.")
        elif not may_come_by_passkey_alone(user, utc_now()):
            text = _("The directory of your organisation was not read lately: sign in with your password.")
        else:
            return None
        clear_authentication_records(request)
        super().add_message(request, messages.ERROR, message=text)
        return redirect("account_login")

    def _by_directory(self, door: Door, credentials: dict[str, Any]) -> Person | None:
        try:
            return person_behind(door, credentials.get("password", ""))
        except DirectoryFault as fault:
            # Nobody guessed wrong, unless at a password that is kept here.
            if not is_guess_at_own_password(door, credentials.get("email", "")):
                self._rollback_login_failed_rl_usage()
            raise self.validation_error("directory_away") from fault

    def login(self, request: HttpRequest, user: Person) -> None:
        """Open the session, then record it: a fact about a sign-in that failed half-way would be false.

        Between the password and the second step somebody may have changed it, or left: it counts no more
        then.
        """
        first_step = request.session.pop(_FIRST_STEP, None)
        if first_step is not None and first_step != user.get_session_auth_hash():
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)
        means = _means(get_authentication_records(request, user))
        if is_of_directory(user.pk):
            means = means.replace("password", "directory")
        actions.note_sign_in(now=utc_now(), actor=Actor(user.pseudonym), person_id=user.pk, means=means)

    def logout(self, request: HttpRequest) -> None:
        """Close the session and record who did."""
        person = request.user
        super().logout(request)
        if isinstance(person, Person):
            actions.note_sign_out(now=utc_now(), actor=Actor(person.pseudonym), person_id=person.pk)

    def set_password(self, user: Person, password: str) -> None:
        """Store a password that the form has found good, by our action."""
        hashed = actions.hash_new_password(password, email=user.email, name=user.name)
        if isinstance(hashed, Refused):
            raise ValueError(hashed.reason)
        actions.change_password(
            now=utc_now(), actor=Actor(user.pseudonym), person_id=user.pk, password=hashed
        )
        # The session's own hash is renewed from this object, so it must know the new password.
        user.password = hashed.encoded

    def send_notification_mail(self, template_prefix: str, user: Person, *_rest: Any, **_more: Any) -> None:
        """Record what the library would tell by mail."""
        if template_prefix not in _NOTED:
            return
        note, details = _NOTED[template_prefix]
        note(now=utc_now(), actor=Actor(user.pseudonym), person_id=user.pk, **details)
        if note is actions.note_second_factor_added:
            # Adding one is using it: what comes next does not ask for it again.
            kind = details["factor"]
            record_authentication(self.request, user, "mfa", type=kind, reauthenticated=True)

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        """Answer somebody whose account is closed as anybody whose sign-in failed."""
        self.authentication_failed(request, email=user.email)
        super().add_message(
            request, messages.ERROR, message=str(self.error_messages["email_password_mismatch"])
        )
        return redirect("account_login")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str = "", *rest: Any, **more: Any
    ) -> None:
        """Show the library's message unless the page says the same."""
        if message_template not in _SILENT_MESSAGES:
            super().add_message(request, level, message_template, *rest, **more)


def _by_own_password(request: HttpRequest, credentials: dict[str, Any]) -> Person | None:
    """Return the person whose password, kept here, this is; never one whom somebody else vouches for."""
    person = authenticate(request, **credentials)
    # The library keeps aside whose right password it was though the account is closed.
    AuthenticationBackend.unstash_authenticated_user()
    return person if isinstance(person, Person) and not is_brought(person.pk) else None


def _means(records: list[dict[str, Any]]) -> str:
    """Return by what the person signed in, as a code of `labels.MEANS`."""
    codes = [_BY_RECORD.get(record.get("type", record["method"]), record["method"]) for record in records]
    first = "password" if "password" in codes else codes[0] if codes else "password"
    second = next((code for code in codes[::-1] if code != first), None)
    return f"{first}_{second}" if second else first


def keep_first_step(request: HttpRequest, person: Person) -> None:
    """Remember as whom somebody proved to be, before the second step: it counts only if nothing changed."""
    request.session[_FIRST_STEP] = person.get_session_auth_hash()


def sign_in(request: HttpRequest, person: Person) -> None:
    """Sign in somebody who has just proven to be that person by other means than the sign-in page."""
    get_adapter(request).login(request, person)


class GuessablePasswordValidator(CommonPasswordValidator):
    """Refuses common passwords, patterns, and common words with figures around them, however long they are.

    The list of common ones takes long to read: Django keeps the validators, and this one keeps the list.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password that is guessed easily."""
        super().validate(password, user)
        if is_guessable(password) or stem(password) in self.passwords:
            raise ValidationError(
                _("This password is easy to guess: choose a few words that nobody would put together.")
            )

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return _("Neither a row of keys nor a common word with digits around it.")
