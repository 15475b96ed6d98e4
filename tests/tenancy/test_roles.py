"""Every route as every role: what `config/permissions.py` does not give is refused; nothing is written."""

from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from tests.tenancy import samples
from tests.tenancy.quiet import quiet_engines
from tests.tenancy.routing import Route, routes
from tests.tenancy.world import Party
from tests.tenancy.writes import counting_writes, undone
from veilleur.config.permissions import ROUTE_PERMISSIONS
from veilleur.config.public_routes import PUBLIC_ROUTES
from veilleur.domains.organisations.factories import make_api_token, make_person, signed_in
from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.rules.roles import PERMISSIONS, Role

pytestmark = pytest.mark.django_db
EVERY_GUARDED_ROUTE = pytest.mark.parametrize(
    "route", [route for route in routes() if not route.is_public], ids=lambda route: route.name
)


@pytest.fixture(scope="module")
def people(parties: tuple[Party, Party]) -> dict[Role, Person]:
    return {role: make_person(parties[0].organisation, role=role) for role in Role}


@pytest.fixture(scope="module")
def tokens(parties: tuple[Party, Party], people: dict[Role, Person]) -> dict[Role, str]:
    """Return a token for everything of each role: what it opens is what the role does."""
    return {role: make_api_token(parties[0].organisation, person) for role, person in people.items()}


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    quiet_engines(monkeypatch)
    settings.API_REQUESTS_PER_MINUTE = 10**9


def test_every_route_is_public_or_says_what_it_needs_and_no_other_is_listed() -> None:
    names = {route.name for route in routes()}

    assert names == set(PUBLIC_ROUTES) | set(ROUTE_PERMISSIONS)
    assert not set(PUBLIC_ROUTES) & set(ROUTE_PERMISSIONS)


def test_no_role_but_the_managers_may_do_everything_and_each_may_do_something() -> None:
    granted = [PERMISSIONS[role] for role in Role]

    assert max(granted, key=len) == PERMISSIONS[Role.MANAGER]
    assert all(0 < len(each) < len(PERMISSIONS[Role.MANAGER]) for each in granted[1:])


@pytest.mark.parametrize("role", Role)
@EVERY_GUARDED_ROUTE
def test_a_role_opens_and_does_what_the_list_says_and_nothing_else(
    role: Role,
    route: Route,
    parties: tuple[Party, Party],
    people: dict[Role, Person],
    tokens: dict[Role, str],
) -> None:
    owner, needed = parties[0], ROUTE_PERMISSIONS[route.name]
    url = route.url(tuple(_value(route, name, owner) for name, _ in route.parameters))
    for method in ("get", "post"):
        permission = needed.for_method(method.upper())
        client = signed_in(people[role], client=Client(raise_request_exception=False))
        told = {"headers": {"Authorization": f"Bearer {tokens[role]}"}} if route.is_api else {}
        with undone(), counting_writes() as writes:
            response = getattr(client, method)(url, samples.form_data(route.name, owner) or {}, **told)

        if permission is None or permission in PERMISSIONS[role]:
            assert response.status_code not in {403, 500}, f"{role} may {method} {route.name}"
        else:
            assert response.status_code == 403, f"{role} may not {method} {route.name}"
            assert writes == []


def test_a_route_that_is_not_listed_opens_to_nobody(
    people: dict[Role, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(ROUTE_PERMISSIONS, "desk:estate")
    client = Client()
    client.force_login(people[Role.MANAGER], settings.AUTHENTICATION_BACKENDS[0])

    assert client.get("/estate/").status_code == 403


def _value(route: Route, parameter: str, owner: Party) -> str:
    """Return something for a parameter: whether the role may is decided before it is looked up."""
    make = samples.PARAMETERS.get((route.name, parameter))
    return make(owner) if make else str(uuid4())
