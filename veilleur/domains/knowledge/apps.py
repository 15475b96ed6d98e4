"""Registers the domain with Django."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """The knowledge domain."""

    name = "veilleur.domains.knowledge"
    label = "knowledge"
    default_auto_field = "django.db.models.BigAutoField"
