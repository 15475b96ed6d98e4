"""Words of lists that somebody brings: why a file or a cell is not taken, what a line would do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from veilleur.domains.estate.rules.sheet import Effect
from veilleur.domains.estate.rules.sheet import Fault as CellFault
from veilleur.domains.estate.rules.sheet_words import Field

# Why a file is not read as a list.
SHEET_FAULTS: dict[str, Promise] = {
    "empty": _("This file is empty."),
    "old_excel": _("This is a workbook of before Excel 2007: save it as .xlsx, or as CSV."),
    "open_document": _("This is an OpenDocument file: save it as .xlsx, or as CSV."),
    "not_a_workbook": _("This is no Excel workbook: save the list as .xlsx, or as CSV."),
    "damaged": _("This workbook is damaged, or holds what no workbook needs."),
    "locked": _("This workbook has a password: save it without one."),
    "not_text": _("This is neither an Excel workbook nor a text file."),
    "too_large": _("This list is too long: 5,000 lines and 60 columns are taken at a time."),
}
# What a column of a list may say.
SHEET_FIELDS: dict[Field, Promise] = {
    Field.NAME: _("Name"),
    Field.KIND: _("Kind"),
    Field.SITE: _("Site"),
    Field.HOST_NAME: _("Host name"),
    Field.OS_NAME: _("System"),
    Field.MANUFACTURER: _("Manufacturer"),
    Field.MODEL: _("Model"),
    Field.SERIAL: _("Serial number"),
    Field.PURPOSE: _("Function in the company"),
    Field.SERVICE: _("Services on it"),
    Field.RUNS_ON: _("Machine that hosts it"),
    Field.LIFE_STATE: _("Life state"),
    Field.ENVIRONMENT: _("Environment"),
    Field.HOSTING: _("Hosting"),
    Field.BOUGHT_ON: _("Bought on"),
    Field.WARRANTY_UNTIL: _("Under warranty until"),
}
# Why a cell of a list is not taken.
CELL_FAULTS: dict[CellFault, Promise] = {
    CellFault.NO_NAME: _("no name, so the line is not taken"),
    CellFault.NO_SUCH_WORD: _("not a word that is known here"),
    CellFault.NO_DAY: _("not a day: write 30/06/2027"),
    CellFault.TOO_LONG: _("too long"),
    CellFault.ENDS_BEFORE: _("before the day it was bought"),
}
# What a line of a list would do.
EFFECTS: dict[Effect, Promise] = {
    Effect.NEW: _("New"),
    Effect.CHANGES: _("Changes"),
    Effect.NOTHING: _("Known, the same"),
    Effect.TWICE: _("Twice in the list"),
    Effect.AMBIGUOUS: _("Several machines are called so"),
    Effect.NOT_TAKEN: _("Not taken"),
}
