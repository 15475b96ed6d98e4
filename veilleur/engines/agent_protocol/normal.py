"""Brings XML to the form of JSON, and leaves out what Veilleur does not want to know."""

import json
import re
from typing import Any

Plain = dict[str, Any]

# Who sat at the machine, what ran there with which words in its command line, which licences are its.
_UNWANTED_SECTIONS = frozenset(
    {"envs", "processes", "users", "licenseinfos", "rudder", "registry", "accesslog"}
)
_UNWANTED_FIELDS = {"hardware": ("lastloggeduser", "datelastloggeduser", "winprodkey", "winowner", "userid")}
# As XML calls them, and as JSON does.
_SECTIONS = {"firewall": "firewalls"}
_FIELDS = {
    "macaddr": "mac",
    "installdate": "install_date",
    "serialnumber": "serial",
    "member": "members",
    "osinstalldate": "install_date",
}
# Those that are lists in JSON even with one row.
_LISTS = frozenset(
    {
        "antivirus", "batteries", "cameras", "controllers", "cpus", "databases_services", "drives",
        "firewalls", "firmwares", "inputs", "local_groups", "local_users", "logical_volumes",
        "physical_volumes", "volume_groups", "memories", "modems", "monitors", "network_components",
        "network_ports", "networks", "ports", "powersupplies", "printers", "remote_mgmt", "sensors",
        "simcards", "slots", "softwares", "sounds", "storages", "usbdevices", "videos", "virtualmachines",
    }
)  # fmt: skip
_INTEGERS = frozenset(
    {
        "memory", "swap", "total", "free", "disksize", "capacity", "speed", "corecount", "core", "thread",
        "vcpu", "filesize", "port", "size",
    }
)  # fmt: skip
_FLAGS = frozenset({"virtualdev", "is_active", "is_onbackup", "enabled", "uptodate", "secure_boot"})
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_LONGEST_NUMBER = 15


def content_of_xml(content: Plain) -> Plain:
    """Return the content of an XML report as JSON would tell it.

    Names of its fields, lists for what may be several, numbers and flags by their type, days as 2026-11-28.
    """
    told: Plain = {}
    for name, value in content.items():
        section = _SECTIONS.get(name, name)
        is_one = section in _LISTS and not isinstance(value, list)
        told[section] = _normal([value] if is_one else value, section)
    if tag := _tag(told.pop("accountinfo", None)):
        told.setdefault("tag", tag)
    return told


def _normal(value: Any, field: str) -> Any:
    if isinstance(value, dict):
        return {_FIELDS.get(name, name): _normal(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_normal(each, field) for each in value]
    return _normal_text(value, field) if isinstance(value, str) else value


def _normal_text(value: str, field: str) -> int | bool | str:
    if field in _INTEGERS and value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER:
        return int(value)
    if field in _FLAGS and value in {"0", "1"}:
        return value == "1"
    day = _DAY.fullmatch(value)
    return f"{day[3]}-{day[2]}-{day[1]}" if day else value


def _tag(account: Any) -> Any:
    """Return the value of the pair called TAG."""
    pairs = account if isinstance(account, list) else [account]
    named = (pair for pair in pairs if isinstance(pair, dict))
    return next((pair.get("keyvalue") for pair in named if pair.get("keyname") == "TAG"), None)


def without_unwanted(content: Plain) -> Plain:
    """Return the content without the sections and fields that are not kept."""
    kept = {name: value for name, value in content.items() if name not in _UNWANTED_SECTIONS}
    for section, names in _UNWANTED_FIELDS.items():
        if isinstance(kept.get(section), dict):
            kept[section] = {name: value for name, value in kept[section].items() if name not in names}
    return kept


def document_of(message: Plain) -> bytes:
    """Return a message as it is kept: JSON in one form."""
    # Halves of letters, which JSON lets pass, cannot be written; the marks in their place can.
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), sort_keys=False)
    return text.encode("utf-8", "replace")
