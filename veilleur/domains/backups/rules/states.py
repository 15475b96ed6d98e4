"""The words for runs, tests, places and sources. Pages show them through labels.py."""

from enum import StrEnum


class SourceKind(StrEnum):
    """How the data of a plan's item is read, and so how its facts are recorded."""

    OWN_DATA = "own_data"  # Veilleur's own: snapshots made by itself, never its live files
    FILES = "files"
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


class RunState(StrEnum):
    """Where a run stands. PARTIAL is a state of its own: something was stored, something is missing."""

    RUNNING = "running"
    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class TestState(StrEnum):
    """Where a restore test stands. SKIPPED: it could not run; it stays in the count."""

    __test__ = False

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    INTERRUPTED = "interrupted"


class Medium(StrEnum):
    """What holds a repository, as far as the machine that writes to it can tell."""

    MEMORY = "memory"  # gone at the next restart
    SAME_DISK = "same_disk"  # the disk of the data itself: no protection against losing it
    OTHER_DISK = "other_disk"  # of the same machine: no protection against losing the machine
    NETWORK = "network"


class AccessState(StrEnum):
    """Whether the data of a source can be read for backup."""

    READABLE = "readable"
    NEEDS_CREDENTIALS = "needs_credentials"  # unknown until credentials are given
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


# What a run or test meets where the repository is not there, and where it is there but cannot be used: what
# is in it is unknown from then on, until one of them has used it again.
REASONS_OF_A_LOST_PLACE = frozenset({"place_missing", "no_repository"})
REASONS_OF_A_SHUT_PLACE = frozenset({"wrong_password", "password_lost", "repository_damaged"})

# A test that failed for one of these says as much of every other copy in the same repository.
REASONS_OF_A_WHOLE_REPOSITORY = REASONS_OF_A_SHUT_PLACE | {"no_repository"}

# A test that ended for one of these reasons says nothing about the copy: it could not run.
REASONS_OF_THE_TESTER = frozenset(
    {
        "engine_missing",
        "engine_stopped",
        "timed_out",
        "disk_full",
        "busy",
        "repository_locked",
        "key_unavailable",
        "password_lost",
        "place_missing",
        "place_not_writable",
        "no_matching_postgresql",
        "isolation_missing",
        "isolation_refused",
        "start_failed",
        "interrupted",
        "words_refused",
        "words_forgotten",
        "envelope_missing",
    }
)


def state_of_failed_test(reason: str) -> TestState:
    """Return SKIPPED when the reason lies with the tester, FAILED when it lies with the copy."""
    return TestState.SKIPPED if reason in REASONS_OF_THE_TESTER else TestState.FAILED
