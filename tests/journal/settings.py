"""Settings of the worker processes: the journal, the organisations it names, and a database; nothing else.

They start in a fraction of the product's time, which matters where dozens are started and killed.
"""

import os

import dj_database_url

SECRET_KEY = "only for tests"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "organisations.Person"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "veilleur.shared",
    "veilleur.domains.journal",
    "veilleur.domains.organisations",
]

DATABASES = {"default": dj_database_url.parse(os.environ["JOURNAL_TEST_DATABASE"], conn_max_age=60)}
if os.environ["JOURNAL_TEST_KIND"] == "sqlite":
    DATABASES["default"]["ENGINE"] = "veilleur.shared.sqlite_turn"
elif os.environ["JOURNAL_TEST_KIND"] == "plain":
    # Django's own backend, without the fair turn: the journal has to be right on it too, if slower.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
    }
