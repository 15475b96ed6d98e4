"""What people say of the map: on what something runs, how many of it are enough, what a machine is for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from veilleur.domains.estate.labels import EnvironmentChoice
from veilleur.domains.estate.queries import AssetRow
from veilleur.domains.estate.rules.map import AskedNeeds, DependencyKind

_ENOUGH: tuple[tuple[int, Any], ...] = (
    (0, _("All of them are needed")),
    (1, _("One of them is enough")),
    (2, _("Two of them are enough")),
    (3, _("Three of them are enough")),
    (4, _("Four of them are enough")),
    (5, _("Five of them are enough")),
)


class HostsForm(forms.Form):
    """On which machines something runs. `asked`: those that the page showed; others stay as they are."""

    needed = forms.MultipleChoiceField(
        label=_("Machines that it runs on"), widget=forms.CheckboxSelectMultiple, required=False
    )
    asked = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput, required=False)
    enough = forms.TypedChoiceField(
        label=_("How many it needs"),
        choices=_ENOUGH,
        coerce=int,
        help_text=_("Where one can stand in for another, fewer are enough: the loss of one stops nothing."),
    )

    def __init__(
        self, *args: Any, machines: Sequence[AssetRow], hosts: tuple[Sequence[UUID], int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        needed, enough = hosts
        named = [(str(row.id), row.name) for row in machines]
        self.initial = {
            **self.initial,
            "needed": [str(one) for one in needed],
            "asked": [key for key, _name in named],
            "enough": enough,
        }
        for field in ("needed", "asked"):
            self.fields[field].choices = named  # type: ignore[attr-defined]

    def needs(self, dependent: UUID) -> AskedNeeds:
        """Return what was said."""
        needed, asked = (frozenset(map(UUID, self.cleaned_data[field])) for field in ("needed", "asked"))
        return AskedNeeds(dependent, DependencyKind.RUNS_ON, needed, asked)


class MachineForm(HostsForm):
    """The same of a machine, and what it is for."""

    environment = forms.ChoiceField(
        label=_("What it is for"),
        choices=[("", _("Nobody has said")), *EnvironmentChoice.choices],
        required=False,
        help_text=_("Where production and test meet, the page of weak points says so."),
    )
