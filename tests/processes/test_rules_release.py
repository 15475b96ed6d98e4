"""A release joins the change notes into the changelog, by kind, before the former releases."""

import sys

import pytest

from veilleur.config.env import CHECKOUT

sys.path.insert(0, str(CHECKOUT / "scripts"))

import release


def test_notes_are_joined_by_kind_in_a_fixed_order() -> None:
    joined = release.sections(["Fixed: a door.\nAdded: a window.\n", "Added: a roof.\n"])

    assert joined == "### Added\n\n- A window.\n- A roof.\n\n### Fixed\n\n- A door."


def test_a_note_of_no_kind_stops_the_release() -> None:
    with pytest.raises(ValueError, match="improved a lot"):
        release.sections(["improved a lot\n"])


def test_the_new_release_stands_before_the_former_ones() -> None:
    changelog = release.with_release(
        "# Changelog\n\n## 0.1 (2026-01-01)\n\nold\n", "0.2", "2026-11-21", "new"
    )

    assert changelog == "# Changelog\n\n## 0.2 (2026-11-21)\n\nnew\n\n## 0.1 (2026-01-01)\n\nold\n"


def test_the_first_release_follows_the_title() -> None:
    assert release.with_release("# Changelog\n", "0.1", "2026-11-21", "new") == (
        "# Changelog\n\n## 0.1 (2026-11-21)\n\nnew\n"
    )


def test_the_notes_of_this_checkout_can_be_released() -> None:
    notes = [path.read_text() for path in sorted((CHECKOUT / "changes").glob("*.md"))]

    assert "###" in release.sections(notes) or not notes
