"""Registers the domain with Django."""

from django.apps import AppConfig


class RecoveryConfig(AppConfig):
    """The recovery domain."""

    name = "veilleur.domains.recovery"
    label = "recovery"
    default_auto_field = "django.db.models.BigAutoField"
