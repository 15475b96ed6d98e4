"""The commands that read from afar, from the terminal to the estate: real sshd, real SNMP agent, a file."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from tests.snmpd import COMMUNITY, PRINTER, ThrowawaySnmpd
from tests.sshd import ThrowawaySshd
from veilleur.domains.estate.factories import SINCE, make_asset
from veilleur.domains.estate.models import Address, Asset, InstalledPackage, Interface
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.domains.organisations.factories import make_organisation
from veilleur.engines.local_machine import LocalMachine
from veilleur.shared.ids import new_id

pytestmark = pytest.mark.django_db
HERE = LocalMachine(search=()).read()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def organisation() -> Any:
    return make_organisation("Vexin")


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowawaySshd]:
    with ThrowawaySshd() as running:
        yield running


@pytest.fixture
def key_file(server: ThrowawaySshd, tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text(server.private_key)
    return file


def said(command: str, *words: object, **options: object) -> str:
    out = io.StringIO()
    call_command(command, *map(str, words), stdout=out, **options)
    return out.getvalue()


def read_machine(server: ThrowawaySshd, key_file: Path, *more: str, host_key: str = "") -> str:
    words = ("127.0.0.1", "--login", server.login, "--port", server.port, "--key-file", key_file)
    return said("read_machine", *words, "--host-key", host_key or server.fingerprint, *more)


@pytest.mark.sshd
def test_a_machine_is_registered_once_however_often_it_is_read(
    organisation: Any, server: ThrowawaySshd, key_file: Path
) -> None:
    first, again = read_machine(server, key_file), read_machine(server, key_file)

    (machine,) = Asset.objects.of(organisation.pk)
    assert first == f"{HERE.host_name} is new in the estate.\n"
    assert again == f"{HERE.host_name} is up to date in the estate.\n"
    assert (machine.os_id, machine.kernel, machine.is_here) == (HERE.system.os_id, HERE.system.kernel, False)
    assert InstalledPackage.objects.of(organisation.pk).filter(until=None).count() == len(HERE.packages)


@pytest.mark.sshd
def test_a_key_that_nobody_confirmed_or_another_than_was_confirmed_lets_nothing_in(
    organisation: Any, server: ThrowawaySshd, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    with pytest.raises(CommandError, match="call again with --host-key"):
        read_machine(server, key_file, host_key=" ")
    with pytest.raises(CommandError, match="another key than the one that was confirmed") as changed:
        read_machine(server, key_file, host_key="SHA256:another")
    assert server.fingerprint in str(changed.value)
    assert not Asset.objects.of(organisation.pk).exists()


@pytest.mark.sshd
def test_a_machine_that_only_shares_a_name_is_for_a_person_to_say(
    organisation: Any, server: ThrowawaySshd, key_file: Path
) -> None:
    described = make_asset(organisation, HERE.host_name)

    with pytest.raises(CommandError, match="A component of this name is known"):
        read_machine(server, key_file)
    assert "up to date" in read_machine(server, key_file, "--as", HERE.host_name)

    (machine,) = Asset.objects.of(organisation.pk)
    assert (machine.pk, machine.os_id) == (described.pk, HERE.system.os_id)
    # From now on it is known by itself.
    assert "up to date" in read_machine(server, key_file)


@pytest.mark.snmpd
def test_a_printer_is_registered_with_its_serial_number(
    organisation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThrowawaySnmpd(PRINTER) as printer:
        for outcome in ("is new", "is up to date"):
            monkeypatch.setattr("sys.stdin", io.StringIO(f"{COMMUNITY}\n"))
            assert outcome in said("read_device", "127.0.0.1", "--port", printer.port)
        monkeypatch.setattr("sys.stdin", io.StringIO("a wrong one\n"))
        with pytest.raises(CommandError, match="No answer") as silent:
            said("read_device", "127.0.0.1", "--port", printer.port)

    (device,) = Asset.objects.of(organisation.pk)
    assert silent.value.returncode == 69
    assert (device.kind, device.serial) == (AssetKind.PRINTER, "E12345F6N789012")
    assert (device.name, device.model) == ("imp-accueil", "HL-L6400DW")
    assert not Interface.objects.of(organisation.pk).exists()


def test_a_look_tells_what_nobody_has_declared_and_writes_nothing(organisation: Any, tmp_path: Path) -> None:
    nas = make_asset(organisation, "NAS")
    told = {"organisation": organisation, "public_id": new_id(SINCE), "since": SINCE, "recorded_at": SINCE}
    Address(asset=nas, interface="eth0", address="192.168.7.20", prefix_length=24, **told).save()
    host = '<host><status state="up"/><address addr="{}" addrtype="ipv4"/></host>'
    hosts = "".join(map(host.format, ("192.168.7.20", "192.168.7.66")))
    file = tmp_path / "nmap.xml"
    file.write_text(f'<nmaprun scanner="nmap">{hosts}<runstats><finished/></runstats></nmaprun>')
    out = io.StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("look_at_network", file=file, stdout=out)

    assert end.value.code == 1
    assert out.getvalue().splitlines() == [
        "192.168.7.20  →  NAS",
        "192.168.7.66  →  nobody has declared it",
        "One host is in nobody’s list.",
    ]
    assert Asset.objects.of(organisation.pk).count() == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Name the addresses to look at"),
        (("8.8.8.0/24",), "8.8.8.0/24: These addresses are not kept for networks like yours"),
        (("--file", "/nowhere/nmap.xml"), "cannot be read"),
    ],
)
def test_what_cannot_be_looked_at_is_said(organisation: Any, words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        said("look_at_network", *words)


def test_whose_estate_it_is_must_be_clear(organisation: Any) -> None:
    with pytest.raises(CommandError, match="No organisation is called that: Nobody"):
        said("look_at_network", "10.0.0.1", "--organisation", "Nobody")
    make_organisation("Another")
    with pytest.raises(CommandError, match="There are several organisations"):
        said("look_at_network", "10.0.0.1")
