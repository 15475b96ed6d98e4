"""Who belongs to the organisation: the list, one person, invitations; and which organisation is looked at."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from veilleur.domains.organisations import actions, labels
from veilleur.domains.organisations.forms import InviteForm, RoleForm
from veilleur.domains.organisations.labels import refusal_sentence
from veilleur.domains.organisations.labels.directories import DIRECTORY_STATES
from veilleur.domains.organisations.labels.providers import PROVIDER_FAULTS
from veilleur.domains.organisations.queries import (
    MemberRow,
    visible_invitations,
    visible_member,
    visible_members,
    visible_organisation,
    visible_organisations,
)
from veilleur.domains.organisations.queries.directories import visible_troubles
from veilleur.domains.organisations.queries.mandates import visible_mandates, visible_serving_people
from veilleur.domains.organisations.queries.providers import visible_provider_affairs
from veilleur.domains.organisations.queries.teams import visible_teams
from veilleur.domains.organisations.rules.profiles import Feature, shows
from veilleur.domains.organisations.rules.roles import Role, may_touch_manager
from veilleur.domains.organisations.signin.proof import prove_first
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import ORGANISATION_SESSION_KEY, actor_in, viewer_in
from veilleur.shared.refusal import Refused


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Who belongs to the organisation, and who is invited."""
    viewer, now = viewer_in(request), utc_now()
    teams = visible_teams(viewer)
    organisation = visible_organisation(viewer)
    context = {
        "members": visible_members(viewer, now),
        "invitations": visible_invitations(viewer, now),
        "troubles": [(row, DIRECTORY_STATES[state]) for row, state in visible_troubles(viewer, now)],
        "provider_affairs": [
            (row, waiting, PROVIDER_FAULTS.get(row.fault, ""))
            for row, waiting in visible_provider_affairs(viewer)
        ],
        "mandates": visible_mandates(viewer, now),
        "serving": visible_serving_people(viewer, now),
        "teams": teams,
        "shows_teams": shows(organisation.profile, Feature.TEAMS, is_used=bool(teams)),
        "strict_roles": organisation.second_factor_roles,
        "duties": [(labels.ROLES[role], labels.ROLE_DUTIES[role]) for role in Role],
    }
    return render(request, "organisations/people.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Ask whom to invite; show the link, this once."""
    form = InviteForm(request.POST or None, initial={"role": Role.TECHNICIAN})
    if (proof := _proof_for_manager(request, form)) is not None:
        return proof
    if request.method == "POST" and form.is_valid() and _may_give(request, form):
        token = actions.invite(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer_in(request).organisation_id,
            invited=actions.Invited(**form.cleaned_data),
        )
        if not isinstance(token, Refused):
            link = request.build_absolute_uri(reverse("organisations:join", args=(token,)))
            # Another language would need the page anew, and the link is gone then.
            context = {"link": link, "invited": form.cleaned_data, "is_shown_once": True}
            return render(request, "organisations/invitation_link.html", context)
        form.add_error("email", refusal_sentence(token.reason))
    status = 422 if form.is_bound else 200
    return render(request, "organisations/invite.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One member: since when, as what; another role."""
    member = _member(request, public_id)
    form = RoleForm(request.POST or None, initial={"role": member.role, "side": member.side})
    if (proof := _proof_for_manager(request, form)) is not None:
        return proof
    if request.method == "POST" and form.is_valid() and _may_give(request, form, before=member.role):
        refused = actions.change_role(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer_in(request).organisation_id,
            person=public_id,
            **form.cleaned_data,
        )
        if refused is None:
            messages.success(request, _("The role of {name} is set.").format(name=member.name))
            return redirect("organisations:person", public_id)
        form.add_error(None, refusal_sentence(refused.reason))
    status = 422 if form.is_bound else 200
    return render(request, "organisations/person.html", {"form": form, "member": member}, status=status)


@require_http_methods(["GET", "POST"])
def end_membership(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what ends when somebody leaves, then end it."""
    member = _member(request, public_id)
    if member.role == Role.MANAGER and not _may_touch_manager(request):
        messages.error(request, refusal_sentence("managers_affair"))
        return redirect("organisations:person", public_id)
    if request.method == "POST":
        refused = actions.end_membership(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer_in(request).organisation_id,
            person=public_id,
        )
        if refused is not None:
            messages.error(request, refusal_sentence(refused.reason))
            return redirect("organisations:person", public_id)
        messages.success(request, _("{name} no longer belongs here.").format(name=member.name))
        return redirect("organisations:people")
    return render(request, "organisations/end_membership.html", {"member": member})


@require_POST
def withdraw_invitation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make an invitation stop working."""
    refused = actions.withdraw_invitation(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        invitation=public_id,
    )
    if refused is not None:
        raise Http404
    messages.success(request, _("The invitation no longer works."))
    return redirect("organisations:people")


@require_POST
def choose_organisation(request: HttpRequest) -> HttpResponse:
    """Look at another of one's organisations from now on, in this session."""
    chosen = request.POST.get("organisation", "")
    if chosen not in {str(row.id) for row in visible_organisations(viewer_in(request))}:
        raise Http404
    request.session[ORGANISATION_SESSION_KEY] = chosen
    return redirect("/")


def _proof_for_manager(request: HttpRequest, form: RoleForm) -> HttpResponse | None:
    """Return where the viewer proves to be there before making a manager, who could do everything."""
    makes_manager = form.is_bound and form.is_valid() and form.cleaned_data["role"] == Role.MANAGER
    return prove_first(request) if makes_manager else None


def _may_give(request: HttpRequest, form: RoleForm, before: str = "") -> bool:
    """Return whether the viewer may give the role of a valid form; tell it beside the field if not."""
    if Role.MANAGER in {form.cleaned_data["role"], before} and not _may_touch_manager(request):
        form.add_error("role", refusal_sentence("managers_affair"))
        return False
    return True


def _may_touch_manager(request: HttpRequest) -> bool:
    viewer = viewer_in(request)
    has_manager = any(row.role == Role.MANAGER for row in visible_members(viewer, utc_now()))
    return may_touch_manager(viewer.permissions, has_manager)


def _member(request: HttpRequest, public_id: UUID) -> MemberRow:
    member = visible_member(viewer_in(request), public_id, utc_now())
    if member is None:
        raise Http404
    return member
