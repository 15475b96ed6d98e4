"""The offline bundle: made when what it says has changed, or after a week; copies are looked at hourly."""

import errno
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, BinaryIO
from uuid import UUID
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation

from veilleur.domains.journal.rules.work import Clock, JobTicket, Periodic
from veilleur.domains.knowledge.actions.bundle import (
    MAKE,
    MadeBundle,
    ask_bundle,
    note_bundle,
    note_bundle_places,
)
from veilleur.domains.knowledge.labels import (
    BUNDLE_HEADINGS,
    LEFT_OUT,
    NOBODY_ON_CALL,
    SOMEBODY_ON_CALL,
    TopicChoice,
)
from veilleur.domains.knowledge.ports import BUNDLE_PRESS, BUNDLE_SHELF, FILE_STORE, BundlePart
from veilleur.domains.knowledge.queries.bundle import newest_bundle, whole_bundle_content
from veilleur.domains.knowledge.rules.bundle import (
    MADE_AGAIN_AFTER,
    MANIFEST,
    ROTA_AHEAD,
    Content,
    contents_digest,
    folder_of,
    manifest_of,
    paper_name,
    stamp_of,
    table,
)
from veilleur.domains.knowledge.rules.bundle_files import FILES_BYTES, CarriedFile, carried_files
from veilleur.domains.knowledge.rules.files import FileFault
from veilleur.domains.organisations.labels import ROLES
from veilleur.domains.organisations.labels.rota import COVERS
from veilleur.domains.organisations.queries import organisation_of, whole_organisations
from veilleur.shared import words
from veilleur.shared.viewer import SYSTEM

LOOK_AFTER_ALL = "knowledge.bundles"
# While somebody sets Veilleur up, everything that a bundle says is still changing.
SETTLING = timedelta(minutes=10)


def look_after(_ticket: JobTicket, clock: Clock) -> None:
    """Ask for every real organisation's bundle; each is a job of its own."""
    for organisation in whole_organisations(with_demo=False):
        wait_until = organisation.created_at + SETTLING
        ask_bundle(now=clock(), actor=SYSTEM, organisation_id=organisation.pk, not_before=wait_until)


def make_if_needed(ticket: JobTicket, clock: Clock) -> None:
    """Make the bundle of the organisation named in the payload where it is due, and look at its copies."""
    named = ticket.payload.get("organisation")
    organisation = organisation_of(UUID(named)) if isinstance(named, str) else None
    if organisation is not None and not organisation.is_demo:
        keep_bundle(organisation, clock, always=ticket.payload.get("always") is True)


def keep_bundle(organisation: Any, clock: Clock, *, always: bool = False) -> MadeBundle | None:
    """Make a bundle where what it says changed, or the last one is a week old; then look at every copy.

    Return the one that was made, None where the last one still holds. Raise OSError where it cannot be
    written; that the last one is out of date is kept by then.
    """
    with translation.override(organisation.language), timezone.override(ZoneInfo(organisation.time_zone)):
        return _keep_bundle(organisation, clock, always=always)


def _keep_bundle(organisation: Any, clock: Clock, *, always: bool) -> MadeBundle | None:
    now = clock()
    content = whole_bundle_content(organisation.pk, organisation.name, now)
    digest, last = contents_digest(content), newest_bundle(organisation.pk)
    owner = folder_of(organisation.name, organisation.public_id)
    if last is not None:
        places = BUNDLE_SHELF.get().spread(owner, last.stamp)
        is_current = digest == last.contents_digest
        note_bundle_places(
            now=clock(), actor=SYSTEM, organisation_id=organisation.pk, places=places, is_current=is_current
        )
        if is_current and not always and now - last.made_at < MADE_AGAIN_AFTER:
            return None
    files, stamp = files_of(organisation, content, now), stamp_of(now)
    BUNDLE_SHELF.get().put(owner, stamp, files)
    made = MadeBundle(
        stamp=stamp,
        contents_digest=digest,
        manifest_digest=_digest_of(files),
        documents=len(content.papers),
        places=BUNDLE_SHELF.get().spread(owner, stamp),
    )
    note_bundle(now=clock(), actor=SYSTEM, organisation_id=organisation.pk, made=made)
    return made


def files_of(organisation: Any, content: Content, now: datetime) -> dict[str, BundlePart]:
    """Return every file of a bundle by its name, in the language and the zone that are active.

    Attached files are read whole before, so that the page says which are left out; what is found wrong with
    one after that is an OSError when it is opened.
    """
    names = [f"documents/{paper_name(number, paper)}" for number, paper in enumerate(content.papers, start=1)]
    files = carried_files(
        [(name, paper.files) for name, paper in zip(names, content.papers, strict=True)],
        _faults(organisation.public_id, content),
    )
    page = render_to_string("knowledge/bundle/page.html", _values(content, files, now))
    held = {
        "index.html": page.encode(),
        "bundle.pdf": BUNDLE_PRESS.get().press(page),
        "contacts.csv": table(_contacts(content)),
        "on-call.csv": table(_duty(content)),
        "services.csv": table(_services(content)),
        **{
            name: render_to_string("knowledge/bundle/paper.md", {"paper": paper, "files": rows}).encode()
            for name, paper, rows in zip(names, content.papers, files, strict=True)
        },
    }
    carried = {row.path: row.file.digest for rows in files for row in rows if row.path}
    opened = {path: partial(_open, organisation.public_id, digest) for path, digest in carried.items()}
    return {**held, **opened, MANIFEST: manifest_of(held, carried).encode()}


def _faults(organisation: UUID, content: Content) -> dict[str, FileFault]:
    """Return what is wrong now with the attached files, by digest; each is read whole."""
    faults: dict[str, FileFault] = {}
    for digest in {file.digest for paper in content.papers for file in paper.files}:
        found = FILE_STORE.get().open(organisation, digest)
        if isinstance(found, FileFault):
            faults[digest] = found
        else:
            found.close()
    return faults


def _open(organisation: UUID, digest: str) -> BinaryIO:
    found = FILE_STORE.get().open(organisation, digest)
    if isinstance(found, FileFault):
        raise OSError(errno.EIO, os.strerror(errno.EIO), digest)
    return found


def _values(content: Content, files: Sequence[Sequence[CarriedFile]], now: datetime) -> dict[str, Any]:
    left_out = [
        (paper.title, row.file, LEFT_OUT[row.left_out])
        for paper, rows in zip(content.papers, files, strict=True)
        for row in rows
        if row.left_out is not None
    ]
    carried = [row for rows in files for row in rows if row.path]
    return {
        "content": content,
        "now": now,
        "papers": [
            (str(TopicChoice(paper.topic).label), paper, rows)
            for paper, rows in zip(content.papers, files, strict=True)
        ],
        "people": [(str(ROLES[contact.role]), contact) for contact in content.contacts],
        "rotas": [(COVERS[rota.cover], rota) for rota in content.rotas],
        "rota_until": now + ROTA_AHEAD,
        "carried": carried,
        "carried_bytes": sum(row.file.size_bytes for row in carried),
        "most_bytes": FILES_BYTES,
        "left_out": left_out,
        "language": translation.get_language(),
    }


def _duty(content: Content) -> Sequence[list[str]]:
    """Return who is on call when, with dates that a spreadsheet of any language reads."""
    nobody, somebody = str(NOBODY_ON_CALL), str(SOMEBODY_ON_CALL)
    return [
        [str(word) for word in BUNDLE_HEADINGS["on_call"]],
        *(
            [
                rota.name,
                rota.provider,
                f"{timezone.localtime(line.start):%Y-%m-%d %H:%M}",
                f"{timezone.localtime(line.end):%Y-%m-%d %H:%M}",
                nobody if line.is_gap else line.name or somebody,
                line.email or rota.team_email,
            ]
            for rota in content.rotas
            for line in rota.duty
        ),
    ]


def _contacts(content: Content) -> Sequence[list[str]]:
    people = [[each.name, str(ROLES[each.role]), each.email, each.provider] for each in content.contacts]
    teams = [[team.name, ", ".join(team.people), team.email, ""] for team in content.teams]
    return [[str(word) for word in BUNDLE_HEADINGS["contacts"]], *people, *teams]


def _services(content: Content) -> Sequence[list[str]]:
    language = translation.get_language() or "en"
    return [
        [str(word) for word in BUNDLE_HEADINGS["services"]],
        *(
            [
                line.name,
                ", ".join(line.runs_on),
                words.duration(line.rto_s, language),
                words.duration(line.rpo_s, language),
                line.why_not if line.restart_s is None else words.duration(line.restart_s, language),
            ]
            for line in content.restart.services
        ),
    ]


def _digest_of(files: dict[str, BundlePart]) -> str:
    manifest = files[MANIFEST]
    assert isinstance(manifest, bytes), "made here"
    return sha256(manifest).hexdigest()


HANDLERS = {MAKE: make_if_needed, LOOK_AFTER_ALL: look_after}
PERIODICS = (Periodic(LOOK_AFTER_ALL, every=timedelta(hours=1)),)
