"""The page of required documents: what is missing or not well kept, component by component."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from veilleur.domains.estate.labels import AssetKindChoice
from veilleur.domains.knowledge import labels, queries
from veilleur.domains.knowledge.rules.required import Component, Gap, Practised, Requirement, whole_percent
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in
from veilleur.shared.verdict import Verdict


@dataclass(frozen=True)
class RequiredLine:
    """One required document: its state in words, and by whom it was really done."""

    requirement: Requirement
    topic: str
    title: str
    verdict: Verdict
    gaps: tuple[str, ...]
    practised: str
    practised_verdict: Verdict | None


@dataclass(frozen=True)
class Group:
    """What one component must have."""

    component: Component
    kind: str
    lines: tuple[RequiredLine, ...]
    counting: int


_PRESSING = frozenset({Gap.MISSING, Gap.OWNER_LEFT, Gap.FILL_IN})
_OF_PRACTICE = {
    Practised.BY_NOBODY: Verdict.UNKNOWN,
    Practised.BY_ONE: Verdict.WATCH,
    Practised.BY_SEVERAL: Verdict.GOOD,
}


@require_GET
def required(request: HttpRequest) -> HttpResponse:
    """Which documents must be there, and which share of them counts."""
    found = queries.visible_required_documents(viewer_in(request), utc_now())
    groups = [
        _group(component, [_line(each, found.titles) for each in rows])
        for component, rows in groupby(found.requirements, key=lambda each: each.component)
    ]
    context = {
        "groups": sorted(groups, key=lambda group: group.counting / len(group.lines)),
        "headline": _headline(found.freshness),
        "percent": whole_percent(found.freshness),
        "counting": sum(each.counts for each in found.requirements),
        "required": len(found.requirements),
    }
    return render(request, "knowledge/required.html", context)


def _group(component: Component, lines: Sequence[RequiredLine]) -> Group:
    counting = sum(line.requirement.counts for line in lines)
    return Group(component, str(AssetKindChoice(component.kind).label), tuple(lines), counting)


def _line(each: Requirement, titles: dict[UUID, str]) -> RequiredLine:
    pressing = not _PRESSING.isdisjoint(each.gaps)
    return RequiredLine(
        requirement=each,
        topic=str(labels.TopicChoice(each.topic).label),
        title=titles.get(each.document, "") if each.document else "",
        verdict=Verdict.BAD if pressing else Verdict.WATCH if each.gaps else Verdict.GOOD,
        gaps=tuple(str(labels.GAPS[gap]) for gap in each.gaps) or (str(labels.KEPT),),
        practised=str(labels.PRACTISED.get(each.practised, "")),
        practised_verdict=_OF_PRACTICE.get(each.practised),
    )


def _headline(share: float | None) -> str:
    if share is None:
        return _("Nothing must be written down yet.")
    if share == 1:
        return _("Every required document is there, in date and known by two people.")
    if share == 0:
        return _("No required document is there, in date and known by two people.")
    return _("Some required documents are missing, out of date or known by one person.")
