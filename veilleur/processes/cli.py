"""The command line: `veilleur …`. Finds the verb, starts what it needs, turns failures into exit codes."""

import importlib
import os
import sys
import traceback
from dataclasses import dataclass
from importlib.metadata import version

from django.core.management import execute_from_command_line, get_commands, load_command_class
from django.core.management.base import BaseCommand

from veilleur.config.data_folder import prepare_folder, require_veilleur
from veilleur.config.env import environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import Failure, explain
from veilleur.config.start import name_settings, start_django
from veilleur.config.words import gettext as _
from veilleur.processes.arguments import Parser
from veilleur.processes.logs import keep_no_log


@dataclass(frozen=True)
class Verb:
    """One word of the command line: the module whose `run(arguments)` does it."""

    module: str
    help: str
    needs_django: bool = True


def process_verbs() -> dict[str, Verb]:
    """Return the verbs that start a process or look at the installation, in the order of the help."""
    place = "veilleur.processes"
    return {
        "up": Verb(f"{place}.up", _("start everything on this machine"), needs_django=False),
        "web": Verb(f"{place}.web", _("serve the pages alone"), needs_django=False),
        "work": Verb(f"{place}.work", _("do the background work alone")),
        "watch": Verb(f"{place}.watch", _("watch alone: probes and listeners")),
        "sign": Verb(f"{place}.sign", _("hold the keys alone"), needs_django=False),
        "doctor": Verb(f"{place}.doctor", _("say what is missing, and how to mend it"), needs_django=False),
    }


# Commands of the domains under the names people type; each is a Django command of that name with underscores.
DOMAIN_VERBS = (
    "restart-time",
    "backup",
    "restore",
    "journal",
    "rebuild",
    "self-backup",
    "self-restore",
    "setup-link",
)

# The verbs of a domain that may run where no Veilleur is yet: on a machine that knows nothing.
START_AN_INSTALLATION = frozenset({"self-restore"})
# Ours among those of `veilleur manage`: none has anything to say of a folder without a Veilleur.
NEED_AN_INSTALLATION = frozenset({"guard_references", "set_password", "setup_link"})


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if arguments is None:
        # Whatever is written is for this account alone, also in a data folder that others may look into.
        os.umask(0o077)
    given = sys.argv[1:] if arguments is None else arguments
    # Django's own commands are for those who read tracebacks, and may have an option of that name.
    is_plain = given[:1] == ["manage"]
    wants_traceback = is_plain or "--debug" in given
    words = given if is_plain else [word for word in given if word != "--debug"]
    if not wants_traceback:
        keep_no_log()
    try:
        return _run(words)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has enough of it; Python must not complain of that at its end either.
        sys.stdout = None
        return ExitCode.INPUT_OUTPUT
    except Exception as error:  # noqa: BLE001 - the one place where failures become exit codes
        # What is said on purpose needs no traceback, unless it was asked for.
        return _tell(error, wants_traceback and not (is_plain and isinstance(error, Failure)))


def _run(words: list[str]) -> int:
    verb, rest = (words[0], words[1:]) if words else ("--help", [])
    if verb in {"-h", "--help", "help"}:
        print(overview())
        return ExitCode.OK
    if verb == "--version":
        print(f"veilleur {version('veilleur')}")
        return ExitCode.OK
    if verb == "manage":
        return _run_plain_command(rest)
    if known := process_verbs().get(verb):
        return _run_process(known, rest)
    return _run_domain_command(verb, rest)


def _run_process(verb: Verb, rest: list[str]) -> int:
    if verb.needs_django:
        start_django()
    # Imported by name: a process must not load what only another one needs.
    return int(importlib.import_module(verb.module).run(rest))


def _run_plain_command(rest: list[str]) -> int:
    """Run one of Django's own commands, or one of ours that has no verb; `migrate` starts an installation."""
    name_settings()
    name = rest[0] if rest else ""
    if name == "migrate":
        prepare_folder(environment())
    elif name in NEED_AN_INSTALLATION:
        require_veilleur(environment())
    execute_from_command_line(["veilleur manage", *rest])
    return ExitCode.OK


def _run_domain_command(verb: str, rest: list[str]) -> int:
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
    verbs = "\n".join(f"  {name:<{width}}  {text}" for name, text in lines.items())
    usage = _("Usage: veilleur COMMAND [OPTIONS]")
    hint = _("“veilleur COMMAND --help” shows more; --debug shows where an error comes from.")
    return f"{usage}\n\n{verbs}\n\n{hint}"


def _tell(error: Exception, wants_traceback: bool) -> int:
    failure = explain(error)
    if wants_traceback:
        traceback.print_exception(error)
    if failure is not None:
        print(failure.sentence, file=sys.stderr)
        return failure.code
    text = _("An error of Veilleur itself: {kind}: {error}. The option --debug shows where it comes from.")
    print(text.format(kind=type(error).__name__, error=error), file=sys.stderr)
    return ExitCode.SOFTWARE


if __name__ == "__main__":
    sys.exit(main())
