"""The office, and what stands behind its ports."""

import pytest
from django.test import Client

from veilleur.desk.ports import SERVER_NAMER, SOURCE_LOOKER
from veilleur.desk.tests.office import Looker, Namer, Office


@pytest.fixture
def looker(monkeypatch: pytest.MonkeyPatch) -> Looker:
    looker = Looker()
    monkeypatch.setattr(SOURCE_LOOKER, "_engine", looker)
    return looker


@pytest.fixture
def namer(monkeypatch: pytest.MonkeyPatch) -> Namer:
    namer = Namer()
    monkeypatch.setattr(SERVER_NAMER, "_engine", namer)
    return namer


@pytest.fixture
def office(client: Client, looker: Looker, namer: Namer) -> Office:
    return Office(client)
