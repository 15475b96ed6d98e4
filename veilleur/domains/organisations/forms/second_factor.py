"""Forms of the second factor, over the library's: our words, and codes compared where the keys are."""

import logging
from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.forms.words import say
from veilleur.domains.organisations.labels import error_sentence
from veilleur.domains.organisations.queries.address_digests import address_digest
from veilleur.domains.organisations.rules.errors import SecretsAway
from veilleur.domains.organisations.signin.second_factor import (
    CodeSecret,
    accepted_by,
    begin_setup,
    is_first_code,
    setup_secret,
)
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import SYSTEM

_log = logging.getLogger(__name__)

_CODE = _("Code")
_CODE_HINT = _("Six digits from the app, or a recovery code.")


def _type_code(field: forms.Field, hint: Any) -> None:
    say(field, _CODE, hint)
    field.widget.attrs.update(inputmode="numeric", autocomplete="one-time-code", autofocus=True)


class SecondStepForm(AuthenticateForm):  # type: ignore[misc]  # the library has no types
    """A code after the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _type_code(self.fields["code"], _CODE_HINT)

    def clean_code(self) -> str:
        """Take a right code once; count and record a wrong one."""
        forgive = check_rate_limit(self.user)
        code: str = self.cleaned_data["code"]
        try:
            authenticator = accepted_by(self.user, code, utc_now())
        except SecretsAway as error:
            # Counted as well: to forgive this one would forgive the guesses before it.
            raise ValidationError(error_sentence(error.reason)) from error
        if authenticator is None:
            actions.note_failed_sign_in(
                now=utc_now(), actor=SYSTEM, address_digest=address_digest(self.user.email), means="code"
            )
            raise get_adapter().validation_error("incorrect_code")
        authenticator.user = self.user
        self.authenticator = authenticator
        forgive()
        return code


class ConfirmByCodeForm(SecondStepForm, ReauthenticateByCodeForm):  # type: ignore[misc]
    """A code before a dangerous act."""

    save = ReauthenticateByCodeForm.save


class ConfirmByPasswordForm(ReauthenticateForm):  # type: ignore[misc]
    """The password before a dangerous act."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self.fields["password"], _("Password"))


class StartCodesForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app that was just given its secret."""

    secret: CodeSecret

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        # Past the library's own way, which keeps the secret in clear in the session.
        super(ActivateTOTPForm, self).__init__(*args, **kwargs)
        self.secret = self._shown_secret() or self._fresh_secret()
        _type_code(self.fields["code"], _("Six digits that the app shows now."))

    def _shown_secret(self) -> CodeSecret | None:
        """Return the secret that the page has shown before the code was typed; None where it is gone."""
        kept = context.request.session.get(SECRET_SESSION_KEY) if self.is_bound else None
        if not kept:
            return None
        try:
            return setup_secret(self.user, kept)
        except SecretsAway as error:
            # Of before an upgrade or a rotation: the page shows another one, and says that the code is wrong.
            _log.warning("an app has to be given another secret: %s", error)
            return None

    def _fresh_secret(self) -> CodeSecret:
        secret, context.request.session[SECRET_SESSION_KEY] = begin_setup(self.user)
        return secret

    def clean_code(self) -> str:
        """Take the first code; it is spent by that."""
        forgive = check_rate_limit(self.user, error_key="rate_limited")
        code: str = self.cleaned_data["code"]
        try:
            is_right = is_first_code(self.user, self.secret, code, utc_now())
        except SecretsAway as error:
            raise ValidationError(error_sentence(error.reason)) from error
        if not is_right:
            raise get_adapter().validation_error("incorrect_code")
        forgive()
        return code
