"""A company, somebody who may do much in it, and a program of theirs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from veilleur.config import api_door
from veilleur.config.api_rates import Rates
from veilleur.domains.organisations.factories import make_api_token, make_organisation, make_person
from veilleur.domains.organisations.models import Organisation, Person
from veilleur.domains.organisations.rules.roles import Role

Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def rates(monkeypatch: pytest.MonkeyPatch) -> Rates:
    """Count from nothing: what other tests asked is not held against this one."""
    fresh = Rates()
    monkeypatch.setattr(api_door, "RATES", fresh)
    return fresh


@pytest.fixture
def company(db: None) -> Organisation:
    return make_organisation()


@pytest.fixture
def technician(company: Organisation) -> Person:
    make_person(company)
    return make_person(company, role=Role.TECHNICIAN)


@pytest.fixture
def token(company: Organisation, technician: Person) -> str:
    return make_api_token(company, technician)


@pytest.fixture
def call() -> Call:
    """Return how a program asks: with a token, with any header, or with none."""

    def ask(address: str, token: str = "", *, method: str = "get", header: str = "", **headers: str) -> Any:
        said = header or (f"Bearer {token}" if token else "")
        if said:
            headers["Authorization"] = said
        # As a real caller is met: a check that pages need must not stand in the way of programs.
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        return getattr(client, method)(f"/api/v1/{address}", headers=headers)

    return ask
