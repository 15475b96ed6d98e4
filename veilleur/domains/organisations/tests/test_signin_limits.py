"""The limits on guessing hold whatever a stranger does, and a database that fails is not taken for one."""

import base64
import pickle
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


def test_another_port_in_the_host_is_no_other_caller() -> None:
    make_person(make_organisation(), email="anna@vexin.example")
    for number in range(5):
        data = {"login": "Anna@vexin.example", "password": "a wrong password"}
        Client(REMOTE_ADDR=f"192.0.2.{number}", HTTP_HOST=f"localhost:{1000 + number}").post(LOGIN, data)

    client = Client(REMOTE_ADDR="192.0.2.9", HTTP_HOST="localhost:7777")
    client.post(LOGIN, {"login": "anna@vexin.example", "password": PASSWORD})

    assert "_auth_user_id" not in client.session


class Trap:
    """What somebody who can write to the database would put there."""

    sprung = False

    def __reduce__(self) -> tuple[Any, ...]:
        return setattr, (Trap, "sprung", True)


def test_what_lies_in_the_table_is_never_run() -> None:
    cache.set("kept", [1.5, 2.0], 300)
    cache.set("trapped", [1.5], 300)
    pickled = base64.b64encode(pickle.dumps(Trap())).decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE veilleur_cache SET value = %s WHERE cache_key LIKE %s", [pickled, "%:trapped"])

    assert cache.get("trapped") is None
    assert cache.get_many(["kept", "trapped", "missing"]) == {"kept": [1.5, 2.0]}
    assert cache.get_many([]) == {}
    assert not Trap.sprung
    cache.set("trapped", [3.0], 300)
    assert cache.get("trapped") == [3.0]


def test_what_has_expired_is_not_read() -> None:
    cache.set("over", [1.0], -1)

    assert cache.get("over") is None
    assert "over" not in cache


def test_who_asks_for_passkeys_without_end_is_told_to_wait() -> None:
    def ask(address: str) -> int:
        ajax = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}
        return Client(REMOTE_ADDR=address, **ajax).get("/account/login/passkey/").status_code

    answers = [ask("192.0.2.50") for _ in range(32)]

    assert answers == [200] * 30 + [429] * 2
    assert ask("192.0.2.51") == 200
