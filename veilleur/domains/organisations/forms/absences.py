"""The form of an absence: who is away, from when until when, why, and who stands in."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations.actions.absences import NewAbsence
from veilleur.domains.organisations.forms.rota import SpanForm
from veilleur.domains.organisations.labels.rota import ABSENCE_KINDS
from veilleur.domains.organisations.rules.rota_words import AbsenceKind


class AbsenceForm(SpanForm):
    """Whose absence it is: one's own, or that of one of `people` for whoever plans; those may stand in."""

    field_order = ("person", "start", "end", "kind", "stand_in")

    person = forms.TypedChoiceField(label=_("Who is away"), coerce=UUID)
    kind = forms.TypedChoiceField(
        label=_("Why"),
        help_text=_("Managers and the person see it; everybody else sees that they are away."),
        choices=ABSENCE_KINDS.items,
        coerce=AbsenceKind,
        widget=forms.RadioSelect,
        initial=AbsenceKind.LEAVE,
    )
    stand_in = forms.TypedChoiceField(
        label=_("Who stands in"),
        help_text=_("On call instead, in the hours that the person would have had. Nobody: a gap."),
        coerce=UUID,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, own: UUID, people: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = own
        choices = [(str(key), name) for key, name in people]
        if not people:
            del self.fields["person"], self.fields["stand_in"]
            return
        self.fields["person"].choices = choices  # type: ignore[attr-defined]
        self.fields["stand_in"].choices = [("", _("Nobody")), *choices]  # type: ignore[attr-defined]

    def content(self) -> NewAbsence:
        """Return what a valid form says."""
        said = self.cleaned_data
        return NewAbsence(
            said.get("person", self._own), said["start"], said["end"], said["kind"], said.get("stand_in")
        )
