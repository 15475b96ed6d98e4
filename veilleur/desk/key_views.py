"""The recovery key: issued once and shown once, typed back from the kept copy, tried alone."""

from collections.abc import Iterable
from math import inf
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from veilleur.desk.forms import TypedBackForm
from veilleur.desk.pages.recovery_key import issue_form, key_page, key_refusal
from veilleur.domains.backups.actions import ask_test, issue_recovery_key, record_typed_back
from veilleur.domains.backups.ports import KEY_KEEPER
from veilleur.domains.backups.queries import visible_holdings, visible_plans
from veilleur.domains.backups.queries.work import PlanRow
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.organisations.queries import visible_organisation
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor, Viewer


@never_cache
@sensitive_post_parameters("words")
@require_http_methods(["GET", "POST"])
def recovery_key(request: HttpRequest) -> HttpResponse:
    """Show what is known of the key; take the words typed back."""
    viewer = viewer_in(request)
    form = TypedBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        refusal = _take_back(viewer, actor_in(request), form.cleaned_data["words"])
        if refusal is None:
            text = _("The key is kept. In each place, one restore test with it alone is on its way.")
            messages.success(request, text)
            return redirect("desk:recovery_key")
        form.add_error("words", key_refusal(refusal.reason, refusal.detail))
    page = key_page(viewer)
    # The page of a key that is there issues none itself.
    issue = None if page.is_issued else issue_form(viewer)
    return render(request, "desk/recovery_key.html", {"page": page, "form": form, "issue": issue})


def _take_back(viewer: Viewer, actor: Actor, words: str) -> Refused | None:
    """Check the words, keep that they were typed back, and ask for a restore with them alone."""
    organisation_id = viewer.organisation_id
    try:
        handle = KEY_KEEPER.get().stage_words(visible_organisation(viewer).id, words)
    except EngineError as error:
        return Refused(error.reason)
    if isinstance(handle, Refused):
        return handle
    refused = record_typed_back(now=utc_now(), actor=actor, organisation_id=organisation_id)
    if refused is not None:
        return refused
    for plan in _smallest_of_each_place(viewer):
        ask_test(
            now=utc_now(), actor=actor, organisation_id=organisation_id, plan=plan.id, words_handle=handle
        )
    return None


def _smallest_of_each_place(viewer: Viewer) -> Iterable[PlanRow]:
    """Return one plan a place, that with the least data: the key opens a place or does not, however much of
    what it holds is restored.
    """
    chosen: dict[UUID, tuple[int, PlanRow]] = {}
    for plan in visible_plans(viewer):
        held = {row.data_set: row.size_bytes for row in visible_holdings(viewer, plan.place.id)}
        sizes = [held[item.data_set] for item in plan.items if item.data_set in held]
        if sizes and sum(sizes) < chosen.get(plan.place.id, (inf, plan))[0]:
            chosen[plan.place.id] = (sum(sizes), plan)
    return [plan for _size, plan in chosen.values()]


@never_cache
@require_safe
def replace_key(request: HttpRequest) -> HttpResponse:
    """Say what replacing the key means before anything is done."""
    viewer = viewer_in(request)
    if not key_page(viewer).is_issued:
        return redirect("desk:recovery_key")
    return render(request, "desk/replace_key.html", {"issue": issue_form(viewer)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def issue_key(request: HttpRequest) -> HttpResponse:
    """Issue a key and show its words, this once: they are kept nowhere, so that only the form that says what
    it replaces gets one, and sending it again gets none.
    """
    viewer = viewer_in(request)
    if request.method != "POST":
        return redirect("desk:recovery_key")
    organisation = visible_organisation(viewer)
    try:
        words = KEY_KEEPER.get().issue_recovery_key(
            organisation.id, organisation.language, request.POST.get("replaces", "")
        )
    except EngineError as error:
        messages.error(request, key_refusal(error.reason))
        return redirect("desk:recovery_key")
    if isinstance(words, Refused):
        messages.warning(request, key_refusal(words.reason))
        return redirect("desk:recovery_key")
    issue_recovery_key(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer.organisation_id,
        organisation=organisation.id,
    )
    # Another language would need the page anew, and the words are gone then.
    return render(request, "desk/recovery_key_words.html", {"words": words, "is_shown_once": True})
