"""Data that no service claims is named when nothing protects it or its backup fails; other data is not."""

from datetime import timedelta

import pytest

from veilleur.domains.backups.factories import NOON, make_plan, make_repository, make_restore_test, make_run
from veilleur.domains.backups.queries.bare import visible_bare_data, whole_bare_data
from veilleur.domains.backups.rules.states import RunState, SourceKind, TestState
from veilleur.domains.estate.factories import make_data_set, make_service
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def planned(organisation, data_set, **fields):
    return make_plan(
        organisation.pk,
        repository=make_repository(organisation.pk),
        items={data_set: (SourceKind.FILES, "/srv/data")},
        **fields,
    )


def told(organisation):
    found = whole_bare_data(organisation.pk, NOON + 10 * HOUR)
    return [(each.name, each.verdict, each.reason, each.has_copy) for each in found]


def test_data_without_any_plan_is_named_unless_a_service_claims_it() -> None:
    organisation = make_organisation()
    make_data_set(organisation, "Letters")
    make_data_set(organisation, "Invoices", used_by=make_service(organisation))

    assert told(organisation) == [("Letters", Verdict.BAD, "no_plan", False)]


def test_a_backup_that_fails_is_named_with_its_reason_until_one_succeeds() -> None:
    organisation = make_organisation()
    data_set = make_data_set(organisation, "Letters")
    plan = planned(organisation, data_set)
    assert told(organisation) == [("Letters", Verdict.UNKNOWN, "never_run", False)]

    make_run(plan, data_set, state=RunState.FAILED, reason="source_missing")
    assert told(organisation) == [("Letters", Verdict.BAD, "source_missing", False)]

    make_run(plan, data_set, started_at=NOON + HOUR)
    assert told(organisation) == []

    make_run(plan, data_set, started_at=NOON + 2 * HOUR, state=RunState.FAILED, reason="disk_full")
    assert told(organisation) == [("Letters", Verdict.BAD, "disk_full", True)]


def test_one_place_that_fails_is_named_though_another_holds_a_copy() -> None:
    organisation = make_organisation()
    data_set = make_data_set(organisation, "Letters")
    make_run(planned(organisation, data_set), data_set, state=RunState.FAILED, reason="place_missing")
    make_run(planned(organisation, data_set), data_set, started_at=NOON + HOUR)

    assert told(organisation) == [("Letters", Verdict.BAD, "place_missing", True)]


def test_a_plan_that_a_person_ended_is_to_be_watched_whatever_its_last_run_said() -> None:
    organisation = make_organisation()
    data_set = make_data_set(organisation, "Letters")
    plan = planned(organisation, data_set, is_on=False, ended_at=NOON)
    make_run(plan, data_set, state=RunState.FAILED, reason="disk_full")

    assert told(organisation) == [("Letters", Verdict.WATCH, "plan_ended", False)]


def test_a_copy_whose_last_restore_test_failed_is_named_until_one_passes() -> None:
    organisation = make_organisation()
    data_set = make_data_set(organisation, "Letters")
    run = make_run(planned(organisation, data_set), data_set)

    make_restore_test(run, state=TestState.FAILED, reason="facts_differ")
    assert told(organisation) == [("Letters", Verdict.BAD, "test_failed", False)]

    make_restore_test(run, finished_at=NOON + 2 * HOUR, state=TestState.SKIPPED, reason="disk_full")
    assert told(organisation) == [("Letters", Verdict.BAD, "test_failed", False)]

    make_restore_test(run, finished_at=NOON + 3 * HOUR)
    assert told(organisation) == []


def test_a_backup_that_fails_is_to_be_watched_where_a_service_needs_the_data() -> None:
    organisation = make_organisation()
    data_set = make_data_set(organisation, "Invoices", used_by=make_service(organisation))
    plan = planned(organisation, data_set)
    make_run(plan, data_set)
    assert told(organisation) == []

    make_run(plan, data_set, started_at=NOON + HOUR, state=RunState.FAILED, reason="server_unreachable")
    (found,) = whole_bare_data(organisation.pk, NOON + 10 * HOUR)

    assert (found.verdict, found.reason, found.is_claimed) == (Verdict.WATCH, "server_unreachable", True)


def test_another_organisation_sees_nothing_of_it() -> None:
    organisation, other = make_organisation(), make_organisation()
    make_data_set(organisation, "Letters")

    assert told(other) == []
    assert visible_bare_data(Viewer(1, organisation.pk, frozenset({other.pk})), NOON) == ()
