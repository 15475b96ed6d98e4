"""Words of on-call rotas."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

COVERS: dict[str, Promise] = {
    "outside": _("Outside working hours: nights, weekends and public holidays"),
    "always": _("Day and night, every day"),
    "within": _("During working hours"),
}


# Public holidays by place; further codes of shared/holidays.py when somebody asks for them.
HOLIDAYS: dict[str, Promise] = {
    "FR": _("France"),
    "FR-57": _("Alsace and Moselle, with Good Friday and 26 December"),
}


ROTA_WARNINGS: dict[str, Promise] = {
    "left": _("{name} has left but is still planned: nobody covers those hours."),
    "away": _("{name} is away, and is on call all the same: {at}."),
    "not_in_team": _("{name} is planned, but no longer in the team of this rota."),
    "notice_too_short": _("{name} was told less than one clear day ahead: {at}."),
    "notice_short": _(
        "{name} was told less than fifteen days ahead: {at}. Only exceptional circumstances allow that."
    ),
    "rest": _("{name} does not have eleven hours of rest in a row in the day that began {at}."),
    "holiday": _("{name} is on call on a public holiday: {at}."),
}


# Why somebody is away: managers and the person see it, everybody else that they are.
ABSENCE_KINDS: dict[str, Promise] = {
    "leave": _("Leave"),
    "illness": _("Illness"),
    "other": _("Something else"),
}


# Kinds of hours that pay tells apart.
PAY_KINDS: dict[str, Promise] = {
    "holiday": _("Public holiday"),
    "sunday": _("Sunday"),
    "saturday": _("Saturday"),
    "night": _("Night (21:00 to 6:00)"),
    "day": _("Day"),
}
