"""Tests hash passwords quickly (tests/passwords.py); the product doesn't."""

import pytest
from django.contrib.auth.hashers import get_hasher
from django.test import override_settings

from veilleur.config import settings as product


@pytest.fixture
def encoded() -> str:
    """Return a password as the product keeps it."""
    with override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        hasher = get_hasher("default")
        return str(hasher.encode("correct horse battery staple", hasher.salt()))


def test_the_product_keeps_passwords_by_argon2id_at_no_less_than_owasps_cost(encoded: str) -> None:
    _, kind, _, costs, *_ = encoded.split("$")
    cost = dict(pair.split("=") for pair in costs.split(","))

    assert kind == "argon2id"
    assert int(cost["m"]) >= 19 * 1024
    assert int(cost["t"]) >= 2
