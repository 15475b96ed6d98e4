"""Every route of the product with its parameters, found in the URL configuration and nowhere by name."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import UUIDConverter

from veilleur.config.public_routes import PUBLIC_ROUTES


class CannotWalk(AssertionError):
    """The walk does not know how to try something; the message says what to add where."""


@dataclass(frozen=True)
class Route:
    """A route with a name such as "desk:service" and its parameters as (name, converter) pairs.

    `is_api`: it is one of the API's own configuration, which pages do not have.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    is_api: bool = False

    def url(self, values: tuple[str, ...]) -> str:
        """Return the address with these values of the parameters, in their order."""
        names = (name for name, _ in self.parameters)
        return reverse(
            self.name,
            settings.API_URLCONF if self.is_api else None,
            kwargs=dict(zip(names, values, strict=True)),
        )

    @property
    def has_ids(self) -> bool:
        """Return whether a public id stands in the address."""
        return any(converter == "uuid" for _, converter in self.parameters)

    @property
    def takes_only_ids(self) -> bool:
        """Return whether nothing but public ids stands in the address."""
        return all(converter == "uuid" for _, converter in self.parameters)

    @property
    def is_public(self) -> bool:
        """Return whether the route answers without a sign-in."""
        return self.name in PUBLIC_ROUTES


def routes() -> list[Route]:
    """Return all routes of pages and of the API, by name. A route without a name is CannotWalk."""
    found = [*_routes_of(None), *_routes_of(settings.API_URLCONF)]
    return sorted(found, key=lambda route: route.name)


def _routes_of(configuration: str | None) -> Iterator[Route]:
    for pattern, namespace in _patterns(get_resolver(configuration), ""):
        if not pattern.name:
            raise CannotWalk(
                f"The route {pattern.pattern} has no name: give it one, so that it can be walked."
            )
        parameters = tuple(
            (name, _type_of(converter)) for name, converter in pattern.pattern.converters.items()
        )
        groups = set(getattr(pattern.pattern.regex, "groupindex", {}))
        if groups != {name for name, _ in parameters}:
            raise CannotWalk(
                f"{pattern.name}: write the route with path(), so that its parameters have types."
            )
        yield Route(namespace + pattern.name, parameters, is_api=configuration is not None)


def _type_of(converter: object) -> str:
    # The library of the API has one of its own.
    if isinstance(converter, UUIDConverter):
        return "uuid"
    return type(converter).__name__.removesuffix("Converter").lower()


def _patterns(resolver: URLResolver, namespace: str) -> Iterator[tuple[URLPattern, str]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry, namespace
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _patterns(entry, inner)
