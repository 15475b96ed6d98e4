"""Routes of the desk: the home page, the object pages and what the frame itself posts."""

from django.urls import path

from veilleur.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("watch/", views.checks, name="checks"),
    path("restart/", views.restart, name="restart"),
    path("estate/", views.estate, name="estate"),
    path("machines/<uuid:public_id>/", views.machine, name="machine"),
    path("services/<uuid:public_id>/", views.service, name="service"),
    path("services/<uuid:public_id>/objectives/", views.objectives, name="objectives"),
    path("language/", views.choose_language, name="language"),
]
