"""What a route of the API takes beside its address, by its document: what it reads cannot be watched."""

from functools import cache
from importlib import import_module
from typing import Any

from tests.tenancy.routing import Route


def query_keys(route: Route) -> set[str]:
    """Return the names of what the route takes from the query of an address."""
    operations = _operations_at(route)
    return {each["name"] for one in operations for each in one.get("parameters", ()) if each["in"] == "query"}


def body_keys(route: Route) -> set[str]:
    """Return the names of what the route takes from what is sent."""
    keys: set[str] = set()
    for operation in _operations_at(route):
        content = operation.get("requestBody", {}).get("content", {})
        for sent in content.values():
            schema = sent["schema"]
            name = schema.get("$ref", "").rpartition("/")[2]
            keys |= set(_document()["components"]["schemas"].get(name, schema).get("properties", ()))
    return keys


def _operations_at(route: Route) -> list[dict[str, Any]]:
    name = route.name.rpartition(":")[2]
    paths = _document()["paths"].values()
    return [one for path in paths for one in path.values() if one["operationId"] == name]


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = import_module("veilleur.config.api").openapi_document()
    return document
