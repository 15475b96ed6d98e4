"""The part of the wiring that says what each domain holds about persons, and where people find its rows."""

import importlib
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from veilleur.domains.estate.queries.personal_data import answered_for
from veilleur.domains.estate.rules.personal_data import POLICY as ESTATE
from veilleur.domains.knowledge.queries.personal_data import documents_of
from veilleur.domains.knowledge.rules.personal_data import POLICY as KNOWLEDGE
from veilleur.domains.monitoring.rules.personal_data import POLICY as MONITORING
from veilleur.domains.organisations import ports as organisations
from veilleur.domains.organisations.ports import PersonalDataPart, Place

PARTS: tuple[PersonalDataPart, ...] = (
    PersonalDataPart(
        places={
            "organisations.Team": Place(_("Team"), "organisations:team", title="name"),
            "organisations.Directory": Place(
                _("Last reading of a directory"), "organisations:directory", title="name"
            ),
            "organisations.DirectoryGroup": Place(
                _("Group of a directory"), "organisations:directory", "directory__public_id", "dn"
            ),
            "organisations.Mandate": Place(_("Mandate"), "organisations:mandate", title="offered_to"),
        }
    ),
    PersonalDataPart(
        policy=ESTATE,
        export=answered_for,
        places={
            "estate.BusinessActivity": Place(_("Business activity"), "desk:activity", title="name"),
            "estate.ActivityBusyPeriod": Place(
                _("Busy period"), "desk:activity", "activity__public_id", "name"
            ),
            "estate.SheetImport": Place(_("List that was brought"), "desk:list", title="file_name"),
            "estate.Site": Place(_("Site"), title="name"),
            "estate.Node": Place(_("Machine, service or data"), title="name"),
            "estate.Asset": Place(_("Machine"), "desk:machine", title="name"),
            "estate.Service": Place(_("Service"), "desk:service", title="name"),
            "estate.DataSet": Place(_("Data"), title="name"),
            "estate.LocalUser": Place(_("Account of a machine"), "desk:machine", "asset__public_id", "login"),
            "estate.LocalGroup": Place(_("Group of a machine"), "desk:machine", "asset__public_id", "name"),
            "estate.AgentKey": Place(_("Key for agents"), title="name"),
            "estate.AgentDevice": Place(_("Device that reports"), title="host_name"),
        },
    ),
    PersonalDataPart(
        policy=KNOWLEDGE,
        places={
            "knowledge.Document": Place(_("Document"), "knowledge:document", title="title"),
            "knowledge.DocumentVersion": Place(
                _("Version of a document"), "knowledge:versions", "document__public_id", "title"
            ),
            "knowledge.RunSheet": Place(_("Run of a procedure"), "knowledge:sheet"),
            "knowledge.RunStep": Place(
                _("Step of a run of a procedure"), "knowledge:sheet", "sheet__public_id"
            ),
            "knowledge.RunNote": Place(
                _("Note on a run of a procedure"), "knowledge:sheet", "sheet__public_id"
            ),
            "knowledge.LastLook": Place(_("Up to when changes in documents were seen")),
        },
        export=documents_of,
    ),
    PersonalDataPart(
        policy=MONITORING, places={"monitoring.Check": Place(_("Check"), "desk:checks", "", "target")}
    ),
    PersonalDataPart(
        places={
            "backups.Plan": Place(_("Backup plan"), "desk:plan", title="name"),
            "backups.PlanItem": Place(
                _("What a backup plan covers"), "desk:plan", "plan__public_id", "source"
            ),
            "backups.Repository": Place(_("Backup place"), "desk:protection", "", "name"),
        }
    ),
)


def wire_personal_data() -> None:
    """Bind what the domains hold about persons, and the words of all facts."""
    organisations.PERSONAL_DATA.bind(PARTS)
    organisations.FACT_WORDS.bind_at_first_use(_fact_words)


def _fact_words() -> Mapping[str, str | Promise]:
    # By name: most processes never show a fact, and the page of the journal loads much.
    words: Mapping[str, str | Promise] = importlib.import_module("veilleur.desk.pages.journal").SENTENCES
    return words
