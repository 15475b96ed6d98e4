"""Forms about persons: the account, the role, the invitation."""

from typing import Any, cast

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations import labels
from veilleur.domains.organisations.actions import password_faults
from veilleur.domains.organisations.forms.words import say
from veilleur.domains.organisations.queries.directories import is_of_directory
from veilleur.domains.organisations.queries.providers import is_of_provider
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.shared.showable import showable

_AT_LEAST = _("At least twelve characters; a few words in a row are easy to remember.")


class SignInForm(LoginForm):  # type: ignore[misc]  # the library has no types
    """Address and password, in the words that the set-up page used."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self.fields["login"], _("E-mail address"))
        say(self.fields["password"], _("Password"))
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]  # the library has no types
    """The present password, then another one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self.fields["oldpassword"], _("Current password"))
        say(self.fields["password1"], _("New password"), _AT_LEAST)
        say(self.fields["password2"], _("The same password again"))

    def clean_oldpassword(self) -> str:
        """Say who keeps the password where that is not Veilleur; else hold it against the present one."""
        if is_of_directory(self.user.pk):
            raise forms.ValidationError(labels.refusal_sentence("password_of_directory"))
        if is_of_provider(self.user.pk):
            raise forms.ValidationError(labels.refusal_sentence("password_of_provider"))
        return cast("str", super().clean_oldpassword())

    def clean(self) -> dict[str, Any]:
        """Say that the two differ beside every other fault, also when the first one is not good enough."""
        values = cast("dict[str, Any]", forms.Form.clean(self))
        if not self.has_error("password2") and values.get("password2") != self.data.get("password1"):
            self.add_error("password2", _("The two passwords differ."))
        return values


class _NewAccountForm(forms.Form):
    """A name, and a password chosen now, typed twice."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        validators=[showable],
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_AT_LEAST,
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("The same password again"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def address(self) -> str:
        """Return the address of the account, which the password must not resemble."""
        return str(self.cleaned_data.get("email", ""))

    def clean(self) -> dict[str, Any]:
        """Say everything that is wrong with the passwords beside every other fault."""
        values = super().clean() or {}
        password = values.get("password", "")
        if {"password", "repeated"} <= values.keys() and password != values["repeated"]:
            self.add_error("repeated", _("The two passwords differ."))
        if password:
            for fault in password_faults(password, email=self.address(), name=values.get("name", "")):
                self.add_error("password", fault)
        return values


class SetupForm(_NewAccountForm):
    """What the first person of an organisation says to get in; its name may stay as it is."""

    field_order = ("organisation", "name", "email", "password", "repeated")

    organisation = forms.CharField(
        label=_("Name of the company"),
        help_text=_("It appears at the top of every page."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        validators=[showable],
    )
    email = forms.EmailField(
        max_length=254,
        label=_("E-mail address"),
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )


class JoinForm(_NewAccountForm):
    """What somebody invited says to make an account; the address is the invitation's."""

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def address(self) -> str:
        """Return the address of the invitation."""
        return self._email


class RoleForm(forms.Form):
    """As what somebody belongs, and for whom they work."""

    role = forms.TypedChoiceField(
        label=_("Role"),
        help_text=_("It decides what may be seen and done."),
        choices=labels.ROLES.items,
        coerce=Role,
    )
    side = forms.TypedChoiceField(
        label=_("Works for"),
        choices=labels.SIDES.items,
        coerce=Side,
    )


class InviteForm(RoleForm):
    """Whom to invite, and as what."""

    field_order = ("name", "email", "role", "side")

    name = forms.CharField(label=_("Name"), max_length=200, validators=[showable])
    email = forms.EmailField(
        max_length=254,
        label=_("E-mail address"),
        help_text=_("The link works only for whoever signs in with this address."),
    )
