"""Veilleur's own faults on its pages: told in the reader's language, never shown as somebody else's."""

import errno
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import translation

from veilleur.config.faults_on_pages import PATIENCE, late_work, process_faults
from veilleur.config.urls import handler400, handler500, urlpatterns  # noqa: F401 - this module is a ROOT_URLCONF below
from veilleur.shared.running import Ending, Running, Status

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def full(_request: HttpRequest) -> HttpResponse:
    raise OSError(errno.ENOSPC, "No space left on device", "/data")


def read_only(_request: HttpRequest) -> HttpResponse:
    raise OperationalError("attempt to write a readonly database")


def broken(_request: HttpRequest) -> HttpResponse:
    raise KeyError("secret detail")


urlpatterns = [path("full", full), path("read-only", read_only), path("broken", broken), *urlpatterns]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("veilleur.config.middleware.PUBLIC_ROUTES", _Everything())
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False, headers={"accept-language": "en"})


class _Everything:
    def __contains__(self, _route: object) -> bool:
        return True


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("place", "status", "sentence"),
    [
        ("/full", 503, "The disk is full: /data."),
        ("/read-only", 503, "The database cannot be written by this account."),
        ("/broken", 500, "This is an error of Veilleur itself"),
    ],
)
def test_a_page_that_cannot_be_drawn_says_why(client: Client, place: str, status: int, sentence: str) -> None:
    answer = client.get(place)

    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert "secret detail" not in answer.content.decode()


@pytest.mark.django_db
def test_a_full_disk_promises_that_trying_again_later_makes_sense(client: Client) -> None:
    assert client.get("/full").headers["Retry-After"] == "30"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "This request cannot be read"), ("fr", "Cette demande est illisible")],
)
def test_a_form_in_signs_that_no_browser_sends_is_a_bad_request_and_no_fault_of_veilleur(
    language: str, sentence: str
) -> None:
    stranger = Client(
        enforce_csrf_checks=True, raise_request_exception=False, headers={"accept-language": language}
    )
    stranger.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32

    answer = stranger.post(
        "/account/login/", "a=1", content_type="application/x-www-form-urlencoded; charset=utf-7"
    )

    assert answer.status_code == 400
    assert f"<h1>{sentence}</h1>" in answer.content.decode()


def faults(*processes: Running, age: timedelta = timedelta(0)) -> list[str]:
    with translation.override("en"):
        return list(process_faults(Status(NOW - age, 1, NOW, processes), NOW))


def test_a_process_that_waits_for_its_restart_is_told_of() -> None:
    waiting = Running("watch", None, None, 1, Ending(NOW, -9))

    assert faults(waiting) == ["The process “watch” has stopped and is being started again."]


def test_a_process_that_runs_again_is_told_of_for_a_quarter_of_an_hour() -> None:
    again = Running("work", 7, NOW, 1, Ending(NOW - timedelta(minutes=14), 1))
    long_ago = Running("work", 7, NOW, 1, Ending(NOW - timedelta(minutes=16), 1))

    assert faults(again) == ["The process “work” stopped at 12:46 and was started again."]
    assert faults(long_ago) == []


def test_nothing_is_said_from_a_status_that_is_too_old() -> None:
    assert faults(Running("watch", None, None), age=timedelta(minutes=2)) == []
    assert list(process_faults(None, NOW)) == []


def test_work_that_nobody_takes_is_told_of_though_its_process_runs() -> None:
    with translation.override("en"):
        assert list(late_work(None, NOW)) == []
        assert list(late_work(NOW - PATIENCE, NOW)) == []
        (sentence,) = late_work(NOW - PATIENCE - timedelta(minutes=1), NOW)

    assert sentence.startswith("Background work has been waiting since 12:56")


def test_the_time_of_a_fault_is_written_as_on_the_page_it_stands_on() -> None:
    with translation.override("fr"):
        (waiting,) = late_work(NOW - PATIENCE - timedelta(minutes=1), NOW)
        again = Running("work", 7, NOW, 1, Ending(NOW - timedelta(minutes=14), 1))
        (stopped,) = process_faults(Status(NOW, 1, NOW, (again,)), NOW)

    assert "12\u00a0h\u00a056" in waiting
    assert "12\u00a0h\u00a046" in stopped
