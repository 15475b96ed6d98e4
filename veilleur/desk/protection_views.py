"""Backups: what is protected, and the gestures that protect more."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from veilleur.desk.forms import PlaceForm, PlanForm, ServerForm
from veilleur.desk.pages.protection import (
    Source,
    found_sources,
    known_items,
    known_server,
    protection_page,
    this_machine,
)
from veilleur.desk.pages.refusals import refusal_in_words
from veilleur.desk.planning import TypedPath, Wish, databases_inside, look_at, make_wished_plan
from veilleur.desk.ports import PLACE_MAKER, SERVER_NAMER
from veilleur.domains.backups.actions import ask_run, ask_test
from veilleur.domains.backups.labels import PROTECTION_OF_MEDIUM, reason_sentence
from veilleur.domains.backups.queries import visible_plan, visible_repositories
from veilleur.domains.backups.queries.work import ItemRow, PlaceRow
from veilleur.domains.backups.rules.sources import ServerTried
from veilleur.domains.backups.rules.states import Medium, SourceKind
from veilleur.domains.estate.queries import visible_services
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Viewer

# The field beside which a refused server is explained.
_FIELD_OF = {
    "server_unreachable": "host",
    "no_such_database": "database",
    "many_databases": "database",
    "login_refused": "login",
    "rights_missing": "login",
    "password_wanted": "passfile",
    "password_refused": "passfile",
    "passfile_missing": "passfile",
    "passfile_is_a_folder": "passfile",
    "passfile_unreadable": "passfile",
    "passfile_open": "passfile",
    "passfile_elsewhere": "passfile",
    "passfile_foreign": "passfile",
    "passfile_any_host": "passfile",
    "weak_login": "login",
}


@require_GET
def protection(request: HttpRequest) -> HttpResponse:
    """What is protected."""
    page = protection_page(viewer_in(request), utc_now())
    return render(request, "desk/protection.html", {"page": page})


@require_http_methods(["GET", "POST"])
def add_place(request: HttpRequest) -> HttpResponse:
    """Make another backup place."""
    viewer = viewer_in(request)
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        folder = form.cleaned_data["folder"]
        if _is_known(form, visible_repositories(viewer)):
            return render(request, "desk/add_place.html", {"form": form})
        refused = PLACE_MAKER.get()(
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            folder=Path(folder),
            asset=this_machine(viewer),
            name=form.cleaned_data["name"],
            may_make_folder=form.cleaned_data.get("make_folder", False),
        )
        if refused is None:
            chosen = urlencode(_tell_ready(request, viewer, folder))
            return redirect(f"{reverse('desk:add_plan')}?{chosen}" if chosen else reverse("desk:add_plan"))
        if refused.reason == "folder_absent":
            form.ask_to_make_it()
        else:
            form.add_error("folder", refusal_in_words(Refused(refused.reason)))
    return render(request, "desk/add_place.html", {"form": form})


def _is_known(form: PlaceForm, places: Iterable[PlaceRow]) -> bool:
    """Return whether a place has this folder or this name already; the form says which."""
    folder, name = form.cleaned_data["folder"], form.cleaned_data["name"].casefold()
    for place in places:
        if place.folder == folder:
            form.add_error("folder", refusal_in_words(Refused("place_known")))
        if place.name.casefold() == name:
            form.add_error("name", refusal_in_words(Refused("place_name_taken")))
    return not form.is_valid()


def _tell_ready(request: HttpRequest, viewer: Viewer, folder: str) -> dict[str, UUID]:
    """Say that a place is ready and what its copies survive; return it as the next form's choice."""
    messages.success(request, _("The place is ready. Choose what goes into it."))
    place = next((one for one in visible_repositories(viewer) if one.folder == folder), None)
    if place is None:
        return {}
    tell = messages.success if place.medium == Medium.NETWORK else messages.warning
    tell(request, str(PROTECTION_OF_MEDIUM[place.medium]))
    return {"place": place.id}


@require_http_methods(["GET", "POST"])
def name_server(request: HttpRequest) -> HttpResponse:
    """Say how a PostgreSQL server is reached; it is tried at once."""
    viewer = viewer_in(request)
    known = known_server(found_sources(viewer), request.GET.get("source", ""))
    form = ServerForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        tried = SERVER_NAMER.get()(
            actor=actor_in(request), organisation_id=viewer.organisation_id, server=form.server()
        )
        if not isinstance(tried, Refused):
            return _tell_tried(request, tried)
        form.add_error(_FIELD_OF.get(tried.reason), refusal_in_words(tried))
    return render(request, "desk/name_server.html", {"form": form})


def _tell_tried(request: HttpRequest, tried: ServerTried) -> HttpResponse:
    """Say what can be read, and what is still to be tried, and go on with what can."""
    if tried.untried:
        count = len(tried.untried)
        text = ngettext(
            "{count} database of the server has not been tried yet: that happens in the background, and the "
            "page of backups will tell.",
            "{count} databases of the server have not been tried yet: that happens in the background, and "
            "the page of backups will tell.",
            count,
        )
        messages.warning(request, text.format(count=count))
    if not tried.readable:
        return redirect("desk:protection")
    messages.success(request, _("It can be read. Choose where its copies go."))
    chosen = urlencode({"database": tried.readable}, doseq=True)
    return redirect(f"{reverse('desk:add_plan')}?{chosen}")


@require_http_methods(["GET", "POST"])
def add_plan(request: HttpRequest) -> HttpResponse:
    """Protect more folders, or databases that were found or named."""
    viewer = viewer_in(request)
    sources, places, services = found_sources(viewer), visible_repositories(viewer), visible_services(viewer)
    known = known_items(viewer)
    form = PlanForm(
        request.POST or None,
        places=places,
        services=services,
        known=known,
        sources=sources,
        initial={"databases": request.GET.getlist("database"), "place": request.GET.get("place", "")},
    )
    if request.method == "POST" and form.is_valid():
        wish = _wish(viewer, form, known, places)
        if wish is not None:
            refused = make_wished_plan(
                wish,
                sources,
                now=utc_now(),
                actor=actor_in(request),
                viewer=viewer,
            )
            if refused is None:
                _tell_made(request, wish, sources)
                return redirect("desk:protection")
            is_about_name = refused.reason == "plan_name_taken"
            form.add_error("name" if is_about_name else None, refusal_in_words(refused))
    return render(request, "desk/add_plan.html", {"form": form, "sources": sources, "places": places})


def _wish(
    viewer: Viewer, form: PlanForm, known: Sequence[ItemRow], places: Sequence[PlaceRow]
) -> Wish | None:
    """Return what was chosen; None where a typed path cannot be protected, and the form then says why."""
    said = form.cleaned_data
    folder = next(place.folder for place in places if str(place.id) == said["place"])
    looked = look_at(said["folders"], viewer.organisation_id, folder)
    for refused in looked:
        if isinstance(refused, Refused):
            why = refusal_in_words(Refused(refused.reason))
            form.add_error("folders", _("{path}: {why}").format(path=refused.detail, why=why))
    if form.errors:
        return None
    return Wish(
        name=said["name"],
        repository=UUID(said["place"]),
        known=tuple(item for item in known if str(item.data_set) in said.get("known", ())),
        typed=tuple(one for one in looked if isinstance(one, TypedPath)),
        databases=tuple(said.get("databases", ())),
        machine=this_machine(viewer),
        service=UUID(said["service"]) if said["service"] else None,
    )


def _tell_made(request: HttpRequest, wish: Wish, sources: Sequence[Source]) -> None:
    messages.success(request, _("The plan is made; its first backup is on its way."))
    for one in wish.typed:
        if one.kind is SourceKind.SQLITE:
            text = _("{path} is a SQLite database: it is copied as one, also while it is in use.")
            messages.success(request, text.format(path=one.path))
    for path in databases_inside(wish.typed, sources):
        if path not in wish.databases:
            text = _(
                "{path} lies in a folder of this plan and is a database: copied as a file while it is in "
                "use, it may not open again. Protect it as a database as well."
            )
            messages.warning(request, text.format(path=path))


@require_POST
def run_plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have a plan run now."""
    refused = ask_run(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        plan=public_id,
    )
    return _asked(request, public_id, refused, _("The backup is on its way."))


@require_POST
def test_plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have a plan's newest copies restored and compared now."""
    refused = ask_test(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        plan=public_id,
    )
    return _asked(request, public_id, refused, _("The restore test is on its way."))


def _asked(request: HttpRequest, plan: UUID, refused: Refused | None, done: str) -> HttpResponse:
    if refused is None:
        messages.success(request, done)
    elif refused.reason == "no_such_plan":
        # Its page says that it has ended, if it was ever there.
        if visible_plan(viewer_in(request), plan) is None:
            raise Http404
        return redirect("desk:plan", plan)
    else:
        messages.error(request, str(reason_sentence(refused.reason)))
    return redirect("desk:protection")
