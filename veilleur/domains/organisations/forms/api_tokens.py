"""The form about API tokens: what one is called, what for, for how long."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations import labels
from veilleur.domains.organisations.actions.api_tokens import WantedToken
from veilleur.domains.organisations.rules.api_tokens import DEFAULT_DAYS, MOST_DAYS, TokenScope
from veilleur.shared.showable import showable


class TokenForm(forms.Form):
    """A token to make. Only what the person may do themselves is offered."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("Which program uses it: so that you know later whether to revoke it."),
        max_length=100,
        validators=[showable],
    )
    scopes = forms.TypedMultipleChoiceField(
        label=_("What it may be used for"),
        help_text=_("As little as the program needs."),
        coerce=TokenScope,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label=_("Days until it expires"),
        help_text=_("At most one year. Two weeks before, the page of tokens says so."),
        min_value=1,
        max_value=MOST_DAYS,
        initial=DEFAULT_DAYS,
    )

    def __init__(self, *args: Any, offered: Iterable[TokenScope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(scope.value, labels.TOKEN_SCOPES[scope]) for scope in offered]
        self.fields["scopes"].choices = choices  # type: ignore[attr-defined]

    def wanted(self, *, is_organisations: bool) -> WantedToken:
        """Return what a valid form asks for."""
        said = self.cleaned_data
        return WantedToken(said["name"], tuple(said["scopes"]), said["days"], is_organisations)
