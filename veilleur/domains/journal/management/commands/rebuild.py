"""`veilleur rebuild`: forget all kept answers and compute them from nothing."""

from django.apps import apps
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.domains.journal.jobs.answers import rebuild
from veilleur.shared.clock import utc_now


class Command(BaseCommand):
    """Calls `rebuild` for every organisation and says how many answers there are."""

    help = gettext_lazy("Compute all kept answers from nothing.")  # type: ignore[assignment]

    def handle(self, *args: object, **options: object) -> None:
        """Rebuild organisation by organisation."""
        organisations = apps.get_model("organisations", "Organisation").objects
        keys = tuple(organisations.order_by("pk").values_list("pk", flat=True))
        count = rebuild(now=utc_now(), organisation_ids=keys)
        self.stdout.write(_("Answers computed: {count}").format(count=count))
