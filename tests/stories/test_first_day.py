"""The tutorial "my first day" does what it says, in both languages: every step of it is done here."""

import pytest
from playwright.sync_api import Error
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Visitor
from tests.processes.installation import wait_for
from tests.stories.tutorial import acts, play
from veilleur.config.env import CHECKOUT
from veilleur.domains.estate.factories import make_asset
from veilleur.domains.knowledge.models import RunSheet
from veilleur.domains.organisations.models import Mandate, Membership, OnCallTurnTaker, Organisation

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TUTORIALS = CHECKOUT / "docs" / "tutorial"
LANGUAGES = {"first-day.md": "en", "first-day.fr.md": "fr"}


@pytest.mark.parametrize("name", LANGUAGES)
def test_my_first_day_goes_as_it_is_written(
    visitor: Visitor, organisation: Organisation, live_server: LiveServer, name: str
) -> None:
    language = LANGUAGES[name]
    # The machine that the first hour left registered.
    make_asset(organisation, "srv-01", is_here=True)
    pages = {"": visitor.open("/", language=language)}
    people = Visitor(visitor.browser, visitor.base_url)

    done = []
    for act in acts((TUTORIALS / name).read_text()):
        if act.who not in pages:
            link = pages[""].locator("p.key-link code").inner_text()
            pages[act.who] = people.open(link.removeprefix(live_server.url), language=language)
        try:
            play(pages[act.who], act)
        except (AssertionError, Error) as error:
            shown = pages[act.who].locator("main").inner_text()
            raise AssertionError(f"{act} after {done[-1:]}: {error}\n{shown}") from error
        done.append(act)

    assert Membership.objects.of(organisation.pk).count() == 2
    sheets = RunSheet.objects.of(organisation.pk)
    # The last button of the sheet was pressed a moment ago.
    assert wait_for("the end of the run", lambda: sheets.get().outcome) == "finished"
    assert OnCallTurnTaker.objects.of(organisation.pk).count() == 2
    assert Mandate.objects.of(organisation.pk).count() == 1
    assert visitor.complaints + people.complaints == []
