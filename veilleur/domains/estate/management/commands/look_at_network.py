"""`veilleur look-at-network RANGE…`: what answers there, and what of it nobody has declared."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from veilleur.domains.estate.labels.network import SWEEP_FAULTS
from veilleur.domains.estate.management.afar import ask_for_whom, organisation_named
from veilleur.domains.estate.ports import NETWORK_SWEEPER, SWEEP_FILES
from veilleur.domains.estate.queries.taking import whole_names_at
from veilleur.domains.estate.rules.sweep import BadRange, HostSeen, SweepFault, Swept, ranges_of


class Command(BaseCommand):
    """Exit code 0: all that answers is known; 1: something is not, or the look was not possible."""

    help = gettext_lazy("Look at a network for what nobody has declared; nothing is written.")  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare where to look."""
        parser.add_argument(
            "ranges", nargs="*", metavar=_("RANGE"), help=_("addresses, such as 192.168.1.0/24")
        )
        parser.add_argument(
            "--file", type=Path, metavar=_("FILE"), help=_("read an XML file of nmap, and look nowhere")
        )
        parser.add_argument(
            "--public", action="store_true", help=_("these public addresses are the company’s own")
        )
        ask_for_whom(parser)

    def handle(self, *args: object, **options: Any) -> None:
        """Look, and tell each host with the component it is."""
        organisation_id = organisation_named(options)
        swept = _read(options["file"]) if options["file"] else _looked_at(options)
        if isinstance(swept, SweepFault):
            raise CommandError(str(SWEEP_FAULTS[swept]))
        addresses = [address for host in swept.hosts for address in host.addresses]
        names = whole_names_at(organisation_id, addresses, [host.mac for host in swept.hosts if host.mac])
        unheard_of, unknown = _("nobody has declared it"), 0
        for host in swept.hosts:
            name = next((names[each] for each in (*host.addresses, host.mac) if each in names), "")
            unknown += not name
            self.stdout.write(f"{_told(host)}  →  {name or unheard_of}")
        if not swept.is_whole:
            self.stderr.write(_("The look ended early: there may be more."))
        text = ngettext(
            "One host is in nobody’s list.", "{count} hosts are in nobody’s list.", unknown
        ).format(count=unknown)
        self.stdout.write(text if unknown else _("All that answered is known."))
        raise SystemExit(1 if unknown or not swept.is_whole else 0)


def _looked_at(options: dict[str, Any]) -> Swept | SweepFault:
    ranges = ranges_of(" ".join(options["ranges"]), may_be_public=options["public"])
    if isinstance(ranges, BadRange):
        raise CommandError(f"{ranges.written or '—'}: {SWEEP_FAULTS[ranges.fault]}")
    return NETWORK_SWEEPER.get().sweep(ranges)


def _read(file: Path) -> Swept | SweepFault:
    try:
        return SWEEP_FILES.get().read(file.read_bytes())
    except OSError as error:
        problem = _("{file} cannot be read: {problem}")
        raise CommandError(problem.format(file=file, problem=error.strerror or error)) from error


def _told(host: HostSeen) -> str:
    ports = " ".join(str(port.port) for port in host.ports)
    told = (*host.addresses, *host.names[:2], host.mac, host.maker, ports)
    return "  ".join(each for each in told if each)
