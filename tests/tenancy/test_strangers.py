"""A stranger before every route, form, address, export and job: same answer as for what does not exist.

The tests are generated: a route or job added anywhere is tried without a line here. When one fails with
`CannotWalk`, the message says what to add in `samples.py` or in a domain's `factories.py`.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import override_settings

from tests.tenancy import samples
from tests.tenancy.own_team import SECRET, keep_for_the_team, own_reader, providers_reader
from tests.tenancy.quiet import quiet_engines
from tests.tenancy.routing import Route, routes
from tests.tenancy.walking import Walk
from tests.tenancy.world import Party
from veilleur.config.public_routes import PUBLIC_ROUTES
from veilleur.config.wiring import JOB_HANDLERS
from veilleur.domains.journal.queries.verification import verify
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.django_db
EVERY_ROUTE = pytest.mark.parametrize("route", routes(), ids=lambda route: route.name)


@pytest.fixture(scope="module")
def whole_walk(parties: tuple[Party, Party]) -> Iterator[Walk]:
    middleware = [*settings.MIDDLEWARE, "tests.tenancy.noting.NoteKeys"]
    # The walk may take longer than a second factor counts, which each session has just used.
    # The walk asks more often than any program may.
    changes = {
        "MIDDLEWARE": middleware,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 86400,
        "API_REQUESTS_PER_MINUTE": 10**9,
        "API_BAD_TOKENS_PER_MINUTE": 10**9,
    }
    with pytest.MonkeyPatch.context() as patch, override_settings(**changes):
        quiet_engines(patch)
        yield Walk(*parties)


@pytest.fixture
def walk(whole_walk: Walk) -> Walk:
    """Return the walk of all tests here: what one of them finds out need not be searched for again."""
    whole_walk.start_afresh()
    return whole_walk


@EVERY_ROUTE
def test_nobody_signed_in_gets_the_sign_in_page(walk: Walk, route: Route) -> None:
    walk.check_signed_out(route)


@pytest.mark.parametrize("route", [route for route in routes() if route.is_api], ids=lambda route: route.name)
def test_a_session_opens_no_route_of_the_api(walk: Walk, route: Route) -> None:
    walk.check_session_at_api(route)


@EVERY_ROUTE
def test_a_stranger_gets_what_anybody_gets_for_an_unknown_id(walk: Walk, route: Route) -> None:
    walk.check_addresses(route)


@EVERY_ROUTE
def test_an_id_in_the_query_of_an_address_opens_nothing(walk: Walk, route: Route) -> None:
    walk.check_query(route)


@EVERY_ROUTE
def test_an_id_in_a_form_reaches_nothing(walk: Walk, route: Route) -> None:
    walk.check_form(route)


@pytest.mark.parametrize("kind", sorted(JOB_HANDLERS))
def test_a_job_that_mixes_two_organisations_finds_nothing(walk: Walk, kind: str) -> None:
    walk.check_job(kind, _runner(kind))


def test_a_provider_reads_no_word_of_what_is_for_the_own_team(
    walk: Walk, parties: tuple[Party, Party]
) -> None:
    owner = parties[0]
    addresses = {route: route.url(walk.own_values(route, owner)) for route in routes()}
    keep_for_the_team(owner)
    own, provider = own_reader(owner), providers_reader(owner)
    # The beginning of the word finds it, and is not the word where a page says what was asked for.
    asked = {"q": SECRET[:5], "about": "documents"}

    told = {("get", route.name): provider.reads("get", route, url, asked) for route, url in addresses.items()}
    for route, url in addresses.items():
        if route.name.startswith("knowledge:"):
            form = samples.form_data(route.name, owner) or {}
            told["post", route.name] = provider.reads("post", route, url, form)

    assert [each for each, text in told.items() if SECRET in text] == []
    # What was looked for is what pages show: to the own manager.
    pages = ("desk:journal", "knowledge:changes", "knowledge:document", "knowledge:search", "knowledge:sheet")
    for route, url in addresses.items():
        assert route.name not in pages or SECRET in own.reads("get", route, url, asked), route.name
    assert verify(public_keys=(), elsewhere=(), is_full=True).findings == ()


def test_every_public_route_exists_and_has_its_reason() -> None:
    assert set(PUBLIC_ROUTES) <= {route.name for route in routes()}
    assert all(PUBLIC_ROUTES.values())


def _runner(kind: str) -> Callable[[dict[str, Any]], object]:
    def run(payload: dict[str, Any]) -> None:
        ticket = JobTicket(kind=kind, key="walk", payload=payload, attempts=1, token=uuid4())
        JOB_HANDLERS[kind](ticket, utc_now)

    return run
