"""What the demonstration company has: sites, machines, services, data and what depends on what. Plain data.

Names of machines and services are French in every language: they are a French company's own words.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from veilleur.domains.estate.rules.map import AssetKind, DependencyKind

HISTORY = timedelta(days=396)

NAME = "Ateliers du Vexin"
SITES = ("Pontoise", "Magny")
WORKSTATIONS = {"Pontoise": 44, "Magny": 16}


@dataclass(frozen=True)
class Server:
    """A machine of the company. `listeners` are (port, process); `system` a key of SYSTEMS.

    `volumes_gb` are the sizes that were asked for, in GiB, by mount point.
    """

    name: str
    site: str
    system: str
    memory_gib: int
    cpu_count: int
    volumes_gb: dict[str, int]
    listeners: tuple[tuple[int, str], ...] = ()
    kind: AssetKind = AssetKind.VIRTUAL_MACHINE
    runs_on: str = ""


@dataclass(frozen=True)
class Data:
    """A data set: kind, where it is, how big at the start and how much it grows in a month, in bytes."""

    name: str
    kind: str
    locator: str
    stored_on: str
    size_bytes: int
    growth_bytes: int
    # Repositories in which it has copies, by name; none: not protected.
    copies: tuple[str, ...] = ()


@dataclass(frozen=True)
class DemoService:
    """A service people use. Objectives are hours chosen by a person, None: still the defaults."""

    name: str
    runs_on: tuple[str, ...]
    rto_h: int | None
    rpo_h: int | None
    data: tuple[Data, ...] = ()
    needs: dict[str, DependencyKind] = field(default_factory=dict)


# os_id, version, full name, codename.
SYSTEMS = {
    "debian11": ("debian", "11", "Debian GNU/Linux 11 (bullseye)", "bullseye"),
    "debian12": ("debian", "12", "Debian GNU/Linux 12 (bookworm)", "bookworm"),
    "debian13": ("debian", "13", "Debian GNU/Linux 13 (trixie)", "trixie"),
    "ubuntu22": ("ubuntu", "22.04", "Ubuntu 22.04 LTS", "jammy"),
    "ubuntu24": ("ubuntu", "24.04", "Ubuntu 24.04 LTS", "noble"),
    "windows11": ("windows", "11", "Windows 11", ""),
}

GB = 1_000_000_000

SERVERS = (
    Server(
        "hv-01",
        "Pontoise",
        "debian12",
        256,
        32,
        {"/": 100, "/srv/vm": 4000},
        ((22, "sshd"), (8006, "pveproxy")),
        AssetKind.SERVER,
    ),
    Server(
        "hv-02",
        "Pontoise",
        "debian12",
        256,
        32,
        {"/": 100, "/srv/vm": 560},
        ((22, "sshd"), (8006, "pveproxy")),
        AssetKind.SERVER,
    ),
    Server(
        "hv-03",
        "Magny",
        "debian12",
        64,
        12,
        {"/": 100, "/srv/vm": 420},
        ((22, "sshd"), (8006, "pveproxy")),
        AssetKind.SERVER,
    ),
    Server(
        "nas-01",
        "Pontoise",
        "debian12",
        32,
        8,
        {"/": 60, "/srv/copies": 5500},
        ((22, "sshd"), (445, "smbd")),
        AssetKind.SERVER,
    ),
    Server(
        "nas-02",
        "Magny",
        "debian12",
        16,
        4,
        {"/": 60, "/srv/copies": 4600},
        ((22, "sshd"),),
        AssetKind.SERVER,
    ),
    Server(
        "ad-01",
        "Pontoise",
        "debian12",
        8,
        2,
        {"/": 40},
        ((22, "sshd"), (53, "samba"), (389, "samba"), (88, "samba")),
        runs_on="hv-01",
    ),
    Server(
        "ad-02",
        "Magny",
        "debian12",
        8,
        2,
        {"/": 40},
        ((22, "sshd"), (53, "samba"), (389, "samba"), (88, "samba")),
        runs_on="hv-03",
    ),
    Server(
        "erp-db",
        "Pontoise",
        "debian12",
        64,
        8,
        {"/": 40, "/var/lib/postgresql": 160},
        ((22, "sshd"), (5432, "postgres")),
        runs_on="hv-02",
    ),
    Server(
        "erp-app",
        "Pontoise",
        "debian12",
        32,
        8,
        {"/": 80},
        ((22, "sshd"), (443, "nginx"), (8069, "erp")),
        runs_on="hv-02",
    ),
    Server(
        "fic-01",
        "Pontoise",
        "debian13",
        16,
        4,
        {"/": 40, "/srv/partages": 1024},
        ((22, "sshd"), (445, "smbd")),
        runs_on="hv-01",
    ),
    Server(
        "cao-01",
        "Pontoise",
        "ubuntu22",
        32,
        8,
        {"/": 60, "/srv/plans": 1536},
        ((22, "sshd"), (443, "vault")),
        runs_on="hv-01",
    ),
    Server(
        "etq-01",
        "Magny",
        "debian11",
        8,
        2,
        {"/": 60},
        ((22, "sshd"), (9100, "etiquettes"), (3306, "mariadbd")),
        runs_on="hv-03",
    ),
    Server(
        "bad-01", "Pontoise", "debian11", 4, 2, {"/": 40}, ((22, "sshd"), (8443, "badgeage")), runs_on="hv-01"
    ),
    Server(
        "web-01",
        "Pontoise",
        "ubuntu24",
        8,
        2,
        {"/": 80},
        ((22, "sshd"), (80, "nginx"), (443, "nginx")),
        runs_on="hv-01",
    ),
)

NEAR, FAR = "Copies de Pontoise (nas-01)", "Copies de Magny (nas-02)"
# Repository name -> machine that holds it.
REPOSITORIES = {NEAR: "nas-01", FAR: "nas-02"}

DIRECTORY = "Annuaire et connexion"
ERP = "ERP"

SERVICES = (
    DemoService(
        DIRECTORY,
        # ad-02 holds a second one. The restart time counts no alternative yet: it would restore both.
        ("ad-01",),
        4,
        24,
        (Data("Annuaire", "files", "/var/lib/samba", "ad-01", 1 * GB, 10_000_000, (NEAR, FAR)),),
    ),
    DemoService(
        ERP,
        ("erp-app",),
        4,
        12,
        (
            Data("Base de l’ERP", "postgresql", "erp", "erp-db", 62 * GB, 1_700_000_000, (NEAR, FAR)),
            Data(
                "Pièces jointes de l’ERP",
                "files",
                "/srv/erp/pieces",
                "erp-app",
                21 * GB,
                900_000_000,
                (NEAR, FAR),
            ),
        ),
        {DIRECTORY: DependencyKind.NEEDS_TO_START},
    ),
    DemoService(
        "Étiquettes d’expédition",
        ("etq-01",),
        4,
        24,
        (Data("Base des étiquettes", "mariadb", "etiquettes", "etq-01", 4 * GB, 60_000_000, (FAR,)),),
        {ERP: DependencyKind.NEEDS_TO_START},
    ),
    DemoService(
        "Fichiers partagés",
        ("fic-01",),
        8,
        48,
        (Data("Partages", "files", "/srv/partages", "fic-01", 740 * GB, 9 * GB, (NEAR, FAR)),),
        {DIRECTORY: DependencyKind.NEEDS_TO_START},
    ),
    DemoService(
        "Plans de CAO",
        ("cao-01",),
        24,
        48,
        (Data("Coffre des plans", "files", "/srv/plans", "cao-01", 1_180 * GB, 22 * GB, (NEAR, FAR)),),
        {DIRECTORY: DependencyKind.NEEDS_TO_START},
    ),
    DemoService(
        "Site web",
        ("web-01",),
        24,
        48,
        (Data("Site et commandes", "files", "/var/www", "web-01", 12 * GB, 200_000_000, (NEAR, FAR)),),
    ),
    DemoService(
        "Badgeage",
        ("bad-01",),
        12,
        24,
        # Its only copy lies on its own machine: the case every company has once.
        (
            Data(
                "Base du badgeage",
                "sqlite",
                "/var/lib/badgeage/base.sqlite3",
                "bad-01",
                2 * GB,
                20_000_000,
                (),
            ),
        ),
    ),
    DemoService("Téléphonie", (), None, None),
)
