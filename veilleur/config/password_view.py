"""The library's page to change a password, for whoever has one."""

from allauth.account.views import PasswordChangeView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _


class ChangePasswordView(PasswordChangeView):  # type: ignore[misc]  # the library has no types
    """Asks for the old and the new password."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Lead whoever has no password here to their account: the library would let them make one."""
        if not request.user.has_usable_password():  # type: ignore[union-attr]
            messages.info(request, _("Your account has no password here, so there is none to change."))
            return redirect("organisations:security")
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer
