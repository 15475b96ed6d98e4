"""Writing documents: a template chosen, the first version, the next one, a preview; who looks after them."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from veilleur.domains.estate.queries import visible_map
from veilleur.domains.knowledge import actions, queries
from veilleur.domains.knowledge.forms import CareForm, DraftForm, initial_of
from veilleur.domains.knowledge.labels import TopicChoice, refusal_sentence
from veilleur.domains.knowledge.queries import DocumentView
from veilleur.domains.knowledge.rules.audience import Audience, readable_with
from veilleur.domains.knowledge.rules.documents import (
    DEFAULT_REVIEW_MONTHS,
    LONGEST_TEXT_BYTES,
    DocumentKind,
    with_plain_lines,
)
from veilleur.domains.knowledge.rules.prepared import prepare
from veilleur.domains.knowledge.views.documents import differences, document_or_404
from veilleur.domains.organisations.queries import visible_members
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused

# Where a refusal is shown beside a field; anything else stands above the form.
_FIELD_OF = {"title_missing": "title", "text_missing": "text", "text_too_long": "text", "unfit_signs": "text"}


@require_GET
def choose_template(request: HttpRequest) -> HttpResponse:
    """What a new document can begin with."""
    found = queries.whole_templates(get_language() or "en")
    context = {
        "procedures": [each for each in found if each.kind == DocumentKind.PROCEDURE],
        "pages": [each for each in found if each.kind == DocumentKind.PAGE],
        "about": _about(request),
    }
    return render(request, "knowledge/choose_template.html", context)


@require_http_methods(["GET", "POST"])
def new_document(request: HttpRequest, topic: str) -> HttpResponse:
    """Write a document that begins with a template; "page" and "procedure" begin with nothing."""
    template = queries.whole_template(topic, get_language() or "en")
    if template is None:
        raise Http404
    draft_form = DraftForm(request.POST or None, kind=template.kind, initial=initial_of(template.draft, 0))
    care_form = _care_form(request, None)
    if request.method == "POST" and draft_form.is_valid() and care_form.is_valid():
        done = actions.write_document(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer_in(request).organisation_id,
            new=actions.NewDocument(
                template.topic, template.kind, prepare(draft_form.draft()), care_form.care()
            ),
        )
        if not isinstance(done, Refused):
            messages.success(request, _("{title} is written.").format(title=done.title))
            return redirect("knowledge:document", done.public_id)
        draft_form.add_error(_FIELD_OF.get(done.reason), refusal_sentence(done.reason))
    context = {
        "form": draft_form,
        "care_form": care_form,
        "topic": TopicChoice(template.topic).label,
        "kind": template.kind,
    }
    return render(request, "knowledge/new.html", context, status=422 if draft_form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write the next version; where somebody saved meanwhile, both texts are shown and nothing is lost."""
    view = document_or_404(request, public_id)
    if view.row.retired_at is not None and request.method != "POST":
        raise Http404
    initial = initial_of(view.version.draft, view.row.number)
    form = DraftForm(request.POST or None, kind=view.row.kind, initial=initial)
    if not (request.method == "POST" and form.is_valid()):
        status = 422 if form.is_bound else 200
        return render(request, "knowledge/edit.html", {"form": form, "view": view}, status=status)
    done = actions.save_document(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        document=public_id,
        prepared=prepare(form.draft()),
        seen=form.cleaned_data["seen"] or 0,
    )
    if not isinstance(done, Refused):
        messages.success(request, _("{title} is saved.").format(title=done.title))
        return redirect("knowledge:document", public_id)
    if done.reason == "saved_meanwhile":
        return _both_texts(request, public_id, form)
    form.add_error(_FIELD_OF.get(done.reason), refusal_sentence(done.reason))
    # Taken out of use meanwhile, perhaps: what was written is still in the form.
    return render(request, "knowledge/edit.html", {"form": form, "view": view}, status=422)


@require_http_methods(["GET", "POST"])
def care(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who looks after a document, how often, and what it is about."""
    view = in_use_or_404(request, public_id)
    form = _care_form(request, view)
    if request.method == "POST" and form.is_valid():
        refused = actions.settle_document(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer_in(request).organisation_id,
            document=public_id,
            care=form.care(),
        )
        if refused is None:
            messages.success(request, _("Who looks after {title} is saved.").format(title=view.row.title))
            return redirect("knowledge:document", public_id)
        form.add_error(None, refusal_sentence(refused.reason))
    status = 422 if form.is_bound else 200
    return render(request, "knowledge/care.html", {"form": form, "view": view}, status=status)


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Show a text as it would be read; nothing is kept."""
    text = with_plain_lines(request.POST.get("text", ""))
    is_too_long = len(text.encode(errors="replace")) > LONGEST_TEXT_BYTES
    template = (
        "knowledge/parts/preview.html" if request.headers.get("HX-Request") else "knowledge/preview.html"
    )
    wrong = refusal_sentence("text_too_long") if is_too_long else ""
    return render(request, template, {"text": "" if is_too_long else text, "wrong": wrong})


def _both_texts(request: HttpRequest, public_id: UUID, form: DraftForm) -> HttpResponse:
    view = in_use_or_404(request, public_id)
    mine = form.draft()
    data = request.POST.copy()
    # The next save is made knowing this version.
    data["seen"] = str(view.row.number)
    again = DraftForm(data, kind=view.row.kind)
    again.add_error(None, refusal_sentence("saved_meanwhile"))
    context = {
        "form": again,
        "view": view,
        "theirs": view.version,
        "lines": differences(view.version, queries.VersionRow(0, mine, "", utc_now(), view.version.files)),
    }
    return render(request, "knowledge/edit.html", context, status=409)


def _care_form(request: HttpRequest, view: DocumentView | None) -> CareForm:
    viewer, now = viewer_in(request), utc_now()
    if view is None:
        initial = {
            "review_months": DEFAULT_REVIEW_MONTHS,
            "about": [_about(request)],
            "audience": Audience.TEAM_AND_PROVIDER,
        }
        initial["owner"] = str(request.user.public_id)  # type: ignore[union-attr]
    else:
        initial = {
            "owner": str(view.row.owner.id),
            "deputy": str(view.row.deputy.id) if view.row.deputy else "",
            "review_months": view.row.review_months,
            "audience": view.row.audience,
            "about": [str(subject.id) for subject in view.subjects],
        }
    return CareForm(
        request.POST or None,
        levels=readable_with(viewer.permissions),
        initial=initial,
        members=visible_members(viewer, now),
        nodes=visible_map(viewer).nodes,
    )


def in_use_or_404(request: HttpRequest, public_id: UUID) -> DocumentView:
    """Return a document in use that the viewer may see; raise Http404 for any other."""
    view = document_or_404(request, public_id)
    if view.row.retired_at is not None:
        raise Http404
    return view


def _about(request: HttpRequest) -> str:
    """Return the thing on the map that a document was asked for, "" for anything else."""
    asked = request.GET.get("about", "")
    return asked if asked in {str(node.id) for node in visible_map(viewer_in(request)).nodes} else ""
