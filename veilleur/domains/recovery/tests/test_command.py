"""`restart_time` on the terminal: both scenarios, in both languages, and the exit codes."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation

from veilleur.domains.backups.factories import make_recovery_key
from veilleur.domains.organisations.factories import make_organisation
from veilleur.domains.recovery.factories import make_small_company
from veilleur.domains.recovery.rules.table import table_lines
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.django_db


def run(*arguments: str, language: str = "en") -> tuple[int, str]:
    out = StringIO()
    with translation.override(language), pytest.raises(SystemExit) as ended:
        call_command("restart_time", *arguments, stdout=out)
    assert isinstance(ended.value.code, int)
    return ended.value.code, out.getvalue()


def make_company(*, is_elsewhere: bool = True, is_tested: bool = True, is_key_kept: bool = True) -> None:
    now = utc_now()
    organisation = make_organisation()
    made = make_small_company(organisation, is_elsewhere=is_elsewhere, is_tested=is_tested, now=now)
    # Long enough for a new machine to be found.
    made.service.rto_s = 3 * 86_400
    made.service.save()
    if is_key_kept:
        make_recovery_key(organisation.pk, issued_at=now - timedelta(days=3))


@pytest.mark.parametrize(
    ("made", "scenario", "code"),
    [
        ({}, None, 0),
        ({"is_tested": False}, None, 2),
        ({"is_key_kept": False}, None, 1),
        ({"is_key_kept": False}, "data_lost", 0),
        ({"is_elsewhere": False}, None, 1),
        ({"is_elsewhere": False}, "data_lost", 0),
        ({"is_elsewhere": False, "is_tested": False}, "data_lost", 2),
    ],
)
def test_the_exit_code_is_the_answer(made: dict[str, bool], scenario: str | None, code: int) -> None:
    make_company(**made)
    arguments = ["--scenario", scenario] if scenario else []

    assert run(*arguments)[0] == code
    ended, text = run(*arguments, "--json")
    assert ended == code
    assert json.loads(text)["exit_code"] == code


def test_both_scenarios_are_printed_with_the_reason_and_the_next_step() -> None:
    make_company(is_elsewhere=False)

    code, text = run()

    assert code == 1
    assert "Data lost or damaged, the machine is still there" in text
    assert "Machine lost, with everything on it" in text
    assert "never" in text
    assert "Every copy is on the machine that is lost." in text
    assert "Add a backup place on another machine, best on another site." in text
    assert max(len(line) for line in text.splitlines()) <= 120


def test_without_a_test_only_the_lower_bound_is_printed() -> None:
    make_company(is_tested=False)

    text = run("--scenario", "data_lost")[1]

    assert "25\u00a0min" in text
    assert "No restore test has ever been run" in text


def test_a_single_timed_test_is_said_to_be_an_opinion() -> None:
    make_company()

    assert "The spread is an opinion until the third test (1 timed test)." in run()[1]


def test_times_are_written_in_the_language_of_the_terminal() -> None:
    make_company()

    french = run(language="fr")[1]

    assert "72 h" in french or "3\u00a0j" in french
    assert "ERP" in french


def test_one_scenario_can_be_asked_for() -> None:
    make_company()

    text = run("--scenario", "machine_lost", "--json")[1]

    assert [scenario["scenario"] for scenario in json.loads(text)["scenarios"]] == ["machine_lost"]


def test_an_organisation_without_services_is_unknown() -> None:
    make_organisation()

    code, text = run()

    assert code == 2
    assert "No service is known yet." in text


@pytest.mark.parametrize("by", ["name", "public id"])
def test_an_organisation_is_chosen_by_name_or_public_id(by: str) -> None:
    make_organisation("Fonderie du Perche")
    chosen = make_organisation("Ateliers du Vexin")

    wanted = chosen.name if by == "name" else str(chosen.public_id)

    assert json.loads(run("--organisation", wanted, "--json")[1])["organisation"]["name"] == chosen.name


def test_a_demonstration_does_not_hide_the_real_organisation() -> None:
    make_organisation("Demo", is_demo=True)
    make_organisation("Ateliers du Vexin")

    assert json.loads(run("--json")[1])["organisation"]["name"] == "Ateliers du Vexin"


@pytest.mark.parametrize(("names", "wanted", "code"), [((), "", 69), (("A", "B"), "", 64), (("A",), "C", 64)])
def test_without_one_organisation_the_command_fails_above_63(
    names: tuple[str, ...], wanted: str, code: int
) -> None:
    for name in names:
        make_organisation(name)

    with pytest.raises(CommandError) as failed:
        call_command("restart_time", "--organisation", wanted)

    assert failed.value.returncode == code


def test_columns_are_aligned_and_lines_have_no_end_of_spaces() -> None:
    lines = table_lines([["a", "bb", "c"], ["aaa", "b", "cccc"]], numbers_from=1)

    assert lines == ["a    bb     c", "aaa   b  cccc"]
