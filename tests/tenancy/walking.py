"""The stranger's walk: finds every route, tries it with what belongs to somebody else, and compares.

A failure is a `Leak` (an answer differs, or something was written) or a `CannotWalk` (the walk does not
know how to try a route, and says what to add). Nothing here knows a single route by name.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from django.apps import apps
from django.conf import settings
from django.db.models import UUIDField
from django.forms import BaseForm
from django.test import Client
from django.test.client import ClientHandler
from django.urls import reverse

from tests.tenancy import samples
from tests.tenancy.answers import Answer, answer_of
from tests.tenancy.api_keys import body_keys, query_keys
from tests.tenancy.noting import NOTED
from tests.tenancy.routing import CannotWalk, Route
from tests.tenancy.world import Party
from tests.tenancy.writes import (
    changed_since,
    contents,
    counting_writes,
    noting_conditions,
    tables_asked,
    undone,
)
from veilleur.config.api_door import BELOW
from veilleur.config.shown_organisation import FIELD
from veilleur.domains.organisations.factories import make_api_token, signed_in
from veilleur.shared.binding import Slot, Unbound
from veilleur.shared.clock import utc_now


class Leak(AssertionError):
    """A stranger learned or changed something."""


@dataclass(frozen=True)
class Seen:
    """What a stranger sees, the tables that the request changed, and what the database was asked for."""

    answer: Answer
    changed: frozenset[str]
    looked_for: dict[str, set[str]]


# What a party's ids are called by that are not called by their table.
_LABELS = {
    "mandate held": "organisations.Mandate",
    "organisation": "organisations.Organisation",
    "person": "organisations.Person",
}


@dataclass(frozen=True)
class Visit:
    """One request, undone afterwards: the response, the tables that it changed, what it looked for there."""

    response: Any
    changed: frozenset[str]
    looked_for: dict[str, set[str]]


class Walk:
    """One stranger before the house of one owner."""

    def __init__(self, owner: Party, stranger: Party) -> None:
        self.owner, self.stranger = owner, stranger
        self._found: dict[tuple[Route, int], tuple[str, ...]] = {}
        self._worked: dict[tuple[str, str], str | None] = {}  # whose id was right for a route's parameter
        self._handler = ClientHandler(enforce_csrf_checks=False)  # making one takes longer than most visits
        self._rest: dict[str, str] = {}  # what the tables hold between visits
        self._sessions = {party.person.pk: _session_of(party) for party in (owner, stranger)}
        self._tokens = {
            party.person.pk: make_api_token(party.organisation, party.person) for party in (owner, stranger)
        }

    def start_afresh(self) -> None:
        """Forget the rows made since the walk began: they have been undone. Ids of the parties are kept."""
        self._rest = {}
        self._found = {key: found for key, found in self._found.items() if key[0].takes_only_ids}

    def check_signed_out(self, route: Route) -> None:
        """Nobody signed in gets the sign-in page (401 below /api/), and writes nothing."""
        url = route.url(self.own_values(route, self.owner))
        for method in ("get", "post"):
            visit = self._visit(None, method, url, samples.form_data(route.name, self.owner) or {})
            status, target = visit.response.status_code, visit.response.headers.get("Location", "")
            if route.is_public:
                _require(status < 500, f"{method} {url} breaks for nobody signed in")
                continue
            if url.startswith(BELOW):
                is_door = status == 401
            else:
                is_door = status == 302 and target.startswith(reverse(settings.LOGIN_URL))
            _require(
                is_door,
                f"{method} {url} answers {status} to nobody signed in; it must lead to the sign-in page, "
                "or stand in veilleur/config/public_routes.py with a reason",
            )
            _require(not visit.changed, f"{method} {url} by nobody signed in writes {sorted(visit.changed)}")

    def check_session_at_api(self, route: Route) -> None:
        """A session opens no route of the API, not even one's own: no other site can use it then."""
        url = route.url(self.own_values(route, self.owner))
        for method in ("get", "post"):
            data = samples.form_data(route.name, self.owner) or {}
            visit = self._visit(self.owner, method, url, data, by_session=True)
            _require(visit.response.status_code == 401, f"{method} {url} is opened by a session")
            _require(not visit.changed, f"{method} {url} by a session writes {sorted(visit.changed)}")

    def check_addresses(self, route: Route) -> None:
        """The owner's ids in an address answer a stranger as unknown ids do, and nothing is written."""
        if not route.has_ids:
            return
        own, mine = self.own_values(route, self.owner), self.own_values(route, self.stranger)
        # All the owner's, and each mixture with the stranger's own that still holds one of the owner's.
        mixed = [values for values in itertools.product(*zip(own, mine, strict=True)) if values != mine]
        for values in dict.fromkeys(mixed):
            unknown = tuple(str(uuid4()) if value in own and _is_id(value) else value for value in values)
            for method in ("get", "post"):
                data = (samples.form_data(route.name, self.stranger) or {}) if method == "post" else {}
                asked = Attempt(method, route.url(values), data, values)
                other = Attempt(method, route.url(unknown), data, unknown)
                seen, _ = self._compare(asked, other, f"{method} {asked.url} by a stranger", must_refuse=True)
                status = seen.answer.status
                _require(status in {404, 405}, f"{method} {asked.url} by a stranger: {status}, not 404")

    def check_query(self, route: Route) -> None:
        """Whatever the view reads from the address: an owner's id there is as good as one that is not."""
        url = route.url(self.own_values(route, self.stranger))
        self._visit(self.stranger, "get", url, {})
        # The API reads what was sent and is declared: its document says what could be.
        read = NOTED.query | (query_keys(route) if route.is_api else set())
        for key in sorted(read - samples.HARMLESS_QUERY_KEYS):
            self._compare_data(Attempt("get", url, {}, ()), route, key, must_refuse=False)

    def check_form(self, route: Route) -> None:
        """Whatever the view reads from a form: an owner's id there is as good as one that is not."""
        url, data = (
            route.url(self.own_values(route, self.stranger)),
            samples.form_data(route.name, self.stranger),
        )
        visit = self._visit(self.stranger, "post", url, data or {})
        if visit.response.status_code == 405:
            return
        read = body_keys(route) if route.is_api else NOTED.form
        keys = sorted(read - {"csrfmiddlewaretoken", FIELD})
        if data is None:
            raise CannotWalk(
                f"{route.name} takes a form and reads {keys or 'nothing'} from it: add data that it accepts "
                "to `form_data` in tests/tenancy/samples.py ({} if it needs none)."
            )
        if route.name not in samples.REFUSED_ON_PURPOSE:
            _require_accepted(route, visit.response)
        for key in keys:
            holds_id = _is_id(str(data.get(key, "")))
            self._compare_data(Attempt("post", url, data, ()), route, key, must_refuse=holds_id)

    def check_job(self, kind: str, run: Callable[[dict[str, Any]], object]) -> None:
        """A job of the stranger's organisation that names the owner's things finds nothing."""
        if kind in samples.INSTALLATION_JOBS:
            return
        payload = samples.job_payload(kind, self.stranger, self.owner)
        if payload is None:
            raise CannotWalk(
                f"The job {kind} is unknown to the walk: add a payload to `job_payload`, or a reason to "
                "INSTALLATION_JOBS, in tests/tenancy/samples.py."
            )
        with undone():
            before = contents()
            try:
                with patch.object(Slot, "get", _refuse_engine):
                    run(payload)
            except Unbound as error:
                raise Leak(f"the job {kind} with {payload} went as far as an engine") from error
            except LookupError:
                pass  # refusing loudly is as good as finding nothing
            changed = changed_since(before)
        _require(not changed, f"the job {kind} with {payload} writes {sorted(changed)}")

    def _compare_data(self, base: "Attempt", route: Route, key: str, *, must_refuse: bool) -> None:
        unknown = str(uuid4())
        other = Attempt(base.method, base.url, base.data | {key: unknown}, (unknown,))
        expected = self._ask(other)  # once: no unknown id differs from another
        for public_id in self._worth_asking(tables_asked(expected.looked_for, unknown), must_refuse):
            asked = Attempt(base.method, base.url, base.data | {key: public_id}, (public_id,))
            what = f"{base.method} {route.name} with {key}={public_id} by a stranger"
            _, expected = self._compare(asked, other, what, must_refuse=must_refuse, expected=expected)

    def _worth_asking(self, tables: set[str], is_id: bool) -> list[str]:
        """Return the owner's ids that show whether a key leaks: those in a table where an unknown id was
        looked for, since no other is found there, and one more.

        All are asked where a table keeps ids of anything (what a fact is about), and where what is an id by
        its sample is looked for nowhere: the view compares it. What is neither is a text or a number, and one
        shows it.
        """
        ids = [str(public_id) for public_id in self.owner.ids.values()]
        if (is_id and not tables) or tables & _tables_with_ids_of_anything():
            return ids
        there = [str(public_id) for label, public_id in self.owner.ids.items() if _table(label) in tables]
        return list(dict.fromkeys([*there, *ids[-1:]]))

    def _compare(
        self,
        asked: "Attempt",
        other: "Attempt",
        what: str,
        *,
        must_refuse: bool,
        expected: "Seen | None" = None,
    ) -> tuple["Seen", "Seen"]:
        """Return what both see if they and what they write are the same, and nothing if nothing may be."""
        seen, expected = self._ask(asked), expected or self._ask(other)
        if seen.answer != expected.answer:
            # Asked again once if they differ: a minute may have passed on the page.
            seen, expected = self._ask(asked), self._ask(other)
        _require(
            seen.answer == expected.answer, f"{what} answers otherwise than for an id that does not exist"
        )
        _require(seen.changed == expected.changed, f"{what} writes {sorted(seen.changed)}")
        _require(not (must_refuse and seen.changed), f"{what} writes {sorted(seen.changed)}")
        return seen, expected

    def _ask(self, attempt: "Attempt") -> "Seen":
        began_at = utc_now()
        visit = self._visit(self.stranger, attempt.method, attempt.url, attempt.data)
        return Seen(answer_of(visit.response, attempt.ids, began_at), visit.changed, visit.looked_for)

    def own_values(self, route: Route, party: Party) -> tuple[str, ...]:
        """Return parameters with which the route works for a member of the party, found once."""
        key = (route, party.person.pk)
        if key not in self._found:
            self._found[key] = self._find_values(route, party)
            self._rest = {}  # finding them may have made rows that stay
        return self._found[key]

    def _find_values(self, route: Route, party: Party) -> tuple[str, ...]:
        tables = self._tables_of(route, party) if route.takes_only_ids and route.has_ids else set()
        choices = [
            self._candidates(route, name, converter, party, tables) for name, converter in route.parameters
        ]
        for values in itertools.product(*choices):
            if not route.has_ids:
                return values
            for method in ("get", "post"):
                data = (samples.form_data(route.name, party) or {}) if method == "post" else {}
                if self._visit(party, method, route.url(values), data).response.status_code < 400:
                    self._remember(route, party, values)
                    return values
        raise CannotWalk(
            f"{route.name} answers no object that the walk knows: make a row that it shows in `make_samples` "
            "of its domain's factories.py."
        )

    def _remember(self, route: Route, party: Party, values: tuple[str, ...]) -> None:
        labels = {str(public_id): label for label, public_id in party.ids.items()}
        for (name, _), value in zip(route.parameters, values, strict=True):
            self._worked[route.name, name] = labels.get(value)

    def _tables_of(self, route: Route, party: Party) -> set[str]:
        """Return the tables in which the route looks for ids that nobody has."""
        unknown = [str(uuid4()) for _ in route.parameters]
        found: set[str] = set()
        for method in ("get", "post"):
            data = (samples.form_data(route.name, party) or {}) if method == "post" else {}
            visit = self._visit(party, method, route.url(tuple(unknown)), data)
            found.update(*(tables_asked(visit.looked_for, each) for each in unknown))
        return found

    def _candidates(
        self, route: Route, name: str, converter: str, party: Party, tables: set[str]
    ) -> list[str]:
        if converter == "uuid":
            # What worked for one party is tried first for the other, then what the route looks for.
            likely = self._worked.get((route.name, name))

            def rank(label: str) -> tuple[bool, bool]:
                return label != likely, _table(label) not in tables

            return [str(party.ids[label]) for label in sorted(party.ids, key=rank)]
        sample = samples.PARAMETERS.get((route.name, name))
        if sample is None:
            raise CannotWalk(
                f"{route.name} has a parameter <{converter}:{name}> that is no public id: add a value for "
                f"({route.name!r}, {name!r}) to PARAMETERS in tests/tenancy/samples.py."
            )
        return [sample(party)]

    def _visit(
        self, party: Party | None, method: str, url: str, data: dict[str, Any], *, by_session: bool = False
    ) -> Visit:
        client = Client(raise_request_exception=False)
        client.handler = self._handler
        told: dict[str, Any] = {}
        if party is not None and (by_session or not url.startswith(BELOW)):
            client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[party.person.pk]
        elif party is not None:
            told["headers"] = {"Authorization": f"Bearer {self._tokens[party.person.pk]}"}
        if url.startswith(BELOW) and method == "post":
            told["content_type"] = "application/json"
        before = self._rest = self._rest or contents()
        with undone(), counting_writes() as writes, noting_conditions() as looked_for:
            response = getattr(client, method)(url, data, **told)
            # Looking at every table is what takes time on this walk; most visits write to none.
            changed = frozenset(changed_since(before) if writes else ())
            return Visit(response, changed, looked_for)


@dataclass(frozen=True)
class Attempt:
    """A request, and the ids in it that are not compared."""

    method: str
    url: str
    data: dict[str, Any]
    ids: tuple[str, ...]


@cache
def _table(label: str) -> str:
    """Return the table in which the id of that label in a party's ids is found."""
    return str(apps.get_model(_LABELS.get(label, label))._meta.db_table)


@cache
def _tables_with_ids_of_anything() -> frozenset[str]:
    """Return the tables that keep ids of other rows without saying in which table those are."""
    return frozenset(
        model._meta.db_table
        for model in apps.get_models()
        for column in model._meta.fields
        if isinstance(column, UUIDField) and column.name != "public_id"
    )


def _session_of(party: Party) -> str:
    client = signed_in(party.person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _refuse_engine(slot: Slot[Any]) -> object:
    raise Unbound(f"nothing behind {slot.name} may be reached")


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise Leak(message)


def _require_accepted(route: Route, response: Any) -> None:
    layers = [layer for context in response.context or () for layer in getattr(context, "dicts", [context])]
    values = [value for layer in layers for value in layer.values()]
    has_errors = any(value.errors for value in values if isinstance(value, BaseForm))
    if response.status_code >= 400 or has_errors:
        raise CannotWalk(
            f"{route.name} refuses its sample data ({response.status_code}): correct it in `form_data` of "
            "tests/tenancy/samples.py, or the walk stops at the first check of the form."
        )


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
