"""The stored journal verified: tampering of each kind, done behind the guards, is found and named."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection

from veilleur.domains.journal.actions import erase_bodies
from veilleur.domains.journal.jobs import export_heads, open_epochs
from veilleur.domains.journal.labels import DAMAGE
from veilleur.domains.journal.models import ChainHead, Entry, HeadExport
from veilleur.domains.journal.models.append_only import guard_statements, unguard_statements
from veilleur.domains.journal.ports import HEAD_SIGNER, HEADS_DESTINATIONS
from veilleur.domains.journal.queries import Outcome, Report, last_export, verify
from veilleur.domains.journal.rules.heads import SignedHeads, to_line
from veilleur.domains.journal.rules.verification import Damage
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.journal.tests.support import (
    ANNA,
    NOW,
    Drawer,
    Keys,
    Timepiece,
    make_organisation,
    note,
    public_id_of,
)

pytestmark = pytest.mark.django_db

TICKET = JobTicket("journal.export_heads", "", {}, 1, UUID(int=1))
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def keys() -> Keys:
    keys = Keys()
    HEAD_SIGNER.bind(keys)
    return keys


@pytest.fixture(autouse=True)
def drawer() -> Iterator[Drawer]:
    drawer = Drawer()
    HEADS_DESTINATIONS.bind((drawer,))
    yield drawer
    HEADS_DESTINATIONS.bind(())


@pytest.fixture
def organisation_id() -> int:
    """Return an organisation with ten facts, the first six of which lie below an exported head."""
    organisation_id = make_organisation()
    for number in range(10):
        note(now=NOW, actor=ANNA, organisation_id=organisation_id, text=str(number))
        if number == 5:
            export_heads(TICKET, Timepiece())
    return organisation_id


def check(keys: Keys, drawer: Drawer, *, is_full: bool = True) -> Report:
    return verify(public_keys=[keys.public_key()], elsewhere=drawer.sent(), is_full=is_full)


def damages(report: Report) -> list[tuple[Damage, int, int]]:
    return [(finding.damage, finding.sequence, finding.until) for finding in report.findings]


def behind_the_guards(*changes: Callable[[], Any]) -> None:
    """Do what somebody with the database's own password can do."""
    with connection.cursor() as cursor:
        for statement in unguard_statements(connection.vendor):
            cursor.execute(statement)
        for change in changes:
            change()
        for statement in guard_statements(connection.vendor):
            cursor.execute(statement)


def test_a_sound_journal_is_whole(organisation_id: int, keys: Keys, drawer: Drawer) -> None:
    report = check(keys, drawer)

    assert (report.outcome, report.findings, report.entries, report.chains) == (Outcome.OK, (), 10, 1)
    assert report.heads_exported_at == NOW


def test_an_incremental_verification_goes_on_from_the_last_signed_head(
    organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    report = check(keys, drawer, is_full=False)

    assert (report.outcome, report.entries) == (Outcome.OK, 4)


def entries() -> Any:
    return Entry.objects.order_by("sequence")


def swap(one: int, other: int) -> Callable[[], None]:
    """Return a change that makes two entries change places."""

    def change() -> None:
        for old, new in ((one, 1000), (other, one), (1000, other)):
            entries().filter(sequence=old).update(sequence=new)

    return change


def cut_off(after: int, *, with_head: bool) -> Callable[[], None]:
    """Return a change that cuts off the end, and sets the head back so that nothing shows inside."""

    def change() -> None:
        entries().filter(sequence__gt=after).delete()
        last = entries().get(sequence=after)
        if with_head:
            ChainHead.objects.update(sequence=after, hash=last.hash)

    return change


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
    assert (report.outcome, report.findings) == (Outcome.OK, ())
    opened = entries().get(kind="journal.epoch_opened")
    assert (opened.epoch, opened.sequence) == (2, 8)
    assert json.loads(opened.body)["lost_sequence"] == 10
    export_heads(TICKET, Timepiece(NOW + 2 * DAY))
    assert check(keys, drawer, is_full=False).outcome is Outcome.OK


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


def test_with_nowhere_to_send_heads_nothing_counts_as_proof(
    organisation_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    HeadExport.objects.all().delete()
    HEADS_DESTINATIONS.bind(())

    export_heads(TICKET, Timepiece(NOW + DAY))

    assert last_export() is None
    assert run_command(capsys, "verify")[0] == 2


def test_heads_that_could_not_be_sent_are_no_checkpoint(organisation_id: int) -> None:
    class Unreachable(Drawer):
        def send(self, signed: SignedHeads) -> None:
            raise OSError("no route")

    HEADS_DESTINATIONS.bind((Unreachable(),))

    with pytest.raises(OSError, match="no route"):
        export_heads(TICKET, Timepiece(NOW + DAY))

    assert HeadExport.objects.count() == 1


def run_command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return the exit code, output and error text of `journal ...`."""
    with pytest.raises(SystemExit) as ended:
        call_command("journal", *arguments)
    printed = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, printed.out, printed.err


def test_the_command_says_that_the_journal_is_whole(
    organisation_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    code, output, _ = run_command(capsys, "verify", "--full", "--json")

    assert code == 0
    assert json.loads(output) == {
        "outcome": "ok",
        "chains": 1,
        "entries": 10,
        "heads_exported_at": "2026-03-01T12:00:00+00:00",
        "findings": [],
    }


def test_the_command_names_each_damage_and_ends_with_one(
    organisation_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    behind_the_guards(lambda: entries().filter(sequence__in=[8, 9]).delete())

    code, text, _ = run_command(capsys, "verify")
    also, output, _ = run_command(capsys, "verify", "--json")

    assert code == also == 1
    assert f"{public_id_of(organisation_id)} 1:8-9" in text
    assert json.loads(output)["findings"] == [
        {
            "damage": "removed",
            "organisation": str(public_id_of(organisation_id)),
            "epoch": 1,
            "sequence": 8,
            "until": 9,
        }
    ]


def test_the_command_ends_with_two_while_the_end_is_unknown(
    organisation_id: int, drawer: Drawer, capsys: pytest.CaptureFixture[str]
) -> None:
    HeadExport.objects.all().delete()
    drawer.kept.clear()

    assert run_command(capsys, "verify")[0] == 2


def test_the_command_does_without_a_signer_that_does_not_answer(
    organisation_id: int, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    class Silent(Keys):
        def public_key(self) -> bytes:
            raise ConnectionRefusedError("nobody there")

    HEAD_SIGNER.bind(Silent())

    assert run_command(capsys, "verify")[0] == 2
    assert run_command(capsys, "verify", "--public-key", keys.public_key().hex())[0] == 0


def test_the_command_takes_heads_kept_elsewhere(
    organisation_id: int, drawer: Drawer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    kept = tmp_path / "heads.jsonl"
    kept.write_text(to_line(drawer.kept.pop()) + "\n")
    behind_the_guards(cut_off(4, with_head=True), HeadExport.objects.all().delete)

    assert run_command(capsys, "verify")[0] == 2
    assert run_command(capsys, "verify", "--heads", str(kept))[0] == 1


@pytest.mark.parametrize("content", [None, "not a line of heads\n"])
def test_the_command_ends_with_seventy_when_it_cannot_verify(
    content: str | None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given = tmp_path / "heads.jsonl"
    if content is not None:
        given.write_text(content)

    code, _, error = run_command(capsys, "verify", "--heads", str(given))

    assert code == 70
    assert error


def test_the_command_opens_new_epochs_after_a_restore(
    organisation_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    behind_the_guards(cut_off(4, with_head=True), HeadExport.objects.all().delete)
    assert run_command(capsys, "verify")[0] == 1

    assert run_command(capsys, "open-epochs", "--reason", "disk lost")[0] == 0

    assert run_command(capsys, "verify", "--full")[0] == 0


def test_every_damage_has_its_sentence() -> None:
    assert set(DAMAGE) == set(Damage)
    assert all(str(sentence).endswith(".") for sentence in DAMAGE.values())
