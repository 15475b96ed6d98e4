"""Files of a document: one is attached, handed out, removed.

A file is handed out as what its content is, never as what its name says: saved, unless it is a picture in
points, and in any case in a box of its own in which nothing runs.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from veilleur.domains.knowledge import actions, queries
from veilleur.domains.knowledge.forms import FileForm
from veilleur.domains.knowledge.labels import refusal_sentence
from veilleur.domains.knowledge.ports import FILE_LIMITS, FILE_STORE
from veilleur.domains.knowledge.queries import FileRow
from veilleur.domains.knowledge.receive import receive_file, take_file_off
from veilleur.domains.knowledge.rules.files import HEAD_BYTES, MEDIA_TYPES, RASTERS, FileFault, type_of
from veilleur.domains.knowledge.views.writing import in_use_or_404
from veilleur.domains.organisations.queries import visible_organisation
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

# Nothing runs, nothing is fetched, and the file is of no origin: it cannot reach Veilleur's pages.
_BOX = "default-src 'none'; sandbox"


@require_http_methods(["GET", "POST"])
def attach(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Attach a file: a new version of the document has it."""
    view = in_use_or_404(request, public_id)
    viewer, limits = viewer_in(request), FILE_LIMITS.get()
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        done = _received(request, public_id, form.cleaned_data["file"])
        if not isinstance(done, Refused):
            messages.success(request, _("{name} is attached.").format(name=done))
            return redirect("knowledge:document", public_id)
        if done.reason == "no_such_document":
            raise Http404
        form.add_error("file", refusal_sentence(done.reason))
    context = {
        "view": view,
        "form": form,
        "most_bytes": limits.file_bytes,
        "left_bytes": max(0, limits.quota_bytes - queries.whole_used_bytes(viewer.organisation_id)),
    }
    return render(request, "knowledge/attach.html", context, status=422 if form.is_bound else 200)


@require_GET
def file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Hand out a file as it was kept; say what is wrong with one that is not."""
    row = queries.visible_file(viewer_in(request), public_id)
    if row is None:
        raise Http404
    content = FILE_STORE.get().open(visible_organisation(viewer_in(request)).id, row.digest)
    fault = content if isinstance(content, FileFault) else None
    if (fault or "") != row.fault:
        actions.note_readings(
            now=utc_now(),
            actor=SYSTEM,
            organisation_id=viewer_in(request).organisation_id,
            found={row.digest: fault},
        )
    if isinstance(content, FileFault):
        title = queries.visible_titles(viewer_in(request)).get(row.document, row.name)
        context = {"row": row, "fault": content, "title": title}
        return render(request, "knowledge/broken_file.html", context, status=410)
    head = content.read(HEAD_BYTES)
    content.seek(0)
    kind = type_of(head, len(head) < HEAD_BYTES)
    is_inline = kind in RASTERS and kind == row.type
    response = FileResponse(content, content_type=MEDIA_TYPES[kind] if is_inline and kind else _saved_as(row))
    response["Content-Disposition"] = content_disposition_header(not is_inline, row.name) or "attachment"
    response["Content-Length"] = str(row.size_bytes)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _BOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_http_methods(["GET", "POST"])
def remove_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what stays when a file is removed, then save a version without it."""
    row = queries.visible_file(viewer_in(request), public_id)
    if row is None or row.until is not None:
        raise Http404
    view = in_use_or_404(request, row.document)
    if request.method != "POST":
        return render(request, "knowledge/remove_file.html", {"view": view, "row": row})
    done = take_file_off(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        document=row.document,
        file=public_id,
    )
    if isinstance(done, Refused):
        messages.error(request, refusal_sentence(done.reason))
    else:
        messages.success(
            request, _("{name} is removed; the versions before still have it.").format(name=row.name)
        )
    return redirect("knowledge:document", row.document)


def _saved_as(row: FileRow) -> str:
    return "application/octet-stream" if row.is_picture else row.media_type


def _received(request: HttpRequest, document: UUID, sent: "UploadedFile[Any] | None") -> str | Refused:
    """Return the name under which a file is attached."""
    content = getattr(sent, "content", None)
    if sent is None or content is None:
        return Refused("no_file")
    done = receive_file(
        now=utc_now(),
        actor=actor_in(request),
        viewer=viewer_in(request),
        document=document,
        name=sent.name or "",
        content=content,
    )
    return done if isinstance(done, Refused) else done.name
