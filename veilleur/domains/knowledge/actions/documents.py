"""Documents: the first version, the next one, care, what they are about, that they are right, out of use."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.queries import whole_map
from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.knowledge.facts import (
    DocumentConfirmed,
    DocumentEntrusted,
    DocumentOpened,
    DocumentRetired,
    DocumentTied,
    DocumentWritten,
)
from veilleur.domains.knowledge.models import Document, DocumentSubject, DocumentVersion
from veilleur.domains.knowledge.ports import SEARCH_INDEX
from veilleur.domains.knowledge.rules.audience import Audience
from veilleur.domains.knowledge.rules.documents import (
    REVIEW_MONTHS,
    DocumentKind,
    Draft,
    Topic,
)
from veilleur.domains.knowledge.rules.prepared import Prepared
from veilleur.domains.organisations.queries import list_current_members
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@dataclass(frozen=True)
class Care:
    """Who looks after a document, both by a person's public id, how many months a look at it counts, and
    what of the estate it is about, by public id; who reads it.
    """

    owner: UUID
    deputy: UUID | None
    review_months: int
    about: frozenset[UUID] = frozenset()
    audience: Audience = Audience.TEAM_AND_PROVIDER


@dataclass(frozen=True)
class NewDocument:
    """A document that somebody begins."""

    topic: Topic
    kind: DocumentKind
    prepared: Prepared
    care: Care


@recorded
def write_document(
    *, now: datetime, actor: Actor, organisation_id: int, new: NewDocument
) -> Document | Refused:
    """Write a new document, its first version, with who looks after it and what it is about.

    Refused with the fault of what was prepared, "no_such_member", "one_person_twice",
    "review_unknown" or "no_such_subject"; nothing is written then.
    """
    people = _people(organisation_id, new.care, now)
    if isinstance(people, Refused):
        return people
    if new.prepared.fault is not None:
        return Refused(new.prepared.fault)
    kinds = _kinds_of(organisation_id, new.care.about, now)
    if kinds is None:
        return Refused("no_such_subject")
    document = Document(
        organisation_id=organisation_id,
        public_id=new_id(now),
        kind=new.kind,
        topic=new.topic,
        created_at=now,
        reviewed_at=now,
        audience=new.care.audience,
        **people,
    )
    add_version(document, new.prepared, 1, now, actor)
    _record_care(document)
    if new.care.audience is not Audience.TEAM_AND_PROVIDER:
        _record_audience(document)
    _tie(document, kinds, frozenset(), now)
    return document


@recorded
def save_document(
    *, now: datetime, actor: Actor, organisation_id: int, document: UUID, prepared: Prepared, seen: int
) -> Document | Refused:
    """Save the next version; `seen` is the number of the version that the writer began with.

    Nothing changes where it says what the newest version says. Refused with "saved_meanwhile" where
    somebody else saved since, with the fault of what was prepared, or "no_such_document".
    """
    row = held_document(organisation_id, document)
    if row is None:
        return Refused("no_such_document")
    if prepared.fault is not None:
        return Refused(prepared.fault)
    newest = DocumentVersion.objects.of(organisation_id).get(document=row, number=row.number)
    if draft_of(newest) == prepared.draft:
        return row
    if seen != row.number:
        return Refused("saved_meanwhile")
    add_version(row, prepared, row.number + 1, now, actor)
    return row


@recorded
def settle_document(
    *, now: datetime, actor: Actor, organisation_id: int, document: UUID, care: Care
) -> Refused | None:
    """Say who looks after a document, how long a look at it counts, and what of the estate it is about.

    Nothing is recorded of what is so already; what left the map meanwhile stays tied. Refused with
    "no_such_document", "no_such_member", "one_person_twice", "review_unknown" or "no_such_subject".
    """
    row = held_document(organisation_id, document)
    if row is None:
        return Refused("no_such_document")
    people = _people(organisation_id, care, now)
    if isinstance(people, Refused):
        return people
    present = {node.id for node in whole_map(organisation_id, now).nodes}
    rows = DocumentSubject.objects.of(organisation_id).filter(document=row)
    tied = frozenset(rows.values_list("subject", flat=True))
    kinds = _kinds_of(organisation_id, care.about - tied, now)
    if kinds is None:
        return Refused("no_such_subject")
    if any(getattr(row, name) != value for name, value in people.items()):
        for name, value in people.items():
            setattr(row, name, value)
        row.save(update_fields=["owner", "deputy", "review_months"])
        _record_care(row)
    if row.audience != care.audience:
        row.audience = care.audience
        row.save(update_fields=["audience"])
        _record_audience(row)
    _tie(row, kinds, (tied & present) - care.about, now)
    return None


@recorded
def confirm_document(
    *, now: datetime, actor: Actor, organisation_id: int, document: UUID, number: int
) -> Refused | None:
    """Say that a document, in the version that was read, is still right; the time to the next look begins.

    Refused with "saved_meanwhile" for a version that is not the newest, or "no_such_document".
    """
    row = held_document(organisation_id, document)
    if row is None:
        return Refused("no_such_document")
    if number != row.number:
        return Refused("saved_meanwhile")
    row.reviewed_at = now
    row.save(update_fields=["reviewed_at"])
    record(DocumentConfirmed(number=number), subject=document, organisation_id=organisation_id)
    return None


@recorded
def retire_document(
    *, now: datetime, actor: Actor, organisation_id: int, document: UUID
) -> Document | Refused:
    """Take a document out of use; its versions stay. Refused with "no_such_document"."""
    row = held_document(organisation_id, document)
    if row is None:
        return Refused("no_such_document")
    row.retired_at = now
    row.save(update_fields=["retired_at"])
    SEARCH_INDEX.get().drop(row.pk)
    record(DocumentRetired(name=row.title), subject=document, organisation_id=organisation_id)
    return row


def held_document(organisation_id: int, document: UUID) -> Document | None:
    """Return a document in use, locked: one person's save is weighed against another's."""
    rows = Document.objects.of(organisation_id).filter(public_id=document, retired_at=None)
    found: Document | None = rows.select_for_update().first()
    return found


def _people(organisation_id: int, care: Care, now: datetime) -> dict[str, object] | Refused:
    wanted = [care.owner, *([care.deputy] if care.deputy else [])]
    if len(set(wanted)) < len(wanted):
        return Refused("one_person_twice")
    if care.review_months not in REVIEW_MONTHS:
        return Refused("review_unknown")
    rows = list_current_members(organisation_id, now).select_related("person")
    members = {row.person.public_id: row for row in rows.filter(person__public_id__in=wanted)}
    if len(members) < len(wanted):
        return Refused("no_such_member")
    deputy = members[care.deputy] if care.deputy else None
    return {"owner": members[care.owner], "deputy": deputy, "review_months": care.review_months}


def _kinds_of(organisation_id: int, about: frozenset[UUID], now: datetime) -> dict[UUID, str] | None:
    """Return the kind of each of these nodes of the present map; None where one is not on it."""
    if not about:
        return {}
    nodes = {node.id: node.kind for node in whole_map(organisation_id, now).nodes if node.id in about}
    return nodes if len(nodes) == len(about) else None


def add_version(document: Document, prepared: Prepared, number: int, now: datetime, actor: Actor) -> None:
    """Write a version within the transaction of the caller, which holds the document."""
    draft = prepared.draft
    document.title, document.number = draft.title, number
    document.blanks, document.changed_at = prepared.blanks, now
    document.save()
    version = DocumentVersion(
        organisation_id=document.organisation_id,
        public_id=new_id(now),
        document=document,
        number=number,
        author=actor.pseudonym,
        made_at=now,
        **asdict(draft),
    )
    version.save(force_insert=True)
    SEARCH_INDEX.get().put(document.organisation_id, document.pk, prepared.title_words, prepared.text_words)
    fact = DocumentWritten(
        number=number,
        name=draft.title,
        kind=document.kind,
        topic=document.topic,
        text_digest=prepared.digest,
    )
    record(fact, subject=document.public_id, organisation_id=document.organisation_id)


def draft_of(version: DocumentVersion) -> Draft:
    """Return what a version says."""
    return Draft(
        version.title, version.text, version.may_ask, version.acts, version.within_min, version.priority
    )


def _record_care(document: Document) -> None:
    fact = DocumentEntrusted(
        owner=document.owner.person.pseudonym,
        deputy=document.deputy.person.pseudonym if document.deputy else "",
        review_months=document.review_months,
    )
    record(fact, subject=document.public_id, organisation_id=document.organisation_id)


def _record_audience(document: Document) -> None:
    fact = DocumentOpened(audience=document.audience)
    record(fact, subject=document.public_id, organisation_id=document.organisation_id)


def _tie(document: Document, fresh: dict[UUID, str], gone: frozenset[UUID], now: datetime) -> None:
    if not fresh and not gone:
        return
    rows = DocumentSubject.objects.of(document.organisation_id).filter(document=document)
    rows.filter(subject__in=gone).delete()
    for subject, kind in sorted(fresh.items()):
        row = DocumentSubject(
            organisation_id=document.organisation_id,
            public_id=new_id(now),
            document=document,
            kind=kind,
            subject=subject,
        )
        row.save(force_insert=True)
    fact = DocumentTied(tied=tuple(sorted(fresh)), untied=tuple(sorted(gone)))
    record(fact, subject=document.public_id, organisation_id=document.organisation_id)
