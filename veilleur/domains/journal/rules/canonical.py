"""Canonical JSON of facts: one value, one sequence of bytes, for ever. Digests are taken over these bytes.

Bodies know str, int, bool, None, UUID, aware datetimes, dates, text enums, tuples and frozen dataclasses.
Floats are refused: their text differs between languages and versions.
"""

import dataclasses
import json
import types
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from veilleur.domains.journal.rules.errors import BadFact

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"

# Whole numbers that every JSON reader keeps exactly (RFC 7493).
_GREATEST_INTEGER = 2**53 - 1
_PLAIN = (str, int, bool, types.NoneType, UUID, datetime, date)


def canonical_json(value: JSON) -> str:
    """Return the one JSON text of a value: keys sorted, no spaces, no escapes beyond what JSON requires."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def to_body(fact: object) -> dict[str, JSON]:
    """Return the JSON object of a fact; raise BadFact for a value that has no canonical form."""
    if not dataclasses.is_dataclass(fact) or isinstance(fact, type):
        raise BadFact(f"{fact!r} is no dataclass")
    fields = dataclasses.fields(fact)
    return {field.name: _to_json(getattr(fact, field.name)) for field in fields}


def _to_json(value: object) -> JSON:
    # A text enum is a str and a datetime is a date: the first type that fits, in this order, decides.
    for known, convert in _CONVERSIONS:
        if isinstance(value, known):
            return convert(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return to_body(value)
    raise BadFact(f"no canonical form for {type(value).__name__}")


def _checked_text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise BadFact("text that is not valid Unicode") from error
    return str(value)


def _checked_integer(value: int) -> int:
    if abs(value) > _GREATEST_INTEGER:
        raise BadFact("an integer beyond 2^53 - 1")
    return int(value)


def _instant_text(value: datetime) -> str:
    if value.tzinfo is None:
        raise BadFact("an instant without a zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


_CONVERSIONS: tuple[tuple[type, Callable[[Any], JSON]], ...] = (
    (types.NoneType, lambda _: None),
    (bool, bool),
    (str, _checked_text),
    (int, _checked_integer),
    (UUID, str),
    (datetime, _instant_text),
    (date, date.isoformat),
    (tuple, lambda value: [_to_json(item) for item in value]),
)


def from_body(fact_type: type, body: Mapping[str, Any]) -> Any:
    """Return the fact that a body stands for; raise BadFact for missing, unknown or ill-typed fields."""
    hints = _hints_of(fact_type)
    if body.keys() != hints.keys():
        raise BadFact(f"{fact_type.__name__}: fields {sorted(body.keys() ^ hints.keys())} do not match")
    return fact_type(**{name: _from_json(hint, body[name]) for name, hint in hints.items()})


def _from_json(hint: Any, value: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return None if value is None else _from_json(_other_than_none(hint), value)
    if get_origin(hint) is tuple:
        return _tuple_from_json(get_args(hint), value)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type) and isinstance(value, Mapping):
        return from_body(hint, value)
    return _plain_from_json(hint, value)


def _tuple_from_json(items: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise BadFact("a list was expected")
    if len(items) == 2 and items[1] is Ellipsis:
        return tuple(_from_json(items[0], item) for item in value)
    if len(items) != len(value):
        raise BadFact("a list of another length was expected")
    return tuple(_from_json(hint, item) for hint, item in zip(items, value, strict=True))


def _plain_from_json(hint: Any, value: Any) -> Any:
    try:
        if hint is datetime and isinstance(value, str):
            return datetime.fromisoformat(value)
        if hint is date and isinstance(value, str):
            return date.fromisoformat(value)
        if isinstance(value, str) and (hint is UUID or _is_text_enum(hint)):
            return hint(value)
    except ValueError as error:
        raise BadFact(f"{value!r} is no {hint.__name__}") from error
    # bool is an int to Python, but not to a reader of the journal.
    if hint in (str, int, bool, types.NoneType) and type(value) is hint:
        return value
    raise BadFact(f"{type(value).__name__} where {hint!r} was expected")


def _is_text_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StrEnum)


def _other_than_none(hint: Any) -> Any:
    others = [item for item in get_args(hint) if item is not types.NoneType]
    if len(others) != 1:
        raise BadFact(f"{hint}: only 'X | None' can be read back")
    return others[0]


@cache
def _hints_of(fact_type: type) -> dict[str, Any]:
    hints = get_type_hints(fact_type)
    return {field.name: hints[field.name] for field in dataclasses.fields(fact_type)}


def check_fact_type(fact_type: type) -> None:
    """Raise BadFact unless the type is a frozen dataclass whose fields all have a canonical form."""
    if not dataclasses.is_dataclass(fact_type) or not fact_type.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise BadFact(f"{fact_type.__name__} is no frozen dataclass")
    for name, hint in _hints_of(fact_type).items():
        _check_hint(f"{fact_type.__name__}.{name}", hint)


def _check_hint(where: str, hint: Any) -> None:
    if get_origin(hint) in (Union, types.UnionType):
        _check_hint(where, _other_than_none(hint))
    elif get_origin(hint) is tuple:
        for item in get_args(hint):
            if item is not Ellipsis:
                _check_hint(where, item)
    elif dataclasses.is_dataclass(hint) and isinstance(hint, type):
        check_fact_type(hint)
    elif hint not in _PLAIN and not _is_text_enum(hint):
        raise BadFact(f"{where}: {hint!r} has no canonical form")
