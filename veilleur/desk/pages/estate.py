"""The estate's own page: which machines and services are known, and the page of one machine."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.desk.pages.activities import ActivityLine, Referent, activity_lines, referent_of
from veilleur.desk.pages.falls import FallPanel, fall_panel
from veilleur.desk.pages.hosts import machine_hosts, said_enough
from veilleur.desk.pages.service import NEEDED_BY, Neighbour, neighbours
from veilleur.desk.pages.speech import said_date
from veilleur.desk.pages.watch import (
    CheckLine,
    RetiredLine,
    Timeline,
    check_lines,
    machine_timeline,
    retired_lines,
)
from veilleur.domains.estate.labels import (
    PART_NAMES,
    SUPPORT_LEVELS,
    UNREAD_REASONS,
    AssetKindChoice,
    CriticalityChoice,
    EnvironmentChoice,
    HostingChoice,
    LifeStateChoice,
)
from veilleur.domains.estate.queries import (
    AssetRow,
    PartView,
    visible_asset,
    visible_asset_rows,
    visible_criticality,
    visible_services,
)
from veilleur.domains.estate.queries.agent_pages import visible_waiting_count
from veilleur.domains.estate.rules.activities import NOBODY_HAS_SAID
from veilleur.domains.estate.rules.machine import AGENT_PARTS
from veilleur.domains.estate.rules.map import MapNode, ServiceRow
from veilleur.domains.knowledge.panels import DocumentsPanel, documents_panel
from veilleur.domains.monitoring.queries import visible_checks, visible_retired
from veilleur.shared.verdict import Verdict, worst
from veilleur.shared.viewer import Viewer
from veilleur.shared.words import sort_key

_VERDICT_OF_SUPPORT = {
    "full": Verdict.GOOD,
    "lts": Verdict.WATCH,
    "none": Verdict.BAD,
    "unknown": Verdict.UNKNOWN,
}


@dataclass(frozen=True)
class MachineRow:
    """One machine in the list."""

    view: AssetRow
    kind: str | Promise
    support: str | Promise
    support_verdict: Verdict


@dataclass(frozen=True)
class EstatePage:
    """What is known of the company."""

    headline: str
    machines: tuple[MachineRow, ...]
    activities: tuple[ActivityLine, ...]
    # Each with how critical its activities make it.
    services: tuple[tuple[ServiceRow, str | Promise], ...]
    # Devices that reported and that nobody has said anything of.
    waiting: int

    @property
    def waiting_sentence(self) -> str:
        """Return how many wait, "" where none does."""
        if not self.waiting:
            return ""
        text = ngettext(
            "{count} device reported that nobody knows yet.",
            "{count} devices reported that nobody knows yet.",
            self.waiting,
        )
        return text.format(count=self.waiting)

    @property
    def servers(self) -> tuple[MachineRow, ...]:
        """Return the machines that others rest on, in the order of the list."""
        return tuple(row for row in self._at_work if row.view.kind != AssetKindChoice.WORKSTATION)

    @property
    def workstations(self) -> tuple[MachineRow, ...]:
        """Return the machines that people sit at."""
        return tuple(row for row in self._at_work if row.view.kind == AssetKindChoice.WORKSTATION)

    @property
    def retired(self) -> tuple[MachineRow, ...]:
        """Return what is kept on record and used no more."""
        return tuple(row for row in self.machines if row.view.life_state == LifeStateChoice.RETIRED)

    @property
    def _at_work(self) -> tuple[MachineRow, ...]:
        return tuple(row for row in self.machines if row.view.life_state != LifeStateChoice.RETIRED)

    @property
    def workstations_sentence(self) -> str:
        """Return how many there are and what folding them must not hide."""
        rows = self.workstations
        unsure = sum(row.support_verdict is not Verdict.GOOD for row in rows)
        count = ngettext("{count} workstation", "{count} workstations", len(rows)).format(count=len(rows))
        if not unsure:
            return _("{workstations}, all with regular security updates").format(workstations=count)
        text = ngettext(
            "{workstations}, {count} without assured security updates",
            "{workstations}, {count} without assured security updates",
            unsure,
        )
        return text.format(workstations=count, count=unsure)


@dataclass(frozen=True)
class Inventory:
    """One part of a machine's inventory with its name, or why it could not be read."""

    name: str | Promise
    part: PartView
    unread: str | Promise


@dataclass(frozen=True)
class MachinePage:
    """One machine: what it is, what was found on it, who depends on it."""

    machine: MachineRow
    headline: str
    lede: str
    checks: tuple[CheckLine, ...]
    retired: tuple[RetiredLine, ...]
    timeline: Timeline | None
    life_state: str | Promise
    hosting: str | Promise
    environment: str | Promise
    referent: Referent | None
    warranty: Verdict
    warranty_words: str
    inventories: tuple[Inventory, ...]
    needed_by: tuple[Neighbour, ...]
    falls: FallPanel
    hosts: tuple[MapNode, ...]
    enough_said: str
    documents: DocumentsPanel | None

    @property
    def unread(self) -> tuple[Inventory, ...]:
        """Return the parts that could not be read."""
        return tuple(each for each in self.inventories if each.unread)


def estate_page(viewer: Viewer, now: datetime) -> EstatePage:
    """Return the list of activities, services and machines that the viewer may see."""
    today = timezone.localdate(now)
    machines = tuple(_row(row, today) for row in visible_asset_rows(viewer))
    services = sorted(visible_services(viewer), key=lambda row: sort_key(row.name))
    levels = visible_criticality(viewer)
    return EstatePage(
        headline=_known(len(machines), len(services)),
        machines=machines,
        activities=activity_lines(viewer, now),
        services=tuple(
            (row, CriticalityChoice(levels.get(row.id, NOBODY_HAS_SAID).level).label) for row in services
        ),
        waiting=visible_waiting_count(viewer),
    )


def _known(machines: int, services: int) -> str:
    if not machines:
        return _("No machine is known yet.")
    first = ngettext("{count} machine", "{count} machines", machines).format(count=machines)
    second = ngettext("{count} service", "{count} services", services).format(count=services)
    return _("{machines} and {services} are known.").format(machines=first, services=second)


def machine_page(viewer: Viewer, public_id: UUID, now: datetime) -> MachinePage | None:
    """Return a machine's page, None where there is none for this viewer."""
    view = visible_asset(viewer, public_id)
    if view is None:
        return None
    today = timezone.localdate(now)
    row = _row(view, today)
    hosts, enough = machine_hosts(viewer, public_id)
    checks = check_lines(visible_checks(viewer, now, public_id), now)
    return MachinePage(
        machine=row,
        headline=_headline(row, checks, today),
        lede=_lede(row),
        checks=checks,
        retired=retired_lines(visible_retired(viewer, public_id), now),
        timeline=machine_timeline(viewer, public_id, view.name, now),
        life_state=LifeStateChoice(view.life_state).label,
        hosting=HostingChoice(view.hosting).label if view.hosting else "",
        environment=EnvironmentChoice(view.environment).label if view.environment else "",
        referent=referent_of(viewer, view.referent, now),
        warranty=_warranty(view.warranty_until, today),
        warranty_words=_warranty_words(view.warranty_until, today),
        inventories=tuple(
            Inventory(PART_NAMES[part.part], part, UNREAD_REASONS.get(part.unread_reason, part.unread_reason))
            for part in view.parts
            if not _is_agents_alone(part)
        ),
        needed_by=neighbours(view.needed_by, NEEDED_BY),
        falls=fall_panel(viewer, public_id),
        hosts=hosts,
        enough_said=said_enough(enough),
        documents=documents_panel(viewer, public_id, now),
    )


def _is_agents_alone(part: PartView) -> bool:
    """Return whether only an agent could tell the part and none has: that is no gap in what was read."""
    return part.part in AGENT_PARTS and part.read_at is None and part.unread_reason == "not_read"


# A replacement is chosen, paid and set up in about this time.
_WARNED_BEFORE = timedelta(days=90)


def _warranty(until: date | None, today: date) -> Verdict:
    if until is None:
        return Verdict.UNKNOWN
    if until < today:
        return Verdict.BAD
    return Verdict.WATCH if until < today + _WARNED_BEFORE else Verdict.GOOD


def _warranty_words(until: date | None, today: date) -> str:
    if until is None:
        return ""
    text = _("until {day}") if until >= today else _("ended on {day}")
    return text.format(day=said_date(until))


def _row(view: AssetRow, today: date) -> MachineRow:
    level = view.support(today)
    return MachineRow(
        view=view,
        kind=AssetKindChoice(view.kind).label,
        support=SUPPORT_LEVELS[level],
        support_verdict=_VERDICT_OF_SUPPORT[level],
    )


def _headline(row: MachineRow, checks: tuple[CheckLine, ...], today: date) -> str:
    """Return the machine's conclusion: how it is, and whether its system is still looked after."""
    if not checks:
        state = _("{name} is not watched yet")
    else:
        state = {
            Verdict.GOOD: _("{name} works"),
            Verdict.WATCH: _("{name} works, with something to watch"),
            Verdict.BAD: _("Something is down on {name}"),
            Verdict.UNKNOWN: _("Whether {name} works is unknown"),
        }[worst(line.row.verdict for line in checks)]
    return _("{state}; {support}.").format(
        state=state.format(name=row.view.name), support=_support(row, today)
    )


def _support(row: MachineRow, today: date) -> str:
    """Return until when the system gets security updates, as half a sentence."""
    level = row.view.support(today)
    until = row.view.full_support_until if level == "full" else row.view.lts_support_until
    texts = {
        "full": _("its system gets security updates until {day}"),
        "lts": _("its system gets security updates from long-term support only, until {day}"),
        "none": _("its system no longer gets security updates"),
        "unknown": _("until when its system gets security updates is unknown"),
    }
    return texts[level].format(day=said_date(until) if until is not None else "")


def _lede(row: MachineRow) -> str:
    view = row.view
    return ", ".join(
        str(part) for part in (row.kind, view.os_name, view.architecture, view.cpu_model) if str(part)
    )
