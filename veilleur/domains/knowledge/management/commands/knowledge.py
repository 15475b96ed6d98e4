"""`veilleur knowledge reindex`: make what documents are found by anew, from the documents."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.domains.knowledge.actions import reindex_documents
from veilleur.domains.knowledge.queries.index import whole_index_state, whole_indexable
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.shared.clock import utc_now
from veilleur.shared.sqlite_turn.chunks import work_in_chunks
from veilleur.shared.viewer import SYSTEM


class Command(BaseCommand):
    """Rewrites every entry, removes those of no document, and says how many there are."""

    help = gettext_lazy("Make the search of documents anew.")  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the verb."""
        parser.add_argument(
            "verb",
            choices=("reindex",),
            metavar=_("ACTION"),
            help=_("reindex: make the search of documents anew, from the documents"),
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Go through all organisations, a few documents at a time: people may write meanwhile."""
        strange = sorted(whole_index_state().strange)
        indexable = whole_indexable()
        count = 0
        for organisation in whole_organisations():
            keys = [key for key, owner in indexable.items() if owner == organisation.pk]

            def write(some: Sequence[int], organisation_id: int = organisation.pk) -> None:
                reindex_documents(now=utc_now(), actor=SYSTEM, organisation_id=organisation_id, keys=some)

            count += work_in_chunks(keys, write)
        gone = [key for key in strange if key not in indexable]
        if gone and (first := next(iter(whole_organisations()), None)):
            reindex_documents(now=utc_now(), actor=SYSTEM, organisation_id=first.pk, keys=gone)
        self.stdout.write(_("Documents that can be found: {count}").format(count=count))
