"""Debian's Chromium as the tests start it: no window's furniture that nobody sees."""

from playwright.sync_api import Browser, Playwright

from tests.programs import chromium_program

# The suggestions under the address bar are web pages themselves: each new window, shown or not, would load
# them, which costs a whole CPU second, more than most of the pages that are tested.
_UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")


def launch(playwright: Playwright) -> Browser:
    """Start it with a fresh profile; whoever calls closes it."""
    return playwright.chromium.launch(
        executable_path=chromium_program(),
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            f"--disable-features={','.join(_UNSEEN)}",
        ],
    )
