"""The form of a directory: how it is reached, and which of its groups give which role."""

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
from veilleur.domains.organisations.labels.directories import DIRECTORY_KINDS
from veilleur.domains.organisations.rules.directory import Kind
from veilleur.domains.organisations.rules.directory_settings import MOST_SERVERS, DirectorySettings, server_of
from veilleur.domains.organisations.rules.distinguished_names import is_one_filter, normal
from veilleur.shared.showable import showable

_AT_DOMAIN = re.compile(r"[^@\s\\]+@[^@\s]+")


def _distinguished(value: str) -> None:
    try:
        normal(value)
    except ValueError as error:
        text = gettext("This is not a distinguished name. One looks like OU=People,DC=example,DC=com.")
        raise forms.ValidationError(text) from error


def _named(value: str) -> None:
    """Take what signs in: a distinguished name, or in Active Directory name@domain."""
    if not _AT_DOMAIN.fullmatch(value):
        _distinguished(value)


class DirectoryForm(forms.Form):
    """How a directory is reached. The password is never shown again."""

    name = forms.CharField(
        label=_("Name"), max_length=100, validators=[showable], help_text=_("What people here call it.")
    )
    kind = forms.TypedChoiceField(label=_("Kind"), choices=DIRECTORY_KINDS.items, coerce=Kind)
    servers = forms.CharField(
        label=_("Servers"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "none"}),
        help_text=_(
            "One a line, tried in this order: ldaps://dc1.example.com, or ldap:// for encryption that begins "
            "after the greeting. Nothing is sent in clear, but to this machine itself."
        ),
    )
    authority = AuthorityField(
        help_text=_(
            "In PEM, from BEGIN CERTIFICATE to END CERTIFICATE, if your own authority signs the servers’ "
            "certificates. Empty: the authorities that this machine trusts."
        ),
    )
    account = forms.CharField(
        label=_("Account that reads"),
        max_length=400,
        validators=[showable, _named],
        help_text=_(
            "Its distinguished name, or veilleur@example.com in Active Directory. It only ever reads."
        ),
    )
    password = forms.CharField(
        label=_("Password of this account"),
        required=False,
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    base_dn = forms.CharField(
        label=_("Search below"),
        max_length=400,
        validators=[showable, _distinguished],
        help_text=_("DC=example,DC=com, or the unit that holds the people."),
    )
    user_filter = forms.CharField(
        label=_("Filter of people"),
        required=False,
        max_length=400,
        validators=[showable],
        help_text=_("Empty: all people. Otherwise one filter in brackets, such as (department=IT)."),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_new = is_new
        self.fields["password"].help_text = (
            _("Kept sealed by the process that holds the keys; only the reading in the background opens it.")
            if is_new
            else _(
                "Empty: it stays. It is asked for again if the servers, the authority or the account change."
            )
        )
        self.fields["password"].required = is_new

    def where(self) -> list[forms.BoundField]:
        """Return the fields that say where it answers."""
        return [self[name] for name in ("name", "kind", "servers", "authority")]

    def reader(self) -> list[forms.BoundField]:
        """Return the fields that say who reads."""
        return [self[name] for name in ("account", "password")]

    def found(self) -> list[forms.BoundField]:
        """Return the fields that say who is found."""
        return [self[name] for name in ("base_dn", "user_filter")]

    def clean_servers(self) -> tuple[str, ...]:
        """Take URLs of servers, one a line."""
        urls = tuple(str(self.cleaned_data["servers"]).split())
        for url in urls:
            try:
                server_of(url)
            except ValueError as error:
                text = gettext(
                    "“{url}” is not the address of a directory: write ldaps:// or ldap:// and a name."
                )
                raise forms.ValidationError(text.format(url=url)) from error
        if len(urls) > MOST_SERVERS:
            raise forms.ValidationError(gettext("Five servers at most."))
        return urls

    def clean_user_filter(self) -> str:
        """Take one filter in brackets, or nothing."""
        text = str(self.cleaned_data["user_filter"]).strip()
        if text and not is_one_filter(text):
            raise forms.ValidationError(gettext("Write one filter, in brackets that close: (department=IT)."))
        return text


class GroupForm(GivenRoleForm):
    """One group and what its people are here."""

    named_by = "dn"

    dn = forms.CharField(
        label=_("Group"),
        required=False,
        max_length=400,
        validators=[showable, _distinguished],
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )


class _Groups(GivenRoles):
    """All groups of a directory."""

    none_named = _("Name one group at least: nobody joins otherwise.")
    named_twice = _("One group stands here twice: it can give one role.")

    def compared(self, name: str) -> str:
        """Return the distinguished name as directories compare it."""
        return normal(name)


GroupFormSet = given_roles_form_set(GroupForm, _Groups)


def settings_of_forms(form: DirectoryForm, groups: GivenRoles) -> DirectorySettings:
    """Return what two valid forms say."""
    values = {key: value for key, value in form.cleaned_data.items() if key != "password"}
    return DirectorySettings(groups=groups.roles(), **values)


def initial_of(settings: DirectorySettings) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the forms show of a directory that is there."""
    shown = {name: getattr(settings, name) for name in settings.__dataclass_fields__ if name != "groups"}
    shown["servers"] = "\n".join(settings.servers)
    return shown, [{"dn": group.dn, "role": group.role, "side": group.side} for group in settings.groups]
