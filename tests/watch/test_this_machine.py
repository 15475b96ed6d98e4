"""The machine the tests run on is registered for real: twice read, once recorded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from veilleur.domains.estate.actions import register_machine
from veilleur.domains.estate.queries import visible_asset
from veilleur.domains.estate.rules.machine import MachineFacts, Unread
from veilleur.domains.journal.queries import sequence_of
from veilleur.domains.organisations.factories import make_organisation
from veilleur.engines.local_machine import LocalMachine
from veilleur.shared.viewer import SYSTEM, Viewer

NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)


def steady_facts() -> MachineFacts:
    """Read the real machine, but for its ports: other programs open and close some as they please."""
    return replace(LocalMachine(search=()).read(), listeners=Unread("not_read"), databases=Unread("not_read"))


@pytest.mark.django_db
def test_this_very_machine_registers_twice_without_a_second_fact() -> None:
    organisation = make_organisation()

    for at in (NOW, NOW + timedelta(minutes=1)):
        asset = register_machine(now=at, actor=SYSTEM, organisation_id=organisation.pk, facts=steady_facts())

    view = visible_asset(Viewer(1, organisation.pk, frozenset({organisation.pk})), asset.public_id)
    assert view is not None
    assert view.cpu_count >= 1
    assert any(volume.mount_point == "/" for volume in view.part("volumes").rows)
    assert sequence_of(organisation.pk) == 1
