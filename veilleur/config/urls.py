"""All routes. Each domain lists its own in `urls.py`; the desk owns the pages across domains."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.account.urls")),
    path("", include("veilleur.desk.urls")),
]
