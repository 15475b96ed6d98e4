"""The rules of shape that import-linter and ruff cannot say. Each returns what breaks it, one line each."""

import ast
import re
import statistics
from collections.abc import Iterable, Iterator

from tests.shape.reading import Function, Module

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
MOST_PARAMETERS = 6

DOORS = frozenset({"queries", "actions", "rules", "ports", "labels", "facts", "panels"})
# What the wiring and the programs may reach as well: they start things, and route requests to them.
DOORS_OF_WIRING = DOORS | {"jobs", "receive", "signin", "urls", "apps"}
DOORS_OF_TESTS = DOORS | {"factories"}

ROOMS = frozenset(
    {
        "rules",
        "ports",
        "facts",
        "labels",
        "models",
        "queries",
        "actions",
        "jobs",
        "receive",
        "signin",
        "panels",
    }
    | {"forms", "views", "api", "urls", "apps", "management", "migrations", "templates", "static"}
    | {"templatetags", "factories", "tests"}
)
# Parts of `shared` that are no pure words: a rule that needs one of them is no rule.
IMPURE_SHARED = frozenset(
    {"models", "clock", "guards", "sqlite_turn", "static_files", "apps", "templatetags"}
)
WORK_LEFT = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
PLACES_OF_TRANSACTIONS = ("veilleur.domains.journal", "veilleur.shared.sqlite_turn")

# Where any exception at all may be caught, and why the code there must go on or speak for it.
BROAD_EXCEPT = {
    "veilleur.processes.guide": "what is told at the start must not end what runs",
    "veilleur.engines.probe.prober": "the engine boundary: a fault of one probe must not end the loop",
    "veilleur.engines.probe.watchman": "the engine boundary: unread orders are one fault of the watch",
    "veilleur.processes.cli": "failures become sentences and exit codes",
    "veilleur.processes.work": "a loop outlives a full disk and a database that is away",
    "veilleur.processes.doctor": "what cannot be looked at is itself a finding",
    "veilleur.processes.database_findings": "what cannot be looked at is itself a finding",
    "veilleur.domains.journal.jobs.running": "the job loop keeps the failure with the job",
    "veilleur.domains.journal.jobs.reading": "the reader loop counts the failure and parks the fact",
}


def closed_doors(imports: Iterable[tuple[str, str]]) -> list[str]:
    """Return the imports into a domain from outside that do not go through one of its doors."""
    return [
        f"{importer} imports {imported}"
        for importer, imported in sorted(imports)
        if _is_closed(importer, imported)
    ]


def _is_closed(importer: str, imported: str) -> bool:
    parts = imported.split(".")
    if parts[:2] != ["veilleur", "domains"] or len(parts) < 4:
        return False
    if importer.startswith(f"veilleur.domains.{parts[2]}.") or ".migrations." in importer:
        return False
    return parts[3] not in _doors_for(importer)


def _doors_for(importer: str) -> frozenset[str]:
    if ".tests" in importer or importer.endswith(".factories"):
        return DOORS_OF_TESTS | DOORS_OF_WIRING
    if importer.startswith(("veilleur.config", "veilleur.processes")):
        return DOORS_OF_WIRING
    return DOORS


def impure_rules(imports: Iterable[tuple[str, str]]) -> list[str]:
    """Return the imports by which a rule reaches a clock, a table or a database."""
    return [
        f"{importer} imports {imported}"
        for importer, imported in sorted(imports)
        if re.match(r"veilleur\.domains\.\w+\.rules(\.(?!tests)|$)", importer)
        and imported.startswith("veilleur.shared.")
        and imported.split(".")[2] in IMPURE_SHARED
    ]


def unknown_rooms(entries: Iterable[str]) -> list[str]:
    """Return the entries of a domain's folder that are no room."""
    return sorted(
        entry for entry in entries if entry.removesuffix(".py") not in ROOMS | {"__init__", "__pycache__"}
    )


def too_long(modules: Iterable[Module]) -> list[str]:
    """Return files over 400 lines, functions over 50 and functions with more than 6 parameters."""
    return [fault for module in modules for fault in _too_long(module)]


def _too_long(module: Module) -> Iterator[str]:
    if module.line_count > LONGEST_FILE:
        yield f"{module.name}: {module.line_count} lines"
    if module.is_test:
        return
    for function in module.functions():
        if (lines := length(function)) > LONGEST_FUNCTION:
            yield f"{module.name}.{function.name}: {lines} lines"
        if (count := parameters(function)) > MOST_PARAMETERS:
            yield f"{module.name}.{function.name}: {count} parameters"


def length(function: Function) -> int:
    """Return the lines from `def` to the last one."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def parameters(function: Function) -> int:
    """Return how many parameters must be thought of; `self`, and an action's `now` and `actor`, are free."""
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls", "now", "actor"}])


def transactions_elsewhere(modules: Iterable[Module]) -> list[str]:
    """Return uses of transactions outside of the journal, which alone opens and ends them."""
    return [
        f"{module.name}:{node.lineno}"
        for module in modules
        if not module.is_test and not module.name.startswith(PLACES_OF_TRANSACTIONS)
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Attribute) and node.attr in {"atomic", "set_autocommit", "on_commit"})
        or (isinstance(node, ast.ImportFrom) and node.module == "django.db.transaction")
    ]


def hidden_imports(modules: Iterable[Module]) -> list[str]:
    """Return imports inside functions: they hide cycles."""
    return [
        f"{module.name}.{function.name}:{node.lineno}"
        for module in modules
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def broad_excepts(modules: Iterable[Module]) -> list[str]:
    """Return handlers that catch everything, outside of the places named with their reason."""
    return [
        f"{module.name}:{node.lineno}"
        for module in modules
        if not module.is_test and module.name not in BROAD_EXCEPT
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and _catches_all(node) and not _raises_again(node)
    ]


def _catches_all(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    named = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(each, ast.Name) and each.id in {"Exception", "BaseException"} for each in named)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def signal_handlers(modules: Iterable[Module]) -> list[str]:
    """Return the modules that hang code on Django's signals: the flow could not be read from the caller."""
    return [
        f"{module.name}:{node.lineno}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("django")
        and (
            "signals" in (node.module or "")
            or any(alias.name in {"receiver", "Signal"} for alias in node.names)
        )
    ]


def undescribed(modules: Iterable[Module]) -> list[str]:
    """Return the modules that do not open with their job and place in the flow; empty files need not."""
    return [module.name for module in modules if module.source.strip() and not ast.get_docstring(module.tree)]


def work_left(modules: Iterable[Module]) -> list[str]:
    """Return the lines that put work off."""
    return [
        f"{module.name}:{number}"
        for module in modules
        for number, line in enumerate(module.source.splitlines(), 1)
        if WORK_LEFT.search(line)
    ]


def report(modules: Iterable[Module]) -> str:
    """Return the figures of size that are watched but break nothing."""
    own = [module for module in modules if not module.is_test and module.source.strip()]
    files = [module.line_count for module in own]
    functions = [length(function) for module in own for function in module.functions()]
    tests = sum(module.line_count for module in modules if module.is_test)
    return (
        f"{len(files)} files, median {statistics.median(files):.0f} lines, p90 {_p90(files)}; "
        f"{len(functions)} functions, median {statistics.median(functions):.0f}, p90 {_p90(functions)}; "
        f"{tests / sum(files):.2f} lines of tests per line"
    )


def _p90(values: list[int]) -> int:
    return sorted(values)[int(len(values) * 0.9)] if values else 0
