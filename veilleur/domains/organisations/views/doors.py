"""The doors: a one-time link makes the first person of an organisation, an invitation everybody else."""

from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.forms import JoinForm, SetupForm
from veilleur.domains.organisations.labels import refusal_sentence
from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.queries import (
    InvitationRow,
    open_invitation,
    organisation_of_setup_link,
    person_with_email,
)
from veilleur.domains.organisations.signin import sign_in
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import ORGANISATION_SESSION_KEY, actor_in
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

# Which field of the form a refusal is shown at.
_FIELDS = {"email_taken": "email", "password_rules": "password"}


@never_cache
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form of a link that works, or make the person and sign in."""
    organisation = organisation_of_setup_link(token, utc_now())
    if organisation is None:
        return render(request, "organisations/setup_link_invalid.html", status=404)
    data = request.POST if request.method == "POST" else None
    form = SetupForm(data, initial={"organisation": organisation.name})
    if form.is_valid():
        person = _redeem(token, form)
        if isinstance(person, Person):
            sign_in(request, person)
            return redirect("/")
        if person.reason not in _FIELDS:
            return render(request, "organisations/setup_link_invalid.html", status=404)
        form.add_error(_FIELDS[person.reason], person.detail.splitlines() or refusal_sentence(person.reason))
    status = 422 if form.is_bound else 200
    context = {"form": form, "organisation": organisation}
    return render(request, "organisations/setup.html", context, status=status)


def _redeem(token: str, form: SetupForm) -> Person | Refused:
    email, name = form.cleaned_data["email"], form.cleaned_data["name"]
    password = actions.hash_new_password(form.cleaned_data["password"], email=email, name=name)
    if isinstance(password, Refused):
        return password
    person = actions.NewPerson(email, name, password, language=(get_language() or "fr")[:2])
    return actions.redeem_setup_link(
        now=utc_now(),
        actor=SYSTEM,
        token=token,
        person=person,
        organisation_name=form.cleaned_data["organisation"],
    )


@never_cache
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Let the invited person in: by a new account, or by the one that the person signed in with."""
    invitation = open_invitation(token, utc_now())
    if invitation is None:
        return render(request, "organisations/invitation_invalid.html", status=404)
    context = {"invitation": invitation, "role": invitation.role_word}
    if isinstance(request.user, Person):
        return _join_signed_in(request, request.user, token, context)
    known = person_with_email(invitation.email)
    if known is not None and known.is_active:
        return render(request, "organisations/join_by_sign_in.html", context)
    form = JoinForm(request.POST or None, email=invitation.email, initial={"name": invitation.name})
    if form.is_valid():
        person = _make_invited(token, invitation, form)
        if isinstance(person, Person):
            sign_in(request, person)
            return redirect("/")
        if person.reason != "password_rules":
            # Used, withdrawn or overtaken by an account meanwhile: the page itself says which.
            return redirect("organisations:join", token)
        form.add_error("password", person.detail.splitlines())
    status = 422 if form.is_bound else 200
    return render(request, "organisations/join.html", {**context, "form": form}, status=status)


def _make_invited(token: str, invitation: InvitationRow, form: JoinForm) -> Person | Refused:
    name = form.cleaned_data["name"]
    password = actions.hash_new_password(form.cleaned_data["password"], email=invitation.email, name=name)
    if isinstance(password, Refused):
        return password
    try:
        return actions.accept_as_somebody_new(
            now=utc_now(),
            actor=SYSTEM,
            token=token,
            name=name,
            password=password,
            language=(get_language() or "fr")[:2],
        )
    except IntegrityError:
        # At this very instant the same person joined another organisation: nothing was written here.
        return Refused("email_taken")


def _join_signed_in(
    request: HttpRequest, person: Person, token: str, context: dict[str, Any]
) -> HttpResponse:
    if request.method == "POST":
        refused = actions.accept_as_member_elsewhere(
            now=utc_now(), actor=actor_in(request), token=token, person_id=person.pk
        )
        if refused is None:
            request.session[ORGANISATION_SESSION_KEY] = str(context["invitation"].organisation.id)
            return redirect("/")
        context["refusal"] = refusal_sentence(refused.reason)
    elif context["invitation"].email != person.email:
        context["refusal"] = refusal_sentence("invitation_for_another")
    return render(request, "organisations/join_signed_in.html", context)
