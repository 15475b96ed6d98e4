"""The weekly verification of the whole journal: what it finds is a fact, and waits for the key."""

import pytest

from veilleur.domains.journal.jobs.table import HANDLERS, PERIODICS
from veilleur.domains.journal.jobs.verification import verify_whole
from veilleur.domains.journal.models import HeadExport
from veilleur.domains.journal.ports import HEAD_SIGNER
from veilleur.domains.journal.queries import Outcome, last_verification
from veilleur.domains.journal.rules.errors import NotYet, SignerAway
from veilleur.domains.journal.tests.support import DAY, NOW, TICKET, Drawer, Keys, Timepiece
from veilleur.domains.journal.tests.tampering import behind_the_guards, entries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys", "drawer")]


def outcome_of_the_job() -> Outcome:
    verify_whole(TICKET, Timepiece(NOW + DAY))
    last = last_verification()
    assert last is not None
    assert last.at == NOW + DAY
    return last.found.outcome


def test_it_comes_back_every_week() -> None:
    assert [each.every / DAY for each in PERIODICS if each.kind == "journal.verify_whole"] == [7]
    assert HANDLERS["journal.verify_whole"] is verify_whole


def test_nothing_is_known_before_the_first() -> None:
    assert last_verification() is None


def test_it_finds_a_whole_journal_whole(organisation_id: int) -> None:
    assert outcome_of_the_job() is Outcome.OK


def test_it_finds_old_damage_that_lies_before_the_last_signed_head(organisation_id: int) -> None:
    behind_the_guards(lambda: entries().filter(sequence=2).update(actor="ben"))

    assert outcome_of_the_job() is Outcome.BROKEN
    last = last_verification()
    assert last is not None
    assert (last.found.findings, last.found.entries) == (1, 10)


def test_without_any_proof_the_end_stays_unknown(organisation_id: int, drawer: Drawer) -> None:
    HeadExport.objects.all().delete()
    drawer.kept.clear()

    assert outcome_of_the_job() is Outcome.UNKNOWN


def test_it_waits_for_the_key(organisation_id: int) -> None:
    class Silent(Keys):
        def public_key(self) -> bytes:
            raise SignerAway("nobody there")

    HEAD_SIGNER.bind(Silent())

    with pytest.raises(NotYet):
        verify_whole(TICKET, Timepiece())
    assert last_verification() is None
