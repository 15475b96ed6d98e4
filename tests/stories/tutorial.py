"""Does what a tutorial says, in Chromium: the numbered steps of its Markdown, word by word.

In a step, `*so*` is a name on the page: it is pressed, or, where `: ` and something typed follow, filled in
or chosen. "Tick *so*" ticks, "open `so`" follows a link that somebody's own words name, "read *so*" looks
whether the page says it. A step that begins with **a name** is done by that person, in their own browser.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from playwright.sync_api import Locator, Page, expect

# French puts a space before a colon, which cannot break; folded it is like any other.
_STEP = re.compile(r"^\d+\. (.*(?:\n {3}.*)*)", re.MULTILINE)
_BY = re.compile(r"\*\*(?P<who>[^*]+)\*\*")
_WORDS = re.compile(
    r"(?:tick|cochez) \*(?P<tick>[^*]+)\*"
    r"|(?:read|lisez) (?:\*(?P<read>[^*]+)\*|`(?P<said>[^`]+)`)"
    r"|(?:open|ouvrez) `(?P<open>[^`]+)`"
    r"|\*(?P<field>[^*]+)\* ?: `(?P<value>[^`]+)`"
    r"|\*(?P<press>[^*]+)\*",
    re.IGNORECASE,
)

# A page may still be on its way.
_LOOKS, _BETWEEN_LOOKS_MS = 50, 100


class Deed(StrEnum):
    """What is done with a name on a page."""

    TICK = "tick"
    READ = "read"
    OPEN = "open"
    FILL = "fill"
    PRESS = "press"


@dataclass(frozen=True)
class Act:
    """One thing that somebody does. `who`: empty for whoever the tutorial speaks to."""

    who: str
    deed: Deed
    name: str
    value: str = ""


def acts(markdown: str) -> Iterator[Act]:
    """Yield what the steps of a tutorial say, in their order; a step that says nothing to do is a mistake."""
    for step in _STEP.findall(markdown):
        text = " ".join(step.split())
        by = _BY.match(text)
        found = list(_WORDS.finditer(text[by.end() :] if by else text))
        assert found, f"nothing can be done of this step: {text}"
        for words in found:
            yield _act(by["who"] if by else "", words.groupdict())


def _act(who: str, words: dict[str, str | None]) -> Act:
    if words["tick"]:
        return Act(who, Deed.TICK, words["tick"])
    if words["read"] or words["said"]:
        return Act(who, Deed.READ, words["read"] or words["said"] or "")
    if words["open"]:
        return Act(who, Deed.OPEN, words["open"])
    if words["field"]:
        return Act(who, Deed.FILL, words["field"], words["value"] or "")
    return Act(who, Deed.PRESS, words["press"] or "")


def play(page: Page, act: Act) -> None:
    """Do one thing on the page that is open."""
    if act.deed is Deed.TICK:
        _field(page, act.name).check()
    elif act.deed is Deed.READ:
        expect(page.locator("main")).to_contain_text(act.name)
    elif act.deed is Deed.FILL:
        _fill(_field(page, act.name), act.value)
    else:
        _pressable(page, act.name).click()
        page.wait_for_load_state("load")


def _field(page: Page, name: str) -> Locator:
    """Return the field of that name; some say in brackets that they may stay empty."""
    return page.get_by_label(re.compile(rf"^\s*{re.escape(name)}( \(.*\))?\s*$")).first


def _fill(field: Locator, value: str) -> None:
    if field.evaluate("element => element.tagName") == "SELECT":
        field.select_option(label=value)
    else:
        field.fill(value)


def _pressable(page: Page, name: str) -> Locator:
    """Return the button or link of that name, as soon as there is one: in the page's own part, or else in the
    masthead.
    """
    for _ in range(_LOOKS):
        for place in (page.locator("main"), page.locator("body")):
            for role in ("button", "link"):
                found = place.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
                if found.count():
                    return found.first
        page.wait_for_timeout(_BETWEEN_LOOKS_MS)
    raise AssertionError(f"nothing on {page.url} is called {name}")
