"""What the page of on-call duty concludes: one sentence of who answers now."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.domains.organisations.queries.rota_now import NowRow


def said_now(rows: Sequence[NowRow]) -> str:
    """Return who is on call now by all rotas together; a gap comes before everything else."""
    gaps = [row.rota for row in rows if row.is_gap]
    if gaps:
        text = ngettext("{rota}: nobody answers now", "Nobody answers now in {count} rotas", len(gaps))
        return text.format(rota=gaps[0], count=len(gaps))
    answering = [row for row in rows if row.is_somebody]
    if not answering:
        return _("Nobody is needed now") if rows else _("No rota says who is on call")
    return _said_of(answering)


def _said_of(answering: Sequence[NowRow]) -> str:
    names = tuple(dict.fromkeys(row.name for row in answering if row.name))
    unnamed = sum(not row.name for row in answering)
    match names:
        case (name,) if not unnamed:
            return _("{name} is on call now").format(name=name)
        case (first, second) if not unnamed:
            return _("{first} and {second} are on call now").format(first=first, second=second)
        case () if unnamed == 1:
            return _("Somebody of the provider’s is on call now")
    return _("{count} people are on call now").format(count=len(names) + unnamed)
