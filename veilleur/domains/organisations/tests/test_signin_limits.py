"""The limits on guessing hold whatever a stranger does, and a database that fails is not taken for one."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from veilleur.domains.organisations.factories import PASSWORD, make_organisation, make_person
from veilleur.shared.limits_table import LimitsTable

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"
# More than Django's own table keeps.
MANY = 400


def guess(email: str, address: str) -> Any:
    data = {"login": email, "password": "a wrong password"}
    return Client(REMOTE_ADDR=address, raise_request_exception=False).post(LOGIN, data)


def row_count(of: str) -> int:
    """Return how many rows there are whose key begins so; those of other tests' browsers lie beside them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM veilleur_cache WHERE cache_key LIKE %s", [f"%:{of}:%"])
        return int(cursor.fetchone()[0])


def test_a_stranger_with_many_names_and_addresses_frees_nobody_from_the_limit() -> None:
    make_person(make_organisation(), email="anna@vexin.example")
    for number in range(5):
        guess("anna@vexin.example", f"192.0.2.{number}")

    for number in range(MANY):
        cache.set(f"somebody:{number}", [1.0], 300)
    client = Client(REMOTE_ADDR="192.0.2.9")
    client.post(LOGIN, {"login": "anna@vexin.example", "password": PASSWORD})

    assert "_auth_user_id" not in client.session
    assert row_count("somebody") == MANY


def test_what_has_expired_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(MANY):
        cache.set(f"old:{number}", 1, -1)
    monkeypatch.setattr(LimitsTable, "_swept_at", None)

    cache.set("new:1", 1, 300)

    assert row_count("old") == 0
    assert row_count("new") == 1


def test_a_key_is_taken_once_until_it_expires() -> None:
    assert cache.add("lock", "mine", 300)
    assert not cache.add("lock", "theirs", 300)
    assert cache.get("lock") == "mine"

    cache.set("lock", "mine", -5)

    assert cache.add("lock", "theirs", 300)
    assert cache.get("lock") == "theirs"
    assert cache.touch("lock", 600)
    assert not cache.touch("nothing", 600)


def test_a_busy_database_is_told_as_such_and_not_as_too_many_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    make_person(make_organisation(), email="anna@vexin.example")

    def locked(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "INSERT INTO veilleur_cache" in sql:
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(locked):
        answer = guess("anna@vexin.example", "192.0.2.1")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
