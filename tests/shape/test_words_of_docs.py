"""How-tos and the tutorial name pages, buttons and sentences as the pages do: `*so*` (CONTRIBUTING.md)."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

CHECKOUT = Path(__file__).resolve().parents[2]
LOCALE = CHECKOUT / "veilleur" / "locale"
PAGES = sorted((CHECKOUT / "docs").glob("howto/*.md")) + sorted((CHECKOUT / "docs").glob("tutorial/*.md"))
CODE = re.compile(r"^ *```.*?^ *```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
STRESSED = re.compile(r"\*\*.+?\*\*", re.DOTALL)
EMPHASISED = re.compile(r"\*([^*]+)\*")
# Of a sentence that a page shows, this many words in a row tell which one is meant.
TELLING = 3


def emphasised(text: str) -> list[str]:
    """Return what stands between single stars outside of code, line ends folded."""
    prose = STRESSED.sub("", CODE.sub("", text))
    return [" ".join(name.split()) for name in EMPHASISED.findall(prose)]


def is_shown(name: str, messages: frozenset[str]) -> bool:
    """Say whether the catalogue has these words, as a message or as several words in a row of one."""
    told = name.casefold()
    # Of several that are alike a page says the number.
    numbered = re.fullmatch(r"(.*) \d+", told)
    if told in messages or (numbered and {numbered[1], f"{numbered[1]} {{number}}"} & messages):
        return True
    inside = re.compile(rf"\b{re.escape(told)}(?!\w)")
    return len(told.split()) >= TELLING and any(inside.search(message) for message in messages)


@cache
def messages(language: str) -> frozenset[str]:
    """Return what the pages say in a language."""
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        # English stands in the sources; its catalogue need not repeat it.
        read = [message for message in read_po(file, locale=language) if message.id]
    found = [message.string if language != "en" else message.id for message in read]
    each = [text for one in found for text in (one if isinstance(one, tuple) else (one,))]
    return frozenset(" ".join(text.split()).casefold() for text in each)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_of_docs_names_is_what_the_pages_show(page: Path) -> None:
    language = "fr" if page.name.endswith(".fr.md") else "en"
    unknown = [name for name in emphasised(page.read_text()) if not is_shown(name, messages(language))]

    assert unknown == [], "a name of a page or button as the pages show it; stress is **bold**"


def test_names_are_looked_for_between_single_stars_and_outside_of_code() -> None:
    text = "Press *Add\nanother place*, **never** `a *b* c`.\n```\nls *.md *.po\n```\n"

    assert emphasised(text) == ["Add another place"]


@pytest.mark.parametrize(
    ("name", "is_there"),
    [("Restart", True), ("unknown until credentials", True), ("Restart time", False), ("Add a plan", False)],
)
def test_a_name_is_whole_or_tells_its_sentence(name: str, is_there: bool) -> None:
    shown = frozenset({"restart", "the restart time is known", "it is unknown until credentials are given"})

    assert is_shown(name, shown) is is_there
