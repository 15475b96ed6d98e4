"""Forms about components that people describe, and about the lists that they bring."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from veilleur.desk.activity_forms import offered_referents
from veilleur.domains.estate.labels import (
    SHEET_FIELDS,
    AssetKindChoice,
    HostingChoice,
    LifeStateChoice,
)
from veilleur.domains.estate.queries import SiteRow
from veilleur.domains.estate.rules.components import TOLD_BY_MACHINE, ComponentDraft
from veilleur.domains.estate.rules.map import AssetKind, LifeState
from veilleur.domains.estate.rules.sheet import HEADING_WITHIN
from veilleur.domains.estate.rules.sheet_words import Field
from veilleur.domains.organisations.queries import MemberRow
from veilleur.shared.showable import showable

_UNSAID = ("", _("Not said yet"))
_DAY = {"type": "date"}


def _text(label: Any, longest: int = 200, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, required=False, validators=[showable], help_text=help_text
    )


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[_UNSAID, *choices], required=False)


class ComponentForm(forms.Form):
    """What a person says of a component; what its machine tells itself is not asked for."""

    name = forms.CharField(label=_("Name"), max_length=200, validators=[showable])
    kind = forms.ChoiceField(label=_("Kind"), choices=AssetKindChoice.choices)
    purpose = _text(
        _("Function in the company"),
        500,
        _("In a sentence: what it does for people, which data it handles."),
    )
    life_state = forms.ChoiceField(
        label=_("Life state"),
        choices=LifeStateChoice.choices,
        initial=LifeState.IN_SERVICE,
        help_text=_("A planned one is on the map with its dependencies, and counts for nothing yet."),
    )
    hosting = _choice(_("Hosting"), HostingChoice.choices)
    site = forms.ChoiceField(label=_("Site"), required=False)
    referent = forms.ChoiceField(label=_("Who answers for it"), required=False)
    host_name = _text(_("Host name"), 255)
    os_name = _text(_("System"))
    manufacturer = _text(_("Manufacturer"))
    model = _text(_("Model"))
    serial = _text(
        _("Serial number"), help_text=_("By it an agent that reports later is known to be this machine.")
    )
    bought_on = _day(_("Bought on"))
    warranty_until = _day(_("Under warranty until"))
    logs_kept = _text(
        _("Traces that allow an audit"), 500, _("Which, where, how long they are kept, who reads them.")
    )

    def __init__(
        self,
        *args: Any,
        members: Sequence[MemberRow],
        sites: Sequence[SiteRow],
        draft: ComponentDraft | None = None,
        is_read: bool = False,
        **kwargs: Any,
    ) -> None:
        """`draft`: what is said of it now; `is_read`: it tells of itself."""
        super().__init__(*args, **kwargs)
        self._draft = draft
        present = draft.referent if draft else None
        self.fields["referent"].choices = offered_referents(members, present)  # type: ignore[attr-defined]
        self.fields["site"].choices = [_UNSAID, *((str(site.id), site.name) for site in sites)]  # type: ignore[attr-defined]
        if draft is not None:
            self.initial = {name: "" if value is None else value for name, value in vars(draft).items()}
        for name in TOLD_BY_MACHINE if is_read else ():
            del self.fields[name]

    def draft(self) -> ComponentDraft:
        """Return what was said; what was not asked for as it is."""
        kept = vars(self._draft) if self._draft else {}
        said = {**kept, **self.cleaned_data}
        for name in ("site", "referent"):
            said[name] = UUID(str(said[name])) if said.get(name) else None
        return ComponentDraft(
            **said | {"kind": AssetKind(said["kind"]), "life_state": LifeState(said["life_state"])}
        )


class ListForm(forms.Form):
    """The file that a list comes in."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("An Excel workbook (.xlsx) or CSV, up to 5,000 lines and 1 MB."),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file first.")},
    )


class ColumnsForm(forms.Form):
    """In which line the headings stand, and what each column holds."""

    heading = forms.TypedChoiceField(label=_("Headings"), required=False, coerce=int, empty_value=None)

    def __init__(
        self,
        *args: Any,
        rows: Sequence[Sequence[str]],
        heading: int | None,
        columns: dict[int, Field],
        **kwargs: Any,
    ) -> None:
        """`rows` of text; `heading` and `columns` as they are read now."""
        super().__init__(*args, **kwargs)
        self.width = max((len(row) for row in rows), default=0)
        lines = [
            (number, gettext("Line {number}: {text}").format(number=number + 1, text=" · ".join(row)[:80]))
            for number, row in enumerate(rows[:HEADING_WITHIN])
            if row
        ]
        self.fields["heading"].choices = [("", _("There are none")), *lines]  # type: ignore[attr-defined]
        self.initial = {"heading": "" if heading is None else heading}
        for column in range(self.width):
            label = rows[heading][column] if heading is not None and column < len(rows[heading]) else ""
            self.fields[f"column_{column}"] = forms.ChoiceField(
                label=label or gettext("Column {number}").format(number=column + 1),
                choices=[("", gettext("Leave it out")), *SHEET_FIELDS.items()],
                initial=columns.get(column, ""),
                required=False,
            )

    def columns(self) -> dict[int, Field]:
        """Return what each column that counts holds."""
        said = {column: self.cleaned_data[f"column_{column}"] for column in range(self.width)}
        return {column: Field(field) for column, field in said.items() if field}

    def clean(self) -> dict[str, Any]:
        """Say that two columns cannot hold the same."""
        said = super().clean() or {}
        seen: set[str] = set()
        for column in range(self.width):
            field = said.get(f"column_{column}", "")
            if field and field in seen:
                self.add_error(f"column_{column}", gettext("Another column holds this already."))
            seen.add(field)
        return said
