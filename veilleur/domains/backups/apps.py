"""Registers the domain with Django."""

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """The backups domain."""

    name = "veilleur.domains.backups"
    label = "backups"
    default_auto_field = "django.db.models.BigAutoField"
