"""A person's language is kept, and only that person's."""

from datetime import UTC, datetime

import pytest

from veilleur.domains.organisations.actions import choose_language
from veilleur.domains.organisations.factories import make_organisation, make_person
from veilleur.shared.viewer import Actor

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_person_reads_in_the_language_chosen_and_others_in_theirs() -> None:
    organisation = make_organisation()
    anna, ben = make_person(organisation, language="fr"), make_person(organisation, language="fr")

    choose_language(now=NOW, actor=Actor(anna.pseudonym), person_id=anna.pk, language="en")

    anna.refresh_from_db()
    ben.refresh_from_db()
    assert (anna.language, ben.language) == ("en", "fr")
