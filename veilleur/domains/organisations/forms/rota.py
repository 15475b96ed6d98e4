"""Forms about on-call rotas: which hours one covers, who takes turns, shifts by hand, swaps."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations.actions.rotas import RotaContent, TurnsContent
from veilleur.domains.organisations.actions.shifts import Stretch
from veilleur.domains.organisations.labels import rota as rota_labels
from veilleur.domains.organisations.rules.rota_words import Cover
from veilleur.shared.showable import showable

# More people than this take no turns: each would wait for months.
_MOST_TAKERS = 12
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
_NOBODY = "nobody"


def _weekdays() -> list[tuple[int, str]]:
    # A list of its own begins each with a capital; Django's French names begin with none.
    return [
        (number, name[:1].upper() + name[1:]) for number, name in ((n, str(w)) for n, w in WEEKDAYS.items())
    ]


class RotaForm(forms.Form):
    """A rota's name, its team, and the hours that it covers."""

    name = forms.CharField(label=_("Name"), max_length=200, validators=[showable])
    team = forms.TypedChoiceField(
        label=_("Who may be on call"),
        help_text=_("A team, so that only people who can do it are planned."),
        coerce=UUID,
        empty_value=None,
        required=False,
    )
    cover = forms.TypedChoiceField(
        label=_("Somebody answers"),
        help_text=_("If nobody is planned in these hours, the page shows a gap."),
        choices=rota_labels.COVERS.items,
        coerce=Cover,
        widget=forms.RadioSelect,
    )
    opens = forms.TimeField(label=_("Work begins at"), widget=_TIME)
    closes = forms.TimeField(label=_("Work ends at"), widget=_TIME)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Working days"),
        choices=_weekdays,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    holidays = forms.ChoiceField(
        label=_("Public holidays"),
        help_text=_("They are not working days, and are counted separately for pay."),
        choices=rota_labels.HOLIDAYS.items,
    )
    serves_customers = forms.BooleanField(
        label=_("Customers see who answers"),
        help_text=_("Those who gave a mandate, and only people whom it lets in."),
        required=False,
    )

    def __init__(self, *args: Any, teams: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = list(teams)
        if not chosen:
            # Where nobody works in teams, nobody is asked for one.
            del self.fields["team"]
            return
        self.fields["team"].choices = [("", _("Every member")), *chosen]  # type: ignore[attr-defined]

    def clean(self) -> None:
        """Refuse working hours that last no time, and a rota that covers none."""
        said = self.cleaned_data
        if said.get("opens") is not None and said.get("opens") == said.get("closes"):
            self.add_error("closes", _("Work ends when it begins: give another time."))
        if said.get("cover") == Cover.WITHIN and not said.get("weekdays"):
            self.add_error("weekdays", _("Without a working day this rota would cover nothing."))

    def content(self) -> RotaContent:
        """Return what a valid form says."""
        return RotaContent(**{"team": None, **self.cleaned_data})


class TurnsForm(forms.Form):
    """Who takes turns, in which order; from when, and for how long each."""

    first_day = forms.DateField(
        label=_("First day"),
        help_text=_("The first turn begins on it. What was planned from then on is replaced."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    handover = forms.TimeField(
        label=_("Handover at"),
        help_text=_("Local time, in summer and in winter."),
        widget=_TIME,
    )
    days = forms.IntegerField(
        label=_("Days per turn"), help_text=_("7: a week."), min_value=1, max_value=31, initial=7
    )

    def __init__(self, *args: Any, pool: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "—"), *((str(key), name) for key, name in pool)]
        for number in range(1, min(len(pool), _MOST_TAKERS) + 1):
            self.fields[f"person_{number}"] = forms.TypedChoiceField(
                label=_("Turn {number}").format(number=number),
                choices=choices,
                coerce=UUID,
                empty_value=None,
                required=number == 1,
            )

    def clean_first_day(self) -> date:
        """Refuse a day that was mistyped: turns are planned for the months around today."""
        day: date = self.cleaned_data["first_day"]
        if abs(day - timezone.localdate()) > timedelta(days=366):
            raise forms.ValidationError(_("This day is too far away."))
        return day

    def content(self) -> TurnsContent:
        """Return what a valid form says; empty places are passed over."""
        said = self.cleaned_data
        places = [said[name] for name in self.fields if name.startswith("person_")]
        return TurnsContent(
            people=[person for person in places if person is not None],
            first_day=said["first_day"],
            handover=said["handover"],
            days=said["days"],
        )


class SpanForm(forms.Form):
    """From when until when, on the wall of the organisation's zone."""

    start = forms.DateTimeField(label=_("From"), widget=_MOMENT)
    end = forms.DateTimeField(label=_("Until"), widget=_MOMENT)


class ShiftForm(SpanForm):
    """Who is on call in a stretch of time, whatever the turns say."""

    field_order = ("person", "start", "end")

    person = forms.ChoiceField(label=_("Who is on call"))

    def __init__(self, *args: Any, pool: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(key), name) for key, name in pool]
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            *people,
            (_NOBODY, _("Nobody: leave it open")),
        ]

    def stretch(self) -> Stretch:
        """Return what a valid form says."""
        said = self.cleaned_data
        person = None if said["person"] == _NOBODY else UUID(said["person"])
        return Stretch(person, said["start"], said["end"])


class SwapForm(forms.Form):
    """Which of one's own shifts is offered, and for which of somebody else's; both by when they begin."""

    gives = forms.ChoiceField(label=_("I give"))
    takes = forms.ChoiceField(
        label=_("I take"), help_text=_("Nothing changes until the other person agrees.")
    )

    def __init__(
        self,
        *args: Any,
        own: Iterable[tuple[datetime, str]],
        others: Iterable[tuple[datetime, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, shifts in (("gives", own), ("takes", others)):
            choices = [(start.isoformat(), word) for start, word in shifts]
            self.fields[name].choices = choices  # type: ignore[attr-defined]


def initial_hours() -> dict[str, Any]:
    """Return what the form of a new rota shows at first: nights and weekends of an office."""
    return {
        "cover": Cover.OUTSIDE,
        "opens": time(8),
        "closes": time(18),
        "weekdays": list(range(5)),
        "holidays": "FR",
    }
