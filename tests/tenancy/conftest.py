"""Two organisations that own one of everything, made once a file: making them is what takes time."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.tenancy.world import Party, make_party
from tests.tenancy.writes import undone
from veilleur.domains.journal.models.append_only import guard_statements, missing_guards


@pytest.fixture(scope="module")
def parties(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Party, Party]]:
    """Return the owner and the stranger; undone after the file, as what each test adds is after the test."""
    with django_db_blocker.unblock(), undone():
        if missing_guards(connection):
            with connection.cursor() as cursor:
                for statement in guard_statements(connection.vendor):
                    cursor.execute(statement)
        yield make_party("Ateliers du Vexin"), make_party("Somebody else")
