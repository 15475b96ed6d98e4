"""Registers the domain with Django."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The journal domain."""

    name = "veilleur.domains.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"
