"""What directories and identity providers have in common on a form: names there that give roles here."""

import ssl
from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations import labels
from veilleur.domains.organisations.rules.directory import GroupRole
from veilleur.domains.organisations.rules.roles import Role, Side

_MOST_ROWS = 30
_MORE_ROWS = 3


class AuthorityField(forms.CharField):
    """Certificates in PEM of the authority that signs there; empty: those that this machine trusts."""

    def __init__(self, **kwargs: Any) -> None:
        box = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
        label = _("Certificate of the authority")
        super().__init__(label=label, required=False, max_length=40000, widget=box, **kwargs)

    def clean(self, value: Any) -> str:
        """Take certificates in PEM."""
        text = str(super().clean(value)).strip()
        try:
            if text:
                ssl.create_default_context(cadata=text)
        except (ssl.SSLError, ValueError) as error:
            raise forms.ValidationError(gettext("This is not a PEM certificate.")) from error
        return text


class GivenRoleForm(forms.Form):
    """One name there, and what its people are here. A row without a name counts for nothing."""

    # The field that holds the name.
    named_by: ClassVar[str]

    role = forms.TypedChoiceField(
        label=_("Role"), choices=labels.ROLES.items, coerce=Role, initial=Role.TECHNICIAN
    )
    side = forms.TypedChoiceField(
        label=_("Works for"), choices=labels.SIDES.items, coerce=Side, initial=Side.INTERNAL
    )

    def named(self) -> list[forms.BoundField]:
        """Return the field that holds the name."""
        return [self[self.named_by]]

    def given(self) -> list[forms.BoundField]:
        """Return the fields that say what the name gives."""
        return [self["role"], self["side"]]

    def has_changed(self) -> bool:
        """Return True: a row counts by what stands in it, not by what stood there before."""
        return True


class GivenRoles(forms.BaseFormSet):  # type: ignore[type-arg]  # generic in its stub only
    """All names that give roles: one at least, and each of them once."""

    form: type[GivenRoleForm]
    none_named: ClassVar[str | Promise]
    named_twice: ClassVar[str | Promise]

    def clean(self) -> None:
        """Ask for a name at least, and for each of them once."""
        if any(self.errors):
            return
        names = [self.compared(given.dn) for given in self.roles()]
        if not names:
            raise forms.ValidationError(str(self.none_named))
        if len(set(names)) < len(names):
            raise forms.ValidationError(str(self.named_twice))

    def compared(self, name: str) -> str:
        """Return what two ways to write the same name have in common."""
        return name

    def roles(self) -> tuple[GroupRole, ...]:
        """Return what the names give, in the order of the rows."""
        return tuple(self._roles())

    def _roles(self) -> Iterator[GroupRole]:
        for form in self.forms:
            values = form.cleaned_data
            if name := values.get(form.named_by):
                yield GroupRole(name, values["role"], values["side"])


def given_roles_form_set(form: type[GivenRoleForm], formset: type[GivenRoles]) -> type[GivenRoles]:
    """Return the rows of a form, some of them empty; more than thirty are not read."""
    return cast(
        "type[GivenRoles]",
        forms.formset_factory(
            form,
            formset=formset,
            extra=_MORE_ROWS,
            max_num=_MOST_ROWS,
            validate_max=True,
            absolute_max=_MOST_ROWS + _MORE_ROWS,
        ),
    )
