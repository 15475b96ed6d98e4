"""`veilleur read-device HOST`: a switch or a printer, read over SNMP."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.domains.estate.management.afar import ask_which, bring_in, error_of, organisation_named, secret
from veilleur.domains.estate.ports import DEVICE_READER
from veilleur.domains.estate.rules.devices import (
    Cipher,
    Community,
    DeviceAccess,
    Digest,
    SnmpUser,
    machine_of,
)
from veilleur.domains.estate.rules.reach import Unreached


class Command(BaseCommand):
    """Exit code 0: read and brought in; 1: not, for a person to say why; 69: not reached."""

    help = gettext_lazy("Read a switch or a printer over SNMP and bring it into the estate.")  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the device, the way in, and what may be said of it."""
        parser.add_argument("host", metavar=_("HOST"), help=_("its name or address"))
        parser.add_argument("--port", type=int, default=161, metavar=_("PORT"), help=_("its port for SNMP"))
        parser.add_argument(
            "--login",
            default="",
            metavar=_("NAME"),
            help=_("the user of version 3; without one, version 2c is spoken and a community is asked for"),
        )
        parser.add_argument(
            "--digest", choices=[each.value for each in Digest], default=Digest.SHA256.value,
            metavar="|".join(Digest),
            help=_("how this user proves the password"),
        )  # fmt: skip
        parser.add_argument(
            "--cipher", choices=[each.value for each in Cipher], default=Cipher.AES128.value,
            metavar="|".join(Cipher),
            help=_("how what is read is encrypted"),
        )  # fmt: skip
        ask_which(parser)

    def handle(self, *args: object, **options: Any) -> None:
        """Read, say what it is, and bring it in."""
        organisation_id = organisation_named(options)
        facts = DEVICE_READER.get().read(DeviceAccess(options["host"], _who(options), options["port"]))
        if isinstance(facts, Unreached):
            raise error_of(facts)
        self.stdout.write("  ".join(each for each in (facts.name, facts.description, facts.serial) if each))
        for heard in facts.neighbours:
            self.stdout.write(f"  {heard.at}  →  {heard.name} {heard.port}".rstrip())
        bring_in(organisation_id, machine_of(facts, options["host"]), options, self.stdout.write)


def _who(options: dict[str, Any]) -> Community | SnmpUser:
    """Return as whom the device is asked. Without a terminal, each secret is one line of the input."""
    if not options["login"]:
        return Community(secret(_("Community: ")))
    password = secret(_("Password of this user: "))
    privacy = secret(_("Encryption password (empty: none): "))
    return SnmpUser(options["login"], password, privacy, Digest(options["digest"]), Cipher(options["cipher"]))
