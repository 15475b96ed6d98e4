"""The list of documents, one document, its versions; that it is still right, that it is out of use."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from veilleur.domains.knowledge import actions, queries
from veilleur.domains.knowledge.panels import DocumentLine, file_lines, line_of, lost_of
from veilleur.domains.knowledge.queries import DocumentView, VersionRow
from veilleur.domains.knowledge.rules.difference import DiffLine, compare
from veilleur.domains.knowledge.rules.documents import DocumentKind
from veilleur.domains.knowledge.rules.required import whole_percent
from veilleur.domains.knowledge.rules.search import LONGEST_QUERY
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.verdict import Verdict


@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    """Every document in use, with what it lacks; below, those out of use."""
    viewer, now = viewer_in(request), utc_now()
    rows = queries.visible_documents(viewer, now)
    people = {str(carer.id): carer.name for row in rows for carer in row.carers}
    person = request.GET.get("person", "")
    lines = [line_of(row, now) for row in rows if person not in people or row.is_looked_after_by(person)]
    share = queries.visible_required_documents(viewer, now).freshness
    context = {
        "lines": lines,
        "people": sorted(people.items(), key=lambda each: each[1].casefold()),
        "person": person if person in people else "",
        "is_any": bool(rows),
        "headline": _headline(lines),
        "open_runs": queries.visible_open_runs(viewer),
        "changes": len(queries.visible_changes(viewer, queries.visible_last_look(viewer, now), now)),
        "percent": whole_percent(share),
        "retired": queries.visible_documents(viewer, now, retired=True),
    }
    return render(request, "knowledge/documents.html", context)


@require_GET
@never_cache
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponse:
    """Documents by what they say; alone, without the frame, while somebody types."""
    query = request.GET.get("q", "")[:LONGEST_QUERY].replace("\x00", "")
    found = queries.visible_found(viewer_in(request), query, utc_now())
    context = {"query": query, "found": found, "is_asked": bool(query.strip())}
    is_part = bool(request.headers.get("HX-Request"))
    return render(request, "knowledge/parts/found.html" if is_part else "knowledge/search.html", context)


@require_GET
def document(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One document: how to do it, who looks after it, what it is about."""
    view, now = document_or_404(request, public_id), utc_now()
    files = file_lines(view.version.files, now)
    context: dict[str, object] = {"view": view, "line": line_of(view.row, now), "files": files}
    context["lost"] = lost_of(view.version.files)
    if view.row.kind == DocumentKind.PROCEDURE:
        viewer = viewer_in(request)
        context["practice"] = queries.visible_practice(viewer, public_id)
        context["runs"] = queries.visible_runs(viewer, public_id)
    return render(request, "knowledge/document.html", context)


@require_GET
def versions(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Every version, and the difference between two of them: the last change where none are chosen."""
    view = document_or_404(request, public_id)
    found = queries.visible_versions(viewer_in(request), public_id)
    newest = found[0].number
    by_number = {row.number: row for row in found}
    new = by_number.get(_number(request.GET.get("new")), found[0])
    old = by_number.get(_number(request.GET.get("old")), by_number.get(new.number - 1, new))
    context = {
        "view": view,
        "versions": found,
        "newest": newest,
        "old": old,
        "new": new,
        "lines": differences(old, new) if old.number != new.number else (),
    }
    return render(request, "knowledge/versions.html", context)


@require_GET
def version(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """One version as it was."""
    view = document_or_404(request, public_id)
    row = queries.visible_version(viewer_in(request), public_id, number)
    if row is None:
        raise Http404
    context = {"view": view, "version": row, "files": file_lines(row.files, utc_now())}
    return render(request, "knowledge/version.html", context)


@require_POST
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep that a document was read and is still right."""
    document_or_404(request, public_id)
    refused = actions.confirm_document(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        document=public_id,
        number=_number(request.POST.get("number")),
    )
    if refused is not None and refused.reason == "no_such_document":
        raise Http404
    if refused is not None:
        messages.warning(request, _("Somebody saved another version meanwhile: read this one."))
    else:
        messages.success(request, _("It is reviewed as of today."))
    return redirect("knowledge:document", public_id)


@require_http_methods(["GET", "POST"])
def retire(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what stays when a document goes out of use, then take it out."""
    view = document_or_404(request, public_id)
    if view.row.retired_at is not None:
        raise Http404
    if request.method == "POST":
        actions.retire_document(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer_in(request).organisation_id,
            document=public_id,
        )
        messages.success(request, _("{title} is out of use.").format(title=view.row.title))
        return redirect("knowledge:documents")
    return render(request, "knowledge/retire.html", {"view": view})


def document_or_404(request: HttpRequest, public_id: UUID) -> DocumentView:
    """Return a document that the viewer may see; raise Http404 for any other."""
    view = queries.visible_document(viewer_in(request), public_id, utc_now())
    if view is None:
        raise Http404
    return view


def differences(old: VersionRow, new: VersionRow) -> tuple[DiffLine, ...]:
    """Return the difference of two versions, title and all."""
    return compare(_as_text(old), _as_text(new))


def _as_text(row: VersionRow) -> str:
    draft = row.draft
    said = [draft.title]
    if draft.may_ask:
        said.append(_("Who may ask for it: {who}").format(who=draft.may_ask))
    if draft.acts:
        said.append(_("Who does it: {who}").format(who=draft.acts))
    if draft.within_min is not None:
        text = ngettext("In {minutes} minute", "In {minutes} minutes", draft.within_min)
        said.append(text.format(minutes=draft.within_min))
    if draft.priority:
        said.append(row.priority_word)
    said += [_("File: {name}").format(name=file.name) for file in row.files]
    return "\n".join((*said, "", draft.text))


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _headline(lines: list[DocumentLine]) -> str:
    if not lines:
        return _("Nothing is written down yet.")
    first = ngettext("{count} document", "{count} documents", len(lines)).format(count=len(lines))
    lacking = sum(line.verdict is not Verdict.GOOD for line in lines)
    if not lacking:
        text = ngettext("{documents}, well kept.", "{documents}, all well kept.", len(lines))
        return text.format(documents=first)
    text = ngettext(
        "{documents}, {count} of which needs somebody.",
        "{documents}, {count} of which need somebody.",
        lacking,
    )
    return text.format(documents=first, count=lacking)
