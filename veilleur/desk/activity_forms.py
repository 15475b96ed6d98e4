"""Forms about business activities and about what people say of a service: they check and convert."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from veilleur.desk.forms import OBJECTIVES_S
from veilleur.domains.estate.labels import REFUSALS, GradeChoice
from veilleur.domains.estate.rules.activities import ActivityDraft, HourEffects
from veilleur.domains.estate.rules.map import ServiceDraft, ServiceRow
from veilleur.domains.estate.rules.rhythms import BusyPeriod, Rhythm, is_day_of
from veilleur.domains.organisations.queries import MemberRow
from veilleur.shared import words
from veilleur.shared.showable import showable


def _worded(word: Callable[[int, str], str], number: int) -> str:
    return word(number, get_language() or "en")


_worded_lazily = lazy(_worded, str)
_WEEKDAYS = [(number, _worded_lazily(words.weekday_name, number)) for number in range(7)]
_MONTHS = [(number, _worded_lazily(words.month_name, number)) for number in range(1, 13)]
_GRADES = [("", _("Not said yet")), *GradeChoice.choices]


def _grade(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=_GRADES, required=False, label_suffix="")


def offered_referents(members: Sequence[MemberRow], present: UUID | None) -> list[tuple[str, Any]]:
    """Return who may be chosen; whoever answers now stays offered after leaving, until somebody else does."""
    known: list[tuple[str, Any]] = [(str(member.id), member.name) for member in members]
    if present is not None and str(present) not in dict(known):
        known.append((str(present), _("somebody who has left")))
    return [("", _("Nobody yet")), *known]


class ActivityForm(forms.Form):
    """What an activity is, who answers for it, and what an hour without it does."""

    name = forms.CharField(
        label=_("What the company does"),
        help_text=_("In a word or two: invoice, produce, deliver, answer customers."),
        max_length=200,
        validators=[showable],
    )
    purpose = forms.CharField(
        label=_("What it is for"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[showable],
    )
    referent = forms.ChoiceField(
        label=_("Business referent"),
        help_text=_("Who can say how long it may stand still, and that it works again."),
        required=False,
    )
    is_vital = forms.BooleanField(
        label=_("Even in a crisis the company cannot do without it"),
        help_text=_("These activities are the minimum vital set: they come back first."),
        required=False,
    )
    turnover = _grade(_("Turnover, after an hour without it"))
    turnover_eur = forms.IntegerField(
        label=_("Euros lost in an hour"), min_value=0, max_value=10**12, required=False
    )
    idle_people = _grade(_("People who cannot work"))
    idle_count = forms.IntegerField(label=_("How many people"), min_value=0, max_value=10**6, required=False)
    image = _grade(_("Image with customers and partners"))
    regulation = _grade(_("Law, contracts, obligations"))

    def __init__(
        self, *args: Any, members: Sequence[MemberRow], draft: ActivityDraft | None = None, **kwargs: Any
    ) -> None:
        """`draft`: what is said of it now."""
        super().__init__(*args, **kwargs)
        present = draft.referent if draft else None
        self.fields["referent"].choices = offered_referents(members, present)  # type: ignore[attr-defined]
        if draft is not None:
            self.initial = {
                **vars(draft),
                **vars(draft.effects),
                "idle_count": draft.idle_people,
                "referent": draft.referent or "",
            }

    def draft(self) -> ActivityDraft:
        """Return what was said."""
        said = self.cleaned_data
        return ActivityDraft(
            name=said["name"],
            purpose=said["purpose"],
            referent=UUID(said["referent"]) if said["referent"] else None,
            is_vital=said["is_vital"],
            effects=HourEffects(said["turnover"], said["idle_people"], said["image"], said["regulation"]),
            turnover_eur=said["turnover_eur"],
            idle_people=said["idle_count"],
        )


class RelianceForm(forms.Form):
    """Which services an activity relies on. `asked`: those that the page showed; others stay as they are."""

    needed = forms.MultipleChoiceField(
        label=_("Services that it relies on"), widget=forms.CheckboxSelectMultiple, required=False
    )
    asked = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)

    def __init__(
        self, *args: Any, services: Sequence[ServiceRow], needed: Sequence[UUID] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {
            "needed": [str(one) for one in needed],
            "asked": [str(row.id) for row in services],
        }
        named = [(str(row.id), row.name) for row in services]
        self.fields["needed"].choices = named  # type: ignore[attr-defined]
        self.fields["asked"].choices = named  # type: ignore[attr-defined]

    def named(self, field: str) -> frozenset[UUID]:
        """Return the services of "needed" or "asked"."""
        return frozenset(UUID(one) for one in self.cleaned_data[field])


class NewActivityForm(ActivityForm):
    """An activity that enters the map, with the services that it relies on."""

    services = forms.MultipleChoiceField(
        label=_("Services that it relies on"), widget=forms.CheckboxSelectMultiple, required=False
    )
    field_order = ("name", "purpose", "services", "referent")

    def __init__(self, *args: Any, services: Sequence[ServiceRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["services"].choices = [(str(row.id), row.name) for row in services]  # type: ignore[attr-defined]

    def services_named(self) -> frozenset[UUID]:
        """Return the services that were ticked."""
        return frozenset(UUID(one) for one in self.cleaned_data["services"])


class BusyForm(forms.Form):
    """Days on which an activity counts most; both ends are in it. One class for each rhythm."""

    rhythm: Rhythm
    title: Any
    name = forms.CharField(
        label=_("What is done then"),
        help_text=_("For example: closing of the month, sales, harvest."),
        max_length=200,
        validators=[showable],
    )

    def period(self) -> BusyPeriod:
        """Return what was said."""
        first, last = self._days()
        return BusyPeriod(self.rhythm, first, last, self.cleaned_data["name"].strip())

    def _days(self) -> tuple[int, int]:
        return self.cleaned_data["first"], self.cleaned_data["last"]


class WeeklyForm(BusyForm):
    """Days of the week."""

    rhythm = Rhythm.WEEKLY
    title = _("Days of every week")
    first = forms.TypedChoiceField(label=_("From"), choices=_WEEKDAYS, coerce=int)
    last = forms.TypedChoiceField(label=_("Until and with"), choices=_WEEKDAYS, coerce=int, initial=4)


class MonthlyForm(BusyForm):
    """Days of the month; in a shorter one the last day stands for those that it lacks."""

    rhythm = Rhythm.MONTHLY
    title = _("Days of every month")
    first = forms.IntegerField(label=_("From day"), min_value=1, max_value=31)
    last = forms.IntegerField(
        label=_("Until and with day"),
        help_text=_("31 is the last day of every month; from 28 to 3 runs over its end."),
        min_value=1,
        max_value=31,
    )


class YearlyForm(BusyForm):
    """Days of the year."""

    rhythm = Rhythm.YEARLY
    title = _("Days of every year")
    first_day = forms.IntegerField(label=_("From day"), min_value=1, max_value=31)
    first_month = forms.TypedChoiceField(label=_("Month"), choices=_MONTHS, coerce=int)
    last_day = forms.IntegerField(label=_("Until and with day"), min_value=1, max_value=31)
    last_month = forms.TypedChoiceField(label=_("Month"), choices=_MONTHS, coerce=int)

    def _days(self) -> tuple[int, int]:
        said = self.cleaned_data
        return (
            said["first_month"] * 100 + said["first_day"],
            said["last_month"] * 100 + said["last_day"],
        )

    def clean(self) -> dict[str, Any]:
        """Say which of the two is no day of any year."""
        said = super().clean() or {}
        for end in ("first", "last"):
            day, month = said.get(f"{end}_day"), said.get(f"{end}_month")
            if day and month and not is_day_of(Rhythm.YEARLY, month * 100 + day):
                self.add_error(f"{end}_day", str(REFUSALS["no_such_day"]))
        return said


BUSY_FORMS: dict[str, type[BusyForm]] = {form.rhythm: form for form in (WeeklyForm, MonthlyForm, YearlyForm)}


class ServiceSayingForm(forms.Form):
    """Who answers for a service, how long people can do without it, what losing its data would do."""

    referent = forms.ChoiceField(
        label=_("Business referent"),
        help_text=_("Who can say how long it may be down, and that it works again."),
        required=False,
    )
    max_outage_s = forms.TypedChoiceField(
        label=_("The longest the company can do without it"),
        help_text=_("Beyond it the company itself is in danger. The objective (RTO) is shorter."),
        coerce=int,
        empty_value=None,
        required=False,
    )
    data_loss_effect = forms.CharField(
        label=_("What if we lost its data?"),
        help_text=_("In a sentence: what could not be done any more, what would have to be typed again."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[showable],
    )

    def __init__(self, *args: Any, members: Sequence[MemberRow], row: ServiceRow, **kwargs: Any) -> None:
        """`row`: the service as it is now."""
        super().__init__(*args, **kwargs)
        self.fields["referent"].choices = offered_referents(members, row.referent)  # type: ignore[attr-defined]
        offered = sorted({*OBJECTIVES_S, 14 * 86400, 30 * 86400, *filter(None, [row.max_outage_s])})
        spans = [
            ("", _("Not said yet")),
            *((value, _worded_lazily(words.duration, value)) for value in offered),
        ]
        self.fields["max_outage_s"].choices = spans  # type: ignore[attr-defined]
        self.initial = {
            "referent": row.referent or "",
            "max_outage_s": row.max_outage_s or "",
            "data_loss_effect": row.data_loss_effect,
        }

    def draft(self) -> ServiceDraft:
        """Return what was said."""
        said = self.cleaned_data
        return ServiceDraft(
            referent=UUID(said["referent"]) if said["referent"] else None,
            max_outage_s=said["max_outage_s"],
            data_loss_effect=said["data_loss_effect"],
        )
