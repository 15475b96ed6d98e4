"""Registers the domain with Django."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """The organisations domain."""

    name = "veilleur.domains.organisations"
    label = "organisations"
    default_auto_field = "django.db.models.BigAutoField"
