"""One process in which five people save, tick and end at once, and one is killed between two ticks.

Run by `test_at_once.py` against a database of its own; prints what came of it as one line of JSON.
"""

import io
import json
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402

from veilleur.domains.knowledge import actions, queries  # noqa: E402
from veilleur.domains.knowledge.ports import SEARCH_INDEX  # noqa: E402
from veilleur.domains.knowledge.rules.documents import Draft  # noqa: E402
from veilleur.domains.knowledge.rules.runs import Outcome  # noqa: E402
from veilleur.domains.knowledge.tests.support import NOW, facts, save, viewer, write  # noqa: E402
from veilleur.domains.organisations.factories import make_organisation, make_person  # noqa: E402
from veilleur.engines.full_text import PostgresqlSearch, SqliteSearch  # noqa: E402
from veilleur.shared.viewer import Actor  # noqa: E402

PEOPLE = 5


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """Return what each thread, with a connection of its own, got for its number."""

    def alone(number: int) -> Any:
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(alone, range(PEOPLE)))


def main() -> None:
    """Do it all and print what came of it."""
    call_command("migrate", verbosity=0)
    SEARCH_INDEX.bind(SqliteSearch() if connection.vendor == "sqlite" else PostgresqlSearch())
    organisation = make_organisation()
    people = [make_person(organisation, name=f"Person {number}") for number in range(PEOPLE)]
    document = write(organisation, people[0])

    def by(number: int) -> dict[str, Any]:
        actor = Actor(people[number].pseudonym)
        return {"now": NOW, "actor": actor, "organisation_id": organisation.pk}

    def start() -> Any:
        run = {"document": document.public_id, "number": 2, "steps": ("one", "two", "three")}
        return actions.start_run(**by(0), **run).public_id  # type: ignore[arg-type, union-attr]

    def tick(number: int, step: int) -> None:
        actions.tick_step(**by(number), sheet=sheet, number=step, done=True)

    saved = at_once(
        lambda number: save(document, Draft("Restore", f"Written by {number}"), seen=1, by=people[number])
    )
    sheet = start()
    at_once(lambda number: [tick(number, step) for step in (1, 2, 3)])
    ended = at_once(lambda number: actions.end_run(**by(number), sheet=sheet, outcome=Outcome.FINISHED))
    sheet = start()
    connections.close_all()
    child = os.fork()
    if child == 0:
        tick(1, 1)
        tick(1, 2)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)

    SEARCH_INDEX.get().drop(document.pk)
    SEARCH_INDEX.get().put(organisation.pk, 4711, ["strange"], [])
    lost = queries.whole_index_state()
    call_command("knowledge", "reindex", stdout=io.StringIO())
    view = queries.visible_sheet(viewer(people[0]), sheet)
    assert view is not None
    versions = queries.visible_versions(viewer(people[0]), document.public_id)
    found = {
        "refusals": sorted(result.reason for result in saved if hasattr(result, "reason")),
        "versions": [version.number for version in versions],
        "found": len(queries.visible_found(viewer(people[0]), "written", NOW)),
        "before_reindexing": [lost.missing == {document.pk}, lost.strange == {4711}],
        "after_reindexing": queries.whole_index_state().agrees,
        "ticks": len(facts(organisation, "step_ticked")),
        "ends": [ended.count(None), len(facts(organisation, "run_ended"))],
        "left_by_the_killed": [step.by for step in view.steps],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
