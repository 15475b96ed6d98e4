"""The set-up page: a one-time link makes the first person of an organisation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.forms import SetupForm
from veilleur.domains.organisations.labels import refusal_sentence
from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.queries import organisation_of_setup_link
from veilleur.domains.organisations.signin import sign_in
from veilleur.shared.clock import utc_now
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
