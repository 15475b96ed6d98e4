"""Small companies for the tests of the rules: plain functions with honest defaults, no database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from veilleur.domains.recovery.rules.inputs import (
    Company,
    Copy,
    DataSet,
    Machine,
    Means,
    Need,
    Point,
    RecoveryKey,
    Service,
    TimedTest,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEPT = RecoveryKey(NOW - 3 * DAY, NOW - 2 * DAY, NOW - DAY)

MACHINE, OTHER_MACHINE, NAS = UUID(int=101), UUID(int=102), UUID(int=103)
LOCAL, ELSEWHERE = UUID(int=201), UUID(int=202)


def make_point(age: timedelta = HOUR, **fields: object) -> Point:
    """A complete point of that age, verified by its own restore test unless said otherwise."""
    values = {"is_complete": True, "is_verified": True, "proof_level": 5, "total_bytes": 10**9, **fields}
    return Point(started_at=NOW - age, **values)  # type: ignore[arg-type]


def make_test(age: timedelta = HOUR, total_s: float = 600.0, **fields: object) -> TimedTest:
    """A passed full restore of a gigabyte, a tenth of its time spent starting."""
    values = {
        "level": 5,
        "passed": True,
        "transfer_s": total_s * 0.9,
        "start_s": total_s * 0.1,
        "total_bytes": 10**9,
        **fields,
    }
    return TimedTest(finished_at=NOW - age, **values)  # type: ignore[arg-type]


def make_copy(machine: UUID | None = None, **fields: object) -> Copy:
    """A copy held elsewhere with one proven point and its test, unless said otherwise."""
    values = {
        "repository": ELSEWHERE if machine is None else LOCAL,
        "repository_name": "Off site" if machine is None else "Local folder",
        "points": (make_point(),),
        "tests": (make_test(),),
        **fields,
    }
    return Copy(machine=machine, **values)  # type: ignore[arg-type]


def make_data_set(number: int = 1, *copies: Copy, machine: UUID = MACHINE) -> DataSet:
    """A data set on the machine, in one copy elsewhere unless copies are given."""
    return DataSet(UUID(int=300 + number), f"data {number}", frozenset({machine}), copies or (make_copy(),))


def make_service(number: int = 1, *data_sets: DataSet, **fields: object) -> Service:
    """A service on the machine with an RTO of four hours and an RPO of a day."""
    values = {
        "rto_s": 4 * 3600,
        "rpo_s": 24 * 3600,
        "machines": (MACHINE,),
        "data_sets": tuple(data_set.id for data_set in data_sets),
        **fields,
    }
    return Service(UUID(int=number), f"service {number}", **values)  # type: ignore[arg-type]


def make_company(*data_sets: DataSet, **fields: object) -> Company:
    """A company of one service per data set on one machine, its recovery key kept."""
    services = tuple(make_service(number, each) for number, each in enumerate(data_sets, start=1))
    values = {
        "services": services,
        "data_sets": data_sets,
        "machines": (Machine(MACHINE, "srv-01"), Machine(OTHER_MACHINE, "srv-02"), Machine(NAS, "nas-01")),
        "key": KEPT,
        "means": Means(),
        **fields,
    }
    return Company(**values)  # type: ignore[arg-type]


def need(dependent: Service, dependency: Service, kind: str) -> Need:
    """The first waits for the second."""
    return Need(dependent.id, dependency.id, kind)
