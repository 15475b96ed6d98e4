"""What the demonstration's checks measure at an instant: pure, by the role of each machine and the hour.

A working day runs from eight to half past six in Paris, backups at night; nothing measures the same twice.
Values are in thousandths of the unit of their kind, as real ones are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from math import exp
from zoneinfo import ZoneInfo

from veilleur.domains.monitoring.rules.kinds import KINDS
from veilleur.processes.demonstration.company import GB, REPOSITORIES, SERVERS, SERVICES, Server
from veilleur.processes.demonstration.copies import size_at
from veilleur.processes.demonstration.machines import volume_bytes

PARIS = ZoneInfo("Europe/Paris")
_WEEK_H = 7 * 24.0
# What deduplication leaves of all versions kept, per byte protected.
_KEPT = 1.46
# Snapshots, images and installation media beside the disks of the virtual machines.
_BESIDE_DISKS = 1.17


@dataclass(frozen=True)
class Profile:
    """A role in figures: load per processor at rest, and what office hours, nights and evenings add.

    Memory in percent: at rest, what office hours add, what a week adds until Sunday's restart. `system_gb`
    is what the system itself takes of the first disk.
    """

    load: float
    office: float = 0.0
    night: float = 0.0
    evening: float = 0.0
    memory: float = 45.0
    memory_office: float = 2.0
    memory_week: float = 0.0
    system_gb: float = 9.0


PROFILES = {
    "hv-01": Profile(0.21, 0.34, 0.12, memory=71, system_gb=19),
    "hv-02": Profile(0.24, 0.47, 0.09, memory=64, system_gb=23),
    "hv-03": Profile(0.08, 0.11, 0.05, memory=43, system_gb=17),
    "nas-01": Profile(0.06, 0.05, 0.93, memory=34, system_gb=11),
    "nas-02": Profile(0.04, 0.01, 0.71, memory=29, system_gb=10),
    "ad-01": Profile(0.03, 0.12, memory=41, system_gb=8),
    "ad-02": Profile(0.02, 0.04, memory=37, system_gb=8),
    "erp-db": Profile(0.19, 0.81, 0.46, memory=80.4, memory_office=2.3, memory_week=0.8, system_gb=12),
    "erp-app": Profile(0.11, 0.58, 0.07, memory=63, memory_office=7.5, memory_week=6.0, system_gb=16),
    "fic-01": Profile(0.05, 0.26, 0.38, memory=38, memory_office=4.0, system_gb=9),
    "cao-01": Profile(0.07, 0.33, 0.29, 0.14, memory=56, memory_office=9.0, system_gb=21),
    "etq-01": Profile(0.05, 0.17, 0.06, memory=67, memory_week=2.0, system_gb=14),
    "bad-01": Profile(0.02, 0.05, memory=52, memory_week=3.0, system_gb=13),
    "web-01": Profile(0.13, 0.18, 0.09, 0.36, memory=57, memory_office=3.0, system_gb=18),
}
_BY_NAME = {server.name: server for server in SERVERS}
# Milliseconds until a program takes a connection; on the other site the line comes on top.
_ANSWERS_MS = {"sshd": 0.42, "pveproxy": 0.88, "samba": 0.31, "smbd": 0.37, "postgres": 0.29, "nginx": 0.46}
_OTHER_SITE_MS = 6.3


def measured(server_name: str, kind: str, target: str, at: datetime, end: datetime) -> int:
    """Return what a check measures at an instant; `end` is when the thirteen months played end."""
    server = _BY_NAME[server_name]
    value = {
        "load": lambda: _load(server, at),
        "memory": lambda: _memory(server, at),
        "disk": lambda: 100 * used_share(server, target, at, end),
        "listener": lambda: _answer_ms(server, target, at),
    }[KINDS[kind].code]()
    return round(1000 * value)


def used_share(server: Server, mount: str, at: datetime, end: datetime) -> float:
    """Return the used share of a disk: what lies on it, by the data and copies the company really has."""
    total = volume_bytes(server.volumes_gb[mount])
    system = PROFILES[server.name].system_gb * GB if mount == "/" else 0.0
    # Logs grow through the week and are packed on Sunday night.
    logs = 0.011 * total * _week(at) if mount == "/" else 0.0
    return (system + logs + _data_on(server, mount, at, end)) / total


def _data_on(server: Server, mount: str, at: datetime, end: datetime) -> float:
    if mount == "/srv/vm":
        guests = [guest for guest in SERVERS if guest.runs_on == server.name]
        return _BESIDE_DISKS * GB * sum(sum(guest.volumes_gb.values()) for guest in guests)
    sets = [data for service in SERVICES for data in service.data]
    if mount == "/srv/copies":
        held = [data for data in sets for place in data.copies if REPOSITORIES[place] == server.name]
        return _KEPT * sum(size_at(data, at, end) for data in held)
    own = [data for data in sets if data.stored_on == server.name]
    # A server with a second disk keeps its data there.
    is_there = (mount != "/") == (len(server.volumes_gb) > 1)
    return float(sum(size_at(data, at, end) for data in own)) if is_there else 0.0


def _load(server: Server, at: datetime) -> float:
    profile, local = PROFILES[server.name], at.astimezone(PARIS)
    hour = _hour(local)
    workday = local.weekday() < 5
    office = _bump(hour, 10.3, 1.6) + 0.9 * _bump(hour, 15.2, 1.9) if workday else 0.04
    # Backups run every night, through midnight.
    night = _bump(hour if hour > 12 else hour + 24, 23.6, 1.7)
    evening = _bump(hour, 20.4, 1.8)
    level = profile.load + profile.office * office + profile.night * night + profile.evening * evening
    return level * exp(0.17 * _chance(server.name, "load", at))


def _memory(server: Server, at: datetime) -> float:
    profile, local = PROFILES[server.name], at.astimezone(PARIS)
    office = _bump(_hour(local), 13.5, 3.6) if local.weekday() < 5 else 0.0
    level = profile.memory + profile.memory_office * office + profile.memory_week * _week(at)
    return level + 0.45 * _chance(server.name, "memory", at)


def _answer_ms(server: Server, target: str, at: datetime) -> float:
    port = int(target.rpartition(":")[2])
    process = dict(server.listeners).get(port, "")
    line = _OTHER_SITE_MS if server.site == "Magny" else 0.0
    busy = 1 + 0.5 * min(_load(server, at), 1.5)
    own = _ANSWERS_MS.get(process, 0.6) * busy * exp(0.22 * _chance(server.name, target, at))
    return own + line * exp(0.05 * _chance(server.name, f"line {target}", at))


def _hour(local: datetime) -> float:
    return local.hour + local.minute / 60


def _week(at: datetime) -> float:
    """Return how much of the week is over since Sunday, four in the morning: 0 to 1."""
    local = at.astimezone(PARIS)
    hours = ((local.weekday() + 1) % 7) * 24 + _hour(local) - 4
    return hours % _WEEK_H / _WEEK_H


def _bump(hour: float, middle: float, width: float) -> float:
    return exp(-(((hour - middle) / width) ** 2) / 2)


def _chance(*about: object) -> float:
    """Return a figure around nought, most within one: the same for the same minute of the same thing."""
    *names, at = about
    assert isinstance(at, datetime)
    minute = at.replace(second=0, microsecond=0)
    digest = sha256(f"{names} {minute:%Y-%m-%d %H:%M}".encode()).digest()
    # The sum of twelve even figures, less its mean, is near enough to the bell curve.
    return sum(digest[:12]) / 255 - 6


def crossing(server: Server, mount: str, share: float, end: datetime) -> datetime | None:
    """Return when a growing disk passed a share for good, to the hour; None if it has not before `end`."""
    at = end
    while used_share(server, mount, at, end) >= share:
        at -= timedelta(hours=1)
    return None if at == end else at + timedelta(hours=1)
