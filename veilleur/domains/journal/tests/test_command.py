"""`veilleur journal`: what it prints, and the exit codes that others rely on."""

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation

from veilleur.domains.journal.actions import erase_bodies
from veilleur.domains.journal.jobs import export_heads
from veilleur.domains.journal.models import HeadExport
from veilleur.domains.journal.ports import HEAD_SIGNER, HEADS_DESTINATIONS
from veilleur.domains.journal.queries import last_export
from veilleur.domains.journal.rules.errors import SignerAway
from veilleur.domains.journal.rules.heads import ExportedHead, SignedHeads, heads_document, to_line
from veilleur.domains.journal.tests.support import DAY, NOW, TICKET, Drawer, Keys, Timepiece, public_id_of
from veilleur.domains.journal.tests.tampering import behind_the_guards, cut_off, entries
from veilleur.shared.viewer import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys", "drawer")]


class Silent(Keys):
    """A signer that does not answer."""

    def public_key(self) -> bytes:
        raise SignerAway("nobody there")


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
        "full": True,
        "chains": 1,
        "entries": 10,
        "heads_exported_at": "2026-03-01T12:00:00+00:00",
        "findings": [],
        "losses": [],
        "bodies_erased": 0,
        "erasures": [],
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


def refusal_of(capsys: pytest.CaptureFixture[str], given: Path) -> tuple[int, str]:
    """Return the exit code and the sentence for a file of heads that cannot be used."""
    with translation.override("en"), pytest.raises(CommandError) as refused:
        call_command("journal", "verify", "--heads", str(given))
    assert capsys.readouterr().out == ""
    return refused.value.returncode, str(refused.value)


def test_a_file_of_heads_that_is_not_there_is_said_and_is_no_error_of_veilleur_itself(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    missing = tmp_path / "none"

    assert refusal_of(capsys, missing) == (74, f"There is no file of signed heads at {missing}.")
    assert refusal_of(capsys, tmp_path) == (74, f"{tmp_path} is a folder; signed heads are kept in a file.")


@pytest.mark.parametrize(
    "content",
    [
        b"not a line of heads\n",
        b"\xff\xfe",
        # a line of the right form whose signed document is none
        b'{"document":"[]","signature":"00","public_key":"00"}\n',
    ],
)
def test_a_file_that_holds_no_signed_heads_is_said(
    content: bytes, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given = tmp_path / "heads.jsonl"
    given.write_bytes(content)

    assert refusal_of(capsys, given) == (74, f"No signed heads can be read from the file {given}.")


def test_a_file_of_heads_that_may_not_be_read_is_said_with_its_own_code(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may read everything: the refusal is the one the system gives to anybody else.
    def refuse(_path: Path) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)

    code, sentence = refusal_of(capsys, tmp_path / "heads.jsonl")

    assert code == 77
    assert sentence == f"The file of signed heads {tmp_path}/heads.jsonl may not be read by this account."


@pytest.mark.parametrize("key", ["zz", "00ff"])
def test_a_key_that_is_no_key_is_refused_before_anything_is_called_forged(key: str) -> None:
    with pytest.raises(CommandError, match="public-key"):
        call_command("journal", "verify", "--public-key", key)


def test_the_command_opens_new_epochs_after_a_restore_and_then_tells_the_loss(
    organisation_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    behind_the_guards(cut_off(4, with_head=True), HeadExport.objects.all().delete)
    assert run_command(capsys, "verify")[0] == 1

    assert run_command(capsys, "open-epochs", "--reason", "disk lost")[0] == 0

    with translation.override("en"):
        code, text, _ = run_command(capsys, "verify", "--full")
    assert code == 2
    assert f"{public_id_of(organisation_id)} 1:5-6  Declared lost by a restore" in text
    assert "by veilleur: disk lost." in text
    assert "whole but for one declared loss" in text
    losses = json.loads(run_command(capsys, "verify", "--json")[1])["losses"]
    assert [(loss["kept"], loss["lost"], loss["proven"]) for loss in losses] == [([1, 4], [1, 6], True)]


def test_the_command_says_how_many_bodies_which_act_erased(
    organisation_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    erased = [entry.pk for entry in entries().filter(sequence__in=[2, 9])]
    actor = Actor("p-1")
    erase_bodies(
        now=NOW, actor=actor, organisation_id=organisation_id, entries=erased, reason="personal_data"
    )

    with translation.override("en"):
        code, text, _ = run_command(capsys, "verify", "--full")
    found = json.loads(run_command(capsys, "verify", "--full", "--json")[1])

    assert code == 0
    assert "1:11  The content of 2 entries was erased by a recorded act" in text
    assert "by p-1: personal data of somebody who was erased." in text
    assert found["bodies_erased"] == 2
    assert [(act["sequence"], act["named"], act["bodies"]) for act in found["erasures"]] == [(11, 2, 2)]


def test_without_full_no_more_is_claimed_than_was_read(
    organisation_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    behind_the_guards(lambda: entries().filter(sequence=2).update(actor="ben"))

    with translation.override("en"):
        code, text, _ = run_command(capsys, "verify")

    assert code == 0
    assert "Since the last signed proof, of 1\xa0Mar 2026, 13:00, the journal is whole." in text
    assert "What lies before was not read again" in text
    assert json.loads(run_command(capsys, "verify", "--json")[1])["full"] is False


def open_epochs_refused(*arguments: str) -> tuple[int, str]:
    """Return the exit code and the sentence of a refusal to open epochs; none was opened."""
    with translation.override("en"), pytest.raises(CommandError) as refused:
        call_command("journal", "open-epochs", "--reason", "test", *arguments)
    assert not entries().filter(kind="journal.epoch_opened").exists()
    return refused.value.returncode, str(refused.value)


def test_epochs_are_not_opened_by_heads_that_nobody_trusted_signed(
    organisation_id: int, tmp_path: Path
) -> None:
    head = ExportedHead(public_id_of(organisation_id), 1, 999999, "00" * 32)
    stranger, document = Keys(), heads_document([head], NOW + DAY)
    signed = SignedHeads(document, stranger.sign(document.encode()), stranger.public_key())
    given = tmp_path / "heads.jsonl"
    for forged in (replace(signed, signature=bytes(64), public_key=bytes(32)), signed):
        given.write_text(to_line(forged) + "\n")

        code, sentence = open_epochs_refused("--heads", str(given))

        assert code == 1
        assert sentence.startswith("Among the signed heads are some that this installation did not sign.")


def test_epochs_are_not_opened_by_heads_whose_signature_cannot_be_checked(
    organisation_id: int, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    HEAD_SIGNER.bind(Silent())

    code, sentence = open_epochs_refused()

    assert code == 69
    assert "--public-key" in sentence
    key = keys.public_key().hex()
    assert run_command(capsys, "open-epochs", "--reason", "disk", "--public-key", key)[0] == 0


def test_with_nowhere_to_send_heads_nothing_counts_as_proof(
    organisation_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    HeadExport.objects.all().delete()
    HEADS_DESTINATIONS.bind(())

    export_heads(TICKET, Timepiece(NOW + DAY))

    assert last_export() is None
    assert run_command(capsys, "verify")[0] == 2
