"""The home page in a real browser: the seven questions, both themes, phone, paper, four times larger."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, assert_sound
from tests.browser.test_frame import LOOKS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_home_page_is_sound(visitor: Visitor, width: str, theme: str, language: str) -> None:
    page = visitor.open("/", width=width, theme=theme, language=language)

    expect(page.locator(".answer")).to_have_count(7)
    assert_sound(visitor, page, f"home-{width}-{theme}-{language}")
