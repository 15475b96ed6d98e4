"""The API of the house full of holes: routes that the walk must find fault with, and sound ones."""

from typing import Any

from django.conf import settings
from django.urls import include, path

from tests.tenancy import leaky
from veilleur.config.api_errors import not_found

urlpatterns: list[Any] = [
    path("", include(settings.API_URLCONF)),
    path("api/leaky/", leaky.api, name="api"),
    path("api/leaky/sound/<uuid:public_id>/", leaky.sound, name="api_sound"),
    path("api/leaky/shows/<uuid:public_id>/", leaky.shows, name="api_shows"),
    path("api/leaky/writes/<uuid:public_id>/", leaky.writes, name="api_writes"),
]
handler404 = not_found
