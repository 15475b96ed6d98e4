"""The register of fact kinds: each domain's `facts.py` adds its own; upcasters lift old versions."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from veilleur.domains.journal.rules.canonical import JSON, check_fact_type, from_body
from veilleur.domains.journal.rules.errors import BadFact

Body = dict[str, JSON]
Upcaster = Callable[[Body], Body]
FactType = TypeVar("FactType", bound=type)


@dataclass(frozen=True)
class FactKind:
    """One kind of fact: its name `domain.what_happened`, its present version and the type that holds it."""

    name: str
    version: int
    fact_type: type
    # From each older version to the next one.
    upcasters: dict[int, Upcaster] = field(default_factory=dict)


_BY_NAME: dict[str, FactKind] = {}
_BY_TYPE: dict[type, FactKind] = {}


def fact_kind(name: str, *, version: int) -> Callable[[FactType], FactType]:
    """Return a decorator that registers a frozen dataclass as a kind of fact.

    Raise BadFact at import time for a twin name, a version below 1 or a field without a canonical form.
    """

    def register(fact_type: FactType) -> FactType:
        check_fact_type(fact_type)
        known = _BY_NAME.get(name)
        if known is not None and known.fact_type.__qualname__ != fact_type.__qualname__:
            raise BadFact(f"{name} is already {known.fact_type.__qualname__}")
        if version < 1 or name.count(".") != 1:
            raise BadFact(f"{name} version {version}: a kind is 'domain.what_happened', from version 1 on")
        kind = FactKind(name, version, fact_type)
        _BY_NAME[name] = _BY_TYPE[fact_type] = kind
        return fact_type

    return register


def upcaster(name: str, *, from_version: int) -> Callable[[Upcaster], Upcaster]:
    """Return a decorator that registers how a body of `from_version` becomes one of the next version.

    It stands below its kind in `facts.py`; it may change the body it gets.
    """

    def register(lift: Upcaster) -> Upcaster:
        kind = _BY_NAME.get(name)
        if kind is None or not 1 <= from_version < kind.version:
            raise BadFact(f"{name} has no version {from_version} to lift")
        kind.upcasters[from_version] = lift
        return lift

    return register


def kind_of(fact: object) -> FactKind:
    """Return the kind of a fact; raise BadFact when its type was never registered."""
    kind = _BY_TYPE.get(type(fact))
    if kind is None:
        raise BadFact(f"{type(fact).__name__} is no registered kind of fact")
    return kind


def known_kinds() -> tuple[FactKind, ...]:
    """Return all registered kinds, by name."""
    return tuple(_BY_NAME[name] for name in sorted(_BY_NAME))


def read_fact(name: str, version: int, body: str) -> Any | None:
    """Return the fact of a stored body in its present version, None for a kind or a version not known here.

    Raise BadFact when a known body cannot be lifted or read: an upcaster is missing or wrong.
    """
    kind = _BY_NAME.get(name)
    if kind is None or version > kind.version:
        return None
    lifted: Body = json.loads(body)
    for step in range(version, kind.version):
        if step not in kind.upcasters:
            raise BadFact(f"{name}: nothing lifts version {step}")
        lifted = kind.upcasters[step](lifted)
    return from_body(kind.fact_type, lifted)
