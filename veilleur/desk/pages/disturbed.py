"""Home question 1: which activities and services are disturbed by what is down, as the map says."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.desk.pages.answers import Line
from veilleur.desk.pages.falls import listed
from veilleur.domains.estate.queries import ImpactView, visible_impact
from veilleur.domains.estate.rules.impact import Harm
from veilleur.domains.estate.rules.map import NodeKind
from veilleur.domains.monitoring.queries import CheckRow
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer
from veilleur.shared.words import sort_key


def disturbed_lines(viewer: Viewer, down: Sequence[CheckRow]) -> tuple[Line, ...]:
    """Return who is disturbed by what is down; nothing where nothing is. A silent map leaves it unknown.

    A machine on which anything is down counts as lost: whatever rests on it is not to be counted on.
    """
    if not down:
        return ()
    view = visible_impact(viewer, {row.asset for row in down})
    activities = _names(view, NodeKind.ACTIVITY, Harm.LOST)
    services = _names(view, NodeKind.SERVICE, Harm.LOST)
    weakened = _names(view, NodeKind.ACTIVITY, Harm.DEGRADED) + _names(view, NodeKind.SERVICE, Harm.DEGRADED)
    lines = []
    if activities:
        lines.append(Line(_("Activities"), Verdict.BAD, "", _are_disturbed(activities)))
    elif services:
        text = _("Which activity relies on what is disturbed has not been said.")
        lines.append(Line(_("Activities"), Verdict.UNKNOWN, "", text))
    if services:
        lines.append(Line(_("Services"), Verdict.BAD, "", _are_disturbed(services)))
    if weakened:
        text = ngettext(
            "{names} goes on with what is left.", "{names} go on with what is left.", len(weakened)
        )
        lines.append(Line(_("With less"), Verdict.WATCH, "", text.format(names=listed(weakened))))
    return tuple(lines) or (_nothing(view),)


def _nothing(view: ImpactView) -> Line:
    if view.is_drawn and not view.hidden:
        text = _("Nothing that people use is disturbed, as far as the map says.")
        return Line(_("Activities"), Verdict.GOOD, "", text)
    text = _("Whom it disturbs is unknown: the map says nothing of what depends on it.")
    return Line(_("Activities"), Verdict.UNKNOWN, "", text)


def _are_disturbed(names: Sequence[str]) -> str:
    text = ngettext("{names} is disturbed.", "{names} are disturbed.", len(names))
    return text.format(names=listed(names))


def _names(view: ImpactView, kind: NodeKind, harm: Harm) -> list[str]:
    found = [each.node.name for each in view.fallen if each.node.kind == kind and each.harm == harm]
    return sorted(found, key=sort_key)
