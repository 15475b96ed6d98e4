"""Fixtures of tests about evidence: a signer, a destination, and an organisation with exported heads."""

from collections.abc import Iterator

import pytest

from veilleur.domains.journal.jobs import export_heads
from veilleur.domains.journal.ports import HEAD_SIGNER, HEADS_DESTINATIONS
from veilleur.domains.journal.tests.support import (
    ANNA,
    NOW,
    TICKET,
    Drawer,
    Keys,
    Timepiece,
    make_organisation,
    note,
)


@pytest.fixture
def keys() -> Keys:
    keys = Keys()
    HEAD_SIGNER.bind(keys)
    return keys


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    drawer = Drawer()
    HEADS_DESTINATIONS.bind((drawer,))
    yield drawer
    HEADS_DESTINATIONS.bind(())


@pytest.fixture
def organisation_id(keys: Keys, drawer: Drawer) -> int:
    """Return an organisation with ten facts, the first six of which lie below an exported head."""
    organisation_id = make_organisation()
    for number in range(10):
        note(now=NOW, actor=ANNA, organisation_id=organisation_id, text=str(number))
        if number == 5:
            export_heads(TICKET, Timepiece())
    return organisation_id
