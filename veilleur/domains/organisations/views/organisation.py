"""The organisation itself: what it shows, who signs in how, and its teams."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from veilleur.domains.organisations import actions, labels
from veilleur.domains.organisations.forms import OrganisationForm, TeamForm
from veilleur.domains.organisations.queries import visible_members, visible_organisation
from veilleur.domains.organisations.queries.teams import TeamRow, visible_team
from veilleur.domains.organisations.rules.profiles import Profile
from veilleur.domains.organisations.views.telling import refuse_at, tell
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused

# Which field of the form a refusal is shown at.
_FIELDS = {"team_named_already": "name", "no_such_member": "people"}


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Name, profile, and who signs in with a second factor."""
    viewer = viewer_in(request)
    row = visible_organisation(viewer)
    initial = {
        "name": row.name,
        "profile": row.profile,
        "second_factor_roles": list(row.second_factor_roles),
    }
    form = OrganisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        refused = actions.set_organisation(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            name=form.cleaned_data["name"],
            profile=form.cleaned_data["profile"],
            second_factor_roles=form.cleaned_data["second_factor_roles"],
        )
        tell(request, refused, _("It is saved."))
        return redirect("organisations:settings")
    reasons = [(labels.PROFILES[profile], labels.PROFILE_REASONS[profile]) for profile in Profile]
    status = 422 if form.is_bound else 200
    return render(request, "organisations/settings.html", {"form": form, "reasons": reasons}, status=status)


@require_http_methods(["GET", "POST"])
def add_team(request: HttpRequest) -> HttpResponse:
    """Ask what a team is called and who is in it, then make it."""
    form = TeamForm(request.POST or None, members=_members(request))
    if request.method == "POST" and form.is_valid():
        made = actions.make_team(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer_in(request).organisation_id,
            content=actions.TeamContent(**form.cleaned_data),
        )
        if not isinstance(made, Refused):
            messages.success(request, _("The team {name} is made.").format(name=form.cleaned_data["name"]))
            return redirect("organisations:people")
        refuse_at(form, _FIELDS, made)
    status = 422 if form.is_bound else 200
    return render(request, "organisations/team.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One team: who is in it; others."""
    row = _team(request, public_id)
    initial = {"name": row.name, "email": row.email, "people": [str(key) for key, _name in row.people]}
    form = TeamForm(request.POST or None, members=_members(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        refused = actions.change_team(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer_in(request).organisation_id,
            team=public_id,
            content=actions.TeamContent(**form.cleaned_data),
        )
        if refused is None:
            messages.success(request, _("The team {name} is saved.").format(name=form.cleaned_data["name"]))
            return redirect("organisations:people")
        refuse_at(form, _FIELDS, refused)
    status = 422 if form.is_bound else 200
    return render(request, "organisations/team.html", {"form": form, "team": row}, status=status)


@require_POST
def dissolve_team(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a team; its people stay."""
    row = _team(request, public_id)
    refused = actions.dissolve_team(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        team=public_id,
    )
    tell(request, refused, _("The team {name} is dissolved.").format(name=row.name))
    return redirect("organisations:people")


def _team(request: HttpRequest, public_id: UUID) -> TeamRow:
    row = visible_team(viewer_in(request), public_id)
    if row is None:
        raise Http404
    return row


def _members(request: HttpRequest) -> list[tuple[UUID, str]]:
    return [(member.id, member.name) for member in visible_members(viewer_in(request), utc_now())]
