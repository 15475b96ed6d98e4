"""Hands the mail with signed heads to an SMTP server, encrypted unless the server is this machine."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from veilleur.domains.journal.rules.heads import HeadsPlace, Reach, SignedHeads
from veilleur.engines.heads_mail.message import heads_message

_TIMEOUT_S = 30
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over. Port 465 is TLS from the start; off loopback, others must offer STARTTLS."""

    host: str
    port: int
    user: str = ""
    password: str = ""


class HeadsMail:
    """The journal's HeadsDestination in a mailbox; what was sent cannot be read back from here."""

    def __init__(self, server: MailServer, *, sender: str, recipient: str, text: str) -> None:
        self._server = server
        self._sender = sender
        self._recipient = recipient
        self._text = text

    def send(self, signed: SignedHeads) -> None:
        """Hand the mail over; raise OSError (smtplib's errors are) when the server does not take it."""
        message = heads_message(signed, sender=self._sender, recipient=self._recipient, text=self._text)
        with self._connected() as session:
            if self._server.user:
                session.login(self._server.user, self._server.password)
            session.send_message(message)

    def sent(self) -> Sequence[SignedHeads]:
        """Return nothing: people read that mailbox, and give its file to `journal verify --heads`."""
        return ()

    def place(self) -> HeadsPlace:
        """Return the address; where its mailbox lies cannot be told from here."""
        return HeadsPlace(self._recipient, Reach.MAILBOX)

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.port == 465:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT_S, context=context)
        session = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_S)
        if server.host not in _LOOPBACK:
            session.starttls(context=ssl.create_default_context())
        return session
