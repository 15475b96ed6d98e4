"""The small decisions of the processes: when to restart, what to say, how a status is written and read."""

import argparse
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from django.core.management.base import CommandError
from django.db import OperationalError

from veilleur.config import env, faults, words
from veilleur.config.exit_codes import MEANINGS, ExitCode
from veilleur.config.failures import Failure, explain
from veilleur.config.words import speaking
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.processes import findings
from veilleur.processes.arguments import Parser, translated
from veilleur.processes.commands import domain_commands
from veilleur.processes.guide import directions
from veilleur.processes.supervisor import restart_delay
from veilleur.shared import running
from veilleur.shared.running import Death, Ending, Running, Status
from veilleur.shared.verdict import Verdict

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEILLEUR_LANGUAGE", "en")


def test_a_first_death_is_answered_at_once_and_repeated_ones_ever_more_slowly() -> None:
    delays = [restart_delay(count).total_seconds() for count in range(8)]

    assert delays == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_status_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    process = Running("web", 12, NOW, restarts=2, last_ending=Ending(NOW - timedelta(hours=1), -9))
    status = Status(NOW, 11, NOW - timedelta(days=1), (process, Running("work", None, None)))

    running.write_status(tmp_path / "status.json", status)

    assert running.read_status(tmp_path / "status.json") == status


@pytest.mark.parametrize("content", ["", "{", "[]", '{"processes": 3}'])
def test_a_status_that_cannot_be_understood_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "status.json").write_text(content)

    assert running.read_status(tmp_path / "status.json") is None


def test_a_status_tells_what_waits_what_died_lately_and_when_it_is_too_old_to_tell() -> None:
    died = Running("web", 12, NOW, 1, Ending(NOW - timedelta(minutes=5), 1))
    waiting = Running("work", None, None, 3, Ending(NOW - timedelta(hours=5), 1))
    status = Status(NOW, 11, NOW, (died, waiting))

    assert status.not_running() == (waiting,)
    assert status.stopped_since(NOW - timedelta(hours=1)) == (died,)
    assert status.is_fresh(NOW + timedelta(seconds=30))
    assert not status.is_fresh(NOW + timedelta(seconds=31))


def test_deaths_wait_in_files_until_they_are_taken_oldest_first(tmp_path: Path) -> None:
    first, second = (Death(UUID(int=number), "web", NOW, -9) for number in (1, 2))

    running.leave_death(tmp_path, second)
    running.leave_death(tmp_path, first)

    assert [death for _path, death in running.waiting_deaths(tmp_path)] == [first, second]


# What happened, the exit code, a piece of what is said.
KNOWN_FAILURES = [
    (OSError(errno.ENOSPC, "No space left on device", "/data/x"), ExitCode.CANNOT_CREATE, "/data/x"),
    (OSError(errno.EDQUOT, "Quota exceeded"), ExitCode.CANNOT_CREATE, "disk is full"),
    (PermissionError(errno.EACCES, "Permission denied", "/data"), ExitCode.NO_PERMISSION, "/data cannot"),
    (OSError(errno.EROFS, "Read-only file system", "/data"), ExitCode.NO_PERMISSION, "/data cannot"),
    (OSError(errno.EIO, "Input/output error", "/data"), ExitCode.INPUT_OUTPUT, "error at /data"),
    (FileNotFoundError(errno.ENOENT, "No such file", "restic"), ExitCode.UNAVAILABLE, "“restic” is missing"),
    (OperationalError("database or disk is full"), ExitCode.CANNOT_CREATE, "disk is full"),
    (OperationalError("attempt to write a readonly database"), ExitCode.NO_PERMISSION, "The database cannot"),
    (OperationalError("unable to open database file"), ExitCode.NO_PERMISSION, "folder cannot"),
    (OperationalError("disk I/O error"), ExitCode.INPUT_OUTPUT, "error while the database"),
    (OperationalError("database is locked"), ExitCode.TRY_AGAIN, "in use"),
    (OperationalError("connection failed: Connection refused"), ExitCode.UNAVAILABLE, "does not answer"),
    (OperationalError("no such table: estate_node"), ExitCode.CONFIGURATION, "up to date"),
    (EngineError("wrong_password", retry=False), ExitCode.NO_PERMISSION, "password does not open"),
    (EngineError("engine_missing", retry=False), ExitCode.UNAVAILABLE, "“restic” is missing"),
    (EngineError("key_unavailable", retry=True), ExitCode.UNAVAILABLE, "holds the keys does not answer"),
    (EngineError("disk_full", retry=True), ExitCode.CANNOT_CREATE, "disk is full"),
    (CommandError("No such plan.", returncode=1), ExitCode.BAD, "No such plan."),
    (CommandError("Odd.", returncode=64), ExitCode.USAGE, "Odd."),
    (Failure("As said.", ExitCode.TRY_AGAIN), ExitCode.TRY_AGAIN, "As said."),
]


@pytest.mark.parametrize(("error", "code", "said"), KNOWN_FAILURES, ids=lambda value: repr(value)[:40])
def test_a_known_failure_has_its_sentence_and_its_code(error: Exception, code: ExitCode, said: str) -> None:
    failure = explain(error)

    assert failure is not None
    assert failure.code == code
    assert said in failure.sentence


@contextmanager
def as_a_stranger(folder: Path) -> Iterator[Path]:
    """Go on under an account that owns the folder and nothing else, and may only what modes let it do."""
    is_root = os.geteuid() == 0
    if is_root:
        folder.chmod(0o755)
        (folder / "own").mkdir()
        os.chown(folder / "own", 65534, 65534)
        os.seteuid(65534)
    try:
        yield folder / "own" if is_root else folder
    finally:
        if is_root:
            os.seteuid(0)


@pytest.mark.parametrize(
    ("shut", "mode", "tried", "said"),
    [
        ("key", 0o000, "key", "{place} cannot be read by this account"),
        ("", 0o000, "key", "{place} cannot be read by this account"),
        ("key", 0o444, "key", "{place} cannot be written by this account"),
        ("", 0o555, "new", "{place} cannot be written by this account"),
    ],
)
def test_what_may_not_be_read_is_told_apart_from_what_may_not_be_written(
    shut: str, mode: int, tried: str, said: str
) -> None:
    with TemporaryDirectory() as name, as_a_stranger(Path(name)) as folder:
        (folder / "key").touch()
        (folder / shut).chmod(mode)
        place = folder / tried
        with pytest.raises(PermissionError) as caught:
            place.open("r" if mode == 0 else "a")
        failure = explain(caught.value)
        folder.chmod(0o700)

    assert failure is not None
    assert failure.code == ExitCode.NO_PERMISSION
    assert failure.sentence.startswith(said.format(place=place))


def test_the_cause_below_an_error_is_what_is_told() -> None:
    try:
        try:
            raise OSError(errno.ENOSPC, "No space left on device", "/data/x")
        except OSError as cause:
            raise RuntimeError("the static files were not collected") from cause
    except RuntimeError as error:
        failure = explain(error)

    assert failure is not None
    assert failure.code == ExitCode.CANNOT_CREATE


def test_an_error_that_nobody_knows_is_not_explained_away() -> None:
    assert explain(ValueError("never seen")) is None
    assert explain(FileNotFoundError(errno.ENOENT, "No such file", "/some/file")) is None


def test_every_exit_code_is_described_and_errors_are_above_63() -> None:
    assert set(MEANINGS) == set(ExitCode)
    assert all(code > 63 for code in ExitCode if code not in {0, 1, 2})


@pytest.mark.parametrize(
    ("said_by_argparse", "said_by_us"),
    [
        ("the following arguments are required: PLAN", "Still missing: PLAN."),
        ("unrecognized arguments: --jsn", "Not understood: --jsn."),
        (
            "argument verb: invalid choice: 'x' (choose from 'run', 'test')",
            "verb cannot be “x”; it is one of run, test.",
        ),
        (
            "argument verb: invalid choice: 'x' (choose from run, test)",
            "verb cannot be “x”; it is one of run, test.",
        ),
        ("argument --port: invalid int value: 'x'", "--port needs another value than “x”."),
        ("argument --place: expected one argument", "--place needs a value after it."),
        ("argument --demo: ignored explicit argument '3'", "--demo takes no value; “3” was given."),
        ("something new", "something new"),
    ],
)
def test_refusals_of_the_command_line_are_put_in_our_words(said_by_argparse: str, said_by_us: str) -> None:
    assert translated(said_by_argparse) == said_by_us


def parsers() -> Iterator[argparse.ArgumentParser]:
    """Yield the parser of every command of a domain, and of every action below one."""
    for name, command in domain_commands().items():
        parser = Parser(f"veilleur {name}", str(command.help))
        command.add_arguments(parser)
        yield parser
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                yield from action.choices.values()


def test_no_name_out_of_the_code_stands_in_a_help_and_nothing_is_unexplained() -> None:
    bare = [
        f"{parser.prog} {action.dest}"
        for parser in parsers()
        for action in parser._actions
        if (action.nargs != 0 and not action.metavar)
        or not (action.help or isinstance(action, argparse._SubParsersAction))
    ]

    assert bare == []
    assert [parser.prog for parser in parsers() if not parser.description] == []


@pytest.mark.parametrize(
    ("language", "sentence"), [("fr", "Il manque\u202f: ACTION."), ("en", "Still missing: ACTION.")]
)
def test_what_is_missing_is_named_as_in_the_help(
    language: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = next(each for each in parsers() if each.prog == "veilleur backup")

    with speaking(language), pytest.raises(SystemExit) as caught:
        parser.parse_args([])

    assert sentence in capsys.readouterr().err
    assert caught.value.code == ExitCode.USAGE


def test_an_option_cannot_be_abbreviated_so_that_new_ones_break_no_script() -> None:
    parser = Parser("veilleur doctor", "")
    parser.add_argument("--json", action="store_true")

    with pytest.raises(SystemExit) as caught:
        parser.parse_args(["--js"])

    assert caught.value.code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"VEILLEUR_LANGUAGE": "en", "LANG": "fr_FR.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "C.UTF-8"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "fr"),
        ({"VEILLEUR_LANGUAGE": "de", "LANG": "en_GB"}, "en"),
        ({}, "fr"),
    ],
)
def test_the_terminal_s_language_follows_the_setting_then_the_locale(
    environ: dict[str, str], language: str
) -> None:
    assert words.terminal_language(environ) == language


def test_every_fault_of_a_setting_has_a_whole_sentence() -> None:
    said = [faults.sentence("VEILLEUR_X", reason, "value") for reason in faults._sentences()]

    assert all(sentence.endswith(".") and "{" not in sentence for sentence in said)
    assert faults.sentence("VEILLEUR_X", "brand_new", "7").startswith("VEILLEUR_X cannot be used")


@pytest.mark.parametrize(
    ("host", "is_near"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("srv1", False),
    ],
)
def test_only_loopback_needs_no_tls(host: str, is_near: bool) -> None:
    assert env.is_loopback(host) is is_near


def test_the_directions_name_the_set_up_link_when_there_is_one(tmp_path: Path) -> None:
    settings = env.Environment(data_dir=tmp_path, port=8811)

    first, tunnel, _stop = directions(settings, "/setup/abc/")

    assert "http://127.0.0.1:8811/setup/abc/" in first
    assert "once" in first
    assert "ssh -L 8811:localhost:8811" in tunnel


@pytest.mark.parametrize(
    ("finding", "state"),
    [
        (findings.python((3, 11, 2)), Verdict.GOOD),
        (findings.python((3, 10, 9)), Verdict.BAD),
        (findings.sqlite((3, 51, 3)), Verdict.GOOD),
        (findings.sqlite((3, 40, 1)), Verdict.WATCH),
        (findings.space(Path("/data"), 10**10), Verdict.GOOD),
        (findings.space(Path("/data"), 10**9), Verdict.WATCH),
        (findings.space(Path("/data"), 10**7), Verdict.BAD),
        (findings.clock(0, NOW), Verdict.GOOD),
        (findings.clock(findings.CLOCK_UNSYNCHRONISED, NOW), Verdict.WATCH),
        (findings.clock(None, NOW), Verdict.UNKNOWN),
        (findings.clock(0, NOW.replace(year=1970)), Verdict.BAD),
        (findings.program("sh", ("sh", "-c", "echo 1"), "try"), Verdict.GOOD),
        (findings.program("no-such-thing", ("no-such-thing",), "try"), Verdict.BAD),
    ],
)
def test_doctor_judges(finding: findings.Finding, state: Verdict) -> None:
    assert finding.state == state
    assert "{" not in finding.message


@pytest.mark.sandbox
def test_doctor_tries_whether_a_database_can_be_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = findings.Finding("bubblewrap", Verdict.GOOD, "bubblewrap 0.8.0")

    assert findings.sandbox(installed) == installed

    monkeypatch.setattr("veilleur.engines.sandbox.NAMESPACES", ("--no-such-namespace",))
    refused = findings.sandbox(installed)

    assert refused.state is Verdict.BAD
    assert "--no-such-namespace" in refused.message


def test_doctor_sees_a_clock_that_was_ahead() -> None:
    assert list(findings.from_the_future(NOW - timedelta(days=1), NOW)) == []
    assert [each.state for each in findings.from_the_future(NOW + timedelta(days=1), NOW)] == [Verdict.BAD]


def test_doctor_judges_each_process_and_knows_nothing_from_an_old_status() -> None:
    fine = Running("web", 1, NOW)
    shaky = Running("work", 2, NOW, 4, Ending(NOW - timedelta(minutes=3), 1))
    gone = Running("sign", None, None, 1, Ending(NOW, -9))

    fresh = findings.processes(Status(NOW, 9, NOW, (fine, shaky, gone)), NOW)
    old = findings.processes(Status(NOW, 9, NOW, (fine,)), NOW + timedelta(hours=1))

    assert [each.state for each in fresh] == [Verdict.GOOD, Verdict.WATCH, Verdict.BAD]
    assert [each.state for each in old] == [Verdict.UNKNOWN]


@pytest.mark.parametrize(("age_s", "told"), [(5, "http://127.0.0.1:8801"), (60, None)])
def test_where_the_pages_are_is_told_while_they_are_there(
    tmp_path: Path, age_s: int, told: str | None
) -> None:
    (tmp_path / "run").mkdir()
    running.keep_address(tmp_path, "http://127.0.0.1:8801")
    running.write_status(running.status_path(tmp_path), Status(NOW - timedelta(seconds=age_s), 1, NOW))

    assert running.running_address(tmp_path, NOW) == told


def test_where_nothing_ever_ran_nothing_is_told(tmp_path: Path) -> None:
    assert running.running_address(tmp_path, NOW) is None
