"""What is held about a person: one's own, and for a manager anybody's; taken away, or erased."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.labels import refusal_sentence
from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.queries import visible_organisation
from veilleur.domains.organisations.queries.erasure_preview import preview_of
from veilleur.domains.organisations.queries.erasures import (
    PersonHere,
    own_request,
    visible_erasure,
    visible_erasures,
    visible_former,
    visible_person_here,
)
from veilleur.domains.organisations.queries.mentions import mention_of
from veilleur.domains.organisations.queries.personal_data import own_personal_data, personal_data_here
from veilleur.domains.organisations.signin.proof import prove_first
from veilleur.domains.organisations.views.personal_data_file import zip_response
from veilleur.domains.organisations.views.telling import tell
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused


@never_cache
@require_GET
def own_data(request: HttpRequest) -> HttpResponse:
    """What is held about oneself here, to be taken away or to be erased."""
    viewer = viewer_in(request)
    here = visible_person_here(viewer, _self(request).public_id)
    context = {
        "organisation": visible_organisation(viewer),
        "preview": None if here is None else preview_of(viewer.organisation_id, here),
        "request_open": own_request(viewer),
    }
    return render(request, "organisations/own_data.html", context)


@reauthentication_required  # type: ignore[untyped-decorator]
@never_cache
@require_http_methods(["GET", "POST"])
def download_own_data(request: HttpRequest) -> HttpResponse:
    """Give all that is held about oneself, as a file."""
    if request.method == "GET":
        return render(request, "organisations/download_own_data.html")
    person, now = _self(request), utc_now()
    response = zip_response(own_personal_data(person.pk, now), now)
    _note_export(request, person.public_id)
    return response


@require_http_methods(["GET", "POST"])
def ask_erasure(request: HttpRequest) -> HttpResponse:
    """Say what asking to be erased means, then ask."""
    viewer, person = viewer_in(request), _self(request)
    here = visible_person_here(viewer, person.public_id)
    if here is None:
        messages.error(request, refusal_sentence("nothing_to_erase"))
        return redirect("organisations:own_data")
    if request.method == "POST":
        refused = actions.ask_erasure(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            person=person.public_id,
        )
        tell(request, refused, _("You asked to be erased. A manager of the organisation decides."))
        return redirect("organisations:own_data")
    context = {
        "organisation": visible_organisation(viewer),
        "preview": preview_of(viewer.organisation_id, here),
    }
    return render(request, "organisations/ask_erasure.html", context)


@require_POST
def withdraw_request(request: HttpRequest) -> HttpResponse:
    """Take one's own request back."""
    refused = _withdraw(request, _self(request).public_id)
    tell(request, refused, _("The request is taken back."))
    return redirect("organisations:own_data")


@require_GET
def personal_data(request: HttpRequest) -> HttpResponse:
    """Who asked to be erased, who left, who was erased."""
    viewer, now = viewer_in(request), utc_now()
    erasures = visible_erasures(viewer)
    waiting = [row for row in erasures if row.done_at is None]
    asked = {row.person for row in waiting}
    context = {
        "waiting": waiting,
        "former": [row for row in visible_former(viewer, now) if row.id not in asked],
        "done": [row for row in erasures if row.done_at is not None],
    }
    return render(request, "organisations/personal_data.html", context)


@require_GET
def person_data(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is held about somebody here: what an erasure would take, what it would leave, and why."""
    person = _person(request, public_id)
    preview = preview_of(viewer_in(request).organisation_id, person)
    erasures = visible_erasures(viewer_in(request))
    waiting = next((row for row in erasures if row.person == public_id and row.done_at is None), None)
    context = {"person": person, "preview": preview, "request_open": waiting}
    return render(request, "organisations/person_data.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def export_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give what is held about somebody here, as a file to be handed to them."""
    person = _person(request, public_id)
    if request.method == "GET":
        return render(request, "organisations/export_person.html", {"person": person})
    if (proof := prove_first(request)) is not None:
        return proof
    now = utc_now()
    response = zip_response(personal_data_here(viewer_in(request).organisation_id, person.key, now), now)
    _note_export(request, public_id)
    return response


@require_http_methods(["GET", "POST"])
def erase_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say once more what goes and that it cannot be taken back; then have it done."""
    person = _person(request, public_id)
    if request.method == "GET":
        preview = preview_of(viewer_in(request).organisation_id, person)
        return render(request, "organisations/erase_person.html", {"person": person, "preview": preview})
    if (proof := prove_first(request)) is not None:
        return proof
    ordered = actions.order_erasure(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        person=public_id,
    )
    if isinstance(ordered, Refused):
        messages.error(request, refusal_sentence(ordered.reason))
        return redirect("organisations:person_data", public_id)
    return redirect("organisations:erasure", ordered)


@require_POST
def keep_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close somebody's request without erasing anything."""
    refused = _withdraw(request, _person(request, public_id).whose.public_id)
    tell(request, refused, _("The request is closed; nothing was erased."))
    return redirect("organisations:personal_data")


@require_GET
def erasure(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far an erasure is, what it did, and what is left to be mended by hand."""
    viewer = viewer_in(request)
    row = visible_erasure(viewer, public_id)
    if row is None:
        raise Http404
    left = [mention_of(viewer.organisation_id, table, identity) for table, identity in row.left]
    return render(request, "organisations/erasure.html", {"row": row, "left": left})


def _self(request: HttpRequest) -> Person:
    """Return who is signed in: the middleware let nobody else come here."""
    person = request.user
    assert isinstance(person, Person)
    return person


def _person(request: HttpRequest, public_id: UUID) -> PersonHere:
    person = visible_person_here(viewer_in(request), public_id)
    if person is None:
        raise Http404
    return person


def _withdraw(request: HttpRequest, person: UUID) -> Refused | None:
    return actions.withdraw_erasure(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        person=person,
    )


def _note_export(request: HttpRequest, person: UUID) -> None:
    actions.note_export(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        person=person,
    )
