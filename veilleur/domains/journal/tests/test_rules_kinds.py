"""Kinds of facts: registration, and old versions lifted to the present one."""

from dataclasses import dataclass

import pytest

from veilleur.domains.journal import facts
from veilleur.domains.journal.rules.errors import BadFact
from veilleur.domains.journal.rules.kinds import fact_kind, kind_of, known_kinds, read_fact, upcaster
from veilleur.domains.journal.rules.verification import Outcome
from veilleur.domains.journal.tests.support import Moved, Noted

# Bodies as they were written when each version was the present one. Never edited: they are in journals.
MOVED_SAMPLES = [
    (1, '{"place":"12"}', Moved(room="12", floor=0, building=None)),
    (2, '{"floor":3,"place":"12"}', Moved(room="12", floor=3, building=None)),
    (3, '{"building":"B","floor":3,"room":"12"}', Moved(room="12", floor=3, building="B")),
]
JOURNAL_SAMPLES = [
    (
        "journal.epoch_opened",
        1,
        '{"lost_epoch":1,"lost_hash":"ab","lost_sequence":9,"reason":"disk lost"}',
        facts.EpochOpened(reason="disk lost", lost_epoch=1, lost_sequence=9, lost_hash="ab"),
    ),
    ("journal.bodies_erased", 1, '{"entries":[],"reason":"asked"}', facts.BodiesErased((), "asked")),
    (
        "journal.fact_parked",
        1,
        '{"failures":5,"kind":"a.b","reader":"r"}',
        facts.FactParked(reader="r", kind="a.b", failures=5),
    ),
    (
        "journal.verified",
        1,
        '{"chains":2,"entries":9,"findings":0,"losses":1,"outcome":"loss_declared"}',
        facts.JournalVerified(Outcome.LOSS_DECLARED, chains=2, entries=9, findings=0, losses=1),
    ),
    ("journal.parked_fact_retried", 1, '{"reader":"r"}', facts.ParkedFactRetried("r")),
    (
        "installation.key_generation_made",
        1,
        '{"number":2}',
        facts.KeyGenerationMade(number=2),
    ),
    (
        "installation.key_generation_retired",
        1,
        '{"number":1,"values":7}',
        facts.KeyGenerationRetired(number=1, values=7),
    ),
    (
        "installation.process_died",
        1,
        '{"exit_code":-9,"process":"watch"}',
        facts.ProcessDied(process="watch", exit_code=-9),
    ),
    ("journal.parked_fact_dropped", 1, '{"reader":"r","reason":"x"}', facts.ParkedFactDropped("r", "x")),
]


@pytest.mark.parametrize(("version", "body", "expected"), MOVED_SAMPLES)
def test_a_body_of_any_old_version_is_read_as_the_present_one(
    version: int, body: str, expected: Moved
) -> None:
    assert read_fact("sample.moved", version, body) == expected


@pytest.mark.parametrize(("kind", "version", "body", "expected"), JOURNAL_SAMPLES)
def test_old_samples_of_the_journals_own_kinds_stay_readable(
    kind: str, version: int, body: str, expected: object
) -> None:
    assert read_fact(kind, version, body) == expected


def test_every_kind_of_the_journal_has_a_sample_of_each_version() -> None:
    own = [kind for kind in known_kinds() if kind.fact_type.__module__ == facts.__name__]

    for kind in own:
        sampled = {version for name, version, *_ in JOURNAL_SAMPLES if name == kind.name}
        assert sampled == set(range(1, kind.version + 1)), kind.name


def test_every_registered_kind_can_lift_all_its_old_versions() -> None:
    for kind in known_kinds():
        assert set(kind.upcasters) == set(range(1, kind.version)), kind.name


def test_a_kind_that_is_not_known_here_is_left_raw() -> None:
    assert read_fact("sample.from_the_future", 1, '{"a":1}') is None


def test_a_version_newer_than_ours_is_left_raw() -> None:
    assert read_fact("sample.noted", 2, '{"text":"x","more":1}') is None


def test_a_version_that_nothing_lifts_is_an_error_and_not_a_guess() -> None:
    @fact_kind("sample.lame", version=2)
    @dataclass(frozen=True)
    class Lame:
        text: str

    try:
        with pytest.raises(BadFact, match="nothing lifts version 1"):
            read_fact("sample.lame", 1, '{"text":"x"}')
    finally:
        upcaster("sample.lame", from_version=1)(lambda body: body)


def test_two_types_cannot_share_a_name() -> None:
    @dataclass(frozen=True)
    class Other:
        text: str

    with pytest.raises(BadFact, match="already"):
        fact_kind("sample.noted", version=1)(Other)


@pytest.mark.parametrize(("name", "version"), [("noted", 1), ("a.b.c", 1), ("sample.x", 0)])
def test_a_kind_needs_a_domain_and_a_version_from_one(name: str, version: int) -> None:
    with pytest.raises(BadFact):
        fact_kind(name, version=version)(Noted)


def test_an_unregistered_fact_has_no_kind() -> None:
    with pytest.raises(BadFact, match="no registered kind"):
        kind_of(object())


@pytest.mark.parametrize(
    ("name", "version"), [("sample.nothing", 1), ("sample.moved", 3), ("sample.moved", 0)]
)
def test_an_upcaster_needs_an_older_version_of_a_known_kind(name: str, version: int) -> None:
    with pytest.raises(BadFact, match="to lift"):
        upcaster(name, from_version=version)(lambda body: body)
