"""A real agent answers as a switch and as a printer; silence, refusals and rubbish have their own reasons."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.snmpd import COMMUNITY, LOGIN, PASSWORD, PRINTER, PRIVACY, SWITCH, ThrowawaySnmpd
from tests.sshd import free_port
from veilleur.domains.estate.rules.devices import (
    Cipher,
    Community,
    DeviceAccess,
    DeviceFacts,
    DevicePiece,
    DevicePort,
    Digest,
    Neighbour,
    Printer,
    SnmpUser,
    Supply,
)
from veilleur.domains.estate.rules.reach import Reach, Unreached
from veilleur.engines.snmp import SnmpDevices
from veilleur.engines.snmp.adapter import Bounds

pytestmark = pytest.mark.snmpd
QUICK = Bounds(answer_s=0.5, again=0, all_s=5)
USER = SnmpUser(LOGIN, PASSWORD, PRIVACY, Digest.SHA256, Cipher.AES128)


@pytest.fixture(scope="module")
def switch() -> Iterator[ThrowawaySnmpd]:
    with ThrowawaySnmpd(SWITCH) as running:
        yield running


def quick(port: int, who: Community | SnmpUser = USER) -> DeviceFacts | Unreached:
    return SnmpDevices(QUICK).read(DeviceAccess("127.0.0.1", who, port))


def read(port: int, who: Community | SnmpUser = USER) -> DeviceFacts:
    facts = SnmpDevices().read(DeviceAccess("127.0.0.1", who, port))
    assert isinstance(facts, DeviceFacts), facts
    return facts


@contextmanager
def answering(answer: Callable[[bytes], bytes]) -> Iterator[int]:
    """Give the port of a device that answers each question with what the function makes of it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                try:
                    question, asker = device.recvfrom(65536)
                    device.sendto(answer(question), asker)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield device.getsockname()[1]


def test_a_switch_tells_its_ports_its_serial_number_and_who_is_plugged_in(switch: ThrowawaySnmpd) -> None:
    facts = read(switch.port)

    assert (facts.name, facts.description) == ("sw1", "HPE OfficeConnect 1920S 24G")
    assert (facts.object_id, facts.place) == ("1.3.6.1.4.1.11.2.3.7.11.182", "Baie du rez-de-chaussée")
    assert timedelta(0) <= facts.up_for < timedelta(minutes=5)
    first, second = facts.ports
    assert first == DevicePort(
        901, "Gi1/0/1", "GigabitEthernet1/0/1", "vers le serveur", "00:11:32:ab:cd:01", 1000, is_up=True
    )
    assert (second.name, second.speed_mbits) == ("TenGigabitEthernet1/0/25", 10_000)
    assert (second.is_enabled, second.is_up, second.mac) == (False, False, "")
    assert facts.pieces == (
        DevicePiece(
            1, "chassis", "HPE OfficeConnect Switch", "HPE", "JL381A", "CN12345678", software="PD.02.22"
        ),
    )
    assert facts.serial == "CN12345678"
    assert facts.neighbours == (
        Neighbour("Gi1/0/1", "hv1.vexin.example", "52:54:00:aa:bb:cc", "eno1", "Proxmox VE"),
    )
    assert facts.printer is None


def test_both_versions_tell_the_same(switch: ThrowawaySnmpd) -> None:
    encrypted, clear = read(switch.port), read(switch.port, Community(COMMUNITY))

    assert replace(clear, up_for=encrypted.up_for) == encrypted


def test_a_printer_tells_its_pages_and_what_is_left() -> None:
    with ThrowawaySnmpd(PRINTER) as printer:
        facts = read(printer.port, Community(COMMUNITY))

    assert facts.printer == Printer(
        "HL-L6400DW", "E12345F6N789012", 48213, (Supply("Black Toner", 25), Supply("Drum Unit", None))
    )
    assert facts.serial == "E12345F6N789012"
    assert facts.neighbours == ()


def test_an_old_proof_without_encryption_is_spoken_where_it_is_asked_for(switch: ThrowawaySnmpd) -> None:
    assert read(switch.port, SnmpUser("plain", PASSWORD, digest=Digest.SHA1)).name == "sw1"


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        # A wrong word is not answered at all.
        (Community("a wrong one"), Reach.SILENT),
        (replace(USER, password="another password"), Reach.LOGIN_REFUSED),
        (replace(USER, login="nobody"), Reach.LOGIN_REFUSED),
        (replace(USER, privacy=""), Reach.LOGIN_REFUSED),
        (replace(USER, privacy="what hides nothing"), Reach.SILENT),
        # shorter than the protocol takes
        (replace(USER, password="short"), Reach.LOGIN_REFUSED),
        (Community("blind"), Reach.NO_VIEW),
    ],
)
def test_who_may_not_read_is_told_so(
    switch: ThrowawaySnmpd, who: Community | SnmpUser, reason: Reach
) -> None:
    assert quick(switch.port, who) == Unreached(reason)


def test_nobody_there_is_given_up_in_time() -> None:
    begun = time.monotonic()

    assert quick(free_port()) == Unreached(Reach.SILENT)
    assert quick(free_port(), Community("any")) == Unreached(Reach.SILENT)
    assert SnmpDevices(QUICK).read(DeviceAccess("no-such-host.invalid", USER)) == Unreached(
        Reach.NAME_UNKNOWN
    )
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize(
    "rubbish", [b"", b"\x30", b"\x30\x84\xff\xff\xff\xff\x02", b"<html>" * 5000, b"\x30\x80" * 900]
)
def test_rubbish_is_no_answer(rubbish: bytes) -> None:
    with answering(lambda _question: rubbish) as port:
        read = quick(port, Community("any"))

    assert isinstance(read, Unreached)
    assert read.reason in {Reach.SILENT, Reach.OTHER_PROTOCOL}


def test_an_echo_of_the_question_is_no_answer() -> None:
    with answering(lambda question: question) as port:
        read = quick(port, Community("any"))

    assert isinstance(read, Unreached)


def test_a_device_that_goes_in_circles_is_left() -> None:
    # The question made an answer: its kind is changed, and what it asks for is all it says.
    with answering(lambda question: question.replace(b"\xa5", b"\xa2", 1)) as port:
        read = quick(port, Community("any"))

    assert read == Unreached(Reach.OTHER_PROTOCOL)
