"""Registers the shared template tags, commands and page pieces with Django."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    """The app of what belongs to no domain."""

    name = "veilleur.shared"
    label = "shared"
