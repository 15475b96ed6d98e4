"""Writes the reference pages that are made from code: settings, commands, exit codes, the API.

`make docs` runs it.

A test compares the pages with what this would write, so that they cannot fall behind.
"""

import importlib
import os
import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

os.environ["VEILLEUR_LANGUAGE"] = "en"  # the reference is in English, whoever writes it

from django.core.management.base import BaseCommand

from veilleur.config.env import PREFIX, Environment, variable
from veilleur.config.exit_codes import MEANINGS
from veilleur.config.start import start_django
from veilleur.processes.arguments import Parser
from veilleur.processes.commands import domain_commands
from veilleur.processes.verbs import Verb, process_verbs

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
NOTE = "<!-- Made from code by `make docs`; do not edit. -->"
# Defaults that depend on the machine, in words.
SAID = {"data_dir": "`var` in a checkout, else `~/.local/share/veilleur`", "language": "that of the locale"}


def settings_page() -> str:
    """Return the page of settings."""
    rows = [
        f"| `{variable(each.name)}` | {_default(each)} | {each.metadata['description']} |"
        for each in fields(Environment)
    ]
    head = (
        "# Settings\n\n"
        "Each setting is an environment variable, read once when a process starts. All have a default.\n"
        "A broken one is named in a sentence and ends the command with exit code 78; `veilleur doctor`\n"
        f"names variables that start with `{PREFIX}` and are no setting.\n\n"
        "| Variable | Default | What it is for |\n|---|---|---|"
    )
    return _page(head, rows)


def _default(setting: "Field[Any]") -> str:
    if setting.name in SAID:
        return SAID[setting.name]
    return "none" if setting.default in {None, "", ()} else f"`{setting.default}`"


def exit_codes_page() -> str:
    """Return the page of exit codes."""
    rows = [f"| {int(code)} | {meaning} |" for code, meaning in MEANINGS.items()]
    head = (
        "# Exit codes\n\n"
        "The same for every command. 0, 1 and 2 are answers; above 63 something kept the command from\n"
        "answering, numbered as in sysexits.\n\n"
        "| Code | Meaning |\n|---|---|"
    )
    return _page(head, rows)


def commands_page() -> str:
    """Return the page of commands."""
    start_django()
    parts = [_process(name, verb) for name, verb in process_verbs().items()]
    parts += [_domain_command(name, command) for name, command in domain_commands().items()]
    parts.append("## veilleur manage\n\nDjango's own commands, for those who know them.")
    head = (
        "# Commands\n\n"
        "`--help` after any command shows its options; `--debug` shows where an error comes from.\n"
        "Exit codes are those of [exit-codes.md](exit-codes.md).\n"
    )
    return _page(head, ["\n\n".join(parts)])


def _process(name: str, verb: Verb) -> str:
    module = importlib.import_module(verb.module)
    options = _arguments(module.make_parser(), "") if hasattr(module, "make_parser") else ()
    return "\n\n".join([f"## veilleur {name}", _sentence(verb.help), *options])


def _domain_command(name: str, command: BaseCommand) -> str:
    title = f"veilleur {name}"
    parser = Parser(title)
    command.add_arguments(parser)  # type: ignore[arg-type]  # ours is a whole ArgumentParser
    return "\n\n".join([f"## {title}", _sentence(str(command.help)), *_arguments(parser, title)])


def _arguments(parser: ArgumentParser, prefix: str) -> Iterator[str]:
    rows = []
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for verb, below in action.choices.items():
                yield f"### {prefix} {verb}"
                yield from _arguments(below, f"{prefix} {verb}")
        elif "--help" not in action.option_strings:
            value = str(action.metavar or action.dest.upper()) if action.nargs != 0 else ""
            written = f"{', '.join(action.option_strings)} {value}".strip()
            rows.append(f"- `{written}`: {action.help}" if action.help else f"- `{written}`")
    if rows:
        yield "\n".join(rows)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _page(head: str, rows: list[str]) -> str:
    return "\n".join([NOTE, "", head, *rows, ""])


def api_page() -> str:
    """Return the page of the API: its routes with their scopes, and what it refuses."""
    start_django()
    document = importlib.import_module("veilleur.config.api").openapi_document()
    errors = importlib.import_module("veilleur.config.api_errors").ERRORS
    rows = [
        f"| {method.upper()} `{address}` | {_scopes(one)} | {one['description']} |"
        for address, methods in document["paths"].items()
        for method, one in methods.items()
    ]
    rows += ["", "## Errors", "", "| Code | Status | Message |", "|---|---|---|"]
    rows += [f"| `{code}` | {status.value} | {sentence} |" for code, (status, sentence) in errors.items()]
    rows.append("")
    rows.append("409 has a code of its own that says why something is not done now, such as `plan_off`.")
    head = (
        "# The API\n\n"
        f"{document['info']['description']}\n\n"
        "[use-the-api.md](../howto/use-the-api.md) says how to begin. The OpenAPI document, with every\n"
        "field, is at `/api/v1/openapi.json` for tokens, and at `/account/api/openapi.json` for whoever is\n"
        "signed in. No session opens what is below, and no token a page.\n\n"
        "## Routes\n\n"
        "| Route | Scope | What it does |\n|---|---|---|"
    )
    return _page(head, rows)


def ssh_commands_page() -> str:
    """Return the page of the commands that are run over SSH, by which an account can be bound to them."""
    sent = importlib.import_module("veilleur.engines.ssh_machine.commands").SENT
    rows = [f"## {ask.value}\n\n```sh\n{command}\n```\n" for ask, command in sent.items()]
    head = (
        "# Commands run over SSH\n\n"
        "All that Veilleur runs on a machine that it reads over SSH, in this order, word for word the same\n"
        "on each. None changes anything. Any account may run them; what it may not read is said to be\n"
        "unread: serial number and firmware identifier are for root alone, and so are the names of the\n"
        "programs behind ports that belong to others.\n"
    )
    return _page(head, rows)


def _scopes(operation: dict[str, Any]) -> str:
    return ", ".join(f"`{scope}`" for asked in operation["security"] for scope in asked["token"])


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    return {
        "settings.md": settings_page(),
        "commands.md": commands_page(),
        "exit-codes.md": exit_codes_page(),
        "api.md": api_page(),
        "ssh-commands.md": ssh_commands_page(),
    }


def main() -> int:
    """Write the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
