"""Forms of the desk: they check and convert; actions write."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from veilleur.shared.words import duration

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
OBJECTIVES_S = (
    *(15 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 12 * _HOUR),
    *(_DAY, 2 * _DAY, 3 * _DAY, 7 * _DAY),
)


def _said(seconds: int) -> str:
    return duration(seconds, get_language() or "en")


_said_lazily = lazy(_said, str)


class ObjectivesForm(forms.Form):
    """How long a service may be down (RTO) and how much work it may lose (RPO), in seconds."""

    rto_s = forms.TypedChoiceField(
        label=_("How long it may be down"),
        help_text=_("From the breakdown until people work again. Beyond it, the restart time is bad."),
        coerce=int,
    )
    rpo_s = forms.TypedChoiceField(
        label=_("How much work may be lost"),
        help_text=_("The age of the newest copy that survives. Backups are planned from it."),
        coerce=int,
    )

    def __init__(self, *args: Any, present_s: tuple[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, seconds in zip(("rto_s", "rpo_s"), present_s, strict=True):
            offered = sorted({*OBJECTIVES_S, seconds})
            self.fields[name].choices = [(value, _said_lazily(value)) for value in offered]  # type: ignore[attr-defined]
            self.fields[name].initial = seconds
