"""A form field's check: what people type must be fit for one line of a page, a mail and a terminal."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from veilleur.shared.readable import is_one_line, readable


def showable(text: str) -> None:
    """Raise ValidationError for text with a line break, a control character or a turned direction in it."""
    if not is_one_line(text):
        raise ValidationError(
            _("Something in it cannot be shown as it is: {text}").format(text=readable(text)[:200])
        )
