"""A person ends a check and takes it up again; nothing else does either."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db.models import Model

from veilleur.domains.estate.factories import make_asset
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.journal.rules.kinds import read_fact
from veilleur.domains.monitoring.actions import activate_checks, resume_check, retire_check, take_results
from veilleur.domains.monitoring.factories import make_check, make_result
from veilleur.domains.monitoring.facts import CheckResumed, CheckRetired
from veilleur.domains.monitoring.models import Check, CheckState
from veilleur.domains.monitoring.queries import (
    visible_check,
    visible_checks,
    visible_retired,
    watch_summary,
    whole_orders,
)
from veilleur.domains.monitoring.rules.kinds import Proposal
from veilleur.domains.monitoring.rules.outcomes import Evidence
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, WATCH, Viewer

NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
WHY = "The label printer is gone."


def later(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def asset(db: None) -> Model:
    return make_asset(make_organisation(), is_here=True)


def viewer_of(organisation: Model) -> Viewer:
    return Viewer(1, organisation.pk, frozenset({organisation.pk}))


def retire(check: Check, now: datetime = NOW) -> Check | Refused:
    return retire_check(
        now=now, actor=SYSTEM, organisation_id=check.organisation_id, check=check.public_id, reason=WHY
    )


def resume(check: Check, now: datetime | None = None) -> Check | Refused:
    return resume_check(
        now=now or later(60), actor=SYSTEM, organisation_id=check.organisation_id, check=check.public_id
    )


def propose(asset: Model, *proposals: Proposal) -> int | Refused:
    return activate_checks(
        now=later(90),
        actor=SYSTEM,
        organisation_id=asset.organisation_id,
        asset=asset.public_id,
        proposals=proposals,
    )


def test_an_ended_check_is_asked_for_no_more_and_says_why(asset: Model) -> None:
    check = make_check(asset, "disk", "/mnt/usb")
    viewer = viewer_of(asset.organisation)

    retire(check)

    (row,) = visible_retired(viewer)
    assert (row.target, row.until, row.reason) == ("/mnt/usb", NOW, WHY)
    assert whole_orders() == ()
    assert visible_checks(viewer, NOW) == []
    assert visible_check(viewer, check.public_id, NOW) is None


def test_a_check_that_was_down_is_down_no_more_once_it_has_ended(asset: Model) -> None:
    check = make_check(asset)
    failed = (
        make_result(check.public_id, later(number), evidence=Evidence.FAILED, code="refused")
        for number in (1, 2, 3)
    )
    take_results(now=later(4), actor=WATCH, results=tuple(failed))
    assert watch_summary(viewer_of(asset.organisation), later(4)).bad == 1

    retire(check, later(5))

    assert watch_summary(viewer_of(asset.organisation), later(5)).total == 0


def test_both_gestures_are_facts_and_the_first_holds_the_reason(asset: Model) -> None:
    check = make_check(asset, "disk", "/mnt/usb")

    retire(check)
    again = resume(check)

    assert isinstance(again, Check)
    facts = [
        read_fact(entry.kind, entry.version, entry.body) for entry in whole_entries(asset.organisation_id)
    ]
    assert facts == [
        CheckRetired(check=check.public_id, kind="disk", target="/mnt/usb", reason=WHY),
        CheckResumed(check=again.public_id, former=check.public_id, kind="disk", target="/mnt/usb"),
    ]


def test_what_is_taken_up_again_has_its_former_settings_and_knows_nothing_yet(asset: Model) -> None:
    check = make_check(asset, "disk", "/mnt/usb", period_s=120, warning_raise=80_000)
    retire(check)

    again = resume(check)

    assert isinstance(again, Check)
    assert (again.period_s, again.warning_raise, again.until, again.since) == (120, 80_000, None, later(60))
    assert [order.check for order in whole_orders()] == [again.public_id]
    assert CheckState.objects.of(asset.organisation_id).get(check_row=again).hard == "unknown"
    assert visible_retired(viewer_of(asset.organisation)) == []


def test_an_ended_check_can_end_and_begin_again_more_than_once_and_is_listed_once(asset: Model) -> None:
    first = make_check(asset, "disk", "/mnt/usb")
    retire(first)
    second = resume(first)
    assert isinstance(second, Check)

    retire(second, later(120))

    assert [row.id for row in visible_retired(viewer_of(asset.organisation))] == [second.public_id]


def test_the_inventory_does_not_bring_back_what_a_person_ended_whatever_else_it_proposes(
    asset: Model,
) -> None:
    retire(make_check(asset, "disk", "/mnt/usb"))

    begun = propose(asset, Proposal("disk", "/mnt/usb"), Proposal("disk", "/srv"))

    assert begun == 1
    assert [order.target for order in whole_orders()] == ["/srv"]


def test_nothing_ends_or_begins_twice(asset: Model) -> None:
    check = make_check(asset)
    retire(check)
    resume(check)

    assert retire(check) == Refused("no_such_check")
    assert resume(check) == Refused("already_watched")


def test_a_check_that_goes_on_is_not_taken_up_again(asset: Model) -> None:
    assert resume(make_check(asset)) == Refused("already_watched")


def test_another_organisations_check_is_none(asset: Model) -> None:
    check, other = make_check(asset), make_organisation("Autre")
    retire(check)

    refused = resume_check(now=NOW, actor=SYSTEM, organisation_id=other.pk, check=check.public_id)

    assert refused == Refused("no_such_check")
    assert visible_retired(viewer_of(other)) == []


CHECK, AGAIN = UUID(int=7), UUID(int=8)
SAMPLES = [
    (
        "monitoring.check_retired",
        1,
        '{"check":"00000000-0000-0000-0000-000000000007","kind":"disk","target":"/srv"}',
        CheckRetired(CHECK, "disk", "/srv", ""),
    ),
    (
        "monitoring.check_retired",
        2,
        '{"check":"00000000-0000-0000-0000-000000000007","kind":"disk","reason":"gone","target":"/srv"}',
        CheckRetired(CHECK, "disk", "/srv", "gone"),
    ),
    (
        "monitoring.check_resumed",
        1,
        '{"check":"00000000-0000-0000-0000-000000000008","former":"00000000-0000-0000-0000-000000000007",'
        '"kind":"disk","target":"/srv"}',
        CheckResumed(AGAIN, CHECK, "disk", "/srv"),
    ),
]


@pytest.mark.parametrize(("kind", "version", "body", "expected"), SAMPLES)
def test_facts_of_each_version_stay_readable(kind: str, version: int, body: str, expected: object) -> None:
    assert read_fact(kind, version, body) == expected
