"""Starts Django in a process that needs it, and only then: `work`, `watch` and the commands call it first."""

import gc
import importlib
import os

from veilleur.config.env import PREFIX, environment

# How `up` tells a process which one looks after it. No setting: nobody writes it by hand.
_SUPERVISOR = "_VEILLEUR_SUPERVISOR"


def name_settings() -> None:
    """Tell Django where its settings are."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "veilleur.config.settings")


def start_django() -> None:
    """Make models usable; BrokenSetting first if a setting is broken."""
    environment()
    name_settings()
    # What is imported stays: looking for garbage among it meanwhile is a tenth of the start.
    gc.disable()
    try:
        # By name: `up` and `sign` take other things from here, and live without Django.
        importlib.import_module("django").setup()
        gc.freeze()
    finally:
        gc.enable()


def use_demo_folder() -> None:
    """Give the demonstration a data folder of its own, inside the one that is configured."""
    os.environ[f"{PREFIX}DATA_DIR"] = str(environment().data_dir / "demo")
    environment.cache_clear()


def supervisor_pid() -> int | None:
    """Return the process that looks after this one; None when it was started alone."""
    told = os.environ.get(_SUPERVISOR, "")
    return int(told) if told else None


def child_environment(supervisor: int) -> dict[str, str]:
    """Return the environment of a process that `supervisor` starts."""
    name_settings()
    return {**os.environ, _SUPERVISOR: str(supervisor)}
