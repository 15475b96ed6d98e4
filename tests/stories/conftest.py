"""Stories that need no processes of their own are told in the browser tests' Chromium."""

from tests.browser.conftest import chromium, organisation, visitor

__all__ = ["chromium", "organisation", "visitor"]
