"""An independent identity provider, by django-oauth-toolkit: a program of its own, with people from a file.

`python -m tests.openid.server FOLDER PORT` reads `house.json` in the folder anew at each request: people with
password, claims and whether they are let in, and where the one client may be led back to.
"""

import json
import os
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
FOLDER, PORT = Path(sys.argv[1]), int(sys.argv[2])
HERE = f"http://127.0.0.1:{PORT}"

settings.configure(
    SECRET_KEY="only the tests know it",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(FOLDER / "provider.sqlite3"),
            "OPTIONS": {"timeout": 20},
        }
    },
    # Tables are made as they are now, without their history: it starts sooner.
    MIGRATION_MODULES=dict.fromkeys(("auth", "contenttypes", "sessions", "oauth2_provider")),
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["tests.openid.people.FromFile"],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    SESSION_COOKIE_NAME="at_the_provider",
    LOGIN_URL="/login/",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_ISS_ENDPOINT": f"{HERE}/o",
        "OIDC_RSA_PRIVATE_KEY": (FOLDER / "key.pem").read_text(),
        "OAUTH2_VALIDATOR_CLASS": "tests.openid.people.Validator",
        "SCOPES": {"openid": "", "profile": "", "email": ""},
        "PKCE_REQUIRED": True,
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"],
    },
)
django.setup()

from django.contrib.auth import authenticate, login  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils.html import escape  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402

FORM = """<!doctype html><html lang="en"><title>Provider</title><main><h1>Provider</h1><p>{}</p>
<form method="post"><label>Name <input name="username"></label>
<label>Password <input name="password" type="password"></label><button>Enter</button></form></main>"""


def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, and go on to where the person came from."""
    if request.method == "POST":
        person = authenticate(request, **{name: request.POST[name] for name in ("username", "password")})
        if person is not None:
            login(request, person)
            return HttpResponseRedirect(request.GET["next"])
        return HttpResponse(FORM.format("Refused."), status=403)
    return HttpResponse(FORM.format(escape("Who are you?")))


class Quiet(WSGIRequestHandler):
    """Serves without a line a request."""

    def log_message(self, *_line: Any) -> None:
        """Say nothing."""


class Threaded(ThreadingMixIn, WSGIServer):
    """Serves several at once: a browser keeps connections open."""

    daemon_threads = True


urlpatterns = [path("login/", sign_in), path("o/", include("oauth2_provider.urls"))]


def furnish() -> None:
    """Make the tables and the one client."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    house = json.loads((FOLDER / "house.json").read_text())
    Application.objects.create(
        client_id=house["client_id"],
        client_secret=house["client_secret"],
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        algorithm=Application.RS256_ALGORITHM,
        skip_authorization=True,
        redirect_uris="",
    )


if __name__ == "__main__":
    furnish()
    server = make_server("127.0.0.1", PORT, get_wsgi_application(), Threaded, Quiet)
    (FOLDER / "ready").touch()
    server.serve_forever()
