"""Routes of the desk: the home page, the object pages and what the frame itself posts."""

from django.urls import path

from veilleur.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("language/", views.choose_language, name="language"),
]
