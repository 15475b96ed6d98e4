"""The form by which somebody says what no fact of the first week shows, or takes it back."""

from django import forms
from django.utils.translation import gettext as _

from veilleur.domains.organisations.rules.first_week import Saying


class SayingForm(forms.Form):
    """One saying, and whether it stands from now on."""

    saying = forms.TypedChoiceField(choices=[(each.value, each.value) for each in Saying], coerce=Saying)
    stands = forms.TypedChoiceField(choices=[("1", ""), ("0", "")], coerce=lambda sent: sent == "1")

    @property
    def done(self) -> str:
        """Return what has happened, once the form was valid."""
        stands = self.cleaned_data["stands"]
        if self.cleaned_data["saying"] == Saying.PUT_AWAY:
            return (
                _("The first week is put away; the menu leads back to it.")
                if stands
                else _("The first week is on the home page again.")
            )
        return _("Noted, with your name and the time.") if stands else _("Taken back.")
