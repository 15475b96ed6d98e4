"""Registers the desk's pages with Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The pages across domains."""

    name = "veilleur.desk"
    label = "desk"
