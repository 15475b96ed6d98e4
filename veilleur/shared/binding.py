"""Slots that hold the engine behind a port: bound once by `config/wiring.py`, or by a test with a fake."""

from collections.abc import Callable
from typing import Generic, TypeVar

Port = TypeVar("Port")


class Unbound(RuntimeError):
    """Raised when a port is used before `config/wiring.py` has bound an engine to it."""


class Slot(Generic[Port]):
    """One place of the wiring: a port's name and the engine bound to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._engine: Port | None = None
        self._make: Callable[[], Port] | None = None

    def bind(self, engine: Port) -> None:
        """Put an engine behind the port; a later call replaces it (tests do)."""
        self._engine = engine

    def bind_at_first_use(self, make: Callable[[], Port]) -> None:
        """Have the engine made when somebody first asks for it: for those whose libraries load slowly."""
        self._engine, self._make = None, make

    def get(self) -> Port:
        """Return the bound engine; raise Unbound where wiring was forgotten."""
        if self._engine is None and self._make is not None:
            self._engine = self._make()
        if self._engine is None:
            raise Unbound(f"no engine is bound to the port {self.name}")
        return self._engine
