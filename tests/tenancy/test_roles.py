"""Every route as every role: what `config/permissions.py` does not give is refused; nothing is written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
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
AT_DOOR = "veilleur.test.at_door"  # no header can have this name
EVERY_GUARDED_ROUTE = pytest.mark.parametrize(
    "route", [route for route in routes() if not route.is_public], ids=lambda route: route.name
)


@dataclass(frozen=True)
class Member:
    """Somebody of one role, who is signed in and has a token for everything: what it opens, the role does."""

    role: Role
    session: str
    token: str

    def ask(self, method: str, route: Route, url: str, data: dict[str, Any], *, at_door: bool) -> Any:
        """Return the answer; `at_door`: the view is not asked, 204 says that it would have been."""
        client = Client(raise_request_exception=False)
        client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        told: dict[str, Any] = {AT_DOOR: "yes"} if at_door else {}
        if route.is_api:
            told["headers"] = {"Authorization": f"Bearer {self.token}"}
        return getattr(client, method)(url, data, **told)


class DoorMiddleware:
    """Stands last before the views, and answers for them where a test asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Return 204 instead of what the view would."""
        return HttpResponse(status=204) if AT_DOOR in request.META else None


@pytest.fixture(scope="module")
def members(parties: tuple[Party, Party]) -> dict[Role, Member]:
    organisation = parties[0].organisation
    people = {role: make_person(organisation, role=role) for role in Role}
    return {
        role: Member(role, _session_of(person), make_api_token(organisation, person))
        for role, person in people.items()
    }


def _session_of(person: Person) -> str:
    return str(signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    quiet_engines(monkeypatch)
    settings.API_REQUESTS_PER_MINUTE = 10**9
    # The walk may take longer than a second factor counts, which each session has just used.
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 86400
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.DoorMiddleware"]


def test_every_route_is_public_or_says_what_it_needs_and_no_other_is_listed() -> None:
    names = {route.name for route in routes()}

    assert names == set(PUBLIC_ROUTES) | set(ROUTE_PERMISSIONS)
    assert not set(PUBLIC_ROUTES) & set(ROUTE_PERMISSIONS)


def test_no_role_but_the_managers_may_do_everything_and_each_may_do_something() -> None:
    granted = [PERMISSIONS[role] for role in Role]

    assert max(granted, key=len) == PERMISSIONS[Role.MANAGER]
    assert all(0 < len(each) < len(PERMISSIONS[Role.MANAGER]) for each in granted[1:])


@EVERY_GUARDED_ROUTE
def test_each_role_opens_and_does_what_the_list_says_and_nothing_else(
    route: Route, parties: tuple[Party, Party], members: dict[Role, Member]
) -> None:
    owner, needed = parties[0], ROUTE_PERMISSIONS[route.name]
    url = route.url(tuple(_value(route, name, owner) for name, _ in route.parameters))
    data = samples.form_data(route.name, owner) or {}
    for method in ("get", "post"):
        permission = needed.for_method(method.upper())
        allowed = [role for role in Role if permission is None or permission in PERMISSIONS[role]]
        for role, member in members.items():
            # What the view makes of it is seen with the strongest role and with the weakest.
            at_door = role in allowed[1:-1]
            with undone(), counting_writes() as writes:
                response = member.ask(method, route, url, data, at_door=at_door)

            if at_door:
                assert response.status_code == 204, f"{role} may {method} {route.name}"
            elif role in allowed:
                assert response.status_code not in {403, 500}, f"{role} may {method} {route.name}"
            else:
                assert response.status_code == 403, f"{role} may not {method} {route.name}"
                assert writes == []


def test_a_route_that_is_not_listed_opens_to_nobody(
    members: dict[Role, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(ROUTE_PERMISSIONS, "desk:estate")
    (estate,) = (route for route in routes() if route.name == "desk:estate")

    answer = members[Role.MANAGER].ask("get", estate, estate.url(()), {}, at_door=False)

    assert answer.status_code == 403


def _value(route: Route, parameter: str, owner: Party) -> str:
    """Return something for a parameter: whether the role may is decided before it is looked up."""
    make = samples.PARAMETERS.get((route.name, parameter))
    return make(owner) if make else str(uuid4())
