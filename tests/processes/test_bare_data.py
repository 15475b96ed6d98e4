"""`doctor` names data that nobody tied to a service and that has no copy, with the page that mends it."""

from typing import Any

import pytest

from veilleur.config.words import speaking
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
