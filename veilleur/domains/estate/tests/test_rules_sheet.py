"""A company's own list: which column says what, what a line says, and what it would do to the estate."""

from datetime import date

import pytest

from veilleur.domains.estate.rules.map import AssetKind, LifeState
from veilleur.domains.estate.rules.sheet import (
    CellFault,
    Effect,
    Fault,
    KnownComponent,
    Line,
    find_heading,
    guess_columns,
    names_in,
    outcomes_of,
    read_lines,
)
from veilleur.domains.estate.rules.sheet_words import (
    ENVIRONMENTS,
    HOSTINGS,
    KINDS,
    LIFE_STATES,
    Field,
    day_of,
)

HEADING = ("Nom du serveur", "Type", "N° de série :", "Fin de garantie", "Rôle", "Remarque", "Hyperviseur")
ROWS = (
    ("Parc au 1er novembre",),
    (),
    HEADING,
    ("erp-01", "VM", "", "06/2027", "ERP", "bruyant", "hv-01"),
    ("", "", "", "", "", "", ""),
    ("hv-01", "Serveur physique", "CZJ2", "30/06/2025", "", "", ""),
)


def test_the_heading_is_found_below_a_title_and_its_columns_guessed() -> None:
    assert find_heading(ROWS) == 2
    assert guess_columns(HEADING) == {
        0: Field.NAME,
        1: Field.KIND,
        2: Field.SERIAL,
        3: Field.WARRANTY_UNTIL,
        4: Field.PURPOSE,
        6: Field.RUNS_ON,
    }


def test_a_list_without_headings_has_none() -> None:
    assert find_heading((("erp-01", "VM"), ("hv-01", "Serveur"))) is None


def test_two_columns_of_one_meaning_are_taken_once() -> None:
    assert guess_columns(("Nom", "Machine", "Type")) == {0: Field.NAME, 2: Field.KIND}


def test_lines_are_read_with_the_numbers_of_the_file_and_empty_ones_left_out() -> None:
    lines = read_lines(ROWS, 2, guess_columns(HEADING))

    assert [line.number for line in lines] == [4, 6]
    assert lines[0].said == {
        Field.NAME: "erp-01",
        Field.KIND: AssetKind.VIRTUAL_MACHINE,
        Field.WARRANTY_UNTIL: "2027-06-30",
        Field.PURPOSE: "ERP",
        Field.RUNS_ON: "hv-01",
    }


@pytest.mark.parametrize(
    ("field", "text", "fault"),
    [
        (Field.KIND, "toaster", Fault.NO_SUCH_WORD),
        (Field.BOUGHT_ON, "31/02/2024", Fault.NO_DAY),
        (Field.MODEL, "m" * 201, Fault.TOO_LONG),
    ],
)
def test_a_cell_that_says_nothing_is_named_and_costs_nothing_else(
    field: Field, text: str, fault: Fault
) -> None:
    (line,) = read_lines((("a", text),), None, {0: Field.NAME, 1: field})

    assert line.faults == (CellFault(field, fault, text),)
    assert line.is_taken


def test_a_line_without_a_name_is_not_taken_and_says_so() -> None:
    (line,) = read_lines((("", "CZJ2"),), None, {0: Field.NAME, 1: Field.SERIAL})

    assert line.faults == (CellFault(Field.NAME, Fault.NO_NAME, ""),)
    assert not line.is_taken


def test_a_warranty_that_ends_before_the_purchase_is_not_taken() -> None:
    columns = {0: Field.NAME, 1: Field.BOUGHT_ON, 2: Field.WARRANTY_UNTIL}

    (line,) = read_lines((("a", "2024-05-01", "2023-05-01"),), None, columns)

    assert Field.WARRANTY_UNTIL not in line.said
    assert line.said[Field.BOUGHT_ON] == "2024-05-01"
    assert [each.fault for each in line.faults] == [Fault.ENDS_BEFORE]


def test_a_host_name_stands_in_for_a_name_that_is_missing() -> None:
    (line,) = read_lines((("", "erp.vexin.example"),), None, {0: Field.NAME, 1: Field.HOST_NAME})

    assert line.said[Field.NAME] == "erp.vexin.example"


@pytest.mark.parametrize(
    ("text", "is_end", "expected"),
    [
        ("2027-06-30", True, date(2027, 6, 30)),
        ("2027-06-30 00:00", True, date(2027, 6, 30)),
        ("30/06/2027", True, date(2027, 6, 30)),
        # Days before months, as in France.
        ("03/04/2027", True, date(2027, 4, 3)),
        ("30.06.27", True, date(2027, 6, 30)),
        # A month alone: its last day where something ends, its first where something begins.
        ("02/2028", True, date(2028, 2, 29)),
        ("02/2028", False, date(2028, 2, 1)),
        ("2026", True, date(2026, 12, 31)),
        ("2026", False, date(2026, 1, 1)),
        ("13/2026", True, None),
        ("31/04/2026", True, None),
        ("0000-00-00", True, None),
        ("1899-12-31", True, None),
        ("soon", True, None),
        ("", True, None),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, is_end: bool, expected: date | None) -> None:
    assert day_of(text, is_end=is_end) == expected


@pytest.mark.parametrize(
    ("words", "word", "expected"),
    [
        (KINDS, "machine virtuelle", AssetKind.VIRTUAL_MACHINE),
        (KINDS, "pare feu", AssetKind.NETWORK_DEVICE),
        (KINDS, "pc portable", AssetKind.WORKSTATION),
        (LIFE_STATES, "a remplacer", LifeState.TO_BE_REPLACED),
        (LIFE_STATES, "hs", LifeState.RETIRED),
        (ENVIRONMENTS, "recette", "test"),
        (HOSTINGS, "hebergeur", "provider"),
    ],
)
def test_the_words_of_a_french_list_are_known(words: dict[str, str], word: str, expected: str) -> None:
    assert words[word] == expected


def test_several_names_stand_in_one_cell() -> None:
    assert names_in(" ERP ; Mail, ERP;;") == ("ERP", "Mail")


def line(number: int = 1, **said: str) -> Line:
    return Line(number, {Field(name): value for name, value in said.items()})


HELD = KnownComponent("key-1", "erp-01", {Field.SERIAL: "CZJ2", Field.KIND: "server", Field.HOST_NAME: "erp"})


@pytest.mark.parametrize(
    ("lines", "effects"),
    [
        ([line(name="new-01")], [Effect.NEW]),
        ([line(name="ERP-01", kind="server")], [Effect.NOTHING]),
        ([line(name="erp-01", kind="virtual_machine")], [Effect.CHANGES]),
        # A serial number tells more than a name that was changed.
        ([line(name="compta", serial="czj2", kind="server")], [Effect.CHANGES]),
        ([line(name="new-01"), line(2, name="NEW-01")], [Effect.NEW, Effect.TWICE]),
        ([line(name="erp-01"), line(2, name="other", host_name="erp")], [Effect.NOTHING, Effect.TWICE]),
        ([Line(1, {Field.SERIAL: "A1B2"})], [Effect.NOT_TAKEN]),
    ],
)
def test_what_a_line_would_do_follows_from_what_is_known(lines: list[Line], effects: list[Effect]) -> None:
    assert [each.effect for each in outcomes_of(lines, [HELD])] == effects


def test_a_name_that_two_machines_bear_is_left_to_a_person() -> None:
    twin = KnownComponent("key-2", "erp-01", {})

    (outcome,) = outcomes_of([line(name="erp-01", kind="server")], [HELD, twin])

    assert outcome.effect is Effect.AMBIGUOUS


def test_a_machine_that_tells_of_itself_knows_better_than_any_list() -> None:
    told = KnownComponent("key-1", "erp-01", {Field.MODEL: "R740"}, is_read=True)

    (outcome,) = outcomes_of([line(name="erp-01", model="R640", purpose="ERP")], [told])

    assert outcome.changes == {Field.PURPOSE: ("", "ERP")}


def test_an_empty_cell_takes_nothing_away_and_ties_are_only_added() -> None:
    held = KnownComponent("key-1", "erp-01", {Field.PURPOSE: "ERP"}, ties={Field.SERVICE: frozenset({"erp"})})

    same, more = outcomes_of([line(name="erp-01", service="ERP")], [held]) + outcomes_of(
        [line(name="erp-01", service="ERP; Mail")], [held]
    )

    assert same.effect is Effect.NOTHING
    assert more.changes == {Field.SERVICE: ("", "Mail")}
