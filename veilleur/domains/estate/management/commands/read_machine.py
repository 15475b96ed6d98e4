"""`veilleur read-machine HOST --login NAME`: a Linux machine without an agent, read over SSH."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.domains.estate.labels.network import REACH_REASONS
from veilleur.domains.estate.management.afar import ask_which, bring_in, error_of, organisation_named, secret
from veilleur.domains.estate.ports import REMOTE_READER
from veilleur.domains.estate.rules.reach import HostKey, MachineAccess, Reach, Unreached

_YES = frozenset({"yes", "y", "oui", "o"})


class Command(BaseCommand):
    """Exit code 0: read and brought in; 1: not, for a person to say why; 69: not reached."""

    help = gettext_lazy("Read a Linux machine over SSH and bring it into the estate, without an agent.")  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the machine, the way in, and what may be said of it."""
        parser.add_argument("host", metavar=_("HOST"), help=_("its name or address"))
        parser.add_argument("--login", required=True, metavar=_("NAME"), help=_("the account there"))
        parser.add_argument("--port", type=int, default=22, metavar=_("PORT"), help=_("its port for SSH"))
        parser.add_argument(
            "--key-file",
            type=Path,
            metavar=_("FILE"),
            help=_("a private key without a passphrase; without one, a password is asked for"),
        )
        parser.add_argument(
            "--host-key",
            default="",
            metavar=_("FINGERPRINT"),
            help=_("the fingerprint that was confirmed (SHA256:…); without it, you are asked"),
        )
        ask_which(parser)

    def handle(self, *args: object, **options: Any) -> None:
        """Have the key confirmed, read, and bring in."""
        organisation_id = organisation_named(options)
        key = self._confirmed(options)
        facts = REMOTE_READER.get().read(_access(options), key.public)
        if isinstance(facts, Unreached):
            raise error_of(facts)
        bring_in(organisation_id, facts, options, self.stdout.write)

    def _confirmed(self, options: dict[str, Any]) -> HostKey:
        """Return the key that the server shows, if it is the one that a person means."""
        shown = REMOTE_READER.get().look(options["host"], options["port"])
        if isinstance(shown, Unreached):
            raise error_of(shown)
        if options["host_key"].strip():
            if options["host_key"] != shown.fingerprint:
                raise error_of(Unreached(Reach.HOST_KEY_CHANGED, shown.fingerprint))
            return shown
        self.stdout.write(
            _(
                "The server shows the key {fingerprint}.\nCompare it with what the machine says at its own "
                "screen: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"
            ).format(fingerprint=shown.fingerprint)
        )
        if not sys.stdin.isatty():
            raise CommandError(_("If it is the same, call again with --host-key and this fingerprint."))
        if input(_("Is it the same? [yes/no] ")).strip().lower() not in _YES:
            raise CommandError(_("Nothing was told to this server."))
        return shown


def _access(options: dict[str, Any]) -> MachineAccess:
    host, port, login = options["host"], options["port"], options["login"]
    if options["key_file"] is None:
        return MachineAccess(host, login, password=secret(_("Password of this account: ")), port=port)
    try:
        return MachineAccess(host, login, private_key=options["key_file"].read_text(), port=port)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(str(REACH_REASONS[Reach.KEY_UNREADABLE])) from error
