"""Secrets that the database keeps sealed: for one purpose, by these keys, and codes never opened at all."""

import base64
from pathlib import Path

import pytest

from veilleur.domains.organisations.rules.errors import SecretsAway
from veilleur.engines.keyring.tests.process import Keys
from veilleur.engines.keyring.totp import STEP_S, code_of

KEY = b"12345678901234567890"
SECRET = base64.b32encode(KEY).decode()


def test_a_sealed_secret_opens_again_after_a_restart_and_shows_nothing(keys: Keys) -> None:
    sealed = keys.client.seal("directory", "the bind password")
    keys.stop()
    keys.start()

    assert keys.client.open("directory", sealed) == "the bind password"
    assert "bind" not in sealed
    assert keys.client.seal("directory", "the bind password") != sealed


def test_a_secret_opens_for_its_purpose_only(keys: Keys) -> None:
    sealed = keys.client.seal("directory", "the bind password")

    with pytest.raises(SecretsAway):
        keys.client.open("provider", sealed)


def test_the_secret_of_codes_is_compared_with_and_never_opened(keys: Keys) -> None:
    sealed = keys.client.seal("totp", SECRET)

    assert keys.client.totp_step(sealed, code_of(KEY, 1000), 1000.0 * STEP_S) == 1000
    assert keys.client.totp_step(sealed, "000000", 1000.0 * STEP_S) is None
    with pytest.raises(SecretsAway):
        keys.client.open("totp", sealed)


def test_another_purpose_does_not_pass_for_codes(keys: Keys) -> None:
    sealed = keys.client.seal("recovery_codes", SECRET)

    with pytest.raises(SecretsAway):
        keys.client.totp_step(sealed, code_of(KEY, 1000), 1000.0 * STEP_S)


@pytest.mark.parametrize("change", ["flip", "cut", "empty", "foreign"])
def test_a_changed_or_foreign_secret_does_not_open(keys: Keys, tmp_path: Path, change: str) -> None:
    sealed = keys.client.seal("directory", "the bind password")
    other = Keys(tmp_path / "other")
    changed = {
        "flip": sealed[:-3] + ("A" if sealed[-3] != "A" else "B") + sealed[-2:],
        "cut": sealed[:20],
        "empty": "",
        "foreign": other.client.seal("directory", "theirs"),
    }[change]
    other.stop()

    with pytest.raises(SecretsAway):
        keys.client.open("directory", changed)


def test_without_the_process_nothing_is_sealed_nor_compared(keys: Keys) -> None:
    sealed = keys.client.seal("totp", SECRET)
    keys.stop()

    with pytest.raises(SecretsAway):
        keys.client.seal("totp", SECRET)
    with pytest.raises(SecretsAway):
        keys.client.totp_step(sealed, "000000", 0.0)
    keys.start()
