"""The form that says on what something runs, how many are enough, and what a machine is for."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from veilleur.domains.estate.factories import make_activity, make_asset, make_dependency, make_service
from veilleur.domains.estate.queries import visible_asset, visible_map
from veilleur.domains.estate.rules.map import AssetKind, DependencyKind, hosts_of
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.organisations.factories import make_organisation, make_person
from veilleur.shared.viewer import Viewer

pytestmark = pytest.mark.django_db


class Room:
    """A service and three servers; Anna is signed in."""

    def __init__(self, client: Client) -> None:
        self.organisation = make_organisation()
        self.servers = [make_asset(self.organisation, f"srv-{number}") for number in range(3)]
        self.service = make_service(self.organisation, "Shop")
        self.client = client
        self.client.force_login(make_person(self.organisation, language="en"))
        self.viewer = Viewer(1, self.organisation.pk, frozenset({self.organisation.pk}))

    def say(self, node: Any, hosts: list[Any], enough: int = 0, **more: str) -> Any:
        asked = [str(each.public_id) for each in self.servers if each != node]
        data = {"needed": [str(each.public_id) for each in hosts], "asked": asked, "enough": str(enough)}
        return self.client.post(self.place(node), {**data, **more})

    def place(self, node: Any) -> str:
        route = "desk:service_hosts" if node == self.service else "desk:machine_hosts"
        return reverse(route, args=[node.public_id])

    def hosts(self, node: Any) -> tuple[set[str], int]:
        estate = visible_map(self.viewer)
        names = {each.id: each.name for each in estate.nodes}
        found, enough = hosts_of(estate, node.public_id)
        return {names[each] for each in found}, enough

    def facts(self) -> list[str]:
        return [
            entry.kind for entry in whole_entries(self.organisation.pk) if entry.kind.startswith("estate.")
        ]


@pytest.fixture
def room(client: Client) -> Room:
    return Room(client)


def test_a_service_is_said_to_run_on_two_servers_of_which_one_is_enough(room: Room) -> None:
    answer = room.say(room.service, room.servers[:2], enough=1)

    assert answer.status_code == 302
    assert room.hosts(room.service) == ({"srv-0", "srv-1"}, 1)
    assert room.facts() == ["estate.dependency_added"] * 2 + ["estate.redundancy_set"]
    again = room.client.get(room.place(room.service)).content.decode()
    assert again.count("checked") == 2
    assert '<option value="1" selected>' in again


def test_said_otherwise_the_map_follows_and_said_again_nothing_is_written(room: Room) -> None:
    room.say(room.service, room.servers[:2], enough=1)

    room.say(room.service, room.servers[1:], enough=0)

    assert room.hosts(room.service) == ({"srv-1", "srv-2"}, 0)
    before = room.facts()
    room.say(room.service, room.servers[1:], enough=0)
    assert room.facts() == before


def test_as_many_as_there_are_is_no_redundancy_and_nothing_is_written(room: Room) -> None:
    answer = room.say(room.service, room.servers[:2], enough=2)

    assert "At least one must be enough, and at least one must be to spare." in answer.content.decode()
    assert room.facts() == []


def test_a_machine_says_its_host_and_what_it_is_for(room: Room) -> None:
    guest, host, _other = room.servers

    room.say(guest, [host], environment="test")

    assert room.hosts(guest) == ({"srv-1"}, 0)
    seen = visible_asset(room.viewer, guest.public_id)
    assert seen is not None
    assert seen.environment == "test"
    page = room.client.get(reverse("desk:machine", args=[guest.public_id])).content.decode()
    assert reverse("desk:machine", args=[host.public_id]) in page
    assert "<dd>Test</dd>" in page


def test_two_machines_that_would_run_on_each_other_are_refused(room: Room) -> None:
    first, second, _other = room.servers
    room.say(first, [second])

    answer = room.say(second, [first])

    assert "This dependency would make a circle" in answer.content.decode()
    assert room.hosts(second) == (set(), 0)


def test_what_came_onto_the_map_meanwhile_stays(room: Room) -> None:
    late = make_asset(room.organisation, "late")
    make_dependency(room.service, late, DependencyKind.RUNS_ON)

    room.say(room.service, [room.servers[0]])

    assert room.hosts(room.service) == ({"late", "srv-0"}, 0)


def test_workstations_host_nothing_and_an_activity_runs_on_no_machine(room: Room) -> None:
    desk = make_asset(room.organisation, "desk-07", kind=AssetKind.WORKSTATION)
    activity = make_activity(room.organisation, "Invoice")

    page = room.client.get(room.place(room.service)).content.decode()

    assert desk.name not in page
    assert room.client.get(room.place(activity)).status_code == 404
    assert room.client.get(reverse("desk:service_hosts", args=[desk.public_id])).status_code == 404


def test_an_odd_environment_or_machine_is_refused_with_a_sentence(room: Room) -> None:
    stranger = make_asset(make_organisation("Else"))

    odd = room.say(room.servers[0], [], environment="moon")
    foreign = room.say(room.service, [stranger])

    assert odd.status_code == foreign.status_code == 200
    assert "moon" in odd.content.decode()
    assert room.facts() == []
