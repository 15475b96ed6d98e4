"""The roles of `house_at_work.py`: what each process does, with Veilleur's real actions and pages."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

from tests.tenancy.house_at_work import names, until_told
from veilleur.domains.estate.factories import make_asset, make_service
from veilleur.domains.estate.models import Service, Site
from veilleur.domains.journal.actions import record, recorded, schedule_job
from veilleur.domains.journal.models import Entry
from veilleur.domains.journal.rules.kinds import fact_kind
from veilleur.domains.organisations import actions as organisations
from veilleur.domains.organisations.factories import make_organisation, make_person
from veilleur.domains.organisations.models import Organisation, Person
from veilleur.shared.clock import utc_now
from veilleur.shared.ids import new_id
from veilleur.shared.sqlite_turn.chunks import work_in_chunks
from veilleur.shared.sqlite_turn.turn import FIGURES
from veilleur.shared.sqlite_turn.upkeep import checkpoint_if_grown, database_file, log_bytes
from veilleur.shared.viewer import SYSTEM, Actor


@fact_kind("bench.object_imported", version=1)
@dataclass(frozen=True)
class ObjectImported:
    """One object came in by the import."""

    name: str


@recorded
def import_objects(*, now: datetime, actor: Actor, organisation_id: int, chunk: Sequence[str]) -> None:
    """Make one object and one fact for each name; how far it came is how many there are."""
    rows = [
        Site(organisation_id=organisation_id, public_id=new_id(now), name=name, since=now, recorded_at=now)
        for name in chunk
    ]
    Site.objects.across_organisations("the import names its organisation in each row").bulk_create(rows)
    for row in rows:
        record(ObjectImported(row.name), subject=row.public_id, organisation_id=organisation_id)


@recorded
def note_results(*, now: datetime, actor: Actor, number: int) -> None:
    """Write a batch of bookkeeping, as the draining of check results does."""
    for place in range(5):
        schedule_job("bench.result", f"{number}-{place}", now)


@recorded
def change_service(*, now: datetime, actor: Actor, organisation_id: int, name: str) -> None:
    """Change one row and record it, as a form does."""
    row = Service.objects.of(organisation_id).get()
    row.name = name
    row.save(update_fields=["name"])
    record(ObjectImported(name), subject=row.public_id, organisation_id=organisation_id)


def furnish(_: int) -> dict[str, Any]:
    """Make the organisation, a person and a service."""
    organisation = make_organisation()
    make_person(organisation)
    make_service(organisation, runs_on=make_asset(organisation))
    return {}


def importer(amount: int) -> dict[str, Any]:
    """Import what is still missing of `amount` objects."""
    organisation_id = _organisation().pk
    already = Site.objects.of(organisation_id).count()
    began = time.monotonic()
    done = work_in_chunks(
        names(already, amount),
        lambda chunk: import_objects(
            now=utc_now(), actor=SYSTEM, organisation_id=organisation_id, chunk=chunk
        ),
    )
    return {"done": done, "took_s": time.monotonic() - began, **_turns()}


def page(pause_ms: int) -> dict[str, Any]:
    """Look at the home page and the estate in turn, signed in."""
    client, addresses = Client(), ["/", "/estate/"]
    client.force_login(Person.objects.get())

    def look() -> None:
        addresses.reverse()
        response = client.get(addresses[0], headers={"host": settings.ALLOWED_HOSTS[0]})
        assert response.status_code == 200, response.status_code

    return until_told(look, every_s=pause_ms / 1000).summary() | _turns()


def changer(pause_ms: int) -> dict[str, Any]:
    """Change a service again and again."""
    organisation_id, count = _organisation().pk, iter(range(10**9))

    def change() -> None:
        change_service(
            now=utc_now(), actor=SYSTEM, organisation_id=organisation_id, name=f"service {next(count)}"
        )

    return until_told(change, every_s=pause_ms / 1000).summary() | _turns()


def watch(pause_ms: int) -> dict[str, Any]:
    """Drain a batch of results again and again; the product does it once a second."""
    count = iter(range(10**9))

    def drain() -> None:
        note_results(now=utc_now(), actor=SYSTEM, number=next(count))

    return until_told(drain, every_s=pause_ms / 1000).summary() | _turns()


def keeper(pause_ms: int) -> dict[str, Any]:
    """Checkpoint when the log has grown, and see how far it grew."""
    database, largest = database_file(connection), 0
    assert database is not None

    def keep() -> None:
        nonlocal largest
        largest = max(largest, log_bytes(database))
        checkpoint_if_grown(connection)

    return until_told(keep, every_s=pause_ms / 1000).summary() | _turns() | {"largest_log_bytes": largest}


def count(_: int) -> dict[str, Any]:
    """Count what is there."""
    return {
        "objects": Site.objects.across_organisations("test").count(),
        "facts": Entry.objects.filter(kind="bench.object_imported", body__contains="object ").count(),
        "people": Person.objects.count(),
    }


def redeem(number: int) -> dict[str, Any]:
    """Use the set-up link whose token lies in the data folder, at the instant that file appears."""
    password = organisations.hash_new_password("correct horse battery staple", email="", name="")
    assert isinstance(password, organisations.HashedPassword)
    token_file = settings.ENV.data_dir / "token"
    while not token_file.exists():
        time.sleep(0.001)
    person = organisations.NewPerson(f"p{number}@vexin.example", "P", password)
    outcome = organisations.redeem_setup_link(
        now=utc_now(), actor=SYSTEM, token=token_file.read_text(), person=person
    )
    return {"got_in": isinstance(outcome, Person)}


def issue(_: int) -> dict[str, Any]:
    """Issue a set-up link and put its token into the data folder, whole at once."""
    token = organisations.issue_setup_link(now=utc_now(), actor=SYSTEM, organisation_id=_organisation().pk)
    part = settings.ENV.data_dir / "token.part"
    part.write_text(token)
    part.replace(settings.ENV.data_dir / "token")
    return {}


def _organisation() -> Organisation:
    return Organisation.objects.get()


def _turns() -> dict[str, Any]:
    return {
        "turns": FIGURES.turns,
        "over_budget": FIGURES.over_budget,
        "longest_held_s": FIGURES.longest_held_s,
        "longest_wait_s": FIGURES.longest_wait_s,
    }


ROLES: dict[str, Callable[[int], dict[str, Any]]] = {
    "furnish": furnish,
    "importer": importer,
    "page": page,
    "changer": changer,
    "watch": watch,
    "keeper": keeper,
    "count": count,
    "redeem": redeem,
    "issue": issue,
}
