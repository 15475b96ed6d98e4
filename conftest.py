"""Fixtures of every test: the journal is guarded in each, whatever came before; passwords cost little."""

import gc
from collections.abc import Iterator, Sequence
from unittest.mock import patch

import hypothesis
import pytest
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import override_settings
from hypothesis import strategies as st

from tests.migrated import copied_at_first
from veilleur.config.data_folder import prepare_folder
from veilleur.config.env import environment
from veilleur.domains.journal.models.append_only import guard_statements, missing_guards, unguard_statements
from veilleur.shared.management.commands import migrate

prepare_folder(environment())
# A slow machine is no fault of what is tested.
hypothesis.settings.register_profile("veilleur", deadline=None)
hypothesis.settings.load_profile("veilleur")
pytest_plugins = ("tests.programs",)

_PERMISSIONS = "django.contrib.auth.management.create_permissions"
_COMMITTING_FIXTURES = frozenset({"transactional_db", "live_server"})


def pytest_collection_finish() -> None:
    """Look for garbage among what tests make, and more seldom: all that was imported stays to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(autouse=True, scope="session")
def whole_hypothesis() -> None:
    """Have Hypothesis load what it loads when first drawn from, before any test has begun.

    Once in many runs Python 3.11 compiles such a module wrongly, when another thread compiles as well.
    """
    st.randoms().validate()


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Have pytest-django's database in memory filled by a copy: it asks for this before it makes it."""
    with patch.object(migrate.Command, "handle", copied_at_first(migrate.Command.handle)):
        yield


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> Iterator[None]:
    """Hash as the product does, but quickly; its full strength is what the processes' tests sign in with."""
    with override_settings(PASSWORD_HASHERS=["tests.passwords.QuickArgon2"]):
        yield


@pytest.fixture(autouse=True, scope="session")
def no_permission_rows() -> Iterator[None]:
    """Leave out the rows of Django's permissions, which Veilleur does not use.

    Django makes them anew whenever it empties the tables: most of what a test that commits costs.
    """
    makers = ((create_permissions, _PERMISSIONS), (create_contenttypes, None))
    for maker, uid in makers:
        assert post_migrate.disconnect(maker, dispatch_uid=uid)
    yield
    for maker, uid in makers:
        post_migrate.connect(maker, dispatch_uid=uid)


@pytest.fixture(autouse=True)
def journal_guards(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take the append-only guards away just before Django empties the tables after a test that commits.

    They stay away then, so the next test puts them back: for itself alone where it is rolled back.
    """
    if not _commits(request):
        if _uses_database(request):
            request.getfixturevalue("db")
            if missing_guards(connection):
                _execute(guard_statements(connection.vendor))
        yield
        return
    request.getfixturevalue("transactional_db")
    _execute(guard_statements(connection.vendor))
    yield
    _execute(unguard_statements(connection.vendor))


def _commits(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    is_marked = marker is not None and marker.kwargs.get("transaction", False)
    return is_marked or not _COMMITTING_FIXTURES.isdisjoint(request.fixturenames)


def _uses_database(request: pytest.FixtureRequest) -> bool:
    return request.node.get_closest_marker("django_db") is not None or "db" in request.fixturenames


def _execute(statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
