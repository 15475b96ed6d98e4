"""The templates that a document can begin with: files of this domain, one per topic and language.

Their head says what a draft holds beside its text, one `name: value` a line, up to the first empty line. They
are our own words, so they get the typography of their language; what people write of them later is theirs.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from veilleur.domains.knowledge.rules.documents import PAGE_TOPICS, DocumentKind, Draft, Topic
from veilleur.shared.typography import typeset

_FOLDER = Path(__file__).resolve().parents[1] / "templates" / "knowledge" / "begin"
_LANGUAGES = ("fr", "en")


@dataclass(frozen=True)
class Template:
    """What a document begins with. `name` is what addresses call it; `says` is one sentence about it."""

    name: str
    topic: Topic
    kind: DocumentKind
    says: str
    draft: Draft


def whole_templates(language: str) -> tuple[Template, ...]:
    """Return every template in a language, French or else English, in the order of topics."""
    return tuple(_read(topic, _known(language)) for topic in Topic if topic is not Topic.OTHER)


def whole_template(name: str, language: str) -> Template | None:
    """Return a template by its name, a topic's; "page" and "procedure" are empty ones; None for any other."""
    if name in frozenset(DocumentKind):
        return Template(name, Topic.OTHER, DocumentKind(name), "", Draft("", ""))
    if name in frozenset(Topic) and name != Topic.OTHER:
        return _read(Topic(name), _known(language))
    return None


def _known(language: str) -> str:
    return next((each for each in _LANGUAGES if language.startswith(each)), "en")


@cache
def _read(topic: Topic, language: str) -> Template:
    written = (_FOLDER / language / f"{topic}.md").read_text(encoding="utf-8")
    head, _empty, text = written.partition("\n\n")
    said = dict(line.split(": ", 1) for line in head.splitlines())
    draft = Draft(
        title=typeset(said["title"], language),
        text=typeset(text.strip() + "\n", language),
        may_ask=typeset(said.get("may_ask", ""), language),
        acts=typeset(said.get("acts", ""), language),
        within_min=int(said["within_min"]) if "within_min" in said else None,
        priority=said.get("priority", ""),
    )
    kind = DocumentKind.PAGE if topic in PAGE_TOPICS else DocumentKind.PROCEDURE
    return Template(topic, topic, kind, typeset(said["says"], language), draft)
