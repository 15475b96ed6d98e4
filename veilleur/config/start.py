"""Starts Django in a process, and only then: `web`, `work`, `watch` and the commands call it first."""

import os

import django

from veilleur.config.env import environment


def name_settings() -> None:
    """Tell Django where its settings are."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "veilleur.config.settings")


def start_django() -> None:
    """Make models usable; BrokenSetting first if a setting is broken."""
    environment()
    name_settings()
    django.setup()
