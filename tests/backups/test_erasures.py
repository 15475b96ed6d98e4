"""Who was erased stays erased after a restore: the list beside the copy, and what a restore does with it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.utils import translation

from tests.backups.house import House
from tests.backups.test_recovery_key import issue, own_plan, silent
from veilleur.config.wiring import JOB_HANDLERS
from veilleur.domains.backups import jobs, ports
from veilleur.domains.backups.jobs.erasures import keep_erasures
from veilleur.domains.backups.management.commands.self_restore import told
from veilleur.domains.backups.rules.erasures import DoneErasure, read_list, written_list
from veilleur.domains.backups.rules.kinds_of_work import KEEP_ERASURES
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.organisations import actions
from veilleur.domains.organisations.actions.erasures import ERASE_PERSON
from veilleur.domains.organisations.factories import make_person
from veilleur.domains.organisations.models import Erasure, Organisation, Person
from veilleur.domains.organisations.rules.roles import Role
from veilleur.engines.files.places import ERASURES
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.restic
TICKET = JobTicket(kind=KEEP_ERASURES, key="", payload={}, attempts=1, token=uuid4())


@pytest.fixture
def person(house: House) -> Person:
    """Protect Veilleur's own data, which knows this person."""
    made = jobs.protect_own_data(house.clock, house.organisation.public_id, house.place)
    assert not isinstance(made, Refused), made
    make_person(house.organisation)
    return make_person(house.organisation, name="Jérôme Lefèvre", role=Role.TECHNICIAN)


def erase(house: House, person: Person) -> None:
    ordered = actions.order_erasure(
        now=house.now, actor=SYSTEM, organisation_id=house.organisation.pk, person=person.public_id
    )
    assert isinstance(ordered, UUID)
    carry_out(house.organisation, house)


def carry_out(organisation: Organisation, house: House) -> None:
    for row in Erasure.objects.of(organisation.pk).filter(done_at=None):
        payload = {"organisation": str(organisation.public_id), "erasure": str(row.public_id)}
        ticket = JobTicket(kind=ERASE_PERSON, key="", payload=payload, attempts=1, token=uuid4())
        JOB_HANDLERS[ERASE_PERSON](ticket, house.clock)


def password(house: House) -> str:
    card = ports.PLACES.get().read_card(house.place)
    return house.keeper.repository_password(UUID(card["repository"]))


def test_who_was_erased_stands_beside_the_copies_and_names_nobody(house: House, person: Person) -> None:
    keep_erasures(TICKET, house.clock)
    assert not (house.place / ERASURES).exists()

    erase(house, person)
    keep_erasures(TICKET, house.clock)
    written = (house.place / ERASURES).read_bytes()
    keep_erasures(TICKET, house.clock)

    found = read_list(written, password(house))
    assert found == (DoneErasure(house.organisation.public_id, person.public_id, house.now),)
    assert (house.place / ERASURES).read_bytes() == written
    assert b"Lef" not in written


def test_the_list_never_gets_shorter_and_a_forged_one_is_written_anew(house: House, person: Person) -> None:
    earlier = DoneErasure(house.organisation.public_id, uuid4(), datetime(2026, 9, 1, tzinfo=UTC))
    (house.place / ERASURES).write_bytes(written_list([earlier], password(house)))
    erase(house, person)
    keep_erasures(TICKET, house.clock)
    both = read_list((house.place / ERASURES).read_bytes(), password(house))

    (house.place / ERASURES).write_bytes(written_list([earlier], "a stranger's"))
    keep_erasures(TICKET, house.clock)
    own = read_list((house.place / ERASURES).read_bytes(), password(house))

    assert both is not None
    assert {one.person for one in both} == {earlier.person, person.public_id}
    assert own is not None
    assert {one.person for one in own} == {person.public_id}


def test_a_restored_copy_that_still_names_them_has_it_done_again(
    house: House, person: Person, tmp_path: Path
) -> None:
    access = ports.RepositoryAccess(UUID(int=1), house.place, password(house))
    done = DoneErasure(house.organisation.public_id, person.public_id, house.now)
    (house.place / ERASURES).write_bytes(written_list([done], password(house)))

    beside = jobs.erasures_beside(access)
    assert beside == (done,)
    jobs.lay_out(beside, house.data_dir)
    keep_erasures(TICKET, house.clock)
    carry_out(house.organisation, house)

    person.refresh_from_db()
    assert person.name == ""
    assert not (house.data_dir / ERASURES).exists()


def test_a_list_that_somebody_put_there_has_nobody_erased(house: House, person: Person) -> None:
    done = DoneErasure(house.organisation.public_id, person.public_id, house.now)
    (house.place / ERASURES).write_bytes(written_list([done], "a stranger's"))

    beside = jobs.erasures_beside(ports.RepositoryAccess(UUID(int=1), house.place, password(house)))
    keep_erasures(TICKET, house.clock)

    assert beside is None
    assert not Erasure.objects.of(house.organisation.pk).exists()


def test_a_restore_by_the_words_alone_brings_the_list_and_says_so(house: House, tmp_path: Path) -> None:
    plan, words = own_plan(house), issue(house)
    house.run(plan)
    person = make_person(house.organisation, role=Role.TECHNICIAN)
    make_person(house.organisation)
    erase(house, person)
    keep_erasures(TICKET, house.clock)
    carried = tmp_path / "carried"
    house.place.rename(carried)

    restored = jobs.restore_own_data(carried, tmp_path / "new", words, silent)

    assert not isinstance(restored, Refused)
    assert restored.erasures is not None
    assert [one.person for one in restored.erasures] == [person.public_id]
    assert (tmp_path / "new" / ERASURES).exists()
    with translation.override("en"):
        said = "\n".join(told(restored, tmp_path / "new"))
        changed = "\n".join(told(replace(restored, erasures=None), tmp_path / "new"))
    assert "One person was erased. Where this copy still holds them, it is done again" in said
    assert "was changed or is damaged" in changed
