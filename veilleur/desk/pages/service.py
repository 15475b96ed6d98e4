"""The page of one service: what is promised, what is real, what it rests on."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from veilleur.domains.estate.labels import DataSetKindChoice, DependencyKindChoice
from veilleur.domains.estate.queries import ServiceView, visible_service
from veilleur.domains.estate.rules.map import MapNode, NodeKind
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class Neighbour:
    """One end of a dependency, with why it is there and where its page is."""

    node: MapNode
    why: str | Promise
    route: str


@dataclass(frozen=True)
class Data:
    """One data set the service needs."""

    id: UUID
    name: str
    kind: str | Promise
    locator: str


@dataclass(frozen=True)
class ServicePage:
    """One service."""

    view: ServiceView
    needs: tuple[Neighbour, ...]
    needed_by: tuple[Neighbour, ...]
    data: tuple[Data, ...]


_ROUTES = {NodeKind.ASSET: "desk:machine", NodeKind.SERVICE: "desk:service"}


def service_page(viewer: Viewer, public_id: UUID) -> ServicePage | None:
    """Return a service's page, None where there is none for this viewer."""
    view = visible_service(viewer, public_id)
    if view is None:
        return None
    return ServicePage(
        view=view,
        needs=neighbours(view.needs),
        needed_by=neighbours(view.needed_by),
        data=tuple(
            Data(each.id, each.name, DataSetKindChoice(each.kind).label, each.locator)
            for each in view.data_sets
        ),
    )


def neighbours(pairs: tuple[tuple[str, MapNode], ...]) -> tuple[Neighbour, ...]:
    """Return the ends of dependencies as a page shows them."""
    return tuple(
        Neighbour(node, DependencyKindChoice(kind).label, _ROUTES.get(NodeKind(node.kind), ""))
        for kind, node in pairs
    )
