"""The journal's page: what happened, newest first, of everything, of one subject or of one domain."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from veilleur.desk.pages.speech import language, said_since
from veilleur.domains.backups import labels as backups
from veilleur.domains.backups.queries import (
    visible_ended_plans,
    visible_plans,
    visible_repositories,
    visible_retired,
)
from veilleur.domains.estate import labels as estate
from veilleur.domains.estate.queries import visible_map, visible_retired_data_sets
from veilleur.domains.estate.rules.map import NodeKind
from veilleur.domains.journal import labels as journal
from veilleur.domains.journal.queries import sequence_of, visible_timeline
from veilleur.domains.journal.rules.work import ReadEntry
from veilleur.domains.knowledge import labels as knowledge
from veilleur.domains.knowledge.queries import hidden_documents, visible_titles
from veilleur.domains.monitoring import labels as monitoring
from veilleur.domains.organisations import labels as organisations
from veilleur.domains.organisations.queries import visible_names
from veilleur.domains.recovery import labels as recovery
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import DEMO, SYSTEM, WATCH, Viewer
from veilleur.shared.words import number

PAGE = 50
# What may be asked for alone: code, word, kinds with their sentences.
_DOMAINS: tuple[tuple[str, str | Promise, dict[str, Any]], ...] = (
    ("estate", gettext_lazy("Estate"), estate.FACTS),
    ("watch", gettext_lazy("Watch"), monitoring.FACTS),
    ("backups", gettext_lazy("Backups"), backups.FACTS),
    ("restart", gettext_lazy("Restart"), recovery.FACTS),
    ("documents", gettext_lazy("Documents"), knowledge.FACTS),
    ("people", gettext_lazy("People"), organisations.FACTS),
    ("journal", gettext_lazy("Veilleur itself"), journal.FACTS),
)
SENTENCES: dict[str, Any] = {kind: text for _code, _word, facts in _DOMAINS for kind, text in facts.items()}
# Who proposes services; whoever else adds one declares it.
_PROPOSERS = frozenset(each.pseudonym for each in (SYSTEM, WATCH, DEMO))
_PLACES = {
    NodeKind.ASSET: "desk:machine",
    NodeKind.SERVICE: "desk:service",
    NodeKind.ACTIVITY: "desk:activity",
}
# Kind -> which field of the fact is a state, and the word for it.
_STATES: dict[str, tuple[str, Callable[[str], str | Promise]]] = {
    "knowledge.run_ended": ("outcome", lambda code: knowledge.OutcomeChoice(code).label),
    "monitoring.state_changed": ("after", lambda code: monitoring.HealthChoice(code).label),
    "recovery.answer_changed": ("state", lambda code: recovery.STATES[Verdict(code)]),
    "backups.run_ended": ("state", lambda code: backups.RunStateChoice(code).label),
    "backups.restore_test_ended": ("state", lambda code: backups.TestStateChoice(code).label),
}


@dataclass(frozen=True)
class Subject:
    """Something that facts are about, with its page. `kind` tells it from others of its name."""

    name: str
    url: str
    kind: str | Promise


@dataclass(frozen=True)
class Line:
    """One fact in words. `word`: the state it tells of; `about` may be several things."""

    at: datetime
    when: str
    text: str | Promise
    word: str | Promise
    about: tuple[Subject, ...]
    detail: str
    by: str


@dataclass(frozen=True)
class JournalPage:
    """A page of facts. `older`: the address of the page that goes on, "" at the beginning of everything."""

    headline: str
    subject: UUID | None
    domain: str
    domains: tuple[tuple[str, str | Promise], ...]
    lines: tuple[Line, ...]
    older: str


def journal_page(
    viewer: Viewer, now: datetime, *, subject: UUID | None, domain: str, before: int | None
) -> JournalPage:
    """Return the newest facts below a sequence that the viewer may see; of an unknown domain, of all."""
    kinds = next((tuple(facts) for code, _word, facts in _DOMAINS if code == domain), None)
    found = visible_timeline(viewer, subject=subject, kinds=kinds, before_sequence=before, limit=PAGE + 1)
    known, names, hidden = _subjects(viewer), visible_names(viewer), hidden_documents(viewer)
    shown = found[:PAGE]
    lines = (_line(entry, known, names, now) for entry in shown)
    return JournalPage(
        headline=_headline(viewer, known.get(subject) if subject else None, subject),
        subject=subject,
        domain=domain if kinds else "",
        domains=tuple((code, word) for code, word, _facts in _DOMAINS),
        lines=tuple(
            _veiled(line) if entry.subject in hidden else line
            for entry, line in zip(shown, lines, strict=True)
        ),
        older=_older(subject, domain, shown[-1].sequence) if len(found) > PAGE else "",
    )


def _headline(viewer: Viewer, about: Subject | None, subject: UUID | None) -> str:
    if about is not None:
        return _("What happened to {name}").format(name=about.name)
    if subject is not None:
        return _("What happened to one thing")
    count = sequence_of(viewer.organisation_id)
    text = ngettext("{count} fact is in the journal.", "{count} facts are in the journal.", count)
    return text.format(count=number(count, language()))


def _older(subject: UUID | None, domain: str, sequence: int) -> str:
    asked = {"subject": subject, "about": domain, "before": sequence}
    return "?" + urlencode({key: value for key, value in asked.items() if value})


def _subjects(viewer: Viewer) -> dict[UUID, Subject]:
    """Return what facts may be about, among what the viewer may see. A few queries, whatever the page."""
    copies = reverse("desk:protection")
    found = {}
    for node in visible_map(viewer).nodes:
        kind = NodeKind(node.kind)
        url = reverse(_PLACES[kind], args=[node.id]) if kind in _PLACES else copies
        found[node.id] = Subject(node.name, url, estate.NodeKindChoice(kind).label)
    for row in visible_retired_data_sets(viewer):
        url = reverse("desk:retire_data", args=[row.id])
        found[row.id] = Subject(row.name, url, estate.NodeKindChoice.DATA_SET.label)
    for plan in (*visible_plans(viewer), *visible_ended_plans(viewer)):
        found[plan.id] = Subject(plan.name, reverse("desk:plan", args=[plan.id]), _("Backup plan"))
    for place in (*visible_repositories(viewer), *visible_retired(viewer)):
        found[place.id] = Subject(place.name, copies, _("Backup place"))
    for document, title in visible_titles(viewer).items():
        found[document] = Subject(title, reverse("knowledge:document", args=[document]), _("Document"))
    return found


def _line(entry: ReadEntry, known: dict[UUID, Subject], names: dict[str, str], now: datetime) -> Line:
    about = tuple(known[one] for one in dict.fromkeys(_ids(entry)) if one in known)
    own, word_of = _STATES.get(entry.kind, ("", None))
    return Line(
        at=entry.occurred_at,
        when=said_since(entry.occurred_at, now),
        text=_sentence(entry),
        word=word_of(getattr(entry.fact, own)) if word_of and entry.fact is not None else "",
        about=_told_apart(about),
        detail=_detail(entry),
        by=_author(entry.actor, names),
    )


def _veiled(line: Line) -> Line:
    """Return a fact about a document that is not written for the viewer: that it happened, not to what."""
    return replace(line, about=(), detail=str(knowledge.HIDDEN_DOCUMENT))


def _told_apart(about: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Return the same things; those that bear one name, as a plan and its data may, say what they are."""
    names = [each.name for each in about]
    return tuple(
        replace(each, name=f"{each.name} ({str(each.kind).lower()})") if names.count(each.name) > 1 else each
        for each in about
    )


def _sentence(entry: ReadEntry) -> str | Promise:
    """Return what happened in words: what the fact itself says of it, else what its kind does."""
    if entry.kind == "estate.service_proposed" and entry.actor not in _PROPOSERS:
        return estate.SERVICE_DECLARED
    return backups.fact_sentence(entry.fact) or SENTENCES.get(entry.kind, entry.kind)


def _ids(entry: ReadEntry) -> Iterator[UUID]:
    if entry.subject is not None:
        yield entry.subject
    for field in fields(entry.fact) if entry.fact is not None else ():
        value = getattr(entry.fact, field.name)
        yield from (one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, UUID))


def _detail(entry: ReadEntry) -> str:
    """Return what the fact itself names: a check, a scenario, a name or a database."""
    if entry.body is None:
        return _("Its content was erased.")
    if entry.kind.startswith("monitoring.") and "target" in entry.body:
        return monitoring.check_name(str(entry.body["kind"]), str(entry.body["target"]), "")
    if entry.kind == "recovery.answer_changed":
        return str(recovery.SCENARIOS[str(entry.body["scenario"])])
    if entry.kind.startswith("organisations.") and (said := organisations.fact_detail(entry.body)):
        return said
    return str(entry.body.get("name") or entry.body.get("source") or "")


def _author(pseudonym: str, names: dict[str, str]) -> str:
    if pseudonym in (SYSTEM.pseudonym, WATCH.pseudonym):
        return "Veilleur"
    if pseudonym == DEMO.pseudonym:
        return _("demonstration")
    return names.get(pseudonym) or _("somebody who is not a member any more")
