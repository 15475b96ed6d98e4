"""Forms about the organisation itself: what it shows, who signs in how; and its teams."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations import labels
from veilleur.domains.organisations.rules.profiles import Profile
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.showable import showable


class OrganisationForm(forms.Form):
    """What a manager decides about the organisation."""

    name = forms.CharField(
        label=_("Name of the company"),
        help_text=_("It appears at the top of every page."),
        max_length=200,
        validators=[showable],
    )
    profile = forms.TypedChoiceField(
        label=_("Profile"),
        help_text=_("It decides what is shown. Changing it loses nothing: what exists stays in sight."),
        choices=labels.PROFILES.items,
        coerce=Profile,
        widget=forms.RadioSelect,
    )
    second_factor_roles = forms.TypedMultipleChoiceField(
        label=_("Never with the password alone"),
        help_text=_(
            "Whoever has one of these roles is asked to add an app or a passkey before anything else."
        ),
        choices=labels.ROLES.items,
        coerce=Role,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class TeamForm(forms.Form):
    """A team: its name, where it is reached, who is in it."""

    name = forms.CharField(label=_("Name"), max_length=200, validators=[showable])
    email = forms.EmailField(
        max_length=254,
        label=_("E-mail address"),
        help_text=_("A mailbox that several people read."),
        required=False,
    )
    people = forms.TypedMultipleChoiceField(
        label=_("Who is in it"), coerce=UUID, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, members: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(str(key), name) for key, name in members]  # type: ignore[attr-defined]
