"""Forms about mandates: whom to let in, for what, until when."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations import labels
from veilleur.domains.organisations.actions.mandates import Given
from veilleur.domains.organisations.rules.mandates import GIVEN_ROLES, Scope
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.showable import showable


class MandateForm(forms.Form):
    """What the provider's people may do, and for how long."""

    strongest_role = forms.TypedChoiceField(
        label=_("Strongest role"),
        help_text=_("Nobody gets more here than their role at the provider."),
        choices=[(role.value, labels.ROLES[role]) for role in GIVEN_ROLES],
        coerce=Role,
    )
    scopes = forms.TypedMultipleChoiceField(
        label=_("They may change"),
        help_text=_("If nothing is ticked, they can only read."),
        choices=labels.SCOPES.items,
        coerce=Scope,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    last_day = forms.DateField(
        label=_("Last day"),
        help_text=_(
            "This day included. Without a date it lasts until you end it, which you may do at any time."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )

    def given(self) -> Given:
        """Return what a valid form gives. A day ends at midnight of the organisation's zone."""
        last_day: date | None = self.cleaned_data["last_day"]
        return Given(
            strongest_role=self.cleaned_data["strongest_role"],
            scopes=self.cleaned_data["scopes"],
            until=None if last_day is None else _end_of(last_day),
        )

    def clean_last_day(self) -> date | None:
        """Refuse the last day that the calendar has: nothing ends after it."""
        last_day: date | None = self.cleaned_data["last_day"]
        if last_day is not None and last_day.year > timezone.localdate().year + 100:
            raise forms.ValidationError(_("This day is too far away."))
        return last_day


class OfferForm(MandateForm):
    """Whom to let in, for what, until when."""

    field_order = ("provider", "strongest_role", "scopes", "last_day")

    provider = forms.CharField(
        label=_("Name of the provider"),
        help_text=_("The name that you use for it."),
        max_length=200,
        validators=[showable],
    )


class CustomerForm(forms.Form):
    """The name of a customer who has no organisation here yet."""

    name = forms.CharField(label=_("Name of the company"), max_length=200, validators=[showable])


def initial_of(strongest_role: str, scopes: tuple[str, ...], until: datetime | None) -> dict[str, Any]:
    """Return what the form of a mandate shows at first."""
    last = None if until is None else timezone.localtime(until - timedelta(microseconds=1)).date()
    return {"strongest_role": strongest_role, "scopes": list(scopes), "last_day": last}


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
