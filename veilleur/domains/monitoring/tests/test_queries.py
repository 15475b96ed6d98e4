"""What pages show: without a fresh result unknown, whoever failed to note it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Model

from veilleur.domains.estate.factories import make_asset
from veilleur.domains.monitoring.actions import drain_items, take_results
from veilleur.domains.monitoring.factories import make_check, make_result
from veilleur.domains.monitoring.models import Check
from veilleur.domains.monitoring.ports import SpooledFault
from veilleur.domains.monitoring.queries import (
    visible_checks,
    visible_timeline,
    watch_summary,
    whole_orders,
)
from veilleur.domains.monitoring.rules.outcomes import Evidence
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.ids import new_id
from veilleur.shared.intervals import to_microseconds
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import WATCH, Viewer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)


def viewer_in(organisation: Model) -> Viewer:
    return Viewer(1, organisation.pk, frozenset({organisation.pk}))


def answer(check: Check, at: datetime) -> None:
    take_results(now=at, actor=WATCH, results=(make_result(check.public_id, at),))


def fail(check: Check, at: datetime) -> None:
    failures = tuple(
        make_result(check.public_id, at + timedelta(seconds=15 * n), evidence=Evidence.FAILED, code="refused")
        for n in range(3)
    )
    take_results(now=at + timedelta(seconds=45), actor=WATCH, results=failures)


def test_nothing_watched_is_unknown_and_counts_nothing() -> None:
    summary = watch_summary(viewer_in(make_organisation()), NOW)

    assert summary.verdict is Verdict.UNKNOWN
    assert summary.total == 0
    assert summary.oldest_evidence_at is None


def test_a_check_never_made_is_unknown_and_has_no_evidence() -> None:
    organisation = make_organisation()
    asset = make_asset(organisation)
    answer(make_check(asset, target="127.0.0.1:80"), NOW)
    make_check(asset)

    summary = watch_summary(viewer_in(organisation), NOW)

    assert (summary.verdict, summary.good, summary.unknown) == (Verdict.UNKNOWN, 1, 1)
    assert summary.oldest_evidence_at is None


def test_what_is_down_is_named_with_the_time_longest_first() -> None:
    organisation = make_organisation()
    asset = make_asset(organisation, "srv-1")
    database, page = make_check(asset), make_check(asset, target="127.0.0.1:80")
    fail(page, NOW + timedelta(seconds=60))
    fail(database, NOW)

    summary = watch_summary(viewer_in(organisation), NOW + timedelta(seconds=105))

    assert summary.verdict is Verdict.BAD
    assert [(row.target, row.since) for row in summary.down] == [
        ("127.0.0.1:5432", NOW),
        ("127.0.0.1:80", NOW + timedelta(seconds=60)),
    ]
    assert summary.oldest_evidence_at == NOW + timedelta(seconds=30)


def test_a_good_result_that_is_too_old_is_unknown_even_if_nobody_noted_it() -> None:
    organisation = make_organisation()
    check = make_check(make_asset(organisation))
    answer(check, NOW)
    viewer = viewer_in(organisation)

    (fresh,) = visible_checks(viewer, NOW + timedelta(seconds=105))
    (old,) = visible_checks(viewer, NOW + timedelta(seconds=106))

    assert fresh.verdict is Verdict.GOOD
    assert (old.verdict, old.code) == (Verdict.UNKNOWN, "stale")
    assert old.since == NOW + timedelta(seconds=105)
    assert watch_summary(viewer, NOW + timedelta(hours=1)).good == 0


def test_a_first_failure_shows_as_being_confirmed() -> None:
    organisation = make_organisation()
    check = make_check(make_asset(organisation))
    answer(check, NOW)
    failure = make_result(
        check.public_id, NOW + timedelta(seconds=60), evidence=Evidence.FAILED, code="refused"
    )
    take_results(now=NOW + timedelta(seconds=61), actor=WATCH, results=(failure,))

    (row,) = visible_checks(viewer_in(organisation), NOW + timedelta(seconds=62))

    assert (row.verdict, row.is_soft, row.code) == (Verdict.GOOD, True, "refused")


def test_a_stranger_sees_no_check_no_timeline_and_no_figure() -> None:
    ours, theirs = make_organisation("Nous"), make_organisation("Eux")
    asset = make_asset(theirs)
    answer(make_check(asset), NOW)
    stranger = viewer_in(ours)

    assert visible_checks(stranger, NOW) == []
    assert visible_checks(stranger, NOW, asset=asset.public_id) == []
    assert visible_timeline(stranger, asset.public_id, NOW) == ()
    assert watch_summary(stranger, NOW).total == 0


def test_the_timeline_has_the_outage_between_unknown_before_and_unknown_since() -> None:
    organisation = make_organisation()
    asset = make_asset(organisation)
    check = make_check(asset)
    answer(check, NOW)
    fail(check, NOW + timedelta(minutes=10))
    answer(check, NOW + timedelta(minutes=20))

    stretches = visible_timeline(viewer_in(organisation), asset.public_id, NOW + timedelta(hours=1), days=1)

    silent = NOW + timedelta(minutes=20, seconds=105)
    assert [(each.start, each.verdict) for each in stretches] == [
        (NOW + timedelta(hours=1, days=-1), Verdict.UNKNOWN),
        (NOW, Verdict.GOOD),
        (NOW + timedelta(minutes=10), Verdict.BAD),
        (NOW + timedelta(minutes=20), Verdict.GOOD),
        (silent, Verdict.UNKNOWN),
    ]


def test_open_faults_and_the_last_sign_of_life_are_shown() -> None:
    organisation = make_organisation()
    began = SpooledFault(1, "orders_unreadable", to_microseconds(NOW), is_over=False)
    drain_items(
        now=NOW,
        actor=WATCH,
        spool_id=new_id(NOW),
        items=(began,),
        last_loop_us=to_microseconds(NOW + timedelta(seconds=9)),
    )

    summary = watch_summary(viewer_in(organisation), NOW)

    assert [(fault.code, fault.began_at) for fault in summary.faults] == [("orders_unreadable", NOW)]
    assert summary.watch_seen_at == NOW + timedelta(seconds=9)


def test_the_watch_is_given_the_checks_of_real_machines_that_it_can_make() -> None:
    real, demo = make_organisation(), make_organisation("Demo", is_demo=True)
    here = make_check(make_asset(real, is_here=True), "load", "")
    make_check(make_asset(real), "load", "")
    make_check(make_asset(demo, is_here=True), "load", "")

    orders = whole_orders()

    assert [order.check for order in orders] == [here.public_id]
    assert orders[0].limits.warning is not None
    assert orders[0].policy.period_s == 60
