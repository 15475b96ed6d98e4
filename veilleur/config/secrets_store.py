"""Secrets that the installation makes for itself, in the data folder, readable by its owner only."""

import os
import secrets
import tempfile
from pathlib import Path


def key_path(data_dir: Path) -> Path:
    """Return where Django's secret key is kept."""
    return data_dir / "secrets" / "django_key"


def secret_key(data_dir: Path) -> str:
    """Return Django's secret key; where none is kept, one that ends with this process.

    Reading makes nothing: a command that looks into the wrong folder must leave it as it was.
    """
    path = key_path(data_dir)
    return path.read_text() if path.exists() else secrets.token_urlsafe(48)


def make_secret_key(data_dir: Path) -> None:
    """Make and keep Django's secret key unless there is one; a concurrent maker's key wins."""
    path = key_path(data_dir)
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".django_key.", dir=path.parent)  # for this account alone
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
