"""The table of lists that somebody brought: what the file held, how it is read, how far it is written."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from veilleur.domains.estate.labels import ImportStateChoice
from veilleur.domains.estate.rules.sheets import ImportState
from veilleur.shared.models import TenantModel


class SheetImport(TenantModel):
    """A list of components. Once imported or dropped its rows are emptied; what became of it stays."""

    file_name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=64)
    # Pairs of a sheet's name and its rows of text.
    sheets = models.JSONField(default=list)
    sheet = models.PositiveSmallIntegerField(default=0)
    # Row of the headings, from 0; None where there is none.
    heading = models.PositiveIntegerField(null=True)
    # The field of each column that counts; columns are numbered from 0, as text.
    columns = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=ImportStateChoice.choices, default=ImportState.LOADED)
    # Lines written, then lines tied to what hosts them.
    written = models.PositiveIntegerField(default=0)
    tied = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.file_name
