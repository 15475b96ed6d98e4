"""A company whose backups the tests of the desk change; the engines behind the desk's ports touch nothing."""

from pathlib import Path
from typing import Any

from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from veilleur.domains.backups.actions import name_source
from veilleur.domains.backups.factories import NOON, identity, make_plan, make_repository, make_run
from veilleur.domains.backups.queries import visible_plans
from veilleur.domains.backups.rules.plans import NewItem
from veilleur.domains.backups.rules.sources import NamedServer, ServerTried
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.estate.actions import register_machine
from veilleur.domains.estate.factories import make_data_set, make_service
from veilleur.domains.estate.rules.machine import (
    FoundDatabase,
    Hardware,
    Identity,
    MachineFacts,
    OperatingSystem,
)
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.domains.organisations.factories import make_organisation, make_person, signed_in
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor, Viewer

FOUND_SERVER = FoundDatabase("postgresql", "/run/postgresql:5433", "15", "unknown")
FOUND_FILE = FoundDatabase("sqlite", "/srv/letters/archive.db", readable="yes")


class Looker:
    """Looks at nothing: one path is a database, one is not there, the rest are files."""

    def __init__(self) -> None:
        self.places: set[Path] = set()

    def __call__(self, *, organisation_id: int, path: Path, place: Path) -> SourceKind | Refused:
        self.places.add(place)
        if path.name == "missing":
            return Refused("path_missing", str(path))
        return SourceKind.SQLITE if path.name == "shop.db" else SourceKind.FILES


class Namer:
    """Lets one server be read; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[NamedServer] = []
        self.refused: Refused | None = None
        self.untried: tuple[str, ...] = ()

    def __call__(self, *, actor: Actor, organisation_id: int, server: NamedServer) -> ServerTried | Refused:
        self.asked.append(server)
        if self.refused is not None:
            return self.refused
        item = NewItem(identity(), SourceKind.POSTGRESQL, server.source, server.passfile)
        name_source(now=NOON, actor=actor, organisation_id=organisation_id, source=item)
        return ServerTried((server.source,), self.untried)


class Office:
    """A company on this machine, with a service, its data, a plan and a place; anna is signed in."""

    def __init__(self, client: Client) -> None:
        self.organisation = make_organisation()
        facts = MachineFacts(
            host_name="here",
            identities=(Identity("machine_id", "abc"),),
            system=OperatingSystem("debian", "12", "Debian GNU/Linux 12 (bookworm)"),
            hardware=Hardware(AssetKind.SERVER, cpu_count=2, memory_bytes=2**32),
            databases=(FOUND_SERVER, FOUND_FILE),
            is_here=True,
        )
        by = {"now": NOON, "actor": Actor("anna"), "organisation_id": self.organisation.pk}
        self.machine = register_machine(**by, facts=facts)
        self.service = make_service(self.organisation, "Shop", runs_on=self.machine)
        self.data_set = make_data_set(
            self.organisation, "Base ERP", stored_on=self.machine, used_by=self.service
        )
        self.place = make_repository(self.organisation.pk, name="Safe")
        self.plan = make_plan(
            self.organisation.pk,
            repository=self.place,
            items={self.data_set: (SourceKind.FILES, "/srv/data")},
        )
        make_run(self.plan, self.data_set)
        self.viewer = Viewer(1, self.organisation.pk, frozenset({self.organisation.pk}))
        self.person = make_person(self.organisation, language="en")
        self.client = signed_in(self.person, client=client)

    def page(self, route: str, *args: object, **query: str) -> str:
        response = self.client.get(reverse(f"desk:{route}", args=args), query)
        assert response.status_code == 200
        return response.content.decode()

    def post(self, route: str, *args: object, **data: Any) -> Any:
        return self.client.post(reverse(f"desk:{route}", args=args), data)

    def wish(self, folders: str = "", **data: Any) -> Any:
        chosen = {"name": "Accounting", "place": str(self.place.public_id), "folders": folders}
        return self.post("add_plan", **(chosen | data))

    def plans(self) -> dict[str, Any]:
        return {plan.name: plan for plan in visible_plans(self.viewer)}


def said(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))
