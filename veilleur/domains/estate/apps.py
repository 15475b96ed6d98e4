"""Registers the domain with Django."""

from django.apps import AppConfig


class EstateConfig(AppConfig):
    """The estate domain."""

    name = "veilleur.domains.estate"
    label = "estate"
    default_auto_field = "django.db.models.BigAutoField"
