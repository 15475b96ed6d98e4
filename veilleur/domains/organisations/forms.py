"""Forms about persons."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from veilleur.shared.showable import showable


class SetupForm(forms.Form):
    """What the first person of an organisation says to get in."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        validators=[showable],
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least twelve characters; a few words in a row are easy to keep in mind."),
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

    def clean(self) -> dict[str, Any]:
        """Refuse two passwords that differ."""
        values = super().clean() or {}
        if {"password", "repeated"} <= values.keys() and values["password"] != values["repeated"]:
            self.add_error("repeated", _("The two passwords differ."))
        return values
