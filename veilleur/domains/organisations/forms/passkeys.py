"""Forms of passkeys, over the library's: what a browser would never send is refused like a passkey that does
not fit. The library expects the shape that a browser gives, and fails on any other.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations.forms.words import say
from veilleur.shared.showable import showable

_REFUSED = _("This passkey was refused: it does not belong here, or was used for another page.")
_CODE = "incorrect_code"  # the library's, for a passkey too
_LONGEST = 32_768  # characters: what a browser sends has a few hundred, with an attestation some thousand
# What the libraries raise for content that a browser would not send; they check little before they use it.
_MALFORMED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    InvalidSignature,
    UnsupportedAlgorithm,
)


@contextmanager
def _refused_when_malformed() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        if getattr(error, "code", None) == _CODE:
            raise ValidationError(_REFUSED, code=_CODE) from error
        raise
    except _MALFORMED as error:
        raise ValidationError(_REFUSED, code=_CODE) from error


class _Credential(forms.JSONField):
    """What the browser's own code sends of a passkey."""

    def to_python(self, value: Any) -> Any:
        """Return the object; anything that is none is refused like a passkey that does not fit."""
        if value in self.empty_values:
            return super().to_python(value)
        with _refused_when_malformed():
            is_short = len(value) <= _LONGEST
            read = super().to_python(value) if is_short else None
        if not isinstance(read, dict):
            raise ValidationError(_REFUSED, code=_CODE)
        return read

    def bound_data(self, data: Any, initial: Any) -> None:  # noqa: ARG002 - Django's names
        """Read nothing back for the page: what was refused is not sent a second time."""
        return

    def prepare_value(self, value: Any) -> str:  # noqa: ARG002 - Django's name
        """Return an empty field: the browser's own code fills it."""
        return ""


class _PasskeyForm(forms.Form):
    """The hidden field that the browser's own code fills."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        messages = dict.fromkeys(("required", "invalid"), _REFUSED)
        self.fields["credential"] = _Credential(widget=forms.HiddenInput, error_messages=messages)


class AddPasskeyForm(_PasskeyForm, AddWebAuthnForm):  # type: ignore[misc]
    """A passkey's name, and whether it replaces the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(
            self.fields["name"],
            _("Name of the passkey"),
            _("Something you will recognise: the phone, the security key."),
        )
        self.fields["name"].validators += [showable, MaxLengthValidator(80)]
        say(
            self.fields["passwordless"],
            _("Sign in with it alone, without the password"),
            _("It then asks for a fingerprint, a face or a PIN."),
        )
        self.fields["passwordless"].initial = True

    def clean(self) -> Any:
        """Return what was typed, with a passkey that fits what the page asked for."""
        with _refused_when_malformed():
            return super().clean()


class ConfirmByPasskeyForm(_PasskeyForm, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey before a dangerous act."""

    def clean_credential(self) -> Any:
        """Return the authenticator that answered."""
        with _refused_when_malformed():
            return super().clean_credential()


class PasskeyAloneForm(_PasskeyForm, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of the password: only one whose owner chose it for that."""

    def clean_credential(self) -> Any:
        """Return the authenticator; refuse one that is a second factor only, as any that does not fit."""
        with _refused_when_malformed():
            authenticator = super().clean_credential()
        if not authenticator.wrap().is_passwordless:
            raise ValidationError(_REFUSED, code=_CODE)
        return authenticator
