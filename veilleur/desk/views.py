"""Pages of the desk: permission, one view model, render."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from veilleur.desk.doors import viewer_in
from veilleur.desk.pages.home import home_page
from veilleur.shared.clock import utc_now

YEAR_S = 365 * 86400


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The seven questions."""
    return render(request, "desk/home.html", {"page": home_page(viewer_in(request), utc_now())})


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language of the pages, for this browser."""
    language = request.POST.get("language", "")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_S, samesite="Lax", httponly=True
        )
    return response
