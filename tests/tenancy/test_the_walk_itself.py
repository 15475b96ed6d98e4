"""The stranger test finds each hole of `leaky.py`, and no fault with what is sound."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import clear_url_caches, set_urlconf

from tests.tenancy import answers, leaky, leaky_api, samples, writes
from tests.tenancy.quiet import quiet_engines
from tests.tenancy.routing import CannotWalk, Route, routes
from tests.tenancy.walking import Leak, Walk
from tests.tenancy.world import Party
from veilleur.config import middleware, public_routes
from veilleur.config.permissions import ROUTE_PERMISSIONS, Needed
from veilleur.domains.estate.models import Service
from veilleur.shared.binding import Slot
from veilleur.shared.clock import utc_now
from veilleur.shared.ids import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(parties: tuple[Party, Party], settings: Any, monkeypatch: pytest.MonkeyPatch) -> Walk:
    quiet_engines(monkeypatch)
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.tenancy.noting.NoteKeys"]
    settings.ROOT_URLCONF = "tests.tenancy.leaky"
    settings.API_URLCONF = "tests.tenancy.leaky_api"
    settings.API_REQUESTS_PER_MINUTE = 10**9
    # Every role may use these: what a stranger sees is not refused for want of a role.
    for pattern in (*leaky.urlpatterns, *leaky_api.urlpatterns):
        monkeypatch.setitem(ROUTE_PERMISSIONS, str(getattr(pattern, "name", "")), Needed(None, None))
    return Walk(*parties)


@pytest.fixture
def form_samples(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return form data per route that a test may add to."""
    data: dict[str, Any] = {}
    monkeypatch.setattr(samples, "form_data", lambda route, party: _called(data.get(route), party))
    return data


def _called(made: Any, party: Any) -> Any:
    return made(party) if callable(made) else made


def route(name: str) -> Route:
    return next(one for one in routes() if one.name == name)


def test_all_routes_are_found_also_those_of_included_files(walk: Walk) -> None:
    names = {one.name for one in routes()}

    assert {"sound", "api", "desk:home", "organisations:setup", "account_login"} <= names
    assert route("sound").parameters == (("public_id", "uuid"),)


def test_what_is_sound_passes(walk: Walk) -> None:
    walk.check_addresses(route("sound"))
    walk.check_query(route("sound_query"))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("api_shows", "answers otherwise"),
        ("api_writes", "writes"),
        ("shows", "answers otherwise"),
        ("admits", "answers otherwise"),
        ("tells", "answers otherwise"),
        ("writes", "writes"),
        ("feed", "answers otherwise"),
    ],
)
def test_an_address_that_leaks_is_found(walk: Walk, name: str, what: str) -> None:
    with pytest.raises(Leak, match=what):
        walk.check_addresses(route(name))


def test_a_query_that_leaks_is_found(walk: Walk) -> None:
    with pytest.raises(Leak, match="answers otherwise"):
        walk.check_query(route("query"))


def test_a_form_that_reaches_too_far_is_found(walk: Walk, form_samples: dict[str, Any]) -> None:
    form_samples["form"] = lambda party: {"service": str(party.ids["estate.Service"])}

    with pytest.raises(Leak, match="writes"):
        walk.check_form(route("form"))


def test_a_form_without_sample_data_cannot_be_walked_and_says_what_to_add(
    walk: Walk, form_samples: dict[str, Any]
) -> None:
    with pytest.raises(CannotWalk, match=r"reads \['service'\].*samples\.py"):
        walk.check_form(route("form"))


def test_sample_data_that_the_form_refuses_does_not_count(walk: Walk, form_samples: dict[str, Any]) -> None:
    form_samples["organisations:setup"] = {"name": "", "email": "not an address"}

    with pytest.raises(CannotWalk, match="refuses its sample data"):
        walk.check_form(route("organisations:setup"))


def test_a_parameter_that_is_no_public_id_cannot_be_walked_and_says_what_to_add(walk: Walk) -> None:
    with pytest.raises(CannotWalk, match=r"\('slug', 'page'\) to PARAMETERS"):
        walk.check_signed_out(route("slug"))


def test_a_route_that_shows_nothing_to_its_own_members_cannot_be_walked(walk: Walk) -> None:
    with pytest.raises(CannotWalk, match="make_samples"):
        walk.check_addresses(route("nothing"))


def test_a_route_without_a_name_or_without_types_cannot_be_walked(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for extra, what in ((leaky.unnamed, "has no name"), (leaky.untyped, "write the route with path")):
        monkeypatch.setattr(leaky, "urlpatterns", [*leaky.urlpatterns, *extra])
        clear_url_caches()
        set_urlconf(None)
        with pytest.raises(CannotWalk, match=what):
            routes()
        monkeypatch.undo()
    clear_url_caches()


def test_programs_get_401_and_people_the_sign_in_page(walk: Walk) -> None:
    walk.check_signed_out(route("api"))
    walk.check_session_at_api(route("api"))
    walk.check_addresses(route("api_sound"))
    walk.check_signed_out(route("sound"))


def test_a_door_left_open_is_found(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "PUBLIC_ROUTES", {**public_routes.PUBLIC_ROUTES, "sound_query": "oops"})

    with pytest.raises(Leak, match="must lead to the sign-in page"):
        walk.check_signed_out(route("sound_query"))


def test_a_job_that_writes_to_both_sides_or_reaches_an_engine_is_found(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        samples, "job_payload", lambda kind, own, things: {"service": str(things.ids["estate.Service"])}
    )
    rows = Service.objects.across_organisations("hole")

    with pytest.raises(Leak, match="writes"):
        walk.check_job("leaky", lambda payload: rows.filter(public_id=payload["service"]).update(name="mine"))
    with pytest.raises(Leak, match="engine"):
        walk.check_job("leaky", lambda payload: Slot("engine").get())
    walk.check_job("sound", lambda payload: None)


def test_an_unknown_job_cannot_be_walked(walk: Walk) -> None:
    with pytest.raises(CannotWalk, match="INSTALLATION_JOBS"):
        walk.check_job("unheard.of", lambda payload: None)


def test_what_a_visit_writes_is_undone(walk: Walk) -> None:
    before = writes.contents()

    visit = walk._visit(walk.stranger, "post", "/account/logout/", {})

    assert visit.changed  # the fact that somebody signed out
    assert writes.contents() == before


def test_what_differs_at_every_visit_does_not_count_as_a_difference() -> None:
    def page(token: str) -> Any:
        body = f'<input name="csrfmiddlewaretoken" value="{token}">'
        return SimpleNamespace(status_code=200, headers={}, streaming=False, content=body.encode())

    now = utc_now()
    assert answers.answer_of(page("a"), (), now) == answers.answer_of(page("b"), (), now)


def test_an_id_made_by_the_request_itself_does_not_count_but_one_of_before_does() -> None:
    now = utc_now()

    def sent_to(at: datetime) -> answers.Answer:
        headers = {"Location": f"/documents/{new_id(at)}/"}
        response = SimpleNamespace(status_code=302, headers=headers, streaming=False, content=b"")
        return answers.answer_of(response, (), now)

    assert sent_to(now) == sent_to(now)
    assert sent_to(now - timedelta(seconds=1)) != sent_to(now - timedelta(seconds=1))
