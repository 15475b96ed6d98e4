"""The hours of a month for pay, as a CSV file."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from veilleur.domains.organisations.labels.rota import PAY_KINDS
from veilleur.domains.organisations.queries.rota_hours import PayMonth, visible_pay_month
from veilleur.domains.organisations.rules.rest import PayKind
from veilleur.shared import words
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@require_GET
def pay_hours(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One month of a rota: a line per person; in the page's language, comma and separator included."""
    now = utc_now()
    first_day = _asked_month(request.GET.get("month", ""), timezone.localdate(now))
    month = visible_pay_month(viewer_in(request), public_id, first_day, now)
    if month is None:
        raise Http404
    language = get_language() or "en"
    text = StringIO()
    writer = csv.writer(text, delimiter=";" if language == "fr" else ",")
    writer.writerows(_lines(month, language))
    # The mark at the start tells spreadsheets that accents are UTF-8.
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    name = f"on-call-{first_day:%Y-%m}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(month: PayMonth, language: str) -> Iterator[list[str]]:
    kinds = [str(PAY_KINDS[kind]) for kind in PayKind]
    yield [
        *(_("Month"), _("Rota"), _("Name"), _("E-mail address")),
        *kinds,
        *(_("On call in all, hours"), _("Of which interventions, hours")),
        *(_("Interventions: {kind}").format(kind=kind) for kind in kinds),
        _("Counted until"),
    ]
    until = words.instant(month.until, timezone.get_current_timezone(), language)
    for row in month.rows:
        yield [
            f"{month.first_day:%Y-%m}",
            *(_harmless(text) for text in (month.rota, row.name, row.email)),
            *(_hours(row.hours[kind], language) for kind in PayKind),
            _hours(row.on_call, language),
            _hours(row.worked, language),
            *(_hours(row.interventions[kind], language) for kind in PayKind),
            until,
        ]


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def _hours(time: timedelta, language: str) -> str:
    """Return hours with two decimals, which spreadsheets of that language take for a number."""
    text = f"{time / timedelta(hours=1):.2f}"
    return text.replace(".", ",") if language == "fr" else text


def _asked_month(text: str, today: date) -> date:
    """Return the first day of the month asked for; of this month for what is none of the last ten years."""
    this_month = today.replace(day=1)
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return this_month
    return first if this_month - timedelta(days=3650) < first <= this_month else this_month
