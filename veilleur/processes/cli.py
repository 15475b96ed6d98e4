"""The command line: `veilleur …`. Parses, calls a process or a command, maps failures to exit codes."""

import os
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "veilleur.config.settings")  # noqa: TID251
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    if arguments and arguments[0] == "manage":
        arguments = arguments[1:]
    execute_from_command_line(["veilleur", *arguments])
    return 0
