"""Forms of documents: what is written, who looks after it, what it is about."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from veilleur.domains.estate.labels import NodeKindChoice
from veilleur.domains.estate.rules.map import MapNode
from veilleur.domains.knowledge.actions import Care
from veilleur.domains.knowledge.labels import REFUSALS, AudienceChoice, PriorityChoice
from veilleur.domains.knowledge.rules.audience import Audience
from veilleur.domains.knowledge.rules.documents import (
    LONGEST_LINE,
    LONGEST_TEXT_BYTES,
    REVIEW_MONTHS,
    DocumentKind,
    Draft,
    with_plain_lines,
)
from veilleur.domains.organisations.queries import MemberRow
from veilleur.shared.showable import showable

_WITHIN: tuple[tuple[str, Any], ...] = (
    ("", _("Not stated")),
    ("15", _("15 min")),
    ("30", _("30 min")),
    ("60", _("1 hour")),
    ("120", _("2 hours")),
    ("240", _("4 hours")),
    ("480", _("8 hours")),
    ("1440", _("1 day")),
    ("2880", _("2 days")),
    ("10080", _("1 week")),
)
_MONTHS = {
    1: _("every month"),
    3: _("every 3 months"),
    6: _("every 6 months"),
    12: _("every year"),
    24: _("every 2 years"),
}


class DraftForm(forms.Form):
    """What a document says. `seen` is the number of the version that the writer began with, 0 for none."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    title = forms.CharField(label=_("Title"), max_length=LONGEST_LINE, validators=[showable])
    may_ask = forms.CharField(
        label=_("Who may ask for it"), max_length=LONGEST_LINE, required=False, validators=[showable]
    )
    acts = forms.CharField(
        label=_("Who does it"), max_length=LONGEST_LINE, required=False, validators=[showable]
    )
    within_min = forms.TypedChoiceField(
        label=_("Within what time"), choices=_WITHIN, coerce=int, empty_value=None, required=False
    )
    priority = forms.ChoiceField(
        label=_("Priority"),
        choices=(("", _("Not stated")), *PriorityChoice.choices),
        required=False,
    )
    text = forms.CharField(
        label=_("Text"),
        help_text=_(
            "In Markdown: # for a heading, - for a list, 1. for the steps, ** around what is important. "
            "[? …] marks what is still to be filled in."
        ),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 26, "spellcheck": "true"}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != DocumentKind.PROCEDURE:
            for name in ("may_ask", "acts", "within_min", "priority"):
                del self.fields[name]

    def clean_text(self) -> str:
        """Take the text as it was typed but for the sort of its line breaks; say when it is too long."""
        text = with_plain_lines(self.cleaned_data["text"])
        if len(text.encode(errors="replace")) > LONGEST_TEXT_BYTES:
            raise forms.ValidationError(str(REFUSALS["text_too_long"]))
        return text

    def draft(self) -> Draft:
        """Return what is to be saved."""
        return Draft(**{name: value for name, value in self.cleaned_data.items() if name != "seen"})


def initial_of(draft: Draft, seen: int) -> dict[str, Any]:
    """Return what a form begins with."""
    within = "" if draft.within_min is None else draft.within_min
    return {**vars(draft), "within_min": within, "seen": seen}


class CareForm(forms.Form):
    """Who looks after a document, how long a look at it counts, and what it is about."""

    owner = forms.ChoiceField(label=_("Owner"), help_text=_("Keeps it up to date."))
    deputy = forms.ChoiceField(
        label=_("Deputy"),
        help_text=_("Knows it as well, for the day the owner is away."),
        required=False,
    )
    review_months = forms.TypedChoiceField(
        label=_("To be reviewed"),
        choices=[(months, _MONTHS[months]) for months in REVIEW_MONTHS],
        coerce=int,
    )
    audience = forms.ChoiceField(
        label=_("Who reads it"),
        widget=forms.RadioSelect,
        help_text=_("People who only ask find what is for everybody on a page of their own."),
    )
    about = forms.MultipleChoiceField(
        label=_("What it is about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        members: Sequence[MemberRow],
        nodes: Sequence[MapNode],
        levels: Collection[Audience],
        **kwargs: Any,
    ) -> None:
        """`levels`: those that the writer reads too; nobody hides a document from themselves."""
        super().__init__(*args, **kwargs)
        offered = [choice for choice in AudienceChoice.choices if choice[0] in levels]
        self.fields["audience"].choices = offered  # type: ignore[attr-defined]
        people = [(str(member.id), member.name) for member in members]
        self.fields["owner"].choices = people  # type: ignore[attr-defined]
        self.fields["deputy"].choices = [("", _("Nobody yet")), *people]  # type: ignore[attr-defined]
        order = list(NodeKindChoice.values)
        things = sorted(nodes, key=lambda node: (order.index(node.kind), node.name.casefold()))
        self.fields["about"].choices = [  # type: ignore[attr-defined]
            (str(node.id), f"{node.name} ({str(NodeKindChoice(node.kind).label).lower()})") for node in things
        ]

    def clean(self) -> dict[str, Any]:
        """Say that owner and deputy are two people."""
        values = super().clean() or {}
        if values.get("owner") and values.get("owner") == values.get("deputy"):
            self.add_error("deputy", str(REFUSALS["one_person_twice"]))
        return values

    def care(self) -> Care:
        """Return what is to be settled."""
        said = self.cleaned_data
        return Care(
            owner=UUID(said["owner"]),
            deputy=UUID(said["deputy"]) if said["deputy"] else None,
            review_months=said["review_months"],
            about=frozenset(map(UUID, said["about"])),
            audience=Audience(said["audience"]),
        )


class FileForm(forms.Form):
    """A file that is attached. What it is called is its own name, made plain."""

    file = forms.FileField(
        label=_("File"), allow_empty_file=True, error_messages={"required": _("Choose a file first.")}
    )
