"""People's steps: the company's own estimates in place of the defaults."""

import pytest

from veilleur.desk.tests.office import Office
from veilleur.domains.recovery.queries import whole_means
from veilleur.domains.recovery.rules.inputs import Means
from veilleur.domains.recovery.rules.people import CHECK, DECIDE, DEFAULT_ESTIMATES, PREPARE, VALIDATE
from veilleur.domains.recovery.rules.scenarios import DATA_LOST

pytestmark = pytest.mark.django_db
ADDRESS = "/restart/steps/?scenario=data_lost"


def said(**changes: object) -> dict[str, object]:
    """Return the form as it stands, with some answers changed."""
    form: dict[str, object] = {"technicians": 1, "streams": 1}
    for step in (DECIDE, PREPARE, CHECK, VALIDATE):
        present = DEFAULT_ESTIMATES[(DATA_LOST, step)]
        form |= {
            f"{step}_low": round(present.low_s / 60),
            f"{step}_likely": round(present.likely_s / 60),
            f"{step}_high": round(present.high_s / 60),
        }
    return form | changes


def test_the_page_shows_the_defaults_as_such(office: Office) -> None:
    page = office.client.get(ADDRESS).content.decode()

    assert page.count("by default") == 4
    assert 'name="decide_likely" value="30"' in page
    assert "key_likely" not in page  # data lost: the machine knows the passwords


def test_only_what_was_changed_is_kept_and_counts_from_then_on(office: Office) -> None:
    answer = office.client.post(ADDRESS, said(decide_low=1, decide_likely=5, decide_high=10, technicians=2))

    means = whole_means(office.organisation.pk)
    assert (answer.status_code, answer["Location"]) == (302, "/restart/?scenario=data_lost")
    assert {key: (one.low_s, one.likely_s, one.high_s) for key, one in means.estimates.items()} == {
        (DATA_LOST, DECIDE): (60, 300, 600)
    }
    assert (means.technicians, means.streams) == (2, 1)
    assert "by default" in office.client.get(ADDRESS).content.decode()


def test_the_form_sent_as_it_stands_says_nothing(office: Office) -> None:
    office.client.post(ADDRESS, said())

    assert whole_means(office.organisation.pk) == Means()


@pytest.mark.parametrize(
    "wrong",
    [
        {"decide_likely": 200},
        {"decide_low": -1},
        {"check_high": ""},
        {"technicians": 0},
        {"decide_high": 10**9},
        {"prepare_low": "soon"},
    ],
)
def test_what_cannot_be_is_refused_whole(office: Office, wrong: dict[str, object]) -> None:
    answer = office.client.post(ADDRESS, said(validate_likely=21, **wrong))

    assert answer.status_code == 422
    assert whole_means(office.organisation.pk) == Means()


def test_an_unknown_scenario_is_not_there(office: Office) -> None:
    assert office.client.get("/restart/steps/?scenario=flood").status_code == 404
