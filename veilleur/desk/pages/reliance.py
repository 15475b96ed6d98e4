"""Home question 6 and the page behind it: what rests on one person, the most important first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.desk.pages.answers import Answer, Line, unmeasured
from veilleur.desk.pages.speech import language, said_age
from veilleur.domains.estate.queries import visible_asset_rows, visible_services
from veilleur.domains.knowledge import labels
from veilleur.domains.knowledge.queries import visible_titles
from veilleur.domains.knowledge.queries.reliance import visible_reliance
from veilleur.domains.knowledge.rules.documents import Topic
from veilleur.domains.knowledge.rules.reliance import ON_CALL, PART_OF, Code, Finding, Part, Reliance
from veilleur.domains.organisations.queries import visible_members
from veilleur.domains.organisations.queries.rota_pages import visible_rotas
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer
from veilleur.shared.words import sort_key, spelled


@dataclass(frozen=True)
class About:
    """Something that a step is about, with its page ("": none) and how much of it is concerned."""

    name: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class ToDo:
    """One thing to do, for everything that asks for it. `url`: where, "" where each `about` has its own."""

    verdict: Verdict
    step: str | Promise
    reason: str | Promise
    about: tuple[About, ...]
    url: str = ""


@dataclass(frozen=True)
class ReliancePage:
    """What the page shows. `lines`: each part with its state; `unrecorded`: what nothing is said about."""

    headline: str
    verdict: Verdict
    lines: tuple[Line, ...]
    to_do: tuple[ToDo, ...]
    unrecorded: tuple[str | Promise, ...]
    computed_at: datetime


def reliance_answer(viewer: Viewer, now: datetime) -> Answer:
    """Return question 6: how much there is to settle, what presses most, and the state of each part."""
    question = _("Does anything rest on one person or one machine?")
    found = visible_reliance(viewer, now)
    if found is None:
        return unmeasured(6, question, what=_("nothing of this organisation may be seen."))
    reliance, computed_at = found
    count = len(_grouped(reliance.to_do))
    may_open = viewer.may(Permission.SEE_PEOPLE)
    return Answer(
        rank=6,
        question=question,
        verdict=reliance.verdict,
        sentence=_sentence(reliance, count),
        lines=_lines(reliance),
        proof=_("From recorded facts, {age}").format(age=said_age(computed_at, now)),
        link_url=reverse("desk:reliance") if may_open else "",
        link_text=_("What to do, the most important first") if may_open else "",
        figure=str(count) if count else "—",
        figure_note=ngettext("point to settle", "points to settle", count) if count else _("unknown"),
    )


def reliance_page(viewer: Viewer, now: datetime) -> ReliancePage | None:
    """Return the page, None where the viewer sees nothing of the organisation."""
    found = visible_reliance(viewer, now)
    if found is None:
        return None
    reliance, computed_at = found
    names = _Names(viewer, now)
    groups = _grouped(reliance.to_do)
    return ReliancePage(
        headline=_headline(len(groups)),
        verdict=reliance.verdict,
        lines=_lines(reliance),
        to_do=tuple(_to_do(viewer, findings, names) for findings in groups),
        unrecorded=tuple(
            labels.RELIANCE_UNRECORDED[each.code] for each in reliance.findings if not each.is_to_do
        ),
        computed_at=computed_at,
    )


def _grouped(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return findings of one code and state together, in their order."""
    return [list(group) for _key, group in groupby(findings, key=lambda each: (each.verdict, each.code))]


def _sentence(reliance: Reliance, count: int) -> str:
    if not count:
        return _(
            "Nothing that Veilleur knows rests on one person or machine; what it does not know is said below."
        )
    first = str(labels.RELIANCE_REASONS[reliance.to_do[0].code])
    if count == 1:
        return first
    more = ngettext("One more point is to be settled.", "{count} more points are to be settled.", count - 1)
    return f"{first} {more.format(count=count - 1)}"


def _headline(count: int) -> str:
    if not count:
        return _("Nothing of what Veilleur knows rests on one person or one machine.")
    text = ngettext(
        "One point rests on one person or one machine, or on nobody.",
        "{count} points rest on one person or one machine, or on nobody.",
        count,
    )
    said = text.format(count=spelled(count, language()))
    return said[:1].upper() + said[1:]


def _lines(reliance: Reliance) -> tuple[Line, ...]:
    say: dict[Part, Callable[[Reliance], str]] = {
        Part.PEOPLE: _people,
        Part.PRACTICE: _practice,
        Part.DOCUMENTS: _documents,
        Part.OFFLINE: _offline,
        Part.MACHINES: _machines,
    }
    return tuple(
        Line(str(labels.RELIANCE_PARTS[part]), reliance.verdict_of(part), "", say[part](reliance))
        for part in Part
    )


def _people(reliance: Reliance) -> str:
    text = ngettext(
        "One person may act on the servers.", "{count} people may act on the servers.", reliance.acting
    )
    said = text.format(count=reliance.acting)
    on_call = next((each.code for each in reliance.findings if each.code in ON_CALL), None)
    return said if on_call is None else f"{said} {labels.RELIANCE_REASONS[on_call]}"


def _practice(reliance: Reliance) -> str:
    if not reliance.procedures:
        return _("No procedure says how work is brought back.")
    text = _("Done by two people within a year: {done} of {count} procedures that bring work back.")
    return text.format(done=reliance.done, count=reliance.procedures)


def _documents(reliance: Reliance) -> str:
    if not reliance.required:
        return str(labels.RELIANCE_UNRECORDED[Code.NOTHING_REQUIRED])
    text = _("Required documents in order: {counting} of {count}.")
    return text.format(counting=reliance.counting, count=reliance.required)


def _offline(reliance: Reliance) -> str:
    found = reliance.found_in(Part.OFFLINE)
    if found:
        return str(labels.RELIANCE_REASONS[found[0].code])
    return _("The offline bundle is whole, up to date, and elsewhere.")


def _machines(reliance: Reliance) -> str:
    found = [each.code for each in reliance.found_in(Part.MACHINES)]
    if Code.MACHINES in found:
        return str(labels.RELIANCE_UNRECORDED[Code.MACHINES])
    said = []
    if points := found.count(Code.SINGLE_POINT):
        text = ngettext(
            "One machine alone brings services down.",
            "{count} machines each alone bring services down.",
            points,
        )
        said.append(text.format(count=points))
    if undrawn := found.count(Code.UNDRAWN):
        text = ngettext(
            "Of one service the map does not say on what it runs: nothing is known of it.",
            "Of {count} services the map does not say on what they run: nothing is known of them.",
            undrawn,
        )
        said.append(text.format(count=undrawn))
    return " ".join(said) or _("Nothing on the map rests on one machine alone.")


class _Names:
    """Names and pages of what findings are about, as the viewer sees them."""

    def __init__(self, viewer: Viewer, now: datetime) -> None:
        self._titles = visible_titles(viewer)
        self._services = {row.id: row.name for row in visible_services(viewer)}
        self._assets = {row.id: row.name for row in visible_asset_rows(viewer)}
        self._people = {row.id: row.name for row in visible_members(viewer, now)}
        self._rotas = {row.id: row.name for row in visible_rotas(viewer, now)}

    def about(self, finding: Finding) -> About | None:
        """Return what a finding is about; None where it is about nothing, or about what left since."""
        names, route = self._whose(finding.code)
        subject = finding.subject
        if subject is None or subject not in names:
            return None
        return About(names[subject], reverse(route, args=[subject]), _note(finding))

    def _whose(self, code: Code) -> tuple[dict[UUID, str], str]:
        """Return the names among which the subject of a finding is, and the route of their pages."""
        if code in {Code.MISSING, Code.SINGLE_POINT}:
            return self._assets, "desk:machine"
        if code in {Code.NO_REFERENT, Code.UNDRAWN}:
            return self._services, "desk:service"
        if code is Code.SECOND_FACTOR:
            return self._people, "organisations:person"
        if code in ON_CALL:
            return self._rotas, "organisations:rota"
        return self._titles, "knowledge:document"


def _note(finding: Finding) -> str:
    """Return how much of its subject a finding concerns, "" where it concerns all of it."""
    if finding.code is Code.MISSING:
        return _("{count} of {of} missing").format(count=finding.count, of=finding.of)
    if finding.code is Code.SINGLE_POINT:
        text = ngettext("{count} service stops with it", "{count} services stop with it", finding.count)
        return text.format(count=finding.count)
    return ""


def _to_do(viewer: Viewer, findings: Sequence[Finding], names: _Names) -> ToDo:
    first = findings[0]
    found = (names.about(each) for each in findings)
    about = sorted((each for each in found if each is not None), key=lambda each: sort_key(each.name))
    return ToDo(
        verdict=first.verdict,
        step=labels.RELIANCE_STEPS[first.code],
        reason=labels.RELIANCE_REASONS[first.code],
        about=tuple(about),
        url=_place(viewer, first.code),
    )


# Where a step is done, for whom may do it and for others; each other code is about what has pages of its own.
_OPEN: dict[Code, str] = {
    Code.MISSING: "knowledge:required",
    Code.SINGLE_POINT: "desk:weak_points",
    Code.UNDRAWN: "desk:weak_points",
    Code.ONE_MANAGER: "organisations:people",
    **{code: "knowledge:bundle" for code, part in PART_OF.items() if part is Part.OFFLINE},
}
_MAY: dict[Code, tuple[Permission, str, str]] = {
    Code.ONE_WHO_ACTS: (Permission.MANAGE_PEOPLE, "organisations:invite", "organisations:people"),
    Code.NO_ROTA: (Permission.PLAN_ON_CALL, "organisations:add_rota", "organisations:rotas"),
}


def _place(viewer: Viewer, code: Code) -> str:
    """Return where a step is done, "" where everything it is about has a page of its own."""
    if code is Code.NO_PROCEDURE:
        may_write = viewer.may(Permission.WRITE_KNOWLEDGE)
        return (
            reverse("knowledge:new_document", args=[Topic.FULL_RESTORE])
            if may_write
            else reverse("knowledge:documents")
        )
    if code in _MAY:
        permission, does, shows = _MAY[code]
        return reverse(does if viewer.may(permission) else shows)
    return reverse(_OPEN[code]) if code in _OPEN else ""
