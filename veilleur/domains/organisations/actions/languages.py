"""The language in which a person reads pages and messages."""

from datetime import datetime

from veilleur.domains.journal.actions import recorded
from veilleur.domains.organisations.models import Person
from veilleur.shared.viewer import Actor


@recorded
def choose_language(*, now: datetime, actor: Actor, person_id: int, language: str) -> None:
    """Keep a person's language (fr or en). A preference is no fact: nothing is journalled."""
    Person.objects.filter(pk=person_id).update(language=language)
