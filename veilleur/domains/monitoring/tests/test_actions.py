"""Results become belief once each, in order, with a fact for a change and none for a result."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from veilleur.domains.estate.factories import make_asset
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.journal.queries.work import due_jobs
from veilleur.domains.monitoring.actions import (
    PROPOSE_CHECKS,
    activate_checks,
    ask_for_checks,
    drain_items,
    note_silence,
    retire_check,
    take_results,
)
from veilleur.domains.monitoring.factories import make_check, make_result
from veilleur.domains.monitoring.models import Check, CheckState, SpoolPosition, StateChange, WatchFault
from veilleur.domains.monitoring.ports import Spooled, SpooledFault, SpooledResult
from veilleur.domains.monitoring.queries import whole_orders
from veilleur.domains.monitoring.rules.kinds import Proposal
from veilleur.domains.monitoring.rules.outcomes import Evidence
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.intervals import to_microseconds
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, WATCH

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
SPOOL = uuid4()


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def refused(check: Check, seconds: int, sequence: int = 0) -> SpooledResult:
    return make_result(check.public_id, at(seconds), sequence, evidence=Evidence.FAILED, code="refused")


def answered(check: Check, seconds: int, sequence: int = 0) -> SpooledResult:
    return make_result(check.public_id, at(seconds), sequence)


def take(*results: SpooledResult, now: datetime | None = None) -> int:
    return take_results(now=now or at(3600), actor=WATCH, results=results)


def drain(*items: Spooled, spool: UUID = SPOOL) -> int:
    return drain_items(now=at(3600), actor=WATCH, spool_id=spool, items=items, last_loop_us=0)


def state_of(check: Check) -> CheckState:
    return CheckState.objects.of(check.organisation_id).get(check_row=check)


def retire(organisation_id: int, check: Check) -> Check | Refused:
    return retire_check(
        now=NOW, actor=SYSTEM, organisation_id=organisation_id, check=check.public_id, reason="gone"
    )


def facts(organisation_id: int | None) -> list[str]:
    """Return the kinds recorded for an organisation; None: for the installation."""
    return [entry.kind for entry in whole_entries(organisation_id)]


def test_a_thousand_good_results_are_one_fact() -> None:
    check = make_check(make_asset(make_organisation()))

    take(*(answered(check, second) for second in range(0, 6000, 60)), now=at(9000))

    assert facts(check.organisation_id) == ["monitoring.state_changed"]
    assert state_of(check).hard == "ok"


def test_a_service_that_stops_is_believed_down_at_the_third_refusal_since_the_first() -> None:
    check = make_check(make_asset(make_organisation()))
    take(answered(check, 0))

    take(refused(check, 60))
    after_one = state_of(check).hard
    take(refused(check, 75), refused(check, 90))

    change = StateChange.objects.of(check.organisation_id).get(after="critical")
    assert after_one == "ok"
    assert state_of(check).hard == "critical"
    assert (change.before, change.code) == ("ok", "refused")
    assert (change.since_us, change.at_us) == (to_microseconds(at(60)), to_microseconds(at(90)))
    entry = whole_entries(check.organisation_id)[-1]
    assert '"after":"critical"' in entry.body
    assert entry.occurred_at_us == to_microseconds(at(90))


def test_results_of_one_batch_are_taken_in_their_order() -> None:
    check = make_check(make_asset(make_organisation()))

    changed = take(
        answered(check, 0),
        *(refused(check, second) for second in (10, 20, 30)),
        answered(check, 40),
    )

    assert changed == 3
    history = StateChange.objects.of(check.organisation_id).order_by("id").values_list("after", flat=True)
    assert list(history) == ["ok", "critical", "ok"]


def test_a_value_is_judged_with_the_limits_of_its_check() -> None:
    check = make_check(make_asset(make_organisation()), "disk", "/var")

    take(*(make_result(check.public_id, at(second), value=95_000) for second in (0, 15, 30)))

    state = state_of(check)
    assert (state.hard, state.value) == ("warning", 95_000)


def test_a_fault_of_the_watch_never_makes_a_target_bad() -> None:
    check = make_check(make_asset(make_organisation()))
    take(answered(check, 0))

    own = [
        make_result(check.public_id, at(second), evidence=Evidence.OWN_FAULT, code="out_of_files")
        for second in (60, 75, 90, 105)
    ]
    take(*own)

    state = state_of(check)
    assert (state.hard, state.code) == ("unknown", "out_of_files")
    assert not StateChange.objects.of(check.organisation_id).filter(after="critical").exists()


def test_the_same_items_drained_twice_change_nothing_more() -> None:
    check = make_check(make_asset(make_organisation()))
    items = (answered(check, 0, 1), *(refused(check, 60 + 15 * n, 2 + n) for n in range(3)))

    first = drain(*items)
    before = (facts(check.organisation_id), StateChange.objects.of(check.organisation_id).count())
    again = drain(*items)

    assert (first, again) == (4, 0)
    assert (facts(check.organisation_id), StateChange.objects.of(check.organisation_id).count()) == before
    assert SpoolPosition.objects.get(spool_id=SPOOL).last_sequence == 4


def test_items_that_overlap_the_drained_ones_are_taken_from_where_they_are_new() -> None:
    check = make_check(make_asset(make_organisation()))
    first, second, third = (refused(check, 15 * n, n + 1) for n in range(3))
    drain(first, second)

    assert drain(second, third) == 1
    assert state_of(check).hard == "critical"


def test_a_spool_made_anew_counts_from_one_again() -> None:
    check = make_check(make_asset(make_organisation()))
    drain(answered(check, 0, 500))

    assert drain(*(refused(check, 60 + 15 * n, 1 + n) for n in range(3)), spool=uuid4()) == 3
    assert state_of(check).hard == "critical"


def test_results_of_checks_that_ended_or_never_were_are_passed_over() -> None:
    organisation = make_organisation()
    check = make_check(make_asset(organisation))
    retire(organisation.pk, check)

    changed = take(answered(check, 0), make_result(uuid4(), NOW))

    assert changed == 0
    assert state_of(check).last_result_us == 0


def test_silence_becomes_unknown_once() -> None:
    check = make_check(make_asset(make_organisation()))
    take(answered(check, 0), now=at(1))

    early = note_silence(now=at(105), actor=WATCH)
    first = note_silence(now=at(106), actor=WATCH)
    again = note_silence(now=at(200), actor=WATCH)

    assert (early, first, again) == (0, 1, 0)
    state = state_of(check)
    assert (state.hard, state.code) == ("unknown", "stale")
    assert state.hard_since_us == to_microseconds(at(105))


def test_faults_of_the_watch_are_opened_and_closed_once_and_belong_to_nobody() -> None:
    began = SpooledFault(1, "spool_unwritable", to_microseconds(NOW), is_over=False)
    again = SpooledFault(2, "spool_unwritable", to_microseconds(at(5)), is_over=False)
    over = SpooledFault(3, "spool_unwritable", to_microseconds(at(60)), is_over=True)
    late = SpooledFault(4, "spool_unwritable", to_microseconds(at(61)), is_over=True)

    drain(began, again, over, late)

    fault = WatchFault.objects.get()
    assert (fault.began_us, fault.ended_us) == (to_microseconds(NOW), to_microseconds(at(60)))
    assert facts(None) == ["monitoring.watch_fault_began", "monitoring.watch_fault_ended"]


def test_checks_are_activated_once_each_and_start_unknown() -> None:
    organisation = make_organisation()
    asset = make_asset(organisation, is_here=True)
    proposals = (Proposal("load", ""), Proposal("disk", "/"), Proposal("disk", "/"))

    def activate() -> int | Refused:
        return activate_checks(
            now=NOW,
            actor=SYSTEM,
            organisation_id=organisation.pk,
            asset=asset.public_id,
            proposals=proposals,
        )

    assert (activate(), activate()) == (2, 0)
    assert facts(organisation.pk) == ["monitoring.check_activated"] * 2
    assert {(order.kind, order.target) for order in whole_orders()} == {("load", ""), ("disk", "/")}
    assert set(CheckState.objects.of(organisation.pk).values_list("hard", "code")) == {
        ("unknown", "never_checked")
    }


def test_a_check_that_was_retired_is_not_proposed_again() -> None:
    organisation = make_organisation()
    asset = make_asset(organisation, is_here=True)
    check = make_check(asset, "disk", "/mnt/usb")
    retire(organisation.pk, check)

    count = activate_checks(
        now=NOW,
        actor=SYSTEM,
        organisation_id=organisation.pk,
        asset=asset.public_id,
        proposals=(Proposal("disk", "/mnt/usb"),),
    )

    assert count == 0
    assert whole_orders() == ()


def test_another_organisations_check_and_asset_do_not_exist_here() -> None:
    ours, theirs = make_organisation("Nous"), make_organisation("Eux")
    asset = make_asset(theirs)
    check = make_check(asset)

    retired = retire(ours.pk, check)
    activated = activate_checks(
        now=NOW, actor=SYSTEM, organisation_id=ours.pk, asset=asset.public_id, proposals=()
    )

    assert retired == Refused("no_such_check")
    assert activated == Refused("no_such_asset")


def test_asking_twice_for_checks_is_one_job() -> None:
    organisation = make_organisation()
    asset = make_asset(organisation)

    for _ in range(2):
        ask_for_checks(now=NOW, actor=SYSTEM, organisation=organisation.public_id, asset=asset.public_id)

    assert len(due_jobs({PROPOSE_CHECKS}, NOW)) == 1
