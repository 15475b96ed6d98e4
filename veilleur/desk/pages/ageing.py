"""What grows old, as steps of the month: one for each kind, naming what it is about."""

from collections.abc import Sequence
from datetime import datetime, time
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from veilleur.desk.pages.speech import said_date
from veilleur.desk.pages.steps import Step, month_end
from veilleur.domains.estate.queries import visible_aged
from veilleur.domains.estate.rules.ageing import Aged, Ageing
from veilleur.shared.viewer import Viewer

# Named one by one up to here; of more, how many others there are.
_NAMED = 3


def ageing_steps(viewer: Viewer, now: datetime) -> tuple[Step, ...]:
    """Return a step for each kind of what has ended or ends soon; what ends is due on its first last day."""
    found = visible_aged(viewer, timezone.localdate(now))
    return tuple(_step(kind, list(rows), now) for kind, rows in groupby(found, key=lambda one: one.ageing))


def _step(kind: Ageing, rows: Sequence[Aged], now: datetime) -> Step:
    is_over = kind in (Ageing.SYSTEM_ENDED, Ageing.WARRANTY_ENDED)
    last_day = timezone.make_aware(datetime.combine(rows[0].until, time(23, 59)))
    return Step(
        text=_text(kind, rows),
        about=_names(rows),
        due_at=month_end(now) if is_over else last_day,
        is_late=kind is Ageing.SYSTEM_ENDED,
        url=reverse("desk:machine", args=[rows[0].id]) if len(rows) == 1 else reverse("desk:estate"),
    )


def _text(kind: Ageing, rows: Sequence[Aged]) -> str:
    count, day = len(rows), said_date(rows[0].until)
    texts = {
        Ageing.SYSTEM_ENDED: ngettext(
            "A system gets no security updates since {day}: replace it, or move what runs on it.",
            "{count} systems get no security updates, the first since {day}: replace them.",
            count,
        ),
        Ageing.SYSTEM_ENDS: ngettext(
            "A system gets security updates until {day} only: plan its replacement.",
            "{count} systems will get no more security updates, the first after {day}: plan it.",
            count,
        ),
        Ageing.WARRANTY_ENDED: ngettext(
            "What people count on is under no warranty since {day}: renew it, or plan a replacement.",
            "{count} machines that people count on are under no warranty, the first since {day}.",
            count,
        ),
        Ageing.WARRANTY_ENDS: ngettext(
            "A warranty ends on {day} under what people count on: renew it, or plan a replacement.",
            "{count} warranties end under what people count on, the first on {day}.",
            count,
        ),
    }
    return texts[kind].format(count=count, day=day)


def _names(rows: Sequence[Aged]) -> str:
    names = ", ".join(each.name for each in rows[:_NAMED])
    more = len(rows) - _NAMED
    if more <= 0:
        return names
    text = ngettext("{names} and {count} other", "{names} and {count} others", more)
    return text.format(names=names, count=more)
