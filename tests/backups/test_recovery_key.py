"""The recovery key: issued, typed back, and proven by a restore that knows nothing else."""

import io
import json
import threading
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation

from tests.backups.house import House, make_database
from tests.backups.keeper import open_envelope
from veilleur.domains.backups import jobs, ports, queries
from veilleur.domains.backups.actions import issue_recovery_key, record_typed_back
from veilleur.domains.backups.jobs import restores
from veilleur.domains.backups.jobs.upkeep import seal_place
from veilleur.domains.backups.jobs.work import owner_of
from veilleur.domains.backups.labels import reason_sentence
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.states import SourceKind, TestState
from veilleur.domains.journal.models import Job
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.engines.files.places import CARD, ENVELOPE
from veilleur.engines.sqlite_file.adapter import SqliteSnapshotter
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.restic


def issue(house: House) -> str:
    present = house.keeper.recovery_key_mark(house.organisation.public_id)
    words = house.keeper.issue_recovery_key(house.organisation.public_id, "fr", present)
    assert not isinstance(words, Refused)
    issue_recovery_key(
        now=house.now,
        actor=SYSTEM,
        organisation_id=house.organisation.pk,
        organisation=house.organisation.public_id,
    )
    return " ".join(words)


def own_plan(house: House) -> object:
    house.place = house.data_dir / "backups"
    made = jobs.protect_own_data(house.clock, house.organisation.public_id)
    return house.reread(made.public_id)


def test_the_key_counts_as_kept_only_after_typing_back_and_a_restore_with_it_alone(house: House) -> None:
    plan, words = own_plan(house), issue(house)
    house.run(plan)
    states = [queries.recovery_key_state(house.organisation.pk)]
    handle = house.keeper.stage_words(house.organisation.public_id, words)
    record_typed_back(now=house.now, actor=SYSTEM, organisation_id=house.organisation.pk)
    states.append(queries.recovery_key_state(house.organisation.pk))
    house.keeper.is_away = True  # the kept passwords are out of reach: words and envelope alone

    test = house.test(plan, words_handle=handle)

    states.append(queries.recovery_key_state(house.organisation.pk))
    assert (test.state, test.with_recovery_key_alone) == (TestState.PASSED, True)
    assert [state.is_kept() for state in states] == [False, False, True]
    assert states[2].tested_alone_at == house.now


def test_a_new_key_starts_again_from_nothing(house: House) -> None:
    own_plan(house)
    issue(house)
    record_typed_back(now=house.now, actor=SYSTEM, organisation_id=house.organisation.pk)

    issue(house)

    state = queries.recovery_key_state(house.organisation.pk)
    assert state.issued_at is not None
    assert (state.typed_back_at, state.tested_alone_at) == (None, None)
    assert Job.objects.filter(kind="backups.seal_envelopes").exists()


def test_words_typed_back_before_their_envelope_is_written_wait_for_it(house: House) -> None:
    plan, words = own_plan(house), issue(house)
    house.run(plan)
    aside = (house.place / ENVELOPE).rename(house.place / "not yet written")
    handle = house.keeper.stage_words(house.organisation.public_id, words)
    writing = threading.Timer(0.6, lambda: aside.rename(house.place / ENVELOPE))
    writing.start()

    test = house.test(plan, words_handle=handle)

    writing.join()
    assert (test.state, test.reason) == (TestState.PASSED, "")


def test_an_old_envelope_is_not_opened_by_a_new_key(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restores, "SEAL_WAIT_S", 0.0)
    plan = own_plan(house)
    issue(house)
    house.run(plan)
    words = issue(house)  # and the envelope beside the repository is still the old one
    handle = house.keeper.stage_words(house.organisation.public_id, words)

    test = house.test(plan, words_handle=handle)

    assert (test.state, test.reason) == (TestState.SKIPPED, "words_refused")
    assert not queries.recovery_key_state(house.organisation.pk).is_kept()


def test_a_test_whose_words_are_forgotten_meanwhile_could_not_run_and_asks_for_them_again(
    house: House,
) -> None:
    plan, words = own_plan(house), issue(house)
    house.run(plan)
    handle = house.keeper.stage_words(house.organisation.public_id, words)
    house.keeper.handles.clear()

    test = house.test(plan, words_handle=handle)

    assert (test.state, test.reason) == (TestState.SKIPPED, "words_forgotten")
    with translation.override("fr"):
        assert str(reason_sentence(test.reason)).endswith("saisissez-les de nouveau.")


def test_the_old_paper_opens_every_place_until_the_new_one_was_tried_alone(
    house: House, tmp_path: Path
) -> None:
    plan, old = own_plan(house), issue(house)
    house.run(plan)
    new = issue(house)
    owner = owner_of(house.organisation.public_id)
    assert owner is not None
    seal_place(house.clock, owner, plan.place)

    by_old = jobs.restore_own_data(house.place, tmp_path / "by old", old, silent)
    by_new = jobs.restore_own_data(house.place, tmp_path / "by new", new, silent)
    handle = house.keeper.stage_words(house.organisation.public_id, new)
    test = house.test(plan, words_handle=handle)
    seal_place(house.clock, owner, plan.place)

    assert not isinstance(by_old, Refused)
    assert not isinstance(by_new, Refused)
    assert test.state == TestState.PASSED
    assert jobs.restore_own_data(house.place, tmp_path / "late", old, silent) == Refused("other_key")
    assert not isinstance(jobs.restore_own_data(house.place, tmp_path / "late", new, silent), Refused)


def test_no_envelope_is_written_over_the_one_that_opens_a_place_by_keys_that_do_not(house: House) -> None:
    plan, words = own_plan(house), issue(house)
    house.run(plan)
    true = house.keeper.passwords[plan.place.id]
    good = (house.place / ENVELOPE).read_bytes()
    owner = owner_of(house.organisation.public_id)
    assert owner is not None
    house.keeper.passwords = {plan.place.id: "made anew"}
    issue(house)

    seal_place(house.clock, owner, plan.place)

    place = house.reread(plan.id).place
    assert (house.place / ENVELOPE).read_bytes() == good
    assert open_envelope(good, words) == {place.id: true}
    assert place.envelope_failure == "wrong_password"


def test_a_place_whose_password_is_lost_gets_no_new_one_and_keeps_its_envelope(house: House) -> None:
    plan = own_plan(house)
    issue(house)
    house.run(plan)
    good = (house.place / ENVELOPE).read_bytes()
    house.keeper.passwords.clear()

    again = jobs.protect_own_data(house.clock, house.organisation.public_id)
    run = house.run(plan)

    assert again == Refused("password_lost")
    assert house.keeper.passwords == {}
    assert (run.state, run.reason) == ("failed", "password_lost")
    assert (house.place / ENVELOPE).read_bytes() == good
    assert house.reread(plan.id).place.envelope_failure == "password_lost"


def test_where_the_database_knows_of_no_key_an_envelope_that_lies_there_stays(house: House) -> None:
    plan = own_plan(house)
    house.run(plan)
    (house.place / ENVELOPE).write_bytes(b"sealed before the database was set back")

    house.run(plan)

    assert (house.place / ENVELOPE).read_bytes() == b"sealed before the database was set back"
    assert not house.reread(plan.id).place.is_sealed


def test_one_damaged_envelope_does_not_hide_the_other(house: House, tmp_path: Path) -> None:
    plan, old = own_plan(house), issue(house)
    house.run(plan)
    new = issue(house)
    house.run(plan)
    (house.place / ENVELOPE).write_bytes(b"damaged")

    restored = jobs.restore_own_data(house.place, tmp_path / "new", old, silent)

    assert not isinstance(restored, Refused)
    with pytest.raises(EngineError, match="envelope_damaged"):
        jobs.restore_own_data(house.place, tmp_path / "other", new, silent)


def test_without_an_envelope_the_key_opens_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restores, "SEAL_WAIT_S", 0.0)
    plan = own_plan(house)
    words = issue(house)
    house.run(plan)
    (house.place / ENVELOPE).unlink()

    handle = house.keeper.stage_words(house.organisation.public_id, words)
    assert house.test(plan, words_handle=handle).reason == "envelope_missing"


def test_typing_back_without_a_key_is_refused(house: House) -> None:
    refused = record_typed_back(now=house.now, actor=SYSTEM, organisation_id=house.organisation.pk)

    assert refused == Refused("no_recovery_key")


def silent(phase: str, fraction: float | None) -> None:
    """Nobody watches."""


def test_veilleur_itself_comes_back_on_a_new_machine_with_folder_and_words_alone(
    house: House, tmp_path: Path
) -> None:
    plan, words = own_plan(house), issue(house)
    house.run(plan)
    carried = tmp_path / "carried to another machine"
    house.place.rename(carried)

    restored = jobs.restore_own_data(carried, tmp_path / "new", words, silent)

    assert not isinstance(restored, Refused)
    assert restored.comparison.is_equal
    read_back = SqliteSnapshotter().read_back(tmp_path / "new" / "veilleur.sqlite3", "veilleur.sqlite3")
    assert {fact.name: fact.size for fact in read_back}["veilleur.sqlite3:customer"] == 200
    assert (tmp_path / "new" / "secrets" / "django_key").read_text() == "secret"
    assert list((tmp_path / "new" / "work").iterdir()) == []


def test_the_newest_copy_of_own_data_is_found_among_others(house: House, tmp_path: Path) -> None:
    plan, words = own_plan(house), issue(house)
    house.run(plan)
    shop = house.plan(SourceKind.SQLITE, str(make_database(tmp_path / "shop.db")), name="Shop")
    house.run(shop)

    restored = jobs.restore_own_data(house.place, tmp_path / "new", words, silent)

    assert not isinstance(restored, Refused)
    assert (tmp_path / "new" / "veilleur.sqlite3").exists()


def test_the_words_alone_give_the_password_that_restic_opens_the_place_with(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, words = own_plan(house), issue(house)
    house.run(plan)
    monkeypatch.setattr("sys.stdin", io.StringIO(words))

    call_command("repository_password", str(house.place))

    assert capsys.readouterr().out == house.keeper.passwords[plan.place.id] + "\n"
    monkeypatch.setattr("sys.stdin", io.StringIO("wrong"))
    with pytest.raises(CommandError) as refused:
        call_command("repository_password", str(house.place))
    assert refused.value.returncode == 1


def test_wrong_words_lay_nothing_out(house: House, tmp_path: Path) -> None:
    plan = own_plan(house)
    issue(house)
    house.run(plan)

    assert jobs.restore_own_data(house.place, tmp_path / "new", "wrong", silent) == Refused("other_key")
    assert not (tmp_path / "new").exists()


def test_nothing_is_put_over_other_data(house: House, tmp_path: Path) -> None:
    plan, words = own_plan(house), issue(house)
    house.run(plan)
    make_database(tmp_path / "new" / "veilleur.sqlite3", rows=3)

    with pytest.raises(EngineError, match="place_not_empty"):
        jobs.restore_own_data(house.place, tmp_path / "new", words, silent)


def test_the_card_names_the_repository_and_holds_no_secret(house: House) -> None:
    plan = own_plan(house)
    house.run(plan)

    card = json.loads((house.place / CARD).read_text())
    assert card["repository"] == str(plan.place.id)
    assert "password" not in (house.place / CARD).read_text()


def test_a_place_made_at_a_page_gets_its_card_at_once_and_its_envelope_by_work(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, owner = issue(house), owner_of(house.organisation.public_id)
    assert owner is not None
    folder = tmp_path / "second place"
    with monkeypatch.context() as as_a_page:
        as_a_page.setattr(house.keeper, "envelopes", withheld)
        made = jobs.make_place(house.clock, SYSTEM, owner, folder, asset=None, name="Second")
    assert not isinstance(made, Refused)
    card = ports.PLACES.get().read_card(folder)
    job = Job.objects.get(kind="backups.seal_envelopes")

    jobs.HANDLERS[job.kind](JobTicket(job.kind, job.key, job.payload, 1, UUID(int=0)), house.clock)

    assert card["repository"] == str(made.public_id)
    assert open_envelope((folder / ENVELOPE).read_bytes(), words)[made.public_id]


def withheld(_organisation: UUID) -> tuple[bytes, ...]:
    raise EngineError("password_withheld", retry=False)
