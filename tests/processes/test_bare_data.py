"""`doctor` names data that nobody tied to a service and that has no copy, with the page that mends it."""

from typing import Any

import pytest

from veilleur.config.words import speaking
from veilleur.domains.backups.factories import (
    make_plan,
    make_repository,
    make_restore_test,
    make_run,
)
from veilleur.domains.backups.rules.states import RunState, SourceKind, TestState
from veilleur.domains.estate.factories import make_data_set, make_service
from veilleur.domains.organisations.factories import make_organisation
from veilleur.processes.database_findings import bare_data
from veilleur.shared.clock import utc_now
from veilleur.shared.verdict import Verdict


@pytest.mark.django_db
def test_doctor_names_data_without_a_copy_that_no_service_claims(settings: Any) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8800"
    organisation = make_organisation()
    make_data_set(organisation, "Invoices", used_by=make_service(organisation))
    assert list(bare_data(utc_now())) == []
    make_data_set(organisation, "Letters of 2019")

    with speaking("en"):
        (finding,) = bare_data(utc_now())

    assert finding.state is Verdict.BAD
    assert finding.message.startswith("Letters of 2019, data of no service, has no copy: ")
    assert finding.remedy == "http://127.0.0.1:8800/protection/"


@pytest.mark.django_db
def test_doctor_names_copies_that_may_not_come_back_and_backups_that_fail(settings: Any) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8800"
    organisation = make_organisation()
    letters = make_data_set(organisation, "Letters")
    invoices = make_data_set(organisation, "Invoices", used_by=make_service(organisation))
    sources = {each: (SourceKind.FILES, f"/srv/{each.pk}") for each in (letters, invoices)}
    plan = make_plan(organisation.pk, repository=make_repository(organisation.pk), items=sources)
    make_restore_test(make_run(plan, letters), state=TestState.FAILED, reason="facts_differ")
    make_run(plan, invoices, state=RunState.FAILED, reason="disk_full")

    with speaking("en"):
        said = {finding.message: finding.state for finding in bare_data(utc_now())}

    assert said == {
        "Letters, data of no service, may not come back: Its last restore test failed.": Verdict.BAD,
        "Invoices has no copy: The disk is full.": Verdict.WATCH,
    }
