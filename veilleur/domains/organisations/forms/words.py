"""Our words on the library's fields."""

from typing import Any

from django import forms


def say(field: forms.Field, label: Any, hint: Any = "") -> None:
    """Give a field of the library our words, and no second label inside its box."""
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)
