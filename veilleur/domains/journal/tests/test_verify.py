"""The stored journal verified: tampering of each kind, done behind the guards, is found and named."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from veilleur.domains.journal.actions import erase_bodies
from veilleur.domains.journal.jobs import export_heads, open_epochs
from veilleur.domains.journal.labels import DAMAGE
from veilleur.domains.journal.models import ChainHead, HeadExport
from veilleur.domains.journal.models.append_only import unguard_statements
from veilleur.domains.journal.ports import HEADS_DESTINATIONS
from veilleur.domains.journal.queries import Outcome, Report, last_export, verify
from veilleur.domains.journal.rules.heads import SignedHeads
from veilleur.domains.journal.rules.verification import Damage
from veilleur.domains.journal.tests.support import (
    ANNA,
    DAY,
    NOW,
    TICKET,
    Drawer,
    Keys,
    Timepiece,
    make_organisation,
    note,
    note_many,
    public_id_of,
)
from veilleur.domains.journal.tests.tampering import behind_the_guards, cut_off, entries, swap
from veilleur.shared.viewer import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys", "drawer")]


def check(keys: Keys, drawer: Drawer, *, is_full: bool = True) -> Report:
    return verify(public_keys=[keys.public_key()], elsewhere=drawer.sent(), is_full=is_full)


def damages(report: Report) -> list[tuple[Damage, int, int]]:
    return [(finding.damage, finding.sequence, finding.until) for finding in report.findings]


@pytest.mark.parametrize("name", ["anna", 'a "b" \\ {c}', "émile % \u2028 \U0001f525"])
def test_every_name_is_chained_as_it_is_verified(keys: Keys, drawer: Drawer, name: str) -> None:
    organisation_id = make_organisation()
    # A chain's first fact, one more, several at once: three ways to chain on PostgreSQL.
    for count in (1, 1, 3):
        note_many(now=NOW, actor=Actor(name), organisation_ids=(organisation_id,) * count)

    assert damages(check(keys, drawer)) == []
    assert ChainHead.objects.get(key=organisation_id).sequence == 5


def test_a_sound_journal_is_whole(organisation_id: int, keys: Keys, drawer: Drawer) -> None:
    report = check(keys, drawer)

    assert (report.outcome, report.findings, report.entries, report.chains) == (Outcome.OK, (), 10, 1)
    assert report.heads_exported_at == NOW


def test_an_incremental_verification_goes_on_from_the_last_signed_head(
    organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    report = check(keys, drawer, is_full=False)

    assert (report.outcome, report.entries) == (Outcome.OK, 4)


TAMPERING = [
    (lambda: entries().filter(sequence=8).update(body='{"text":"lie"}'), [(Damage.BODY_CHANGED, 8, 8)]),
    (lambda: entries().filter(sequence=8).update(actor="ben"), [(Damage.CHANGED, 8, 8)]),
    (lambda: entries().filter(sequence=8).update(occurred_at_us=1), [(Damage.CHANGED, 8, 8)]),
    (lambda: entries().filter(sequence=8).update(body=None, salt=None), [(Damage.BODY_MISSING, 8, 8)]),
    (lambda: entries().filter(sequence__in=[8, 9]).delete(), [(Damage.REMOVED, 8, 9)]),
    (cut_off(8, with_head=False), [(Damage.TRUNCATED, 9, 10)]),
    (lambda: ChainHead.objects.update(sequence=8), [(Damage.HEAD, 8, 8)]),
    (lambda: ChainHead.objects.all().delete(), [(Damage.HEAD, 10, 10)]),
]


@pytest.mark.parametrize(("change", "expected"), TAMPERING)
@pytest.mark.parametrize("is_full", [True, False])
def test_damage_above_the_last_exported_head_is_named(
    change: Callable[[], Any],
    expected: list[tuple[Damage, int, int]],
    is_full: bool,
    organisation_id: int,
    keys: Keys,
    drawer: Drawer,
) -> None:
    behind_the_guards(change)

    report = check(keys, drawer, is_full=is_full)

    assert damages(report) == expected
    assert report.outcome is Outcome.BROKEN
    assert report.findings[0].organisation == public_id_of(organisation_id)


def test_entries_that_changed_places_are_named(organisation_id: int, keys: Keys, drawer: Drawer) -> None:
    behind_the_guards(swap(3, 9))

    moved = [found for found in damages(check(keys, drawer)) if found[0] is Damage.REORDERED]

    assert moved == [(Damage.REORDERED, 3, 3), (Damage.REORDERED, 9, 9)]


@pytest.mark.parametrize("is_full", [True, False])
@pytest.mark.parametrize("with_head", [True, False])
def test_an_end_cut_off_below_the_last_exported_head_is_named(
    is_full: bool, with_head: bool, organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    behind_the_guards(cut_off(4, with_head=with_head), HeadExport.objects.all().delete)

    found = damages(check(keys, drawer, is_full=is_full))

    assert (Damage.TRUNCATED, 6, 6) in found
    assert len(found) == (1 if with_head else 2)


def test_an_end_cut_off_above_the_last_exported_head_with_its_head_cannot_show(
    organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    behind_the_guards(cut_off(8, with_head=True))

    assert check(keys, drawer).findings == (), "this is what the daily export is for"


def test_a_whole_chain_that_was_deleted_is_missed(organisation_id: int, keys: Keys, drawer: Drawer) -> None:
    behind_the_guards(entries().delete, ChainHead.objects.all().delete, HeadExport.objects.all().delete)

    assert Damage.TRUNCATED in {damage for damage, *_ in damages(check(keys, drawer, is_full=False))}


def test_old_damage_is_found_by_a_full_verification_only(
    organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    behind_the_guards(lambda: entries().filter(sequence=2).update(actor="ben"))

    assert check(keys, drawer, is_full=False).outcome is Outcome.OK
    assert damages(check(keys, drawer, is_full=True)) == [(Damage.CHANGED, 2, 2)]


def test_history_rewritten_from_the_first_entry_on_is_found_at_the_exported_head(
    organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    def rewrite() -> None:
        entries().delete()
        ChainHead.objects.all().delete()
        for _ in range(10):
            note(now=NOW, actor=ANNA, organisation_id=organisation_id, text="lie")

    behind_the_guards(rewrite)

    assert damages(check(keys, drawer)) == [(Damage.REWRITTEN, 6, 6)]


def test_a_forged_proof_is_named(organisation_id: int, keys: Keys, drawer: Drawer) -> None:
    genuine = drawer.kept[0]
    drawer.kept.append(
        SignedHeads(genuine.document.replace('"epoch":1', '"epoch":2'), genuine.signature, genuine.public_key)
    )
    stranger = Keys()
    drawer.kept.append(
        SignedHeads(genuine.document, stranger.sign(genuine.document.encode()), stranger.public_key())
    )

    assert [damage for damage, *_ in damages(check(keys, drawer))] == [Damage.FORGED, Damage.FORGED]


def test_without_a_trusted_key_or_any_proof_the_end_is_unknown(organisation_id: int, drawer: Drawer) -> None:
    without_key = verify(public_keys=[], elsewhere=drawer.sent(), is_full=True)
    HeadExport.objects.all().delete()
    without_proof = verify(public_keys=[Keys().public_key()], elsewhere=[], is_full=True)

    assert without_key.outcome is without_proof.outcome is Outcome.UNKNOWN


def test_missing_guards_break_the_outcome(organisation_id: int, keys: Keys, drawer: Drawer) -> None:
    with connection.cursor() as cursor:
        cursor.execute(unguard_statements(connection.vendor)[0])

    assert damages(check(keys, drawer)) == [(Damage.UNGUARDED, 0, 0)]


def test_a_body_erased_by_a_recorded_act_leaves_the_journal_whole(
    organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    erased = [entry.pk for entry in entries().filter(sequence__in=[2, 9])]

    erase_bodies(now=NOW, actor=ANNA, organisation_id=organisation_id, entries=erased, reason="asked")

    assert check(keys, drawer).outcome is check(keys, drawer, is_full=False).outcome is Outcome.OK


def test_a_restore_that_is_declared_loses_nothing_in_silence(
    organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    export_heads(TICKET, Timepiece(NOW + DAY))
    behind_the_guards(cut_off(7, with_head=True), HeadExport.objects.all().delete)
    assert damages(check(keys, drawer)) == [(Damage.TRUNCATED, 10, 10)]

    open_epochs(now=NOW + DAY, reason="disk lost", signed=drawer.kept[-1])
    note(now=NOW + DAY, actor=ANNA, organisation_id=organisation_id, text="we go on")

    report = check(keys, drawer)
    assert (report.outcome, report.findings) == (Outcome.LOSS_DECLARED, ())
    opened = entries().get(kind="journal.epoch_opened")
    assert (opened.epoch, opened.sequence) == (2, 8)
    assert json.loads(opened.body)["lost_sequence"] == 10
    export_heads(TICKET, Timepiece(NOW + 2 * DAY))
    later = check(keys, drawer, is_full=False)
    assert later.losses == report.losses, "a loss is told for good, wherever the check goes on from"
    assert (later.losses[0].kept, later.losses[0].lost, later.losses[0].is_proven) == ((1, 7), (1, 10), True)


def test_heads_that_have_not_moved_go_out_once_a_day(
    organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    clock = Timepiece(NOW + timedelta(hours=1))

    export_heads(TICKET, clock)
    export_heads(TICKET, clock)
    assert len(drawer.kept) == HeadExport.objects.count() == 2, "the second run adds nothing"

    clock.pass_by(DAY)
    export_heads(TICKET, clock)
    assert len(drawer.kept) == 3
    assert last_export() == drawer.kept[-1]


def test_heads_that_could_not_be_sent_are_no_checkpoint(organisation_id: int) -> None:
    class Unreachable(Drawer):
        def send(self, signed: SignedHeads) -> None:
            raise OSError("no route")

    HEADS_DESTINATIONS.bind((Unreachable(),))

    with pytest.raises(OSError, match="no route"):
        export_heads(TICKET, Timepiece(NOW + DAY))

    assert HeadExport.objects.count() == 1


def test_every_damage_has_its_sentence() -> None:
    assert set(DAMAGE) == set(Damage)
    assert all(str(sentence).endswith(".") for sentence in DAMAGE.values())
