"""The form of a directory: how it is reached, and which of its groups give which role."""

import re
import ssl
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations import labels
from veilleur.domains.organisations.labels.directories import DIRECTORY_KINDS
from veilleur.domains.organisations.rules.directory import GroupRole, Kind
from veilleur.domains.organisations.rules.directory_settings import MOST_SERVERS, DirectorySettings, server_of
from veilleur.domains.organisations.rules.distinguished_names import is_one_filter, normal
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.shared.showable import showable

MOST_GROUPS = 30
_AT_DOMAIN = re.compile(r"[^@\s\\]+@[^@\s]+")
_MORE_ROWS = 3


def _distinguished(value: str) -> None:
    try:
        normal(value)
    except ValueError as error:
        text = gettext("This is no distinguished name. One looks like OU=People,DC=example,DC=com.")
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
    authority = forms.CharField(
        label=_("Certificate of the authority"),
        required=False,
        max_length=40000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
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
            else _("Empty: it stays. It is asked for again where servers, authority or account change.")
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
                text = gettext("“{url}” is no address of a directory: write ldaps:// or ldap:// and a name.")
                raise forms.ValidationError(text.format(url=url)) from error
        if len(urls) > MOST_SERVERS:
            raise forms.ValidationError(gettext("Five servers at most."))
        return urls

    def clean_authority(self) -> str:
        """Take certificates in PEM."""
        text = str(self.cleaned_data["authority"]).strip()
        try:
            if text:
                ssl.create_default_context(cadata=text)
        except (ssl.SSLError, ValueError) as error:
            raise forms.ValidationError(gettext("This is no certificate in PEM.")) from error
        return text

    def clean_user_filter(self) -> str:
        """Take one filter in brackets, or nothing."""
        text = str(self.cleaned_data["user_filter"]).strip()
        if text and not is_one_filter(text):
            raise forms.ValidationError(gettext("Write one filter, in brackets that close: (department=IT)."))
        return text


class GroupForm(forms.Form):
    """One group and what its people are here. A row without a name counts for nothing."""

    dn = forms.CharField(
        label=_("Group"),
        required=False,
        max_length=400,
        validators=[showable, _distinguished],
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )
    role = forms.TypedChoiceField(
        label=_("Role"), choices=labels.ROLES.items, coerce=Role, initial=Role.TECHNICIAN
    )
    side = forms.TypedChoiceField(
        label=_("Works for"), choices=labels.SIDES.items, coerce=Side, initial=Side.INTERNAL
    )

    def given(self) -> list[forms.BoundField]:
        """Return the fields that say what the group gives."""
        return [self["role"], self["side"]]

    def has_changed(self) -> bool:
        """Return True: a row counts by what stands in it, not by what stood there before."""
        return True


class _Groups(forms.BaseFormSet):  # type: ignore[type-arg]  # generic in its stub only
    """All groups of a directory."""

    def clean(self) -> None:
        """Ask for a group at least, and for each of them once."""
        if any(self.errors):
            return
        names = [normal(group.dn) for group in self.roles()]
        if not names:
            raise forms.ValidationError(gettext("Name one group at least: nobody joins otherwise."))
        if len(set(names)) < len(names):
            raise forms.ValidationError(gettext("One group stands here twice: it can give one role."))

    def roles(self) -> tuple[GroupRole, ...]:
        """Return what the groups give, in the order of the rows."""
        return tuple(self._roles())

    def _roles(self) -> Iterator[GroupRole]:
        for form in self.forms:
            values = form.cleaned_data
            if values.get("dn"):
                yield GroupRole(values["dn"], values["role"], values["side"])


GroupFormSet = forms.formset_factory(
    GroupForm,
    formset=_Groups,
    extra=_MORE_ROWS,
    max_num=MOST_GROUPS,
    validate_max=True,
    absolute_max=MOST_GROUPS + _MORE_ROWS,
)


def settings_of_forms(form: DirectoryForm, groups: _Groups) -> DirectorySettings:
    """Return what two valid forms say."""
    values = {key: value for key, value in form.cleaned_data.items() if key != "password"}
    return DirectorySettings(groups=groups.roles(), **values)


def initial_of(settings: DirectorySettings) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the forms show of a directory that is there."""
    shown = {name: getattr(settings, name) for name in settings.__dataclass_fields__ if name != "groups"}
    shown["servers"] = "\n".join(settings.servers)
    return shown, [{"dn": group.dn, "role": group.role, "side": group.side} for group in settings.groups]
