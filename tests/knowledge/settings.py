"""Settings of the process that does everything at once: documents and what they stand on, nothing else.

It starts and migrates in a fraction of the product's time.
"""

import os

import dj_database_url

SECRET_KEY = "only for tests"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "organisations.Person"
PASSWORD_HASHERS = ["tests.passwords.QuickArgon2"]
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    # Second factors are read beside members.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "veilleur.shared",
    "veilleur.domains.journal",
    "veilleur.domains.organisations",
    "veilleur.domains.estate",
    "veilleur.domains.knowledge",
]

DATABASES = {"default": dj_database_url.parse(os.environ["KNOWLEDGE_TEST_DATABASE"], conn_max_age=60)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "veilleur.shared.sqlite_turn"
