"""Where free words name a person: every text of every table of an organisation is looked through."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import CharField, JSONField, Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from veilleur.domains.organisations.ports import PERSONAL_DATA, Place
from veilleur.domains.organisations.rules.erasure_policy import POLICY
from veilleur.domains.organisations.rules.personal_data import (
    Disposition,
    Held,
    Key,
    Whose,
    declared,
    is_named,
)
from veilleur.shared.models import TenantModel

# Nobody mends more by hand, and pages stay short.
MOST = 200


@dataclass(frozen=True)
class Mention:
    """A row whose words name the person: which table and row, what people call it, where it is mended."""

    table: str
    id: UUID
    word: str
    title: str
    url: str


def whole_policy() -> tuple[Held, ...]:
    """Return what becomes of persons in every table: of organisations, and of each later domain."""
    return (*POLICY, *(held for part in PERSONAL_DATA.get() for held in part.policy))


def tenant_tables() -> list[type[Any]]:
    """Return every model whose rows belong to an organisation."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def whole_mentions(organisation_id: int, whose: Whose) -> tuple[Mention, ...]:
    """Return where an organisation's words name a person, 200 places at most, table by table.

    What goes by itself is no place to mend: rows about the person in columns that are emptied or go. Reads
    every text of the organisation once.
    """
    policy = declared(whole_policy())
    found: list[Mention] = []
    for model in tenant_tables():
        for identity in dict.fromkeys(_naming(model, organisation_id, whose, policy)):
            found.append(mention_of(organisation_id, model._meta.label, identity))
            if len(found) == MOST:
                return tuple(found)
    return tuple(found)


def mention_of(organisation_id: int, table: str, identity: UUID) -> Mention:
    """Return what people call a row, and where they mend it; no page where the row is gone or has none."""
    place = _place(table)
    model = apps.get_model(table)
    columns = [column for column in (place.title, place.by) if column]
    row = model.objects.of(organisation_id).filter(public_id=identity).values(*columns).first()
    url = ""
    if row is not None and place.route:
        url = reverse(place.route, args=[row[place.by]] if place.by else [])
    return Mention(
        table, identity, str(place.word), str(row[place.title]) if row and place.title else "", url
    )


def _place(table: str) -> Place:
    for part in PERSONAL_DATA.get():
        if table in part.places:
            return part.places[table]
    return Place(word=str(apps.get_model(table)._meta.verbose_name))


def _naming(
    model: type[Any], organisation_id: int, whose: Whose, policy: dict[tuple[str, str], Held]
) -> Iterator[UUID]:
    """Yield the public ids of the rows of one table that name the person."""
    for column in text_columns(model):
        held = policy.get((model._meta.label, column.name))
        if held is not None and held.disposition is Disposition.NOBODY:
            continue
        rows = model.objects.of(organisation_id)
        if held is not None and held.key is not Key.NONE and held.disposition in _GOING:
            rows = rows.exclude(**{held.by: whose.value(held.key)})
        rows = rows.annotate(said=Cast(column.name, TextField()))
        rows = rows.filter(_holds(whose.sought.needles)).order_by("pk")
        for identity, words in rows.values_list("public_id", column.name):
            text = words if isinstance(words, str) else json.dumps(words, ensure_ascii=False)
            if is_named(text, whose.sought):
                yield identity


def text_columns(model: type[Any]) -> list[Any]:
    """Return the columns of a table's own that hold words: no codes that are chosen from a list."""
    kinds = (CharField, TextField, JSONField)
    return [each for each in model._meta.local_fields if isinstance(each, kinds) and not each.choices]


def _holds(needles: Sequence[str]) -> Q:
    holds = Q()
    for needle in needles:
        holds |= Q(said__icontains=needle)
    return holds


_GOING = (Disposition.ROW_GOES, Disposition.EMPTIED)
