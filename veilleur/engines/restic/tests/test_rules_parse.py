"""Parsing and command lines of restic: pure, on recorded samples."""

from pathlib import Path

import pytest

from veilleur.domains.backups.rules.errors import REASONS, EngineError
from veilleur.engines.restic import commands, parse

SAMPLES = Path(__file__).parents[1] / "samples"
PLACE = Path("/srv/backups")


def sample(name: str) -> str:
    return (SAMPLES / name).read_text()


@pytest.mark.parametrize(
    ("code", "errors", "reason"),
    [
        # 0.14 answers 1 to everything: its words decide
        (1, "Fatal: wrong password or no key found\n", "wrong_password"),
        (
            1,
            "Fatal: unable to open config file: stat /x/config: no such file or directory\n",
            "no_repository",
        ),
        (1, "Fatal: create repository at /x failed: config file already exists", "repository_exists"),
        (1, "unable to create lock in backend: repository is already locked by PID 12", "repository_locked"),
        (1, "Fatal: unable to save snapshot: write /x/data/1b-tmp: no space left on device", "disk_full"),
        (1, "Fatal: unable to save snapshot: snapshot is empty", "source_empty"),
        (1, "Fatal: all target directories/files do not exist", "source_missing"),
        (1, 'invalid id "deadbeef": no matching ID found for prefix "deadbeef"', "snapshot_missing"),
        (1, "Pack ID does not match, want a, got b\nFatal: repository contains errors", "repository_damaged"),
        (1, "ignoring error for /x: ciphertext verification failed", "repository_damaged"),
        (1, "Fatal: something nobody has seen", "engine_failed"),
        # 0.18 as recorded, where the code is 1 still
        (
            1,
            "Load(<snapshot/0000000000>, 0, 0) failed: open /x/snapshots/00: no such file or directory\n"
            "Fatal: failed to find snapshot: failed to load snapshot [null]: open /x/snapshots/00: "
            "no such file or directory\n",
            "snapshot_missing",
        ),
        (1, 'Fatal: failed to find snapshot: no matching ID found for prefix "00"', "snapshot_missing"),
        (
            1,
            '{"message_type":"exit_error","code":1,"message":"unable to create lock in backend: '
            'open /x/locks/0e-tmp: permission denied"}',
            "place_not_writable",
        ),
        (
            1,
            'signal interrupt received, cleaning up\n{"message_type":"exit_error","code":1,'
            '"message":"Fatal: unable to save snapshot: context canceled"}',
            "interrupted",
        ),
        (
            1,
            "ignoring error for /src/b: ReadFull(<data/1a70>): open /x/data/1a: no such file or directory\n"
            "Fatal: There were 4 errors\n",
            "repository_damaged",
        ),
        # 0.17 and later have codes of their own
        (10, "", "no_repository"),
        (11, "", "repository_locked"),
        (12, "", "wrong_password"),
        (130, "", "interrupted"),
        # a file cut short, as recorded
        (
            2,
            "panic: runtime error: slice bounds out of range [16:5]\n\ngoroutine 1 [running]:\n"
            "github.com/restic/restic/internal/repository.(*Repository).LoadUnpacked(0xc0001d2180)\n",
            "repository_damaged",
        ),
        (1, "config file has zero size, invalid repository?\nmain.open\n", "repository_damaged"),
        (
            1,
            "Fatal: config cannot be loaded: trying to decrypt invalid data: ciphertext too small",
            "repository_damaged",
        ),
        # the same with 0.18, asked for JSON
        (
            1,
            '{"message_type":"exit_error","code":1,"message":"Fatal: config cannot be loaded: trying to '
            'decrypt invalid data: ciphertext too short"}',
            "repository_damaged",
        ),
        (1, "Fatal: Unmarshal: unexpected end of JSON input", "repository_damaged"),
        # Go's runtime died of something else
        (2, "panic: runtime error: invalid memory address", "engine_failed"),
        # unknown codes are failures, even with nothing said
        (77, "", "engine_failed"),
        (-9, "", "engine_failed"),
    ],
)
def test_an_ending_gets_its_reason(code: int, errors: str, reason: str) -> None:
    error = parse.failure(code, errors)

    assert isinstance(error, EngineError)
    assert error.reason == reason
    assert reason in REASONS


@pytest.mark.parametrize("code", [0, 3])
def test_whole_and_partial_endings_are_no_failure(code: int) -> None:
    assert parse.failure(code, "Warning: at least one source file could not be read") is None


def test_a_later_try_helps_against_a_lock_but_not_against_a_wrong_password() -> None:
    locked, wrong = parse.failure(11, ""), parse.failure(12, "")

    assert locked is not None
    assert locked.retry
    assert wrong is not None
    assert not wrong.retry


@pytest.mark.parametrize(
    ("name", "snapshot_id"),
    [
        ("backup_0_14.jsonl", "ac47e057"),
        ("backup_0_18.jsonl", "ac47e057bfe7d103cf29257177f90297f958941c3a1df89208ed66a4fd2a3da0"),
    ],
)
def test_the_summary_of_old_and_new_versions_is_read(name: str, snapshot_id: str) -> None:
    found = [parse.parse_summary(parse.parse_line(line)) for line in sample(name).splitlines()]

    assert [one for one in found if one] == [parse.Summary(snapshot_id, 6291459, 2)]


def test_progress_never_leaves_0_to_1() -> None:
    lines = [parse.parse_line(line) for line in sample("backup_0_14.jsonl").splitlines()]

    assert [parse.fraction_done(line) for line in lines] == [0.0, 1.0, None, None]


@pytest.mark.parametrize(
    ("name", "words"),
    [("partial_0_14.stderr", "open"), ("partial_0_18.stderr", "permission denied")],
)
def test_unreadable_files_are_named(name: str, words: str) -> None:
    (problem,) = parse.parse_problems(sample(name))

    assert problem.startswith("/srv/u/f2.bin: ")
    assert words in problem


def test_a_skipped_source_is_a_problem_although_restic_exits_0() -> None:
    assert parse.parse_problems("/srv/x does not exist, skipping\n") == ("/srv/x does not exist, skipping",)


def test_snapshots_are_sorted_by_instant_in_utc_whatever_their_zone() -> None:
    first, second = parse.parse_snapshots(sample("snapshots_0_14.json").encode())

    assert (first.snapshot_id[:8], first.started_us, first.labels) == (
        "ac47e057",
        1795301218022638,
        ("run:1", "data:2"),
    )
    assert (second.snapshot_id[:8], second.started_us, second.labels) == ("94330e0d", 1795301220596871, ())


@pytest.mark.parametrize("output", [b"[]", b"null\n", b""])
def test_no_snapshots_are_an_empty_list(output: bytes) -> None:
    assert parse.parse_snapshots(output) == ()


def test_a_time_that_cannot_be_read_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(EngineError, match="unknown time"):
        parse.parse_snapshots(b'[{"id":"a","time":"yesterday"}]')


def test_text_between_json_lines_is_skipped() -> None:
    assert parse.parse_line("Warning: x") == {}
    assert parse.parse_line('{"cut') == {}
    assert parse.parse_line("[1]") == {}


def test_the_version_is_found() -> None:
    assert parse.parse_version("restic 0.14.0 compiled with go1.19.8 on linux/amd64") == "0.14.0"
    assert parse.parse_version("something else") == ""


def test_sources_stand_after_the_double_dash() -> None:
    words = commands.make_backup(PLACE, (Path("-rf"), Path("/srv/a b")), ("run:1",))

    assert words[-3:] == ("--", "-rf", "/srv/a b")
    assert words[:3] == ("restic", "--repo", "/srv/backups/repository")
    assert words[words.index("--tag") + 1] == "run:1"


def test_restores_and_checks_do_not_use_the_cache() -> None:
    assert "--no-cache" in commands.make_restore(PLACE, "abc", Path("/t"))
    assert "--no-cache" in commands.make_check(PLACE, every_byte=True)


def test_unlock_never_breaks_living_locks() -> None:
    assert "--remove-all" not in commands.make_unlock(PLACE)


def test_the_last_words_are_found_inside_json_too() -> None:
    told = (
        "/srv/x does not exist, skipping\n"
        '{"message_type":"exit_error","code":10,"message":"Fatal: repository does not exist: no config\\n'
        'Is there a repository at the following location?\\n/x"}\n'
    )

    assert parse.last_words(told) == "Fatal: repository does not exist: no config"


def test_of_a_panic_its_first_line_is_told_and_not_its_last() -> None:
    told = "panic: runtime error: slice bounds out of range [16:5]\n\ngoroutine 1 [running]:\nmain.main()\n"

    assert parse.last_words(told) == "panic: runtime error: slice bounds out of range [16:5]"


@pytest.mark.parametrize(
    "output",
    [
        b'{"total_size":300002,"total_file_count":3,"snapshots_count":1}',
        b'{"total_size":300002,"total_file_count":3}',
    ],
)
def test_the_size_of_a_restore_is_read(output: bytes) -> None:
    assert parse.parse_restore_size(output) == 300002


def test_the_size_of_a_snapshot_that_is_gone_is_an_error_and_not_0() -> None:
    with pytest.raises(EngineError) as caught:
        parse.parse_restore_size(b'{"total_size":0,"snapshots_count":0}')

    assert caught.value.reason == "snapshot_missing"
