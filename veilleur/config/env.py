"""The one typed place for settings: everything that may be configured, read from the environment once."""

from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parents[2]


class Environment(BaseSettings):
    """Settings, each from `VEILLEUR_<NAME>` in capitals."""

    model_config = SettingsConfigDict(env_prefix="VEILLEUR_", env_file=None, frozen=True)

    data_dir: Path = Field(CHECKOUT / "var", description="Folder of everything Veilleur writes.")
    database_url: str = Field("", description="Database URL; empty means SQLite in the data folder.")
    host: str = Field("127.0.0.1", description="Address the pages listen on. Other than loopback needs TLS.")
    port: int = Field(8800, ge=1, le=65535, description="Port the pages listen on.")
    allowed_hosts: str = Field("localhost,127.0.0.1,[::1]", description="Host names served, comma-separated.")
    debug: bool = Field(False, description="Django's debug pages. Never on a reachable address.")
    language: str = Field("fr", description="Language of the terminal and of the first organisation: fr or en.")
    time_zone: str = Field("Europe/Paris", description="Zone in which times are shown, an IANA name.")

    @cached_property
    def database(self) -> str:
        """Return the URL of the database in use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'veilleur.sqlite3'}"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the settings of this process, read once."""
    return Environment()
