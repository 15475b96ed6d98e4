"""Settings: each is read from its text or refused with a reason, and all are told together."""

import os
from pathlib import Path
from typing import Any

import pytest

from veilleur.config import faults
from veilleur.config.env import PREFIX, BrokenSetting, read_environment, without_passwords
from veilleur.shared.readable import is_one_line


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("PORT", "1", 1),
        ("PORT", "65535", 65535),
        ("DEBUG", "on", True),
        ("DEBUG", "False", False),
        ("DATA_DIR", "/srv/veilleur", Path("/srv/veilleur")),
        ("DATABASE_URL", "", ""),
        ("DATABASE_URL", "postgresql://db/veilleur", "postgresql://db/veilleur"),
        ("MAIL_URL", "smtps://mail.example.com", "smtps://mail.example.com"),
        ("ALLOWED_HOSTS", "a.example.com, b.example.com", "a.example.com, b.example.com"),
        ("LANGUAGE", "en", "en"),
        ("TIME_ZONE", "Indian/Reunion", "Indian/Reunion"),
    ],
)
def test_a_setting_is_read_from_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: Any
) -> None:
    monkeypatch.setenv(f"{PREFIX}{name}", text)

    assert getattr(read_environment(), name.lower()) == value


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("PORT", "eighty", "int_parsing"),
        ("PORT", "", "int_parsing"),
        ("PORT", "0", "greater_than_equal"),
        ("WORK_THREADS", "33", "less_than_equal"),
        ("DEBUG", "perhaps", "bool_parsing"),
        ("DATA_DIR", "here", "relative_path"),
        ("KEYS_DIR", "", "relative_path"),
        ("TLS_KEY", "here.pem", "relative_path"),
        ("TLS_KEY", "/nowhere/key.pem", "unreadable_file"),
        ("DATABASE_URL", "mysql://db/veilleur", "unknown_database"),
        ("DATABASE_URL", "postgres://[", "broken_url"),
        ("DATABASE_URL", "postgres://db:abc/veilleur", "broken_url"),
        ("MAIL_URL", "mail.example.com", "no_mail_server"),
        ("MAIL_URL", "smtp://[", "broken_url"),
        ("MAIL_URL", "smtp://mail.example.com:70000", "broken_url"),
        ("TLS_CERTIFICATE", "/etc", "folder_for_a_file"),
        ("DATA_DIR", "/srv/\x1b[31mred", "control_characters"),
        ("MAIL_FROM", "a@example.com\nBcc: b@example.com", "control_characters"),
        ("ALLOWED_HOSTS", " , ", "no_host_name"),
        ("LANGUAGE", "de", "unknown_language"),
        ("TIME_ZONE", "Paris", "unknown_zone"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, reason: str
) -> None:
    monkeypatch.setenv(f"{PREFIX}{name}", text)

    with pytest.raises(BrokenSetting) as broken:
        read_environment()

    assert broken.value.faults == ((f"{PREFIX}{name}", reason, text),)
    sentence = faults.sentence(*broken.value.faults[0])
    assert sentence.startswith(f"{PREFIX}{name}")
    assert not sentence.endswith(f"({reason}).")
    assert is_one_line(sentence)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"TLS_KEY": "/etc/hostname"}, ("TLS_KEY", "half_of_tls")),
        ({"HOST": "0.0.0.0"}, ("HOST", "needs_tls")),
        (
            {"HEADS_MAIL_TO": "a@example.com", "MAIL_FROM": "b@example.com"},
            ("HEADS_MAIL_TO", "mail_without_server"),
        ),
        (
            {"DEBUG": "1", "HOST": "::", "TLS_KEY": "/etc/hostname", "TLS_CERTIFICATE": "/etc/hostname"},
            ("DEBUG", "debug_in_reach"),
        ),
    ],
)
def test_settings_that_do_not_go_together_are_told_under_the_one_that_mends_it(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], told: tuple[str, str]
) -> None:
    for name, text in given.items():
        monkeypatch.setenv(f"{PREFIX}{name}", text)

    with pytest.raises(BrokenSetting) as broken:
        read_environment()

    assert broken.value.faults == ((f"{PREFIX}{told[0]}", told[1], ""),)


def test_all_broken_settings_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}PORT", "x")
    monkeypatch.setenv(f"{PREFIX}DATA_DIR", "here")

    with pytest.raises(BrokenSetting) as broken:
        read_environment()

    assert {name for name, _, _ in broken.value.faults} == {f"{PREFIX}PORT", f"{PREFIX}DATA_DIR"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DATABASE_URL", "mysql://anna:hunter22@db/veilleur"),
        ("DATABASE_URL", "postgres://anna:hunter22/x@db/veilleur"),
        ("MAIL_URL", "anna:hunter22@mail.example.com"),
        ("MAIL_URL", "smtp://anna:hunter22@mail.example.com:port"),
    ],
)
def test_a_broken_url_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.setenv(f"{PREFIX}{name}", text)

    with pytest.raises(BrokenSetting) as broken:
        read_environment()

    assert "hunter22" not in str(broken.value)
    assert "hunter22" not in faults.sentence(*broken.value.faults[0])


def test_what_is_shown_of_an_error_holds_no_password_of_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}DATABASE_URL", "postgres://anna:hun%40ter22@db/veilleur")

    shown = without_passwords("tried postgres://anna:hun%40ter22@db/veilleur with hun@ter22")

    assert shown == "tried …@db/veilleur with …"
