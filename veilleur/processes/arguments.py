"""The parser of every command: help and refusals in the terminal's language, 64 for a usage error."""

import argparse
import re
import sys
from typing import Any, NoReturn

from veilleur.config.exit_codes import ExitCode
from veilleur.config.words import gettext as _

MISSING = re.compile(r"the following arguments are required: (?P<what>.+)")
SURPLUS = re.compile(r"unrecognized arguments: (?P<what>.+)")
CHOICE = re.compile(
    r"argument (?P<what>.+): invalid choice: '?(?P<value>.*?)'? \(choose from (?P<choices>.+)\)"
)
VALUE = re.compile(r"argument (?P<what>.+): invalid .+ value: '(?P<value>.*)'")
NOTHING = re.compile(r"argument (?P<what>.+): expected .+")
TOO_MUCH = re.compile(r"argument (?P<what>.+): ignored explicit argument '(?P<value>.*)'")


class Parser(argparse.ArgumentParser):
    """`argparse`'s parser, speaking as the rest of Veilleur does."""

    def __init__(self, prog: str | None = None, description: str | None = None, **others: Any) -> None:
        # `others` come from commands with verbs of their own: argparse makes one parser for each.
        others |= {"add_help": False, "allow_abbrev": False}
        super().__init__(prog=prog, description=description, **others)
        self._positionals.title = _("arguments")
        self._optionals.title = _("options")
        self.add_argument("-h", "--help", action="help", help=_("show this help and exit"))

    def format_usage(self) -> str:
        """Return the one line that shows how the command is written."""
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, self._mutually_exclusive_groups, _("Usage: "))
        return formatter.format_help()

    def format_help(self) -> str:
        """Return the whole help: usage, description, arguments and options."""
        formatter = self._get_formatter()
        formatter.add_text(self.description)
        for group in self._action_groups:
            formatter.start_section(group.title)
            formatter.add_arguments(group._group_actions)
            formatter.end_section()
        return f"{self.format_usage()}\n{formatter.format_help()}"

    def error(self, message: str) -> NoReturn:
        """Say what could not be understood and exit with 64."""
        hint = _("“{program} --help” shows how it is written.").format(program=self.prog)
        print(f"{self.format_usage()}{translated(message)} {hint}", file=sys.stderr)
        sys.exit(ExitCode.USAGE)


def translated(message: str) -> str:
    """Return a refusal of `argparse` in the terminal's language; unknown ones stay as they are."""
    sentences = (
        (MISSING, _("Still missing: {what}.")),
        (SURPLUS, _("Not understood: {what}.")),
        (CHOICE, _("{what} cannot be “{value}”; it is one of {choices}.")),
        (VALUE, _("{what} needs another value than “{value}”.")),
        (NOTHING, _("{what} needs a value after it.")),
        (TOO_MUCH, _("{what} takes no value; “{value}” was given.")),
    )
    for pattern, text in sentences:
        if found := pattern.fullmatch(message):
            # Its quotes around names differ from one Python to the next; there is no need of any.
            return text.format(**{name: value.replace("'", "") for name, value in found.groupdict().items()})
    return message
