"""Every code of the rules has its words."""

from veilleur.domains.estate import labels
from veilleur.domains.estate.labels import network
from veilleur.domains.estate.rules.machine import PARTS
from veilleur.domains.estate.rules.map import AssetKind, DataSetKind, DependencyKind, LifeState, NodeKind
from veilleur.domains.estate.rules.reach import Reach
from veilleur.domains.estate.rules.sweep import SweepFault


def test_every_kind_and_state_has_a_word() -> None:
    for codes, choice in (
        (NodeKind, labels.NodeKindChoice),
        (AssetKind, labels.AssetKindChoice),
        (LifeState, labels.LifeStateChoice),
        (DataSetKind, labels.DataSetKindChoice),
        (DependencyKind, labels.DependencyKindChoice),
    ):
        assert {str(code) for code in codes} == set(choice.values)
        assert all(str(label) for label in choice.labels)


def test_every_part_and_level_has_a_word() -> None:
    assert set(labels.PART_NAMES) == set(PARTS)
    assert set(network.SWEEP_FAULTS) == set(SweepFault)
    assert set(network.REACH_REASONS) == set(Reach)
    assert set(labels.SUPPORT_LEVELS) == {"full", "lts", "none", "unknown"}


def test_the_source_of_a_date_is_said_with_its_own_date() -> None:
    assert "2026-10-02" in labels.support_source_text("distro_info:2026-10-02")
    assert "2026-11-01" in labels.support_source_text("shipped:2026-11-01")
    assert labels.support_source_text("") == ""
