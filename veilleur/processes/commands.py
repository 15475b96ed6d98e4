"""The commands that Django runs: those of the domains, under the words people type, and Django's own.

Apart from `cli.py`, which loads it by name: the processes that live without Django never see it.
"""

import argparse
import shutil
import sys
import textwrap
import traceback

from django.core.management import execute_from_command_line, get_commands, load_command_class
from django.core.management.base import BaseCommand

from veilleur.config.data_folder import prepare_folder, require_veilleur
from veilleur.config.env import environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.start import name_settings, start_django
from veilleur.config.words import gettext as _
from veilleur.processes.arguments import Parser
from veilleur.processes.verbs import process_verbs

# Commands of the domains under the names people type; each is a Django command of that name with underscores.
DOMAIN_VERBS = (
    "restart-time",
    "backup",
    "restore",
    "journal",
    "rebuild",
    "knowledge",
    "bundle",
    "read-machine",
    "read-device",
    "look-at-network",
    "self-backup",
    "self-restore",
    "repository-password",
    "setup-link",
    "set-password",
    "forget-second-factors",
    "keys",
)

# The verbs of a domain that may run where no Veilleur is yet: on a machine that knows nothing.
START_AN_INSTALLATION = frozenset({"self-restore", "repository-password"})
# Ours among those of `veilleur manage`: none has anything to say of a folder without a Veilleur.
NEED_AN_INSTALLATION = frozenset(
    {"forget_second_factors", "guard_references", "keys", "set_password", "setup_link"}
)


def run_plain_command(rest: list[str]) -> int:
    """Run one of Django's own commands, or one of ours that has no verb; `migrate` starts an installation."""
    name_settings()
    name = rest[0] if rest else ""
    if name == "migrate":
        prepare_folder(environment())
    elif name in NEED_AN_INSTALLATION:
        require_veilleur(environment())
    try:
        execute_from_command_line(["veilleur manage", *rest])
    except SystemExit as end:
        if name and name not in get_commands() and end.code == 1:
            return ExitCode.USAGE
        # 2 is an answer of ours, but also what Django's parser ends with when it understood nothing.
        if end.code == 2 and _raised_in(end) == argparse.__name__:
            return ExitCode.USAGE
        raise
    return ExitCode.OK


def _raised_in(error: BaseException) -> str:
    """Return the name of the module that raised an error."""
    *_above, (frame, _line) = traceback.walk_tb(error.__traceback__)
    return str(frame.f_globals.get("__name__", ""))


def run_domain_command(verb: str, rest: list[str]) -> int:
    """Run a command of a domain; 64 and the help for a word that is none."""
    start_django()
    command = domain_commands().get(verb)
    if command is None:
        print(
            _("“{verb}” is no command of Veilleur.").format(verb=verb),
            overview(),
            sep="\n\n",
            file=sys.stderr,
        )
        return ExitCode.USAGE
    parser = Parser(f"veilleur {verb}", str(command.help))
    command.add_arguments(parser)  # type: ignore[arg-type]  # our parser is a whole ArgumentParser
    options = vars(parser.parse_args(rest))
    if verb not in START_AN_INSTALLATION:
        require_veilleur(environment())
    command.execute(no_color=True, force_color=False, skip_checks=True, **options)
    return ExitCode.OK


def domain_commands() -> dict[str, BaseCommand]:
    """Return the commands that the domains bring, by the name people type. Needs Django started."""
    present = get_commands()
    names = {verb: verb.replace("-", "_") for verb in DOMAIN_VERBS}
    return {verb: _loaded(present[name], name) for verb, name in names.items() if name in present}


def _loaded(place: str | BaseCommand, name: str) -> BaseCommand:
    return place if isinstance(place, BaseCommand) else load_command_class(place, name)


def overview() -> str:
    """Return the help of `veilleur` itself: every verb with one line."""
    start_django()
    lines = {name: verb.help for name, verb in process_verbs().items()}
    lines |= {name: str(command.help) for name, command in domain_commands().items()}
    lines["manage"] = _("Django’s own commands, for those who know them")
    width = max(len(name) for name in lines)
    verbs = "\n".join(_overview_line(name, text, width) for name, text in lines.items())
    usage = _("Usage: veilleur COMMAND [OPTIONS]")
    hint = _("“veilleur COMMAND --help” shows more; --debug shows where an error comes from.")
    return f"{usage}\n\n{verbs}\n\n{hint}"


def _overview_line(name: str, text: str, width: int) -> str:
    """Return a verb and what it does, all written alike, within the terminal's width."""
    said = f"{text[:1].upper()}{text[1:].rstrip('.')}."
    room = max(shutil.get_terminal_size().columns, 60)
    return textwrap.fill(
        said, room, initial_indent=f"  {name:<{width}}  ", subsequent_indent=" " * (width + 4)
    )
