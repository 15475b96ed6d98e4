"""What `veilleur self-restore` says: where data may be laid out, what came back, and what no longer runs."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management.base import CommandError
from django.utils import translation

from veilleur.domains.backups.actions import interrupt_all
from veilleur.domains.backups.factories import make_plan, make_repository, make_restore_test, make_run
from veilleur.domains.backups.jobs import Restored, restore_own_data, self_restore
from veilleur.domains.backups.management.commands.self_restore import Command, told
from veilleur.domains.backups.models import RestoreTest, Run
from veilleur.domains.backups.ports import ENGINE, OWN_DATA, Progress, RepositoryAccess, StoredSnapshot
from veilleur.domains.backups.queries import to_us
from veilleur.domains.backups.rules.comparison import Comparison
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.states import RunState, SourceKind, TestState
from veilleur.domains.estate.factories import make_data_set
from veilleur.domains.journal.models import Entry
from veilleur.domains.organisations.factories import make_organisation
from veilleur.engines.files.own_data import MARKER, OwnDataFolder
from veilleur.engines.files.places import CARD, ENVELOPE
from veilleur.engines.sqlite_file.adapter import SqliteSnapshotter
from veilleur.shared.viewer import SYSTEM

STARTED = datetime(2026, 11, 27, 6, 56, tzinfo=UTC)
FOREIGN = {
    "fr": "n’est pas vide, et rien n’y a été touché",
    "en": "is not empty, and nothing in it was touched",
}
OURS = {"fr": "contient déjà des données de Veilleur", "en": "already data of Veilleur in this folder"}


def refusal(tmp_path: Path, into: Path) -> CommandError:
    place = tmp_path / "place"
    place.mkdir()
    (place / ENVELOPE).write_bytes(b"sealed")
    with pytest.raises(CommandError) as caught:
        Command().handle(folder=place, into=into, stdin=True)
    return caught.value


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("name", "sentences"), [("letter.txt", FOREIGN), ("veilleur.sqlite3", OURS)])
def test_a_folder_in_use_is_refused_before_any_word_is_typed(
    name: str, sentences: dict[str, str], language: str, tmp_path: Path
) -> None:
    into = tmp_path / "used"
    into.mkdir()
    (into / name).write_text("mine")

    with translation.override(language):
        refused = refusal(tmp_path, into)

    assert sentences[language] in str(refused)
    assert str(refused).endswith(f"({into}).")
    assert refused.returncode == 1
    assert [(path.name, path.read_text()) for path in into.iterdir()] == [(name, "mine")]


def test_a_folder_that_is_not_named_in_full_is_refused(tmp_path: Path) -> None:
    with translation.override("en"):
        refused = refusal(tmp_path, Path("new/data"))

    assert str(refused) == "Give the whole path of the folder, starting with a slash (new/data)."


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "fr",
            [
                "Les données de Veilleur sont revenues dans /srv/l'essai, telles qu’elles étaient le "
                "27 nov. 2026, 7 h 56.",
                "51 faits comparés à ce qui avait été relevé, en 1 min 5 s.",
                "Démarrez-le par\N{NARROW NO-BREAK SPACE}: "
                "VEILLEUR_DATA_DIR='/srv/l'\"'\"'essai' veilleur up",
                "L’ancien Veilleur tourne-t-il encore\N{NARROW NO-BREAK SPACE}? Arrêtez-le d’abord"
                "\N{NARROW NO-BREAK SPACE}: deux écriraient dans les mêmes dépôts, "
                "chacun selon les mêmes plans.",
            ],
        ),
        (
            "en",
            [
                "Veilleur’s data is back in /srv/l'essai, as it was on 27 Nov 2026, 07:56.",
                "51 facts compared with what was recorded, in 1 min 5 s.",
                "Start it with: VEILLEUR_DATA_DIR='/srv/l'\"'\"'essai' veilleur up",
                "Does the former Veilleur still run? End it first: two would write into the same places, "
                "each by the same plans.",
            ],
        ),
    ],
)
def test_what_came_back_is_told_in_the_time_of_here(language: str, lines: list[str]) -> None:
    restored = Restored("1a2b", to_us(STARTED), Comparison(51, 0, 0, ()), (), 65.2)

    with translation.override(language):
        said = [line.replace("\u00a0", " ") for line in told(restored, Path("/srv/l'essai"))]

    assert said == lines


@pytest.mark.django_db
def test_what_ran_when_the_copy_was_made_runs_no_more_once_it_is_restored() -> None:
    organisation = make_organisation()
    data_set = make_data_set(organisation)
    plan = make_plan(
        organisation.pk,
        repository=make_repository(organisation.pk),
        items={data_set: (SourceKind.FILES, "/srv/data")},
    )
    done = make_run(plan, data_set)
    running = make_run(plan, data_set, state=RunState.RUNNING)
    test = make_restore_test(done, state=TestState.RUNNING)

    interrupt_all(now=STARTED + timedelta(days=1), actor=SYSTEM, organisation_id=organisation.pk)

    states = Run.objects.of(organisation.pk).order_by("pk").values_list("pk", "state")
    assert list(states) == [(done.pk, RunState.COMPLETE), (running.pk, RunState.INTERRUPTED)]
    assert RestoreTest.objects.of(organisation.pk).get(pk=test.pk).state == TestState.INTERRUPTED
    kinds = Entry.objects.filter(kind__startswith="backups.").values_list("kind", flat=True)
    assert list(kinds.order_by("sequence")) == ["backups.run_ended", "backups.restore_test_ended"]


class OneSnapshot:
    """An engine whose only snapshot holds what a test laid out."""

    def __init__(self, lay_out: Callable[[Path], None]) -> None:
        self.lay_out = lay_out

    def snapshots(self, access: RepositoryAccess) -> tuple[StoredSnapshot, ...]:
        return (StoredSnapshot("0123", 0, ()),)

    def restore(self, access: RepositoryAccess, snapshot_id: str, into: Path, progress: Progress) -> None:
        into.mkdir(parents=True)
        self.lay_out(into)


@pytest.mark.parametrize(
    ("lay_out", "reason"),
    [
        (lambda into: (into / MARKER).write_text("[1"), "restore_failed"),
        (lambda into: os.mkfifo(into / MARKER), "no_own_data"),
        (lambda into: (into / "letter.txt").touch(), "no_own_data"),
    ],
)
def test_a_copy_that_is_not_as_veilleur_writes_its_own_data_is_told(
    lay_out: Callable[[Path], None], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = RepositoryAccess(UUID(int=1), tmp_path / "place", "secret")
    monkeypatch.setattr(self_restore, "_access", lambda _folder, _words: (b"", access))
    before = ENGINE._engine, OWN_DATA._engine
    ENGINE.bind(OneSnapshot(lay_out))
    OWN_DATA.bind(OwnDataFolder(tmp_path, SqliteSnapshotter()))
    try:
        with pytest.raises(EngineError) as caught:
            restore_own_data(tmp_path / "place", tmp_path / "new", "words", lambda *_: None)
    finally:
        ENGINE.bind(before[0])
        OWN_DATA.bind(before[1])

    assert caught.value.reason == reason
    assert list((tmp_path / "new").iterdir()) == [tmp_path / "new" / "work"]


@pytest.mark.parametrize("card", ["[]", "{}", '{"repository": "12"}', "[" * 100_000])
@pytest.mark.parametrize(
    ("language", "sentence"),
    [("fr", "est abîmée ou a été modifiée"), ("en", "is damaged or was changed")],
)
def test_a_damaged_card_is_told_and_ends_with_its_code(
    card: str, language: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / CARD).write_text(card)
    (tmp_path / ENVELOPE).write_bytes(b"sealed")
    monkeypatch.setattr("sys.stdin", StringIO("twelve words"))

    with translation.override(language), pytest.raises(CommandError) as caught:
        Command().handle(folder=tmp_path, into=tmp_path / "new", stdin=True)

    assert sentence in str(caught.value)
    assert caught.value.returncode == 1
    assert not (tmp_path / "new").exists()
