"""The environment in which tests start Veilleur's own programs."""

import os
from pathlib import Path


def variables(data_dir: Path, **environment: str) -> dict[str, str]:
    """Return the environment of a command: English, on its own data folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VEILLEUR_")}
    return {**kept, "VEILLEUR_DATA_DIR": str(data_dir), "VEILLEUR_LANGUAGE": "en", **environment}
