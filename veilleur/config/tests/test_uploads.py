"""No form takes files: one that is sent is refused before anything of it lies on the disk."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from veilleur.config.unread import SENDER
from veilleur.domains.organisations.factories import make_organisation, make_person, signed_in

pytestmark = pytest.mark.django_db
LARGE = b"x" * 3_000_000  # more than the library keeps in memory


@pytest.mark.parametrize("content", [b"x", LARGE])
def test_a_file_is_refused_and_leaves_nothing_on_the_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
) -> None:
    made: list[object] = []
    real: Callable[..., Any] = tempfile.NamedTemporaryFile

    def noted(*words: Any, **options: Any) -> Any:
        made.append(options)
        return real(*words, **options)

    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", noted)

    answer = Client().post("/account/login/", {"login": "a", "file": SimpleUploadedFile("x", content)})

    assert answer.status_code == 400
    assert made == []


def test_the_web_process_learns_for_which_organisation_somebody_sends() -> None:
    organisation = make_organisation()

    asked = signed_in(make_person(organisation)).get("/").wsgi_request

    assert asked.META[SENDER] == organisation.pk
    assert SENDER not in Client().get("/account/login/").wsgi_request.META
