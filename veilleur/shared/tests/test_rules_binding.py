"""Slots: an engine is there once it is bound, made once, and replaced by whoever binds later."""

import pytest

from veilleur.shared.binding import Slot, Unbound


def test_a_port_without_an_engine_says_which_it_is() -> None:
    with pytest.raises(Unbound, match="ENGINE"):
        Slot[str]("ENGINE").get()


def test_an_engine_bound_for_later_is_made_once_when_it_is_asked_for() -> None:
    slot, made = Slot[str]("ENGINE"), []

    def make() -> str:
        made.append("made")
        return "engine"

    slot.bind_at_first_use(make)
    assert made == []

    assert (slot.get(), slot.get(), made) == ("engine", "engine", ["made"])


def test_whoever_binds_later_replaces_it() -> None:
    slot = Slot[str]("ENGINE")
    slot.bind_at_first_use(lambda: "first")
    slot.bind("second")
    assert slot.get() == "second"

    slot.bind_at_first_use(lambda: "third")

    assert slot.get() == "third"
