"""Compares the facts recorded at backup time with those found after a restore, one by one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from veilleur.domains.backups.rules.facts_of_data import DataFact, FactKind
from veilleur.shared.readable import readable

KEPT_DIFFERENCES = 200  # the record lists the first ones; the count is always exact


@dataclass(frozen=True)
class Difference:
    """One fact that is not as recorded. `problem`: missing, changed or unexpected."""

    problem: str
    kind: FactKind
    name: str
    expected: str
    found: str


@dataclass(frozen=True)
class Comparison:
    """The result for all facts: `compared` counts recorded facts, `tolerated` those known to be unstable.

    `proven` counts what holds content (files, links, tables; not folders) and came back as recorded.
    """

    compared: int
    tolerated: int
    difference_count: int
    differences: tuple[Difference, ...]
    proven: int = 0

    @property
    def is_equal(self) -> bool:
        """Return whether every recorded fact was found again; comparing no content proves nothing."""
        return self.difference_count == 0 and self.proven > 0


@dataclass
class _Tally:
    compared: int = 0
    tolerated: int = 0
    proven: int = 0
    difference_count: int = 0
    differences: list[Difference] = field(default_factory=list)

    def add(self, difference: Difference) -> None:
        self.difference_count += 1
        if len(self.differences) < KEPT_DIFFERENCES:
            self.differences.append(difference)

    def judge(self, expected: DataFact | None, found: DataFact | None) -> None:
        if expected is not None:
            self.compared += 1
        known = expected or found
        if known is None:
            return
        if expected is not None and expected.is_unstable:
            self.tolerated += 1
            return
        problem = _problem(expected, found)
        if problem:
            self.add(Difference(problem, known.kind, readable(known.name), _words(expected), _words(found)))
        elif known.kind is not FactKind.FOLDER:
            self.proven += 1


def _problem(expected: DataFact | None, found: DataFact | None) -> str:
    if found is None:
        return "missing"
    if expected is None:
        return "unexpected"
    same = (expected.kind, expected.size, expected.digest) == (found.kind, found.size, found.digest)
    return "" if same else "changed"


def _words(fact: DataFact | None) -> str:
    return "" if fact is None else f"{fact.kind} {fact.size} {fact.digest}"


def compare(expected: Iterable[DataFact], found: Iterable[DataFact]) -> Comparison:
    """Return what differs. Both sides come sorted by `DataFact.order`; memory does not grow with them.

    Modification times are not compared: they are part of the record, not of the content.
    """
    tally = _Tally()
    for left, right in _pairs(iter(expected), iter(found)):
        tally.judge(left, right)
    differences = tuple(tally.differences)
    return Comparison(tally.compared, tally.tolerated, tally.difference_count, differences, tally.proven)


def _pairs(
    expected: Iterator[DataFact], found: Iterator[DataFact]
) -> Iterator[tuple[DataFact | None, DataFact | None]]:
    """Merge two sorted streams by order key: equal keys together, others alone."""
    left, right = next(expected, None), next(found, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left.order < right.order):
            yield left, None
            left = next(expected, None)
        elif left is None or right.order < left.order:
            yield None, right
            right = next(found, None)
        else:
            yield left, right
            left, right = next(expected, None), next(found, None)
