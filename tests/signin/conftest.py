"""A real process of keys behind the port: secrets are sealed, and codes compared, as on a real machine."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.cache import cache

from tests.signin.directory_house import QUICK, House
from tests.slapd import Authority, ThrowawaySlapd
from veilleur.domains.organisations.factories import make_organisation, make_person, signed_in
from veilleur.domains.organisations.ports import DIRECTORY, SECRET_KEEPER
from veilleur.engines.keyring.tests.process import Keys
from veilleur.engines.ldap_directory import LdapDirectory


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keys]:
    # A socket's path may be no longer than a hundred bytes.
    with tempfile.TemporaryDirectory(prefix="veilleur-") as folder:
        running = Keys(Path(folder))
        monkeypatch.setattr(SECRET_KEEPER, "_engine", running.client)
        yield running
        running.stop()
    # Of a transactional test, the limits would hold the next ones back.
    cache.clear()


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[ThrowawaySlapd]:
    with ThrowawaySlapd(authority) as running:
        yield running


@pytest.fixture
def house(server: ThrowawaySlapd, authority: Authority, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> House:
    directory = LdapDirectory(at_the_door=QUICK, in_the_background=QUICK)
    monkeypatch.setattr(DIRECTORY, "_engine", directory)
    organisation = make_organisation(language="en")
    manager = make_person(organisation, language="en")
    client = signed_in(manager)
    return House(server, authority, organisation, manager, client, uuid4().hex[:8])
