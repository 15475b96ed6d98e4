"""Registers the domain with Django."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """The monitoring domain."""

    name = "veilleur.domains.monitoring"
    label = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"
