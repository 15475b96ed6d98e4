"""Pages on which a company's own list is brought, looked at, imported: nothing is written before a click."""

from hashlib import sha256
from pathlib import PurePath
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from veilleur.desk.component_forms import ColumnsForm, ListForm
from veilleur.desk.pages.lists import list_page
from veilleur.domains.estate import actions
from veilleur.domains.estate.labels import REFUSALS, SHEET_FAULTS
from veilleur.domains.estate.ports import SHEET_READER
from veilleur.domains.estate.queries import ImportRow, visible_import, visible_imports
from veilleur.domains.estate.rules.sheets import ImportState
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.readable import readable
from veilleur.shared.refusal import Refused

_MOST_BYTES = 1024 * 1024


@require_http_methods(["GET", "POST"])
def bring_list(request: HttpRequest) -> HttpResponse:
    """Bring a list, and the lists that were brought."""
    viewer = viewer_in(request)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if request.method == "POST" and form.is_valid():
        done = _loaded(request, form)
        if not isinstance(done, Refused):
            return redirect("desk:list", done)
        form.add_error("file", str(SHEET_FAULTS[done.reason]))
    values = {"form": form, "lists": visible_imports(viewer)}
    return render(request, "desk/bring_list.html", values, status=422 if form.is_bound else 200)


def _loaded(request: HttpRequest, form: ListForm) -> UUID | Refused:
    file = form.cleaned_data["file"]
    if file.size > _MOST_BYTES:
        return Refused("too_large")
    data = file.read()
    sheets = SHEET_READER.get().read(data)
    if isinstance(sheets, Refused):
        return sheets
    row = actions.load_list(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        file_name=readable(PurePath(file.name).name),
        digest=sha256(data).hexdigest(),
        sheets=sheets,
    )
    found: UUID = row.public_id
    return found


@require_http_methods(["GET", "POST"])
def show_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a list would do; its columns are said here."""
    viewer = viewer_in(request)
    row = _list_or_404(request, public_id)
    form = ColumnsForm(request.POST or None, rows=row.rows, heading=row.heading, columns=row.columns)
    if request.method == "POST" and row.state is ImportState.LOADED and form.is_valid():
        done = actions.settle_columns(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            listed=public_id,
            heading=form.cleaned_data["heading"],
            columns=form.columns(),
        )
        if not isinstance(done, Refused):
            return redirect("desk:list", public_id)
        form.add_error(None, str(REFUSALS[done.reason]))
    return render(request, "desk/list.html", {"form": form, "page": list_page(viewer, row)})


@require_POST
def choose_sheet(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Read another sheet of the same file."""
    wanted = request.POST.get("sheet", "")
    done = actions.choose_sheet(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        listed=_list_or_404(request, public_id).id,
        sheet=int(wanted) if wanted.isdecimal() and len(wanted) < 4 else -1,
    )
    return _back(request, public_id, done)


@require_POST
def import_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have a list written, as it was looked at."""
    row = _list_or_404(request, public_id)
    done = actions.ask_import(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        listed=public_id,
        total=len(row.lines),
    )
    return _back(request, public_id, done)


@require_POST
def drop_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Import nothing of a list."""
    refused = actions.drop_list(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        listed=_list_or_404(request, public_id).id,
    )
    if refused is not None:
        return _back(request, public_id, refused)
    messages.success(request, _("Nothing was imported; the lines of the list are forgotten."))
    return redirect("desk:bring_list")


def _list_or_404(request: HttpRequest, public_id: UUID) -> ImportRow:
    row = visible_import(viewer_in(request), public_id)
    if row is None:
        raise Http404
    return row


def _back(request: HttpRequest, public_id: UUID, done: object) -> HttpResponse:
    if isinstance(done, Refused):
        messages.error(request, str(REFUSALS[done.reason]))
    return redirect("desk:list", public_id)
