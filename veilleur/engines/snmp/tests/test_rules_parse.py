"""What strange, old and hostile devices answer becomes facts or is left out."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.estate.rules.devices import DeviceFacts, DevicePiece, Supply
from veilleur.engines.snmp.commands import FIRST, TABLES, Heard, Piece, Port, Print, System
from veilleur.engines.snmp.parse import facts_of

VALUES = st.one_of(st.integers(-(2**63), 2**64), st.binary(max_size=40), st.text(max_size=20))
PLACES = st.lists(st.integers(0, 3), max_size=4).map(tuple)
ANSWERS = st.dictionaries(st.sampled_from((*FIRST, *TABLES)), st.dictionaries(PLACES, VALUES, max_size=4))


def test_a_device_that_tells_nothing_more_is_a_device_all_the_same() -> None:
    assert facts_of({System.NAME: {(0,): b"ups"}}) == DeviceFacts("ups", "", "", timedelta(0))


def test_letters_of_old_devices_and_hostile_ones_are_read_and_cleaned() -> None:
    facts = facts_of(
        {
            System.NAME: {(0,): "entrée".encode("cp1252") + b"\0\0"},
            System.DESCRIPTION: {(0,): b"<b>\x1b[31m" + b"x" * 9000},
        }
    )

    assert facts.name == "entrée"
    assert facts.description.startswith("<b> [31mxxx")
    assert len(facts.description) == 500


def test_a_port_says_unknown_where_the_device_does_not_know() -> None:
    states = {(1,): 1, (2,): 2, (3,): 4, (4,): 5, (5,): b"up"}
    facts = facts_of({Port.UP: states, Port.SPEED: {(1,): -5}})

    assert [port.is_up for port in facts.ports] == [True, False, None, None, None]
    assert facts.ports[0].speed_mbits == 0


def test_only_pieces_with_something_of_their_own_are_told() -> None:
    facts = facts_of(
        {
            Piece.KIND: {(1,): 3, (2,): 10, (3,): 6, (4,): 7},
            Piece.SERIAL: {(1,): b"", (3,): b"PSU-7"},
            Piece.MODEL: {(1,): b"X440", (2,): b"SFP"},
        }
    )

    assert facts.pieces == (
        DevicePiece(1, "chassis", model="X440"),
        DevicePiece(3, "power_supply", serial="PSU-7"),
    )
    assert facts.serial == ""


def test_a_neighbour_without_a_name_is_called_by_its_card_and_its_port_by_number() -> None:
    facts = facts_of(
        {
            Heard.DEVICE_KIND: {(0, 12, 1): 4},
            Heard.DEVICE: {(0, 12, 1): bytes.fromhex("001132abcdef")},
            Heard.PORT_KIND: {(0, 12, 1): 3},
            Heard.PORT: {(0, 12, 1): bytes.fromhex("001132abcd00")},
        }
    )

    (heard,) = facts.neighbours
    assert (heard.at, heard.name, heard.port) == ("12", "00:11:32:ab:cd:ef", "00:11:32:ab:cd:00")


def test_a_printer_that_does_not_know_what_is_left_says_so() -> None:
    facts = facts_of(
        {
            Print.SUPPLY: {(1, 1): b"Toner", (1, 2): b"Waste", (1, 3): b"Drum"},
            Print.MOST: {(1, 1): 0, (1, 2): 100, (1, 3): 100},
            Print.LEFT: {(1, 1): 50, (1, 2): -3, (1, 3): 250},
        }
    )

    assert facts.printer is not None
    assert facts.printer.pages is None
    assert facts.printer.supplies == (Supply("Toner", None), Supply("Waste", None), Supply("Drum", 100))


@given(ANSWERS)
def test_whatever_is_answered_facts_come_of_it(answers: dict[object, dict[tuple[int, ...], object]]) -> None:
    assert isinstance(facts_of(answers), DeviceFacts)  # type: ignore[arg-type]
