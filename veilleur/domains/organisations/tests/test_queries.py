"""Who looks at what, and who may sign in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test.utils import CaptureQueriesContext

from veilleur.domains.organisations import queries
from veilleur.domains.organisations.factories import SINCE, make_membership, make_organisation, make_person
from veilleur.domains.organisations.models import Membership
from veilleur.shared.ids import new_id
from veilleur.shared.models import UnscopedRead

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_a_member_looks_at_the_own_organisation() -> None:
    organisation = make_organisation()
    person = make_person(organisation)

    viewer = queries.viewer_of(person.pk, NOW)

    assert viewer is not None
    assert (viewer.person_id, viewer.organisation_id) == (person.pk, organisation.pk)
    assert viewer.organisation_ids == {organisation.pk}


def test_whoever_belongs_to_several_looks_at_the_chosen_one_or_the_first_joined() -> None:
    first, second, foreign = make_organisation("A"), make_organisation("B"), make_organisation("C")
    person = make_person(first)
    make_membership(second, person)

    def looked_at(chosen: object) -> int:
        viewer = queries.viewer_of(person.pk, NOW, chosen=chosen)
        assert viewer is not None
        assert viewer.organisation_ids == {first.pk, second.pk}
        return viewer.organisation_id

    assert looked_at(None) == first.pk
    assert looked_at(second.public_id) == second.pk
    # Neither one that is somebody else's nor one that does not exist.
    assert looked_at(foreign.public_id) == first.pk
    assert looked_at(new_id(NOW)) == first.pk


@pytest.mark.parametrize(
    ("until", "sees"),
    [(None, True), (NOW + timedelta(seconds=1), True), (NOW, False), (NOW - timedelta(days=1), False)],
)
def test_a_membership_counts_up_to_its_end_which_is_excluded(until: datetime | None, sees: bool) -> None:
    organisation, person = make_organisation(), make_person()
    make_membership(organisation, person, until=until)

    assert (queries.viewer_of(person.pk, NOW) is not None) == sees
    assert queries.organisation_ids_of(person.pk, NOW) == ([organisation.pk] if sees else [])


def test_a_membership_that_has_not_begun_shows_nothing() -> None:
    person = make_person(make_organisation())

    assert queries.viewer_of(person.pk, SINCE - timedelta(seconds=1)) is None
    assert queries.viewer_of(person.pk, SINCE) is not None


def test_an_inactive_person_and_one_without_membership_are_no_viewers() -> None:
    assert queries.viewer_of(make_person(make_organisation(), is_active=False).pk, NOW) is None
    assert queries.viewer_of(make_person().pk, NOW) is None


def test_who_looks_costs_two_queries(django_assert_num_queries: object) -> None:
    person = make_person(make_organisation())

    with django_assert_num_queries(2) as queries_made:  # type: ignore[operator]
        queries.viewer_of(person.pk, NOW)

    assert isinstance(queries_made, CaptureQueriesContext)


def test_a_viewer_sees_the_own_organisations_by_name_and_no_other() -> None:
    zebra, ant = make_organisation("Zebra"), make_organisation("Ant", is_demo=True)
    make_organisation("Foreign")
    person = make_person(zebra)
    make_membership(ant, person)
    viewer = queries.viewer_of(person.pk, NOW)
    assert viewer is not None

    assert queries.visible_organisation(viewer).name == "Zebra"
    assert [row.name for row in queries.visible_organisations(viewer)] == ["Ant", "Zebra"]
    assert [row.name for row in queries.whole_organisations(with_demo=False)] == ["Zebra", "Foreign"]


def test_memberships_cannot_be_read_without_saying_whose() -> None:
    with pytest.raises(UnscopedRead):
        Membership.objects.all()


def test_somebody_can_sign_in_who_is_active_a_member_now_and_has_a_password() -> None:
    organisation, other = make_organisation(), make_organisation()
    make_person(organisation, is_active=False)
    make_membership(organisation, make_person(), until=NOW)
    helpless = make_person(organisation)
    helpless.set_unusable_password()
    helpless.save()
    make_person(other)
    assert not queries.is_anybody_able_to_sign_in(organisation.pk, NOW)

    make_person(organisation)

    assert queries.is_anybody_able_to_sign_in(organisation.pk, NOW)


def test_a_person_is_found_by_address_whatever_its_case() -> None:
    person = make_person(email="anna@vexin.example")

    assert queries.person_with_email(" ANNA@vexin.example") == person
    assert queries.person_with_email("ben@vexin.example") is None
