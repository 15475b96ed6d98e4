"""Passkeys at the library's own pages: how often a stranger may ask, and how a refusal is answered."""

from http import HTTPStatus

from allauth.core.internal import ratelimit
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView
from django.http import HttpRequest, HttpResponse


class SignInByPasskeyView(LoginWebAuthnView):  # type: ignore[misc]  # the library has no types
    """Gives what a passkey answers to, and signs in by the answer."""

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Return the question; 429 to who asks too often: each question is kept in a session of its own."""
        may = ratelimit.consume(request, app="allauth.account", action="ask_for_passkey", limit_get=True)
        if may is None:
            return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": "60"})
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer


class AddPasskeyView(AddWebAuthnView):  # type: ignore[misc]
    """The page that adds a passkey."""

    def form_invalid(self, form: object) -> HttpResponse:
        """Show the page again, with what was refused."""
        context = self.get_context_data(form=form)
        page: HttpResponse = self.render_to_response(context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return page
