"""The command line: `veilleur …`. Finds the verb, starts what it needs, turns failures into exit codes."""

import importlib
import os
import sys
import traceback
from collections.abc import Callable
from importlib.metadata import version
from types import ModuleType

from veilleur.config.env import without_passwords
from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import Failure, explain
from veilleur.config.start import start_django
from veilleur.config.words import gettext as _
from veilleur.processes.logs import keep_no_log
from veilleur.processes.verbs import Verb, process_verbs
from veilleur.shared.readable import readable


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
    return exit_code_of(lambda: _run(words), wants_traceback=wants_traceback, is_plain=is_plain)


def exit_code_of(run: Callable[[], int], *, wants_traceback: bool, is_plain: bool = False) -> int:
    """Run something and return its exit code; a failure is told in a sentence, with a traceback if wanted."""
    try:
        return run()
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
        print(_commands().overview())
        return ExitCode.OK
    if verb == "--version":
        print(f"veilleur {version('veilleur')}")
        return ExitCode.OK
    if verb == "manage":
        return int(_commands().run_plain_command(rest))
    if known := process_verbs().get(verb):
        return _run_process(known, rest)
    return int(_commands().run_domain_command(verb, rest))


def _commands() -> ModuleType:
    """Return the commands that need Django, which is loaded with them."""
    return importlib.import_module("veilleur.processes.commands")


def _run_process(verb: Verb, rest: list[str]) -> int:
    if verb.needs_django:
        start_django()
    # Imported by name: a process must not load what only another one needs.
    return int(importlib.import_module(verb.module).run(rest))


def _tell(error: Exception, wants_traceback: bool) -> int:
    failure = explain(error)
    if wants_traceback:
        lines = "".join(traceback.format_exception(error)).rstrip("\n").split("\n")
        print(without_passwords("\n".join(map(readable, lines))), file=sys.stderr)
    if failure is not None:
        print(failure.sentence, file=sys.stderr)
        return failure.code
    text = _("An error of Veilleur itself: {kind}: {error}. The option --debug shows where it comes from.")
    said = text.format(kind=type(error).__name__, error=readable(str(error)))
    print(without_passwords(said), file=sys.stderr)
    return ExitCode.SOFTWARE


if __name__ == "__main__":
    sys.exit(main())
