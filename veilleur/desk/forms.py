"""Forms of the desk: they check and convert; actions write."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from veilleur.desk.pages.protection import Source
from veilleur.domains.backups.queries.work import ItemRow, PlaceRow
from veilleur.domains.backups.rules.states import AccessState
from veilleur.domains.estate.rules.map import ServiceRow
from veilleur.shared.showable import showable
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


def whole_path(text: str) -> str:
    """Return a path that is given from the root on, or say what is wrong with it."""
    showable(text.strip())
    path = PurePosixPath(text.strip())
    if not path.is_absolute() or ".." in path.parts:
        raise ValidationError(_("Give the whole path, starting with a slash: {path}").format(path=text))
    return str(path)


class PlaceForm(forms.Form):
    """Another backup place."""

    name = forms.CharField(
        label=_("What people call it"),
        help_text=_("For example: safe of the second site."),
        max_length=200,
        validators=[showable],
    )
    folder = forms.CharField(
        label=_("Its folder"),
        help_text=_(
            "A folder on this machine, whole path. A mounted share of another machine, best on another "
            "site, is what survives the loss of this one."
        ),
        max_length=1000,
    )

    def clean_folder(self) -> str:
        """Return the whole path."""
        return whole_path(self.cleaned_data["folder"])


class PlanForm(forms.Form):
    """What goes into which place."""

    name = forms.CharField(
        label=_("What people call this plan"),
        help_text=_("For example: accounting."),
        max_length=200,
        validators=[showable],
    )
    place = forms.ChoiceField(label=_("Into which place"))
    service = forms.ChoiceField(
        label=_("For which service"),
        help_text=_("Its restart time then counts this data, and how often copies are made follows from it."),
        required=False,
    )
    known = forms.MultipleChoiceField(
        label=_("Data that has a copy already"),
        help_text=_("A second copy in another place is what survives the loss of the first."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    folders = forms.CharField(
        label=_("Folders and files"),
        help_text=_("One whole path a line."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        required=False,
    )
    databases = forms.MultipleChoiceField(
        label=_("Databases found here"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        places: Sequence[PlaceRow],
        services: Sequence[ServiceRow],
        known: Sequence[ItemRow],
        sources: Sequence[Source],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        readable = [
            source
            for source in sources
            if source.row.access is AccessState.READABLE and not source.row.is_protected
        ]
        self._offer("place", [(str(place.id), f"{place.name} ({place.folder})") for place in places])
        self._offer("service", [("", _("None yet")), *((str(row.id), row.name) for row in services)])
        self._offer("databases", [(s.row.source, f"{s.kind} {s.row.source}") for s in readable])
        self._offer("known", [(str(item.data_set), item.name) for item in known])
        for name in ("databases", "known"):
            if not self.fields[name].choices:  # type: ignore[attr-defined]
                del self.fields[name]

    def _offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def clean_folders(self) -> tuple[str, ...]:
        """Return the whole paths, one a line, each once."""
        lines = [line for line in self.cleaned_data["folders"].splitlines() if line.strip()]
        return tuple(dict.fromkeys(whole_path(line) for line in lines))

    def clean(self) -> dict[str, Any]:
        """Ask for something to protect."""
        cleaned = super().clean() or {}
        chosen = [cleaned.get(name) for name in ("known", "folders", "databases")]
        if not self.errors and not any(chosen):
            self.add_error("folders", _("Name at least one folder, or tick what shall be copied."))
        return cleaned


class TypedBackForm(forms.Form):
    """The twelve words, typed from the kept copy."""

    words = forms.CharField(
        label=_("The twelve words"),
        help_text=_("From the paper, not from memory; in their order, with spaces between them."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        max_length=400,
    )
