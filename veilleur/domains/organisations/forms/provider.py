"""The form of an identity provider: how it is spoken to, and which of its values give which role."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations.forms.given_roles import (
    AuthorityField,
    GivenRoleForm,
    GivenRoles,
    given_roles_form_set,
)
from veilleur.domains.organisations.rules.providers import (
    MOST_DOMAINS,
    ProviderSettings,
    domain_of,
    issuer_of,
)
from veilleur.shared.showable import showable

_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
# What OAuth takes as one word (RFC 6749, 3.3).
_WORD = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
_PLAIN = {"spellcheck": "false", "autocapitalize": "none"}


class ProviderForm(forms.Form):
    """How a provider is spoken to. The secret is never shown again, the issuer never changed."""

    name = forms.CharField(
        label=_("Name"), max_length=100, validators=[showable], help_text=_("What people here call it.")
    )
    issuer = forms.CharField(
        label=_("Issuer"),
        max_length=400,
        validators=[showable],
        widget=forms.TextInput(attrs=_PLAIN),
        help_text=_(
            "Letter by letter as the provider writes it, such as "
            "https://login.microsoftonline.com/TENANT/v2.0, https://keycloak.example.com/realms/example or "
            "https://accounts.google.com."
        ),
    )
    client_id = forms.CharField(
        label=_("Client ID"),
        max_length=200,
        validators=[showable],
        widget=forms.TextInput(attrs=_PLAIN),
        help_text=_("Under which the provider knows Veilleur; Entra ID says application ID."),
    )
    secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    authority = AuthorityField(
        help_text=_(
            "In PEM, from BEGIN CERTIFICATE to END CERTIFICATE, if your own authority signs the provider’s "
            "certificate. Empty: the authorities that this machine trusts."
        ),
    )
    domains = forms.CharField(
        label=_("Domains of e-mail addresses"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, **_PLAIN}),
        help_text=_(
            "One a line, such as example.com: whoever types such an address to sign in is led there. "
            "A domain whose people belong to another organisation as well leads nowhere."
        ),
    )
    roles_claim = forms.CharField(
        label=_("Claim that gives roles"),
        max_length=200,
        initial="groups",
        validators=[showable],
        widget=forms.TextInput(attrs=_PLAIN),
        help_text=_(
            "groups or roles at Entra ID and Keycloak, hd (the domain) at Google Workspace. Dots lead into "
            "what is nested: realm_access.roles."
        ),
    )
    scopes = forms.CharField(
        label=_("More scopes"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text=_("Asked for beside openid, profile and email, if the claim needs one."),
    )
    lets_in = forms.TypedChoiceField(
        label=_("People who were never here"),
        choices=[("0", _("waits until a manager lets them in")), ("1", _("joins at the first sign-in"))],
        coerce=lambda chosen: chosen == "1",
        help_text=_("Without one of the values below nobody comes in either way."),
    )
    second_factor_values = forms.CharField(
        label=_("What counts as a second factor"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text=_(
            "Values of amr or acr, separated by spaces, that the provider writes only when it asked for a "
            "second factor, such as mfa. Empty: the second factor is asked for here."
        ),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"].help_text = (
            _("Kept sealed by the process that holds the keys, and shown to the provider alone.")
            if is_new
            else _("Empty: it stays. It is asked for again if the client ID or the authority changes.")
        )
        self.fields["secret"].required = is_new
        if not is_new:
            self.fields["issuer"].widget.attrs["readonly"] = True

    def where(self) -> list[forms.BoundField]:
        """Return the fields that say where it is."""
        return [self[name] for name in ("name", "issuer", "client_id", "secret", "authority")]

    def who(self) -> list[forms.BoundField]:
        """Return the fields that say who comes by it."""
        return [self[name] for name in ("domains", "lets_in", "second_factor_values")]

    def given(self) -> list[forms.BoundField]:
        """Return the fields that say what gives roles."""
        return [self[name] for name in ("roles_claim", "scopes")]

    def clean_issuer(self) -> str:
        """Take the address of an issuer."""
        try:
            return issuer_of(self.cleaned_data["issuer"])
        except ValueError as error:
            text = gettext(
                "This is not an issuer: one begins with https:// and has neither a query nor an account."
            )
            raise forms.ValidationError(text) from error

    def clean_domains(self) -> tuple[str, ...]:
        """Take domains, one a line."""
        domains = tuple(dict.fromkeys(str(self.cleaned_data["domains"]).lower().split()))
        for domain in domains:
            if not _DOMAIN.fullmatch(domain):
                text = gettext("“{domain}” is not a domain: write what follows the @, such as example.com.")
                raise forms.ValidationError(text.format(domain=domain[:100]))
        if len(domains) > MOST_DOMAINS:
            raise forms.ValidationError(gettext("Twenty domains at most."))
        return domains

    def clean_scopes(self) -> tuple[str, ...]:
        """Take scopes, separated by spaces."""
        return _words(self.cleaned_data["scopes"])

    def clean_second_factor_values(self) -> tuple[str, ...]:
        """Take values, separated by spaces."""
        return _words(self.cleaned_data["second_factor_values"])


def _words(text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(text.split()))
    if not all(_WORD.fullmatch(word) for word in words):
        raise forms.ValidationError(gettext("Letters, digits and plain signs only, separated by spaces."))
    return words


class ValueForm(GivenRoleForm):
    """One value of the claim and what its people are here."""

    named_by = "value"

    value = forms.CharField(
        label=_("Value"),
        required=False,
        max_length=400,
        validators=[showable],
        widget=forms.TextInput(attrs=_PLAIN),
    )


class _Values(GivenRoles):
    """All values that give roles."""

    none_named = _("Write one value at least: nobody comes in otherwise.")
    named_twice = _("One value stands here twice: it can give one role.")


ValueFormSet = given_roles_form_set(ValueForm, _Values)


class CompanyAddressForm(forms.Form):
    """The address whose domain says where somebody signs in."""

    email = forms.EmailField(
        label=_("E-mail address at your company"),
        max_length=254,
        help_text=_("Only what follows the @ is looked at."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        """Take an address with a domain."""
        address = str(self.cleaned_data["email"])
        if not domain_of(address):
            raise forms.ValidationError(gettext("This is not an e-mail address."))
        return address


def provider_settings_of_forms(form: ProviderForm, values: GivenRoles) -> ProviderSettings:
    """Return what two valid forms say."""
    given = {key: value for key, value in form.cleaned_data.items() if key != "secret"}
    return ProviderSettings(roles=values.roles(), **given)


def provider_initial_of(settings: ProviderSettings) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the forms show of a provider that is there."""
    shown = {name: getattr(settings, name) for name in settings.__dataclass_fields__ if name != "roles"}
    shown["domains"] = "\n".join(settings.domains)
    shown["scopes"] = " ".join(settings.scopes)
    shown["second_factor_values"] = " ".join(settings.second_factor_values)
    shown["lets_in"] = "1" if settings.lets_in else "0"
    return shown, [{"value": one.dn, "role": one.role, "side": one.side} for one in settings.roles]
