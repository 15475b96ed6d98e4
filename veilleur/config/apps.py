"""Wires engines to ports as soon as Django knows all models."""

import importlib

from django.apps import AppConfig


class Wiring(AppConfig):
    """The last app: by then every domain is there to be wired."""

    name = "veilleur.config"
    label = "config"

    def ready(self) -> None:
        """Bind every port."""
        # By name: `wiring` imports models, which exist only now.
        importlib.import_module("veilleur.config.wiring").wire()
