"""Forms about agents: a key to make, what becomes of devices that wait."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from veilleur.shared.showable import showable

ACCEPT, REFUSE, LINK = "accept", "refuse", "link"


class AgentKeyForm(forms.Form):
    """A key to make."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("Where it is used, such as a site: so that you know later which one to revoke."),
        max_length=100,
        validators=[showable],
    )


class SettleForm(forms.Form):
    """Which of the devices that wait are let in as new machines, or turned away."""

    device = forms.TypedMultipleChoiceField(coerce=UUID)
    what = forms.ChoiceField(choices=[(ACCEPT, ACCEPT), (REFUSE, REFUSE)])

    def __init__(self, *args: Any, waiting: Iterable[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["device"].choices = [(str(each), str(each)) for each in waiting]  # type: ignore[attr-defined]


class DeviceForm(forms.Form):
    """What one device is: a new machine, one that is known, or nothing of ours."""

    what = forms.ChoiceField(choices=[(ACCEPT, ACCEPT), (REFUSE, REFUSE), (LINK, LINK)])
    machine = forms.TypedChoiceField(
        label=_("Machine that is known"),
        coerce=UUID,
        empty_value=None,
        error_messages={"required": _("Choose the machine that it is.")},
    )

    def __init__(self, *args: Any, machines: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["machine"].choices = [("", "—"), *machines]  # type: ignore[attr-defined]
        # Only whoever says that the device is one of them names it.
        self.fields["machine"].required = not self.is_bound or self.data.get("what") == LINK
