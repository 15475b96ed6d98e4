"""The home page names data that nobody tied to a service and that has no copy."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from veilleur.desk.tests.office import Office
from veilleur.domains.backups.factories import make_plan, make_run
from veilleur.domains.backups.rules.states import RunState, SourceKind
from veilleur.domains.estate.factories import make_data_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Office:
    return Office(client)


def failing(office: Office) -> Any:
    letters = make_data_set(office.organisation, "Letters of 2019")
    plan = make_plan(
        office.organisation.pk,
        repository=office.place,
        items={letters: (SourceKind.FILES, "/srv/letters")},
    )
    return make_run(plan, letters, state=RunState.FAILED, reason="source_missing")


def test_a_failing_backup_of_no_service_is_an_action_and_makes_the_third_answer_bad(office: Office) -> None:
    before = office.page("home")
    failing(office)

    text = office.page("home")

    assert "Letters of 2019" not in before
    third = text[text.index("How much work") : text.index("Am I up to date")]
    assert "Letters of 2019: this data has no copy. Data that should be protected" in third
    assert "state-bad" in third
    month = text[text.index('id="month"') :]
    assert "This data has no copy. Data that should be protected" in month
    assert f'href="{reverse("desk:protection")}"' in month
