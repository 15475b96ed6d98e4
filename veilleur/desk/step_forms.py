"""The form in which a company says how long its people's steps take, and what it can do at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from veilleur.domains.recovery.labels import ROLES as WHO
from veilleur.domains.recovery.labels import STEPS
from veilleur.domains.recovery.rules.inputs import Estimate, Means
from veilleur.domains.recovery.rules.people import DEFAULT_ESTIMATES, ROLES, estimate_of
from veilleur.domains.recovery.rules.people import STEPS as ORDER

_MINUTE_S = 60
LONGEST_MINUTES = 60 * 24 * 60  # two months
_POINTS = (("low", _("At best")), ("likely", _("Most likely")), ("high", _("At worst")))
# Before each field where the table is folded into a list.
_WORDS = (_("At best:"), _("Most likely:"), _("At worst:"))


@dataclass(frozen=True)
class StepRow:
    """One step of the form: its words, its three fields, and whether anybody has said anything of it yet."""

    name: str
    who: str
    is_default: bool
    fields: tuple[tuple[str | Promise, forms.BoundField], ...]


class StepsForm(forms.Form):
    """Three durations in minutes for each step of one scenario, and two numbers of means."""

    technicians = forms.IntegerField(label=_("People who restore at once"), min_value=1, max_value=1000)
    streams = forms.IntegerField(
        label=_("Restores at once from one backup place"), min_value=1, max_value=1000
    )

    def __init__(self, *args: Any, scenario: str, means: Means, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._means, self._scenario = means, scenario
        self.fields["technicians"].initial = means.technicians
        self.fields["streams"].initial = means.streams
        for step in self._steps():
            present = estimate_of(means.estimates, scenario, step)
            seconds = (present.low_s, present.likely_s, present.high_s)
            for (point, word), value in zip(_POINTS, seconds, strict=True):
                self.fields[f"{step}_{point}"] = forms.IntegerField(
                    label=f"{STEPS[step]}, {word}",
                    min_value=0,
                    max_value=LONGEST_MINUTES,
                    initial=round(value / _MINUTE_S),
                )

    def rows(self) -> Iterator[StepRow]:
        """Yield the steps in the order in which they are done."""
        for step in self._steps():
            yield StepRow(
                name=str(STEPS[step]),
                who=str(WHO[ROLES[step]]),
                is_default=(self._scenario, step) not in self._means.estimates,
                fields=tuple(
                    (word, self[f"{step}_{point}"])
                    for (point, _word), word in zip(_POINTS, _WORDS, strict=True)
                ),
            )

    def clean(self) -> dict[str, Any]:
        """Say of each step whose three durations are not in order that they are not."""
        values = super().clean() or {}
        for step in self._steps():
            low, likely, high = (values.get(f"{step}_{point}") for point, _word in _POINTS)
            if not (low is None or likely is None or high is None or low <= likely <= high):
                text = _("At best is no longer than most likely, and that no longer than at worst.")
                self.add_error(f"{step}_likely", text)
        return values

    def changed_steps(self, today: date) -> Mapping[str, Estimate]:
        """Return the estimates that differ from the present ones, by step."""
        said = {}
        for step in self._steps():
            low, likely, high = (self.cleaned_data[f"{step}_{point}"] * _MINUTE_S for point, _word in _POINTS)
            present = estimate_of(self._means.estimates, self._scenario, step)
            if (low, likely, high) != (present.low_s, present.likely_s, present.high_s):
                said[step] = Estimate(low, likely, high, today)
        return said

    def changed_means(self) -> Means | None:
        """Return the means, estimates apart, where they differ from the present ones."""
        means = Means(self.cleaned_data["technicians"], self.cleaned_data["streams"])
        same = (means.technicians, means.streams) == (self._means.technicians, self._means.streams)
        return None if same else means

    def _steps(self) -> list[str]:
        return [step for step in ORDER if (self._scenario, step) in DEFAULT_ESTIMATES]
