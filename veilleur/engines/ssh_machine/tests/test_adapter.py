"""A real sshd is read as this machine reads itself; changed, hanging and boundless servers are given up."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import asyncssh
import pytest

from tests.sshd import ThrowawaySshd, free_port, speaking
from veilleur.domains.estate.rules.machine import MachineFacts, Unread
from veilleur.domains.estate.rules.reach import HostKey, MachineAccess, Reach, Unreached
from veilleur.engines.local_machine import LocalMachine
from veilleur.engines.ssh_machine import SshMachines
from veilleur.engines.ssh_machine.adapter import Bounds

pytestmark = pytest.mark.sshd
HERE = LocalMachine(search=())
QUICK = Bounds(connect_s=1, all_s=2, most_bytes=1 << 20, most_bytes_in_all=2 << 20)
READER = {"login": "reader", "password": "the right one"}


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowawaySshd]:
    with ThrowawaySshd() as running:
        yield running


def quick() -> SshMachines:
    """For what hangs or never ends."""
    return SshMachines(HERE, QUICK)


def patient() -> SshMachines:
    """For what answers, however busy the machine is."""
    return SshMachines(HERE)


def access(server: ThrowawaySshd) -> MachineAccess:
    return MachineAccess("127.0.0.1", server.login, private_key=server.private_key, port=server.port)


@contextmanager
def raw(speak: Callable[[socket.socket], object]) -> Iterator[int]:
    """Give the port of a server that takes connections and does with each what it is told."""
    with socket.create_server(("127.0.0.1", 0)) as waiting:

        def serve() -> None:
            while True:
                try:
                    with waiting.accept()[0] as taken:
                        speak(taken)
                except OSError:
                    if waiting.fileno() < 0:
                        return

        threading.Thread(target=serve, daemon=True).start()
        yield waiting.getsockname()[1]
        waiting.shutdown(socket.SHUT_RDWR)


def test_a_machine_read_from_afar_says_what_it_says_of_itself(server: ThrowawaySshd) -> None:
    here = LocalMachine().read()
    there = SshMachines(HERE).read(access(server), server.public)

    assert isinstance(there, MachineFacts)
    assert (there.host_name, there.identities) == (here.host_name, here.identities)
    assert (there.system, there.hardware) == (here.system, here.hardware)
    assert there.packages == here.packages
    assert there.volumes == here.volumes
    assert there.addresses == here.addresses
    assert there.databases == here.databases
    assert not there.is_here


def test_its_listeners_are_told_with_what_answers_there(server: ThrowawaySshd) -> None:
    here, there = LocalMachine(search=()).read(), SshMachines(HERE).read(access(server), server.public)

    assert isinstance(there, MachineFacts)
    assert not isinstance(here.listeners, Unread)
    assert not isinstance(there.listeners, Unread)
    (mine,) = [listener for listener in there.listeners if listener.port == server.port]
    assert mine in here.listeners
    assert mine.process == "sshd"


def test_a_first_look_shows_the_key_and_tells_the_server_nothing(server: ThrowawaySshd) -> None:
    assert patient().look("127.0.0.1", server.port) == HostKey(server.public, server.fingerprint)


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_a_changed_key_is_refused_and_the_new_one_is_named(kind: str) -> None:
    with ThrowawaySshd() as server:
        known = server.public
        server.stop()
        server.start(kind)

        assert patient().read(access(server), known) == Unreached(Reach.HOST_KEY_CHANGED, server.fingerprint)


def test_a_password_is_never_told_to_another_key() -> None:
    told: list[str] = []
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()

    with speaking(lambda process: told.append(process.command or "")) as (port, _public):
        refused = patient().read(MachineAccess("127.0.0.1", port=port, **READER), other)

    assert isinstance(refused, Unreached)
    assert refused.reason is Reach.HOST_KEY_CHANGED
    assert told == []


@pytest.mark.parametrize("kind", ["ssh-rsa", "ecdsa-sha2-nistp384"])
def test_other_kinds_of_keys_are_pinned_as_well(kind: str) -> None:
    with ThrowawaySshd() as server:
        server.stop()
        server.start(kind)
        shown = patient().look("127.0.0.1", server.port)

        assert isinstance(shown, HostKey)
        assert isinstance(SshMachines(HERE).read(access(server), shown.public), MachineFacts)


def test_a_wrong_password_and_a_wrong_key_are_refused(server: ThrowawaySshd) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    by_password = MachineAccess("127.0.0.1", server.login, password="a wrong one", port=server.port)
    by_key = MachineAccess("127.0.0.1", server.login, private_key=stranger, port=server.port)

    # A server takes its time to say no to a password.
    assert SshMachines(HERE).read(by_password, server.public) == Unreached(Reach.LOGIN_REFUSED)
    assert patient().read(by_key, server.public) == Unreached(Reach.LOGIN_REFUSED)


def test_what_is_no_key_is_said_before_any_server_is_asked() -> None:
    nowhere = MachineAccess("127.0.0.1", "reader", private_key="not a key", port=1)

    assert quick().read(nowhere, "ssh-ed25519 AAAA") == Unreached(Reach.KEY_UNREADABLE)


def test_nobody_and_nothing_there_are_told_apart() -> None:
    assert quick().look("127.0.0.1", free_port()) == Unreached(Reach.NOBODY_ANSWERS)
    assert quick().look("no-such-host.invalid", 22) == Unreached(Reach.NAME_UNKNOWN)


def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    begun = time.monotonic()

    with raw(lambda taken: taken.recv(1) and time.sleep(3)) as port:
        assert quick().look("127.0.0.1", port) == Unreached(Reach.TIMED_OUT)
    assert time.monotonic() - begun < 3


def test_another_protocol_and_endless_words_before_the_first_are_given_up() -> None:
    def forever(taken: socket.socket) -> None:
        while True:
            taken.sendall(b"x" * 200 + b"\r\n")

    with raw(lambda taken: taken.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        spoken = quick().look("127.0.0.1", port)
    with raw(forever) as port:
        endless = quick().look("127.0.0.1", port)

    assert isinstance(spoken, Unreached)
    assert isinstance(endless, Unreached)
    assert {spoken.reason, endless.reason} <= {Reach.OTHER_PROTOCOL, Reach.BROKEN_OFF, Reach.TIMED_OUT}


def test_a_machine_that_hangs_at_a_command_is_given_up_in_time() -> None:
    async def hang(process: asyncssh.SSHServerProcess[bytes]) -> None:
        await asyncio.sleep(60)

    begun = time.monotonic()
    with speaking(hang) as (port, public):
        read = quick().read(MachineAccess("127.0.0.1", port=port, **READER), public)

    assert read == Unreached(Reach.TIMED_OUT)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_machine_without_end_is_cut(stream: str) -> None:
    async def forever(process: asyncssh.SSHServerProcess[bytes]) -> None:
        out = getattr(process, stream)
        while True:
            out.write(b"Linux and so on and on\n" * 1000)
            await out.drain()

    with speaking(forever) as (port, public):
        read = quick().read(MachineAccess("127.0.0.1", port=port, **READER), public)

    assert read == Unreached(Reach.TOO_MUCH if stream == "stdout" else Reach.TIMED_OUT)


def test_a_system_that_is_not_linux_is_left_alone_after_one_command() -> None:
    asked: list[str] = []

    def answer(process: asyncssh.SSHServerProcess[bytes]) -> None:
        asked.append(process.command or "")
        process.stdout.write(b"FreeBSD fw 14.1-RELEASE amd64\n")
        process.exit(0)

    with speaking(answer) as (port, public):
        read = quick().read(MachineAccess("127.0.0.1", port=port, **READER), public)

    assert read == Unreached(Reach.NO_COMMANDS)
    assert len(asked) == 1
