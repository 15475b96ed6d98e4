"""Forms of the desk: they check and convert; actions write."""

import re
from collections.abc import Collection, Sequence
from ipaddress import ip_address
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from veilleur.desk.pages.protection import Source
from veilleur.domains.backups.labels import reason_sentence
from veilleur.domains.backups.queries.work import ItemRow, PlaceRow
from veilleur.domains.backups.rules.sources import DEFAULT_PORT, NamedServer
from veilleur.domains.backups.rules.states import AccessState
from veilleur.domains.estate.queries import DataSetRow
from veilleur.domains.estate.rules.map import ServiceRow
from veilleur.shared.readable import readable
from veilleur.shared.showable import showable
from veilleur.shared.words import duration

# An address with the network card it is reached by; the standard library takes anything for the card's name.
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?")
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
# What a browser or Django puts where bytes are no text.
_NO_SIGN = "\ufffd"
# Only these end a line that a person typed; other signs that Python counts as such are no part of a name.
_LINE_END = re.compile(r"\r\n|\r|\n")
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


class ServiceForm(ObjectivesForm):
    """A service that people use: its name, the machine it runs on, and its objectives."""

    name = forms.CharField(
        label=_("What people call it"),
        help_text=_("For example: accounting, the shop, the shared folders."),
        max_length=200,
        validators=[showable],
    )
    machine = forms.ChoiceField(
        label=_("The machine it runs on"),
        help_text=_("Its restart time counts the loss of this machine."),
    )
    field_order = ("name", "machine", "rto_s", "rpo_s")

    def __init__(self, *args: Any, machines: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["machine"].choices = [("", _("Choose one")), *machines]  # type: ignore[attr-defined]


class ServiceDataForm(forms.Form):
    """Which data sets a service needs. `asked`: those that the page showed; others stay as they are."""

    needed = forms.MultipleChoiceField(
        label=_("Data that it needs"), widget=forms.CheckboxSelectMultiple, required=False
    )
    asked = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)

    def __init__(
        self, *args: Any, data_sets: Sequence[DataSetRow], needed: Sequence[UUID], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {
            "needed": [str(one) for one in needed],
            "asked": [str(row.id) for row in data_sets],
        }
        named = [(str(row.id), _with_locator(row)) for row in data_sets]
        self.fields["needed"].choices = named  # type: ignore[attr-defined]
        self.fields["asked"].choices = named  # type: ignore[attr-defined]


def _with_locator(row: DataSetRow) -> str:
    return row.name if row.locator in row.name else f"{row.name} ({row.locator})"


def whole_path(text: str) -> str:
    """Return a path that is given from the root on, or say what is wrong with it."""
    showable(text.strip())
    if _NO_SIGN in text:
        raise ValidationError(
            _(
                "A sign of this path could not be read, and stands as {sign}: rename the folder or file, or "
                "type it anew. {path}"
            ).format(sign=_NO_SIGN, path=text.strip())
        )
    path = PurePosixPath(text.strip())
    if not path.is_absolute() or ".." in path.parts:
        raise ValidationError(_("Give the whole path, starting with a slash: {path}").format(path=text))
    # POSIX leaves open what two slashes at the beginning mean; here they are one, and one path has one name.
    return "/" + str(path).lstrip("/")


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
    make_folder = forms.BooleanField(label=_("Make this folder"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Asked only of a folder that is not there.
        self._make_folder = self.fields.pop("make_folder")
        if "make_folder" in self.data:
            self.fields["make_folder"] = self._make_folder

    def clean_folder(self) -> str:
        """Return the whole path."""
        return whole_path(self.cleaned_data["folder"])

    def ask_to_make_it(self) -> None:
        """Let the person say whether a folder that is not there shall be made."""
        self.fields["make_folder"] = self._make_folder
        self.add_error(
            "folder",
            _(
                "This folder does not exist. If a share or a disk belongs there, mount it first; if the "
                "folder shall be made on this machine, tick the box."
            ),
        )


class ServerForm(forms.Form):
    """A PostgreSQL server that Veilleur did not find, or that it may not read as it found it."""

    host = forms.CharField(
        label=_("Server"),
        help_text=_("Its name or address, or the folder of its socket, such as /run/postgresql."),
        max_length=255,
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=DEFAULT_PORT)
    database = forms.CharField(
        label=_("Database"),
        help_text=_("Left empty, all databases of the server are offered."),
        max_length=63,
        required=False,
        validators=[showable],
    )
    login = forms.CharField(
        label=_("Login"),
        help_text=_(
            "The role that reads, best one that may read everything and write nothing. Left empty, the "
            "account that Veilleur runs under."
        ),
        max_length=63,
        required=False,
        validators=[showable],
    )
    passfile = forms.CharField(
        label=_("Password file"),
        help_text=_(
            "Whole path of a file in PostgreSQL's own format, host:port:database:login:password, that only "
            "the account Veilleur runs under may read: .pgpass of that account, or a file in the folder "
            "secrets of Veilleur's own data. The password itself is asked for nowhere and kept nowhere."
        ),
        max_length=1000,
        required=False,
    )

    def clean_host(self) -> str:
        """Return a socket's folder, a name or an address, and nothing that holds more than that."""
        host = str(self.cleaned_data["host"])
        # PostgreSQL takes a comma for the end of a host and the beginning of another one to try.
        if host.startswith("/") and "," not in host:
            return whole_path(host)
        if not (_HOST_NAME.fullmatch(host) or _is_address(host)):
            raise ValidationError(
                _("Give a name, an address or the folder of a socket, and nothing else: {text}").format(
                    text=readable(host)
                )
            )
        return host

    def clean_passfile(self) -> str:
        """Return the whole path, if one was given."""
        path = self.cleaned_data["passfile"]
        return whole_path(path) if path else ""

    def server(self) -> NamedServer:
        """Return what was named, once the form is valid."""
        return NamedServer(**self.cleaned_data)


def _is_address(text: str) -> bool:
    if not _ADDRESS.fullmatch(text):
        return False
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _plan_name() -> forms.CharField:
    return forms.CharField(
        label=_("What people call this plan"),
        help_text=_("For example: accounting."),
        max_length=200,
        validators=[showable],
    )


class PlanNameForm(forms.Form):
    """What people call a plan. `taken`: what other plans that have not ended are called."""

    name = _plan_name()

    def __init__(self, *args: Any, taken: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._taken = {name.casefold() for name in taken}

    def clean_name(self) -> str:
        """Refuse what would make two plans look like one."""
        name = str(self.cleaned_data["name"])
        if name.casefold() in self._taken:
            raise ValidationError(str(reason_sentence("plan_name_taken")))
        return name


# The fields of a plan that say what is copied: one of them is enough.
_WAYS = ("known", "folders", "databases")


class PlanForm(forms.Form):
    """What goes into which place."""

    name = _plan_name()
    place = forms.ChoiceField(label=_("Into which place"))
    service = forms.ChoiceField(
        label=_("For which service"),
        help_text=_("Its restart time then counts this data, and how often copies are made follows from it."),
        required=False,
    )
    known = forms.MultipleChoiceField(
        label=_("Data that a plan names already"),
        help_text=_("A second copy in another place is what survives the loss of the first."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    folders = forms.CharField(
        label=_("Folders and files"),
        help_text=_(
            "One whole path a line. A SQLite database among them is recognised and copied as a database."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        required=False,
    )
    databases = forms.MultipleChoiceField(
        label=_("Databases that can be read"),
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
        ways = [name for name in _WAYS if name in self.fields]
        for name in ways if len(ways) > 1 else ():
            self.fields[name].label_suffix = str(_("one of these ways is enough"))
        if ways == ["folders"]:
            self.fields["folders"].required = True
            self.fields["folders"].error_messages["required"] = _("Name at least one folder or file.")

    def _offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def clean_folders(self) -> tuple[str, ...]:
        """Return the whole paths, one a line, each once."""
        lines = [line for line in _LINE_END.split(self.cleaned_data["folders"]) if line.strip()]
        return tuple(dict.fromkeys(whole_path(line) for line in lines))

    def clean(self) -> dict[str, Any]:
        """Ask for something to protect."""
        cleaned = super().clean() or {}
        is_one_wrong = any(name in self.errors for name in _WAYS)
        if not is_one_wrong and not any(cleaned.get(name) for name in _WAYS):
            self.add_error("folders", _("Name at least one folder, or tick what shall be copied."))
        return cleaned


class RetireForm(forms.Form):
    """Why something is no longer to be watched."""

    reason = forms.CharField(
        label=_("Why it need not be watched any more"),
        help_text=_("It is kept in the journal. For example: the old label printer is gone."),
        max_length=500,
        validators=[showable],
    )


class TypedBackForm(forms.Form):
    """The twelve words, typed from the kept copy."""

    words = forms.CharField(
        label=_("The twelve words"),
        help_text=_("From the paper, not from memory; in their order, with spaces between them."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        max_length=400,
    )
