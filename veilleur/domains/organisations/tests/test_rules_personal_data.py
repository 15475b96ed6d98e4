"""Who is named by a text: rules without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.organisations.rules.personal_data import Sought, is_named

JEROME = Sought("Jérôme Lefèvre", "jl@vexin.example")


@pytest.mark.parametrize(
    "text",
    [
        "Ask Jérôme Lefèvre.",
        "JEROME LEFEVRE",
        "Lefèvre, Jérôme (IT)",
        "jerome\u00a0lefevre’s laptop",
        '{"to":"JL@Vexin.example"}',
        "<jl@vexin.example>",
        "cn=Lefèvre\\, Jérôme,dc=vexin",
    ],
)
def test_the_whole_name_or_the_address_is_found_in_whatever_way_it_is_written(text: str) -> None:
    assert is_named(text, JEROME)


@pytest.mark.parametrize(
    "text",
    [
        "Jérôme",
        "Lefèvre & fils",
        "Jérôme Lefèvres",
        "Jérôme and Lefèvre",
        "xjl@vexin.example",
        "jl@vexin.examples",
        "",
    ],
)
def test_a_part_of_the_name_or_somebody_elses_is_not(text: str) -> None:
    assert not is_named(text, JEROME)


def test_nobody_is_named_by_nothing() -> None:
    assert not is_named("anything at all", Sought("", ""))
    assert Sought("", "").needles == ()


@given(
    st.sampled_from(["Jérôme Lefèvre", "Anne-Sophie d’Été", "李 明", "Ôé Èà", "Éva Łuczak", "Bo Ek"]),
    st.sampled_from([str, str.upper, str.lower, str.title]),
    st.text("aé .,;:'\"-@\n(", max_size=8),
)
def test_what_a_database_looks_for_is_in_every_text_that_names_somebody(name, written, around) -> None:
    sought = Sought(name, "somebody@vexin.example")
    text = f"{around} {written(name)} {around}"

    assert is_named(text, sought)
    assert not sought.needles or any(needle.lower() in text.lower() for needle in sought.needles)
