"""What `doctor` looks at behind the database: whether it is up to date, its journal, its background work."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation

from veilleur.config.failures import explain
from veilleur.config.words import gettext as _
from veilleur.config.words import ngettext, spoken_language
from veilleur.domains.backups.labels import reason_sentence
from veilleur.domains.backups.queries.bare import whole_bare_data
from veilleur.domains.backups.rules.bare import TEST_FAILED, BareData
from veilleur.domains.journal.ports import HEAD_SIGNER, HEADS_DESTINATIONS, HeadsDestination
from veilleur.domains.journal.queries.verification import last_export, last_verification
from veilleur.domains.journal.queries.work import troubled_jobs
from veilleur.domains.journal.rules.heads import Reach
from veilleur.domains.knowledge.queries import whole_broken_files, whole_index_state
from veilleur.domains.knowledge.rules.files import FileFault
from veilleur.domains.organisations.ports import KEY_ROTATOR
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.processes import findings
from veilleur.processes.bundle_findings import bundles
from veilleur.processes.findings import Finding
from veilleur.processes.heads_findings import Shelf, heads
from veilleur.processes.key_findings import key_generations
from veilleur.processes.verification_findings import verification
from veilleur.shared.readable import readable
from veilleur.shared.verdict import Verdict


def examine(now: datetime) -> Iterator[Finding]:
    """Yield what the database tells. Raises what the database raises when it cannot be reached, after what
    is known without it.
    """
    yield keys()
    yield from key_generations(KEY_ROTATOR.get(), now)
    pending = pending_migrations()
    if pending:
        text = ngettext(
            "{count} change of the database is missing.",
            "{count} changes of the database are missing.",
            pending,
        )
        yield Finding("database", Verdict.BAD, text.format(count=pending), "veilleur up")
        return
    yield Finding("database", Verdict.GOOD, _("The database is reachable and up to date"))
    exported = last_export()
    exported_at = exported.exported_at if exported else None
    yield from heads(tuple(_shelf(each) for each in HEADS_DESTINATIONS.get()), exported_at, now)
    yield from findings.from_the_future(exported_at, now)
    yield verification(last_verification(), now)
    yield from (
        Finding("work", Verdict.WATCH, _trouble(job.kind, job.attempts, job.last_error))
        for job in troubled_jobs()
    )
    yield from bare_data(now)
    yield from documents()
    yield from bundles(now)


def documents() -> Iterator[Finding]:
    """Yield whether documents are found by what they say, and every attached file that is not as it was."""
    state = whole_index_state()
    if state.agrees:
        yield Finding("documents", Verdict.GOOD, _("Every document in use can be found by its words"))
    else:
        text = ngettext(
            "The search does not agree with the documents, at {count} place.",
            "The search does not agree with the documents, at {count} places.",
            len(state.missing | state.strange),
        ).format(count=len(state.missing | state.strange))
        yield Finding("documents", Verdict.BAD, text, "veilleur knowledge reindex")
    for organisation in whole_organisations():
        for title, name, fault in whole_broken_files(organisation.pk):
            text = _("{name}, attached to “{title}”, is missing.")
            if fault == FileFault.DAMAGED:
                text = _("{name}, attached to “{title}”, is damaged.")
            yield Finding("files", Verdict.BAD, text.format(name=readable(name), title=readable(title)))


def bare_data(now: datetime) -> Iterator[Finding]:
    """Yield the data of no service that is not safe, and every backup that fails."""
    link = f"{settings.PUBLIC_URL}/protection/"
    for organisation in whole_organisations():
        for each in whole_bare_data(organisation.pk, now):
            text = _bare_sentence(each)
            with translation.override(spoken_language()):
                why = str(reason_sentence(each.reason))
            yield Finding("data", each.verdict, text.format(name=readable(each.name), why=why), link)


def _bare_sentence(bare: BareData) -> str:
    if bare.is_claimed:
        return _("{name} gets no new copy: {why}") if bare.has_copy else _("{name} has no copy: {why}")
    if bare.reason == TEST_FAILED:
        return _("{name}, data of no service, may not come back: {why}")
    if bare.has_copy:
        return _("{name}, data of no service, gets no new copy: {why}")
    return _("{name}, data of no service, has no copy: {why}")


def _shelf(destination: HeadsDestination) -> Shelf:
    """Look into a place for heads."""
    place = destination.place()
    if place.reach is Reach.MISSING:
        return Shelf(place)
    try:
        sent = destination.sent()
    except (OSError, ValueError) as error:
        return Shelf(place, problem=str(error))
    return Shelf(place, max((signed.exported_at for signed in sent), default=None))


def pending_migrations() -> int:
    """Return how many migrations the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def keys() -> Finding:
    """Return whether the process that holds the keys answers."""
    try:
        HEAD_SIGNER.get().public_key()
    except Exception as error:
        failure = explain(error)
        if failure is None:
            raise
        return Finding("keys", Verdict.BAD, failure.sentence, "veilleur up")
    return Finding("keys", Verdict.GOOD, _("The process that holds the keys answers"))


def _trouble(kind: str, attempts: int, error: str) -> str:
    text = _("Background work “{kind}” failed {count} times: {error}")
    return text.format(kind=kind, count=attempts, error=error)
