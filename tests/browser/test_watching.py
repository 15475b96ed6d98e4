"""A person stops watching something and takes it up again, on real pages; what is down heads the home."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, assert_pages_are_sound
from veilleur.domains.estate.factories import make_asset, make_service
from veilleur.domains.estate.models import Asset
from veilleur.domains.monitoring.actions import retire_check, take_results
from veilleur.domains.monitoring.factories import make_check, make_result
from veilleur.domains.monitoring.models import Check
from veilleur.domains.monitoring.rules.outcomes import Evidence
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import SYSTEM, WATCH

pytestmark = pytest.mark.browser


@pytest.fixture
def machine(organisation: Organisation) -> Asset:
    machine = make_asset(organisation, "etq-01")
    make_service(organisation, "Labels", runs_on=machine)
    return machine


@pytest.fixture
def check(machine: Asset) -> Check:
    """A port that has been down for ten minutes, beside one that somebody has stopped watching."""
    gone = make_check(machine, "disk", "/mnt/usb")
    retire_check(
        now=utc_now(),
        actor=SYSTEM,
        organisation_id=gone.organisation_id,
        check=gone.public_id,
        reason="The stick with the old drawings was taken to the archive, and will not come back.",
    )
    check = make_check(machine, "listener", "10.20.1.21:9100", note="labels")
    now = utc_now()
    moments = (now - timedelta(minutes=10), now - timedelta(minutes=9), now - timedelta(seconds=1))
    results = (make_result(check.public_id, at, evidence=Evidence.FAILED, code="refused") for at in moments)
    take_results(now=now, actor=WATCH, results=tuple(results))
    return check


def test_the_pages_of_what_is_and_is_no_longer_watched_are_sound(
    visitor: Visitor, check: Check, machine: Asset
) -> None:
    pages = {
        "checks": "/watch/",
        "machine-watched": f"/machines/{machine.public_id}/",
        "stop": f"/watch/{check.public_id}/stop/",
        "home-down": "/",
    }
    assert_pages_are_sound(visitor, pages)


def test_a_person_stops_watching_with_a_reason_and_begins_again(
    visitor: Visitor, check: Check, machine: Asset
) -> None:
    page = visitor.open("/watch/")

    page.get_by_role("link", name="Stop watching Service that listens 10.20.1.21:9100").click()
    page.get_by_role("button", name="Stop watching it").click()
    expect(page.get_by_role("alert")).to_contain_text("One answer needs another look.")
    page.get_by_label("Why it need not be watched any more").fill("The old printer is gone.")
    page.get_by_role("button", name="Stop watching it").click()

    expect(page.get_by_role("status")).to_contain_text("is no longer watched")
    expect(page.get_by_text("The old printer is gone.")).to_be_visible()

    page.get_by_role(
        "button", name="Watch Service that listens 10.20.1.21:9100 (labels) on etq-01 again"
    ).click()

    expect(page.get_by_role("status")).to_contain_text("It is watched again")
    expect(page.get_by_text("The old printer is gone.")).to_have_count(0)


def test_what_is_down_is_reached_from_the_first_thing_to_do(
    visitor: Visitor, check: Check, machine: Asset
) -> None:
    page = visitor.open("/")

    page.get_by_role("complementary").get_by_role("link").first.click()

    expect(page).to_have_url(f"{visitor.base_url}/machines/{machine.public_id}/")
