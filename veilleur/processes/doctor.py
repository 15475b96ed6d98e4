"""`veilleur doctor`: what is missing or misconfigured, and the command that mends it. Changes nothing."""

import importlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from veilleur.config.data_folder import has_veilleur, lost_database
from veilleur.config.env import Environment, environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import explain
from veilleur.config.start import start_django
from veilleur.config.words import gettext as _
from veilleur.processes import findings
from veilleur.processes.arguments import Parser
from veilleur.processes.findings import Finding
from veilleur.shared.clock import utc_now
from veilleur.shared.running import read_status, status_path
from veilleur.shared.verdict import Verdict, worst

EXIT_CODES = {Verdict.BAD: ExitCode.BAD, Verdict.UNKNOWN: ExitCode.UNKNOWN}
MARKS = {Verdict.GOOD: "✓", Verdict.WATCH: "!", Verdict.BAD: "✗", Verdict.UNKNOWN: "?"}


def run(arguments: list[str]) -> int:
    """Look at everything, tell it, and return 0, 1 (something is bad) or 2 (something is unknown)."""
    as_json: bool = make_parser().parse_args(arguments).json
    found = tuple(examine(environment(), utc_now()))
    print(to_json(found) if as_json else to_text(found))
    return EXIT_CODES.get(worst(finding.state for finding in found), ExitCode.OK)


def make_parser() -> Parser:
    """Return what the command understands."""
    parser = Parser("veilleur doctor", _("Say what is missing or misconfigured, and how to mend it."))
    parser.add_argument("--json", action="store_true", help=_("for programs: one JSON object"))
    return parser


def examine(settings: Environment, now: datetime) -> Iterator[Finding]:
    """Yield all findings; a part that cannot be looked at is itself one."""
    yield from findings.machine(settings, now)
    lost = lost_database(settings)
    if lost is not None:
        yield Finding("database", Verdict.BAD, lost.sentence, lost.remedy)
        return
    if not has_veilleur(settings):
        # To look into a database that is not there would make an empty one.
        yield findings.nothing_there(settings.data_dir)
        return
    yield from findings.processes(read_status(status_path(settings.data_dir)), now)
    try:
        start_django()
        # By name: it needs the models, which a broken installation does not get as far as loading.
        yield from importlib.import_module("veilleur.processes.database_findings").examine(now)
    except Exception as error:
        failure = explain(error)
        if failure is None:
            raise
        yield Finding("database", Verdict.BAD, failure.sentence, failure.remedy or "veilleur up")


def to_text(found: Sequence[Finding]) -> str:
    """Return the findings for a person: what needs a hand last, where the eye ends."""
    order = (Verdict.GOOD, Verdict.UNKNOWN, Verdict.WATCH, Verdict.BAD)
    lines = []
    for finding in sorted(found, key=lambda finding: order.index(finding.state)):
        lines.append(f"{MARKS[finding.state]} {finding.message}")
        if finding.remedy:
            lines.append(f"    {finding.remedy}")
    return "\n".join(lines)


def to_json(found: Sequence[Finding]) -> str:
    """Return the findings for a program: `state` overall and `checks` in the order they were made."""
    checks = [
        {"code": each.code, "state": each.state, "message": each.message, "remedy": each.remedy or None}
        for each in found
    ]
    return json.dumps(
        {"state": worst(each.state for each in found), "checks": checks}, ensure_ascii=False, indent=1
    )
