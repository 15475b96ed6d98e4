"""Protects Veilleur's own data: a place beside it, a plan, and at once the first run and its test."""

from pathlib import Path
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from veilleur.domains.backups.actions import make_plan
from veilleur.domains.backups.jobs.upkeep import make_place
from veilleur.domains.backups.jobs.work import owner_of
from veilleur.domains.backups.models import Plan
from veilleur.domains.backups.ports import DATA_DIR
from veilleur.domains.backups.queries import is_own_plan_ended, promised_rpo
from veilleur.domains.backups.rules.plans import NewItem, NewPlan
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.estate.actions import declare_data_set
from veilleur.domains.estate.queries import machine_here, whole_data_sets, whole_services
from veilleur.domains.estate.rules.map import DataSetKind, NewDataSet
from veilleur.domains.journal.rules.work import Clock, JobTicket, NotYet
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

PLACE_FOLDER = "backups"
_NAME = 200  # signs that a name has room for


class NotProtected(Exception):
    """Raised when place or plan are refused: the job comes back later, and its failures are told."""


def protect_own_data_job(ticket: JobTicket, clock: Clock) -> None:
    """Protect Veilleur's own data for the organisation of the payload; again and again until it is so.

    A person who ended that plan is not overruled by the next start.
    """
    owner = owner_of(UUID(str(ticket.payload["organisation"])))
    if owner is not None and is_own_plan_ended(owner.key, str(DATA_DIR.get() / PLACE_FOLDER)):
        return
    made = protect_own_data(clock, UUID(str(ticket.payload["organisation"])))
    if isinstance(made, Refused) and made.reason == "no_such_asset":
        raise NotYet("the machine is not registered so far")
    if isinstance(made, Refused) and made.reason != "no_such_organisation":
        raise NotProtected(f"{made.reason} {made.detail}".strip())


def protect_own_data(clock: Clock, organisation: UUID, folder: Path | None = None) -> Plan | Refused:
    """Make place, data set and plan for Veilleur's own data; done twice it is done once.

    `folder`: the backup place, by default `backups` in the data folder, which is on the same disk and so no
    protection against the loss of the machine. Refused with `no_such_organisation`, `no_such_asset` before
    the machine is registered, or as make_place and make_plan do.
    """
    owner = owner_of(organisation)
    if owner is None:
        return Refused("no_such_organisation")
    asset = machine_here(owner.key)
    if asset is None:
        return Refused("no_such_asset")
    data_dir = DATA_DIR.get()
    with translation.override(owner.language):
        own_folder, data_name = _("Folder on this machine"), _("Veilleur's own data")
    if folder is None:
        place_name, plan_name = own_folder, data_name
    else:
        place_name, plan_name = str(folder)[:_NAME], f"{data_name} ({folder})"[:_NAME]
    place = make_place(clock, SYSTEM, owner, folder or data_dir / PLACE_FOLDER, asset=asset, name=place_name)
    if isinstance(place, Refused):
        return place
    data_set = declare_data_set(
        now=clock(),
        actor=SYSTEM,
        organisation_id=owner.key,
        data_set=NewDataSet(
            name=data_name,
            kind=DataSetKind.FILES,
            locator=str(data_dir),
            stored_on=asset,
            used_by=_proposed_service(owner.key, asset, str(data_dir)),
        ),
    )
    if isinstance(data_set, Refused):
        return data_set
    plan = NewPlan(
        name=plan_name,
        repository=place.public_id,
        items=(NewItem(data_set.public_id, SourceKind.OWN_DATA),),
        rpo=promised_rpo(owner.key, frozenset({data_set.public_id})),
        is_own_data=True,
    )
    return make_plan(now=clock(), actor=SYSTEM, organisation_id=owner.key, plan=plan)


def _proposed_service(organisation_id: int, asset: UUID, data_dir: str) -> UUID | None:
    """Return what needs the data as it comes onto the map: the service that Veilleur proposed on the machine.

    None where people alone have declared services, which have data of their own; and None once the data is
    on the map: what needs it is then settled.
    """
    known = whole_data_sets(organisation_id)
    if any(row.locator == data_dir and asset in row.stored_on for row in known):
        return None
    services = whole_services(organisation_id)
    return next((row.id for row in services if row.is_proposed and asset in row.asset_ids), None)
