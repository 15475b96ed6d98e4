"""`veilleur journal`: what it prints, and the exit codes that others rely on."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from veilleur.domains.journal.jobs import export_heads
from veilleur.domains.journal.models import HeadExport
from veilleur.domains.journal.ports import HEAD_SIGNER, HEADS_DESTINATIONS
from veilleur.domains.journal.queries import last_export
from veilleur.domains.journal.rules.errors import SignerAway
from veilleur.domains.journal.rules.heads import to_line
from veilleur.domains.journal.tests.support import DAY, NOW, TICKET, Drawer, Keys, Timepiece, public_id_of
from veilleur.domains.journal.tests.tampering import behind_the_guards, cut_off, entries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys", "drawer")]


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
            raise SignerAway("nobody there")

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
    assert "Errno" not in error
    assert str(given) in error


def test_the_command_opens_new_epochs_after_a_restore(
    organisation_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    behind_the_guards(cut_off(4, with_head=True), HeadExport.objects.all().delete)
    assert run_command(capsys, "verify")[0] == 1

    assert run_command(capsys, "open-epochs", "--reason", "disk lost")[0] == 0

    assert run_command(capsys, "verify", "--full")[0] == 0


def test_with_nowhere_to_send_heads_nothing_counts_as_proof(
    organisation_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    HeadExport.objects.all().delete()
    HEADS_DESTINATIONS.bind(())

    export_heads(TICKET, Timepiece(NOW + DAY))

    assert last_export() is None
    assert run_command(capsys, "verify")[0] == 2
