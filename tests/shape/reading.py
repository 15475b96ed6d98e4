"""Reads the source once for all tests of shape: every Python file as text and as a syntax tree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file; `name` is dotted, from the root of the checkout."""

    name: str
    path: Path
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, str(self.path))

    @property
    def line_count(self) -> int:
        return self.source.count("\n")

    @property
    def is_test(self) -> bool:
        parts = self.name.split(".")
        return "tests" in parts or parts[-1] in {"factories", "conftest"}

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


def read_tree(root: Path, *packages: str) -> list[Module]:
    """Return the modules of these top folders, sorted, without migrations: Django writes those."""
    paths = sorted(path for package in packages for path in (root / package).rglob("*.py"))
    return [
        Module(_dotted(path.relative_to(root)), path, path.read_text())
        for path in paths
        if "migrations" not in path.parts
    ]


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@lru_cache(maxsize=1)
def product() -> tuple[Module, ...]:
    """Return the product's own modules, tests beside the code included."""
    return tuple(read_tree(CHECKOUT, "veilleur"))


@lru_cache(maxsize=1)
def everything() -> tuple[Module, ...]:
    """Return every module of the checkout: product, tests, scripts, benchmarks."""
    return tuple(read_tree(CHECKOUT, "veilleur", "tests", "scripts", "bench"))
