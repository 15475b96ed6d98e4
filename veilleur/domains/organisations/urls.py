"""Routes about persons: the set-up link. Signing in and out are routes of `config/urls.py`."""

from django.urls import path

from veilleur.domains.organisations import views

app_name = "organisations"
urlpatterns = [
    path("setup/<str:token>", views.setup, name="setup"),
]
