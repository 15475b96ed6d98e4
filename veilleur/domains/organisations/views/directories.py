"""Directories that say who belongs here: how they stand, how they are reached, who may come back."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.forms.directory import (
    DirectoryForm,
    GroupFormSet,
    initial_of,
    settings_of_forms,
)
from veilleur.domains.organisations.labels import directories as directory_labels
from veilleur.domains.organisations.labels import refusal_sentence
from veilleur.domains.organisations.queries import visible_organisation
from veilleur.domains.organisations.queries.directories import (
    DirectoryRow,
    visible_directories,
    visible_directory,
    visible_kept_out,
    visible_people_of,
)
from veilleur.domains.organisations.rules.directory import State
from veilleur.domains.organisations.signin.proof import prove_first
from veilleur.domains.organisations.views.telling import said, save_sealed, tell
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused

# Which field of the form a refusal is shown at; any other at its head.
_FIELDS = {"password_needed": "password"}
# How a state is drawn. What could not be read is unknown, and no fault of anybody's here.
_MARKS = {
    State.READING: "planned",
    State.FAULT: "unknown",
    State.HELD: "watch",
    State.LATE: "unknown",
    State.GOOD: "good",
}


@require_GET
def directories(request: HttpRequest) -> HttpResponse:
    """The directories of the organisation, and how each stands."""
    now = utc_now()
    stand = [(row, row.readings.state(now)) for row in visible_directories(viewer_in(request))]
    is_reading = any(state is State.READING for _row, state in stand)
    if request.headers.get("HX-Request"):
        return _whether_ended(is_reading)
    rows = [(row, _MARKS[state], directory_labels.DIRECTORY_STATES[state]) for row, state in stand]
    return render(request, "organisations/directories.html", {"directories": rows, "is_reading": is_reading})


@never_cache
@require_GET
def directory(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One directory: what the last reading found, what waits for somebody to agree, who could not join."""
    shown = _shown(request, _found(request, public_id))
    if request.headers.get("HX-Request"):
        return _whether_ended(shown["is_reading"])
    return render(request, "organisations/directory.html", shown)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def add_directory(request: HttpRequest) -> HttpResponse:
    """Ask how a directory is reached, then have it read; nobody joins by that alone."""
    form = DirectoryForm(request.POST or None, is_new=True)
    groups = GroupFormSet(request.POST or None, prefix="groups")
    if request.method == "POST" and all([form.is_valid(), groups.is_valid()]):
        refused = _save(request, new_id(utc_now()), (form, groups), actions.add_directory)
        if refused is None:
            return redirect("organisations:directories")
        form.add_error(_FIELDS.get(refused.reason), refused.detail)
    return _form_page(request, form, groups)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def change_directory(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change how a directory is reached or what its groups give, then have it read."""
    row = _found(request, public_id)
    shown, shown_groups = initial_of(row.settings)
    form = DirectoryForm(request.POST or None, is_new=False, initial=shown)
    groups = GroupFormSet(request.POST or None, prefix="groups", initial=shown_groups)
    if request.method == "POST" and all([form.is_valid(), groups.is_valid()]):
        refused = _save(request, public_id, (form, groups), actions.change_directory)
        if refused is None:
            return redirect("organisations:directory", public_id)
        form.add_error(_FIELDS.get(refused.reason), refused.detail)
    return _form_page(request, form, groups, row)


@require_http_methods(["GET", "POST"])
def remove_directory(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what ends with a directory, then remove it."""
    row = _found(request, public_id)
    if request.method == "POST":
        refused = actions.remove_directory(**said(request), directory=public_id)
        tell(request, refused, _("{name} opens nothing any more.").format(name=row.name))
        return redirect("organisations:directories")
    context = {"directory": row, "people": visible_people_of(viewer_in(request), public_id)}
    return render(request, "organisations/remove_directory.html", context)


@require_POST
def read_directory(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have a directory read now."""
    _found(request, public_id)
    actions.ask_reading(**said(request), directory=public_id)
    return redirect("organisations:directory", public_id)


@require_http_methods(["GET", "POST"])
def agree_to_reading(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Agree to what the page showed, by a second factor: a group may make managers. Then have it done."""
    _found(request, public_id)
    if request.method != "POST":
        # Back from the second factor: what was agreed to is looked at once more.
        return redirect("organisations:directory", public_id)
    if (proof := prove_first(request)) is not None:
        return proof
    digest = request.POST.get("digest", "")
    refused = actions.agree_to_reading(**said(request), directory=public_id, digest=digest)
    if refused is not None:
        messages.error(request, refusal_sentence(refused.reason))
    return redirect("organisations:directory", public_id)


@require_POST
def let_account_in(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a directory bring back somebody who was sent away by hand."""
    refused = actions.let_account_in(**said(request), account=public_id)
    if refused is not None and refused.reason == "no_such_account":
        raise Http404
    tell(request, refused, _("The next reading brings this person back, if the directory still has them."))
    return redirect("organisations:directories")


def _whether_ended(is_reading: bool) -> HttpResponse:
    """Answer a page that asks whether the reading has ended; then it loads itself again."""
    return HttpResponse(status=204, headers={} if is_reading else {"HX-Refresh": "true"})


def _found(request: HttpRequest, public_id: UUID) -> DirectoryRow:
    row = visible_directory(viewer_in(request), public_id)
    if row is None:
        raise Http404
    return row


def _save(request: HttpRequest, public_id: UUID, forms: Any, act: Any) -> Refused | None:
    form, groups = forms
    act = partial(act, **said(request), directory=public_id, settings=settings_of_forms(form, groups))
    return save_sealed(
        form.cleaned_data["password"],
        lambda typed: _sealed(request, public_id, typed),
        lambda sealed: act(sealed=sealed),
        away=directory_labels.DIRECTORY_FAULTS["secrets_away"],
    )


def _sealed(request: HttpRequest, public_id: UUID, typed: str) -> str:
    organisation = visible_organisation(viewer_in(request)).id
    return actions.seal_directory_password(organisation, public_id, typed)


def _form_page(
    request: HttpRequest, form: DirectoryForm, groups: Any, row: DirectoryRow | None = None
) -> HttpResponse:
    context = {"form": form, "groups": groups, "directory": row}
    status = 422 if form.is_bound else 200
    return render(request, "organisations/directory_form.html", context, status=status)


def _shown(request: HttpRequest, row: DirectoryRow) -> dict[str, Any]:
    viewer = viewer_in(request)
    state = row.readings.state(utc_now())
    return {
        "directory": row,
        "state": state,
        "state_word": directory_labels.DIRECTORY_STATES[state],
        "mark": _MARKS[state],
        "is_reading": state is State.READING,
        "fault": directory_labels.DIRECTORY_FAULTS.get(row.readings.fault),
        "doubt": directory_labels.DIRECTORY_DOUBTS.get(row.held.get("reason", "")),
        "kind": directory_labels.DIRECTORY_KINDS[row.settings.kind],
        "conflicts": [
            (each["name"], each["email"], directory_labels.DIRECTORY_CONFLICTS[each["reason"]])
            for each in row.conflicts
        ],
        "people": visible_people_of(viewer, row.id),
        "kept_out": visible_kept_out(viewer, row.id),
    }
