"""All routes. Each domain lists its own in `urls.py`; the desk owns the pages across domains."""

from allauth.account import views as account_views
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    # Password only, sign-up closed: these three of the library's routes and no other.
    path("account/login/", account_views.login, name="account_login"),
    path("account/logout/", account_views.logout, name="account_logout"),
    path("account/password/change/", account_views.password_change, name="account_change_password"),
    path("", include("veilleur.domains.organisations.urls")),
    path("", include("veilleur.desk.urls")),
]

handler500 = "veilleur.config.faults_on_pages.server_error"
handler400 = "veilleur.config.faults_on_pages.bad_request"
