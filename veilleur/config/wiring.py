"""The only place where engines meet the ports of the domains, and where readers and jobs are listed."""

import importlib
from pathlib import Path
from socket import gethostname
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.db import connection

from veilleur.config.env import Environment, environment
from veilleur.config.readers import MAIL_PORTS
from veilleur.config.wiring_backups import wire_backups
from veilleur.config.wiring_personal_data import wire_personal_data
from veilleur.config.words import gettext as _
from veilleur.desk import ports as desk
from veilleur.domains.backups import jobs as backups_jobs
from veilleur.domains.backups import ports as backups
from veilleur.domains.backups.jobs.work import Owner, owner_of
from veilleur.domains.backups.queries.copied import whole_copied
from veilleur.domains.backups.rules.sources import NamedServer, ServerTried
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.estate import jobs as estate_jobs
from veilleur.domains.estate import ports as estate
from veilleur.domains.journal import jobs as journal_jobs
from veilleur.domains.journal import ports as journal
from veilleur.domains.journal.rules.answers import Formula
from veilleur.domains.journal.rules.work import JobHandler, Periodic, Reader
from veilleur.domains.knowledge import jobs as knowledge_jobs
from veilleur.domains.knowledge import ports as knowledge
from veilleur.domains.knowledge.queries.documented import whole_documented
from veilleur.domains.knowledge.queries.reliance import RELIANCE
from veilleur.domains.monitoring import jobs as monitoring_jobs
from veilleur.domains.monitoring import ports as monitoring
from veilleur.domains.organisations import jobs as organisations_jobs
from veilleur.domains.organisations import ports as organisations
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.domains.recovery import jobs as recovery_jobs
from veilleur.domains.recovery.queries import RESTART_TIMES, offline_restart
from veilleur.engines.agent_protocol import GlpiAgentProtocol
from veilleur.engines.bundle_shelf.adapter import FolderShelf
from veilleur.engines.file_store import FolderStore
from veilleur.engines.full_text import PostgresqlSearch, SqliteSearch
from veilleur.engines.heads_file.adapter import HeadsFile
from veilleur.engines.heads_mail.adapter import HeadsMail, MailServer
from veilleur.engines.keyring.client import KeyringClient
from veilleur.engines.local_machine.adapter import LocalMachine
from veilleur.engines.nmap import Nmap, NmapFiles
from veilleur.engines.pdf_press.adapter import PdfPress
from veilleur.engines.probe import HandshakeFinder, LocalProber, LoopWatchman, SqliteSpool
from veilleur.engines.sheet_reader.adapter import ChildSheetReader
from veilleur.engines.tcp_sweep import TcpSweep
from veilleur.engines.telemetry_sqlite import SqliteTelemetry
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

# What the work process runs: handlers by kind of job, and when their work comes back.
JOB_HANDLERS: dict[str, JobHandler] = {
    **journal_jobs.HANDLERS,
    **organisations_jobs.HANDLERS,
    **estate_jobs.HANDLERS,
    **knowledge_jobs.HANDLERS,
    **monitoring_jobs.HANDLERS,
    **backups_jobs.HANDLERS,
    **recovery_jobs.HANDLERS,
}
PERIODICS: tuple[Periodic, ...] = (
    *journal_jobs.PERIODICS,
    *organisations_jobs.PERIODICS,
    *estate_jobs.PERIODICS,
    *knowledge_jobs.PERIODICS,
    *monitoring_jobs.PERIODICS,
    *backups_jobs.PERIODICS,
    *recovery_jobs.PERIODICS,
)
# Domains that follow the journal.
READERS: tuple[Reader, ...] = (
    *knowledge_jobs.READERS,
    *monitoring_jobs.READERS,
    *backups_jobs.READERS,
    *recovery_jobs.READERS,
)
# Where the database keeps sealed secrets: what is missing here, a rotation of the keys would lose.
SEALED_COLUMNS: tuple[organisations.SealedColumn, ...] = (*organisations_jobs.SEALED_COLUMNS,)
# How each kept answer is computed.
FORMULAS: tuple[Formula, ...] = (RESTART_TIMES, RELIANCE)


def wire() -> None:
    """Bind an engine to every port; called once per process, when Django has loaded its models."""
    _bind_keys(environment().keys_socket)
    journal.HEADS_DESTINATIONS.bind(_heads_destinations(environment()))
    journal.FORMULAS.bind(FORMULAS)
    organisations.SEALED_COLUMNS.bind(SEALED_COLUMNS)
    organisations.DIRECTORY.bind_at_first_use(_directory_reader)
    organisations.IDENTITY_PROVIDERS.bind_at_first_use(_identity_providers)
    wire_backups(environment())
    wire_personal_data()
    desk.PLACE_MAKER.bind(_make_place)
    desk.SOURCE_LOOKER.bind(_look_at_source)
    desk.SERVER_NAMER.bind(_name_server)
    _wire_estate()
    knowledge.SEARCH_INDEX.bind(SqliteSearch() if connection.vendor == "sqlite" else PostgresqlSearch())
    knowledge.FILE_STORE.bind(FolderStore(environment().attachments_dir))
    knowledge.FILE_LIMITS.bind(
        knowledge.FileLimits(environment().attachment_mib << 20, environment().attachments_mib << 20)
    )
    knowledge.RESTART_SUMMARY.bind(offline_restart)
    knowledge.BUNDLE_PRESS.bind(PdfPress())
    settings = environment()
    home = settings.bundle_dir or settings.data_dir / "offline"
    knowledge.BUNDLE_SHELF.bind(FolderShelf(home, settings.bundle_copies, settings.data_dir))
    _wire_monitoring()


def wire_pages() -> None:
    """Have this process ask for keys as pages do; called by the process that serves them."""
    _bind_keys(environment().keys_pages_socket)


def _bind_keys(socket: Path) -> None:
    keyring = KeyringClient(socket)
    journal.HEAD_SIGNER.bind(keyring)
    organisations.SECRET_KEEPER.bind(keyring)
    organisations.KEY_ROTATOR.bind(keyring)
    backups.KEY_KEEPER.bind(keyring)


def _directory_reader() -> organisations.DirectoryReader:
    # By name: its library takes a tenth of a second to load, and few installations have a directory.
    reader: organisations.DirectoryReader = importlib.import_module(
        "veilleur.engines.ldap_directory"
    ).LdapDirectory()
    return reader


def _identity_providers() -> organisations.IdentityProviders:
    # By name, as directories.
    hosts = (name.strip() for name in environment().identity_hosts.split(","))
    providers: organisations.IdentityProviders = importlib.import_module(
        "veilleur.engines.oidc_provider"
    ).OpenIdProviders(local_hosts=frozenset(name for name in hosts if name))
    return providers


def _heads_destinations(settings: Environment) -> tuple[journal.HeadsDestination, ...]:
    destinations: list[journal.HeadsDestination] = []
    if settings.heads_file:
        destinations.append(HeadsFile(settings.heads_file, settings.data_dir))
    if settings.heads_mail_to:
        url = urlsplit(settings.mail_url)
        server = MailServer(
            url.hostname or "",
            url.port or MAIL_PORTS[url.scheme],
            unquote(url.username or ""),
            unquote(url.password or ""),
        )
        text = _(
            "The signed heads of the journal of {host}. Keep this e-mail: it shows if the journal was cut."
        )
        destinations.append(
            HeadsMail(
                server,
                sender=settings.mail_from,
                recipient=settings.heads_mail_to,
                text=text.format(host=gethostname()),
            )
        )
    return tuple(destinations)


def _make_place(
    *,
    actor: Actor,
    organisation_id: int,
    folder: Path,
    asset: UUID | None,
    name: str,
    may_make_folder: bool,
) -> Refused | None:
    """Make a backup place for a person at a page; its engine and passwords are those of the jobs."""
    owner = _owner(organisation_id)
    if owner is None:
        return Refused("demonstration")
    if not may_make_folder and backups_jobs.would_make_folder(owner, folder):
        return Refused("folder_absent")
    made = backups_jobs.make_place(utc_now, actor, owner, folder, asset=asset, name=name)
    return made if isinstance(made, Refused) else None


def _look_at_source(*, organisation_id: int, path: Path, place: Path) -> SourceKind | Refused:
    """Look at a path that a person typed; a demonstration looks at no real one."""
    if _owner(organisation_id) is None:
        return Refused("demonstration")
    return backups_jobs.look_at_source(organisation_id, path, place)


def _name_server(*, actor: Actor, organisation_id: int, server: NamedServer) -> ServerTried | Refused:
    """Try a database server that a person named; a demonstration speaks to no real one."""
    if _owner(organisation_id) is None:
        return Refused("demonstration")
    return backups_jobs.name_server(utc_now, actor, organisation_id, server)


def _owner(organisation_id: int) -> Owner | None:
    row = next(row for row in whole_organisations() if row.pk == organisation_id)
    return owner_of(row.public_id)


def _wire_estate() -> None:
    here = LocalMachine(leave_out=(environment().data_dir,))
    estate.MACHINE_READER.bind(here)
    estate.SUPPORT_DATES.bind(here)
    estate.REMOTE_READER.bind_at_first_use(lambda: _remote_reader(here))
    estate.DEVICE_READER.bind_at_first_use(_device_reader)
    estate.NETWORK_SWEEPER.bind_at_first_use(lambda: Nmap() if Nmap.is_installed() else TcpSweep())
    estate.SWEEP_FILES.bind(NmapFiles())
    estate.SHEET_READER.bind(ChildSheetReader())
    estate.AGENT_PROTOCOL.bind(GlpiAgentProtocol())
    estate.COPIED.bind(whole_copied)
    estate.DOCUMENTED.bind(whole_documented)


def _remote_reader(support: estate.SupportTable) -> estate.RemoteReader:
    # By name, as directories.
    reader: estate.RemoteReader = importlib.import_module("veilleur.engines.ssh_machine").SshMachines(support)
    return reader


def _device_reader() -> estate.DeviceReader:
    # By name, as directories.
    reader: estate.DeviceReader = importlib.import_module("veilleur.engines.snmp").SnmpDevices()
    return reader


def _wire_monitoring() -> None:
    spool = SqliteSpool(environment().data_dir / "watch" / "spool.sqlite3")
    telemetry = SqliteTelemetry(environment().data_dir / "watch" / "telemetry.sqlite3")
    monitoring.SPOOL.bind(spool)
    monitoring.TELEMETRY.bind(telemetry)
    monitoring.TLS_FINDER.bind(HandshakeFinder())
    monitoring.WATCHMAN.bind(LoopWatchman(LocalProber(utc_now), spool, telemetry))
