"""What is logged is for the log: a person at a terminal reads what the command tells."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from veilleur.processes.logs import keep_log

COMPLAINING = """
import logging, sys
from veilleur.processes import cli
cli.main(sys.argv[1:])
logging.getLogger("veilleur.engine").warning("an inner matter")
"""


@pytest.fixture
def own_logging() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    for handler in set(root.handlers) - set(before):
        with suppress(OSError):  # one test's log cannot be written
            handler.close()
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.parametrize(("options", "is_shown"), [([], False), (["--debug"], True)])
def test_a_command_shows_inner_matters_to_those_who_ask_for_them(options: list[str], is_shown: bool) -> None:
    done = subprocess.run(
        (sys.executable, "-c", COMPLAINING, *options, "help"), capture_output=True, text=True, check=True
    )

    assert ("an inner matter" in done.stderr) is is_shown


def test_up_keeps_its_log_in_a_file_with_the_instant(
    own_logging: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_log(tmp_path / "log" / "up.log")

    logging.getLogger("veilleur.sqlite_turn").warning("held for long")

    assert (tmp_path / "log" / "up.log").read_text().endswith("WARNING veilleur.sqlite_turn: held for long\n")
    assert capsys.readouterr().err == ""


def test_a_log_that_cannot_be_written_stops_nothing_and_shouts_nothing(
    own_logging: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "up.log").symlink_to("/dev/full")
    keep_log(tmp_path / "up.log")

    logging.getLogger("veilleur.sqlite_turn").warning("held for long")

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("status", "has_traceback"), [(400, False), (404, False), (500, True)])
def test_what_a_stranger_sends_wrongly_is_one_line_of_the_log(
    own_logging: None, tmp_path: Path, status: int, has_traceback: bool
) -> None:
    keep_log(tmp_path / "web.log")

    fault = ValueError("no form")
    logging.getLogger("django.request").warning("refused", exc_info=fault, extra={"status_code": status})

    written = (tmp_path / "web.log").read_text()
    assert written.splitlines()[0].endswith("WARNING django.request: refused")
    assert ("ValueError" in written) is has_traceback


def token_routes(resolver: URLResolver) -> Iterator[str]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from token_routes(each)
        elif isinstance(each, URLPattern) and "<str:token>" in str(each.pattern):
            yield str(each.pattern)


def test_no_token_of_a_one_time_link_is_logged(own_logging: None, tmp_path: Path) -> None:
    keep_log(tmp_path / "web.log")
    routes = [route.replace("<str:token>", "s3-cr_et") for route in token_routes(get_resolver())]
    log = logging.getLogger("django.request")

    for route in routes:
        log.warning("Unprocessable Entity: %s", f"/{route}")
        log.warning("to %s", f"/account/login/?next=%2F{route.replace('/', '%2F')}")
        log.error("failed", exc_info=ValueError(f"GET /{route}?language=fr"))

    written = (tmp_path / "web.log").read_text()
    assert len(routes) == 3
    assert "s3-cr_et" not in written
    assert "/join/…" in written
    assert "ValueError: GET /setup/…?language=fr" in written
