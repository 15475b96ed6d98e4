"""The page of the agents: what waits for a person to say what it is, what reports, and by which keys."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.domains.estate.labels import DOCUMENT_FAULTS, AssetKindChoice, DoubtChoice
from veilleur.domains.estate.queries.agent_pages import (
    MOST_SHOWN,
    AgentKeyRow,
    AsideRow,
    DeviceCounts,
    DeviceRow,
    visible_agent_keys,
    visible_device,
    visible_device_counts,
    visible_devices,
    visible_reports_aside,
)
from veilleur.domains.estate.rules.agents import DeviceState
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class DeviceLine:
    """One device with its words."""

    row: DeviceRow
    kind: str | Promise
    doubt: str | Promise
    heard: Verdict

    @property
    def is_maybe_known(self) -> bool:
        """Return whether a machine that is known has one of its signs: then it is worth a look."""
        return bool(self.row.candidates)

    @property
    def hardware(self) -> str:
        """Return its maker and model."""
        return " ".join(filter(None, (self.row.manufacturer, self.row.model)))


@dataclass(frozen=True)
class AsideLine:
    """A document that could not be taken, and why."""

    row: AsideRow
    reason: str | Promise


@dataclass(frozen=True)
class AgentsPage:
    """All about the agents of an organisation."""

    headline: str
    counts: DeviceCounts
    waiting: tuple[DeviceLine, ...]
    reporting: tuple[DeviceLine, ...]
    refused: tuple[DeviceLine, ...]
    keys: tuple[AgentKeyRow, ...]
    aside: tuple[AsideLine, ...]

    @property
    def not_shown(self) -> int:
        """Return how many more devices wait than the page shows."""
        return max(0, self.counts.waiting - MOST_SHOWN)

    @property
    def reporting_not_shown(self) -> int:
        """Return how many more devices report than the page shows."""
        return max(0, self.counts.accepted - MOST_SHOWN)


@dataclass(frozen=True)
class DevicePage:
    """One device: what it says of itself, and what it may be."""

    line: DeviceLine
    headline: str

    @property
    def is_settled(self) -> bool:
        """Return whether somebody has said already which machine it is."""
        return self.line.row.state == DeviceState.ACCEPTED


def agents_page(viewer: Viewer, now: datetime) -> AgentsPage:
    """Return the page of the agents."""
    counts = visible_device_counts(viewer, now)
    keys = tuple(visible_agent_keys(viewer))
    waiting, reporting, refused = (
        tuple(_line(row, now) for row in visible_devices(viewer, state))
        for state in (DeviceState.WAITING, DeviceState.ACCEPTED, DeviceState.REFUSED)
    )
    aside = tuple(
        AsideLine(row, DOCUMENT_FAULTS.get(row.fault, row.fault)) for row in visible_reports_aside(viewer)
    )
    return AgentsPage(_headline(counts, bool(keys)), counts, waiting, reporting, refused, keys, aside)


def device_page(viewer: Viewer, public_id: UUID, now: datetime) -> DevicePage | None:
    """Return the page of one device, None where there is none for this viewer."""
    row = visible_device(viewer, public_id)
    if row is None:
        return None
    line = _line(row, now)
    texts = {
        DeviceState.WAITING: _("{name} reported, and waits for somebody to say which machine it is."),
        DeviceState.ACCEPTED: _("{name} reports for a machine that is known."),
        DeviceState.REFUSED: _("{name} was turned away: what it reports is not kept."),
    }
    return DevicePage(line, texts[DeviceState(row.state)].format(name=row.host_name))


def _line(row: DeviceRow, now: datetime) -> DeviceLine:
    return DeviceLine(
        row=row,
        kind=AssetKindChoice(row.kind).label,
        doubt=DoubtChoice(row.doubt).label if row.doubt else "",
        heard=Verdict.WATCH if row.is_silent(now) else Verdict.GOOD,
    )


def _headline(counts: DeviceCounts, has_keys: bool) -> str:
    """Return what there is to do, or how many report."""
    if counts.waiting:
        return ngettext(
            "{count} device waits for you to say what it is.",
            "{count} devices wait for you to say what they are.",
            counts.waiting,
        ).format(count=counts.waiting)
    if counts.silent:
        return ngettext(
            "{count} machine has not reported for a week.",
            "{count} machines have not reported for a week.",
            counts.silent,
        ).format(count=counts.silent)
    if counts.accepted:
        return ngettext(
            "{count} machine reports by its agent.",
            "{count} machines report by their agents.",
            counts.accepted,
        ).format(count=counts.accepted)
    return _("No agent has reported yet.") if has_keys else _("Agents need a key to report.")
