"""What a report says the machine is: its kind, system, hardware and signs."""

import re
from collections.abc import Iterable

from veilleur.domains.estate.rules.identity import Signs, real_mac, real_serial, real_uuid
from veilleur.domains.estate.rules.machine import Hardware, OperatingSystem
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.engines.agent_protocol.fields import Fields, first_of

_MIB = 2**20
_MOST_COUNT = 2**31 - 1
_MOST_BYTES = 2**62
_CONTAINERS = ("docker", "lxc", "openvz", "virtuozzo", "nspawn", "podman", "zone", "jail", "container", "wsl")
_VIRTUAL_MODELS = ("virtual", "vmware", "kvm", "qemu", "bochs", "hvm domu", "openstack", "xen", "bhyve")
_ON_A_DESK = (
    "desktop", "tower", "laptop", "notebook", "portable", "hand held", "all in one", "all-in-one",
    "space-saving", "lunch box", "tablet", "convertible", "detachable", "mini pc", "stick pc", "docking",
)  # fmt: skip
_KINDS_OF_ITEMS = {
    "networkequipment": AssetKind.NETWORK_DEVICE,
    "unmanaged": AssetKind.NETWORK_DEVICE,
    "printer": AssetKind.PRINTER,
}
# The names under which the dated tables know a system; those that are part of another come first.
_SYSTEMS = {
    "windows server": "windows-server",
    "windows": "windows",
    "debian": "debian",
    "ubuntu": "ubuntu",
    "red hat": "rhel",
    "rhel": "rhel",
    "centos": "centos",
    "rocky": "rocky",
    "almalinux": "almalinux",
    "fedora": "fedora",
    "opensuse": "opensuse-leap",
    "suse": "sles",
    "oracle linux": "ol",
    "alpine": "alpine",
    "arch linux": "arch",
    "mac os": "macos",
    "macos": "macos",
    "freebsd": "freebsd",
    "vmware esx": "esxi",
    "esxi": "esxi",
}
_ONE_NUMBER, _TWO_NUMBERS = frozenset({"debian", "fedora"}), frozenset({"ubuntu"})
_MOST_MACS = 16
_LONGEST_NAME = 200


def kind_of(item_type: str, content: Fields) -> AssetKind:
    """Return what sort of component the report is of."""
    if item_type.lower() in _KINDS_OF_ITEMS:
        return _KINDS_OF_ITEMS[item_type.lower()]
    hardware, bios = content.within("hardware"), content.within("bios")
    below = hardware.text("vmsystem").lower()
    if first_of(below, _CONTAINERS):
        return AssetKind.CONTAINER
    model = f"{bios.text('smanufacturer')} {bios.text('smodel')}".lower()
    if below not in {"", "physical", "none"} or first_of(model, _VIRTUAL_MODELS):
        return AssetKind.VIRTUAL_MACHINE
    return AssetKind.WORKSTATION if _is_desk(item_type, content) else AssetKind.SERVER


def _is_desk(item_type: str, content: Fields) -> bool:
    system = _full_name(content).lower()
    if "server" in system:
        return False
    on_a_desk = first_of(content.within("hardware").text("chassis_type").lower(), _ON_A_DESK)
    is_desk_system = system.startswith(("microsoft windows", "windows", "mac os", "macos"))
    return bool(on_a_desk) or is_desk_system or item_type.lower() == "phone"


def system_of(content: Fields) -> OperatingSystem:
    """Return the system; without the dates until when it is supported, which no agent knows."""
    system, device = content.within("operatingsystem"), content.within("network_device")
    name = _full_name(content)
    os_id = _SYSTEMS.get(first_of(name.lower(), _SYSTEMS), "")
    return OperatingSystem(
        os_id=os_id,
        version=_version(os_id, system.text("version", most=40) or device.text("firmware", most=40)),
        name=name,
        kernel=system.text("kernel_version"),
        architecture=system.text("arch", most=40),
    )


def _full_name(content: Fields) -> str:
    system = content.within("operatingsystem")
    return system.text("full_name", "name") or content.within("hardware").text("osname")


def _version(os_id: str, told: str) -> str:
    """Return the version by which a system's support is counted: "12" of Debian 12.11."""
    numbers = re.findall(r"\d+", told)
    if os_id in _ONE_NUMBER and numbers:
        return str(numbers[0])
    is_short = os_id in _TWO_NUMBERS and len(numbers) > 1
    return ".".join(map(str, numbers[:2])) if is_short else told


def hardware_of(item_type: str, content: Fields) -> Hardware:
    """Return processor, memory, maker, model and serial number."""
    hardware, bios, device = (content.within(name) for name in ("hardware", "bios", "network_device"))
    processors = content.rows("cpus", _processor)
    memory = hardware.number("memory", _MOST_BYTES // _MIB) or device.number("ram", _MOST_BYTES // _MIB)
    return Hardware(
        kind=kind_of(item_type, content),
        cpu_count=min(sum(count for _number, _name, count in processors), _MOST_COUNT),
        memory_bytes=memory * _MIB,
        cpu_model=next((name for _number, name, _count in processors if name), ""),
        manufacturer=bios.text("smanufacturer", "mmanufacturer") or device.text("manufacturer"),
        model=bios.text("smodel", "mmodel") or device.text("model"),
        serial=real_serial(_serial(content)),
    )


def _processor(row: Fields) -> tuple[str, str, int]:
    # Its place keeps two equal processors apart.
    return row.place, row.text("name"), max(row.number("thread", 4096), row.number("core", 4096), 1)


def signs_of(agent_id: str, device_id: str, host_name: str, content: Fields) -> Signs:
    """Return by what the device is known again."""
    device = content.within("network_device")
    macs = [mac for mac, is_virtual in content.rows("networks", _card) if not is_virtual]
    return Signs(
        agent_id=real_uuid(agent_id),
        device_id=device_id,
        uuid=real_uuid(content.within("hardware").text("uuid")),
        serial=real_serial(_serial(content)),
        macs=_real_macs((*macs, device.text("mac"))),
        host_name=host_name,
    )


def _real_macs(told: Iterable[str]) -> tuple[str, ...]:
    real = {real_mac(mac) for mac in told}
    return tuple(sorted(real - {""}))[:_MOST_MACS]


def _serial(content: Fields) -> str:
    return content.within("bios").text("ssn") or content.within("network_device").text("serial")


def _card(row: Fields) -> tuple[str, bool]:
    return row.text("mac"), bool(row.flag("virtualdev"))


def name_of(device_id: str, content: Fields) -> str:
    """Return the name of the host: what it calls itself, or else how its agent calls it."""
    names = (
        content.within("hardware").text("name"),
        content.within("network_device").text("name"),
        content.within("operatingsystem").text("fqdn").partition(".")[0],
    )
    # An agent's own name ends with the instant at which it was first started.
    of_agent: str = re.sub(r"-\d{4}(-\d{2}){5}$", "", device_id)
    return next(filter(None, names), of_agent)[:_LONGEST_NAME]
