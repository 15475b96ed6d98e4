"""Signed heads by mail, taken by a real SMTP conversation on the loopback."""

import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from veilleur.domains.journal.rules.heads import HeadsPlace, Reach, SignedHeads, from_line, heads_document
from veilleur.engines.heads_mail.adapter import HeadsMail, MailServer
from veilleur.engines.heads_mail.message import FILE_NAME, heads_message

SIGNED = SignedHeads(heads_document((), datetime(2026, 3, 1, 12, 0, tzinfo=UTC)), b"signature", b"key")


class Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP as taking one mail needs."""

    server: "Mailbox"

    def handle(self) -> None:
        self.reply("220 ready")
        while line := self.rfile.readline().strip():
            verb = line.split()[0].upper()
            if verb == b"DATA" and not self.server.refuses:
                self.reply("354 go on")
                self.server.taken.append(self.read_mail())
                self.reply("250 taken")
            elif verb == b"DATA":
                self.reply("554 mailbox full")
            elif verb == b"QUIT":
                self.reply("221 bye")
                return
            else:
                self.reply("250 ok")

    def read_mail(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    def reply(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server on a free loopback port."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.taken: list[bytes] = []
        self.refuses = False


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def make_destination(mailbox: Mailbox) -> HeadsMail:
    server = MailServer("127.0.0.1", mailbox.server_address[1])
    return HeadsMail(server, sender="veilleur@example.org", recipient="proof@example.org", text="Keep this.")


def test_the_mail_carries_the_very_line_that_verification_takes(mailbox: Mailbox) -> None:
    make_destination(mailbox).send(SIGNED)

    mail = message_from_bytes(mailbox.taken[0], policy=default)
    (attached,) = mail.iter_attachments()
    assert (mail["To"], mail["Auto-Submitted"]) == ("proof@example.org", "auto-generated")
    assert attached.get_filename() == FILE_NAME
    assert from_line(attached.get_content().decode()) == SIGNED


def test_a_mail_that_is_not_taken_is_an_error(mailbox: Mailbox) -> None:
    mailbox.refuses = True

    with pytest.raises(OSError, match="mailbox full"):
        make_destination(mailbox).send(SIGNED)


def test_a_server_that_is_not_there_is_an_error(mailbox: Mailbox) -> None:
    destination = make_destination(mailbox)
    mailbox.server_close()

    with pytest.raises(OSError):
        destination.send(SIGNED)


def test_a_mailbox_elsewhere_cannot_be_read_back(mailbox: Mailbox) -> None:
    assert make_destination(mailbox).sent() == ()


def test_the_subject_says_when_the_heads_were_taken() -> None:
    message = heads_message(SIGNED, sender="a@example.org", recipient="b@example.org", text="Keep this.")

    assert message["Subject"] == "Veilleur: journal 2026-03-01 12:00 UTC"


def test_a_mailbox_is_named_by_its_address_and_nothing_more_is_claimed_of_it() -> None:
    mail = HeadsMail(
        MailServer("localhost", 25), sender="v@vexin.example", recipient="a@else.example", text=""
    )

    assert mail.place() == HeadsPlace("a@else.example", Reach.MAILBOX)
