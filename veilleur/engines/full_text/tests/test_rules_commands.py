"""Questions to the full-text searches: whatever stands in a word is a word, never an operator."""

from veilleur.domains.knowledge.rules.search import Asked
from veilleur.engines.full_text.commands import postgresql_question, sqlite_question


def test_each_word_is_asked_for_by_its_beginning_or_its_singular() -> None:
    words = (Asked("clients", "client"), Asked("erp"))

    assert sqlite_question(words) == '("clients"* OR "client") AND "erp"*'
    assert postgresql_question(words) == "('clients':* | 'client') & 'erp':*"


def test_signs_of_the_languages_stay_within_their_word() -> None:
    word = (Asked("a\" OR \"b' | 'c\\"),)

    assert sqlite_question(word) == '"a"" OR ""b\' | \'c\\"*'
    assert postgresql_question(word) == "'a\" OR \"b'' | ''c\\\\':*"
