"""Two organisations that own one of everything: what a stranger is let loose on.

Rows come from each domain's factories where they make sense, and are filled in by rote for every other
tenant's table, so that a table added later is there without anybody thinking of it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction

from veilleur.domains.organisations.factories import held_mandate, make_organisation, make_person
from veilleur.domains.organisations.models import Organisation, Person
from veilleur.shared.ids import new_id
from veilleur.shared.models import TenantModel

SINCE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_numbers = count(1)


class NoSample(Exception):
    """The walk cannot make a row it needs; the message says where to make one by hand."""


@dataclass(frozen=True)
class Party:
    """An organisation, a person who belongs to it alone, and the public ids of what it owns, by table."""

    organisation: Organisation
    person: Person
    ids: dict[str, UUID]


def make_party(name: str) -> Party:
    """Return a new organisation with a member and at least one row in every tenant's table."""
    organisation = make_organisation(name)
    person = make_person(organisation)
    for app in apps.get_app_configs():
        factories = f"{app.name}.factories"
        if find_spec(factories) and hasattr(import_module(factories), "make_samples"):
            import_module(factories).make_samples(organisation)
    make_by_hand(organisation)
    for model in tenant_tables():
        if first_row(model, organisation) is None:
            make_by_rote(model, organisation)
    ids = {model._meta.label: first_row(model, organisation).public_id for model in tenant_tables()}
    # A mandate is the customer's row, and its provider's affair as well.
    ids["mandate held"] = held_mandate(organisation).public_id
    ids |= {"organisation": organisation.public_id, "person": person.public_id}
    return Party(organisation, person, ids)


def tenant_tables() -> list[type[Any]]:
    """Return every model of a tenant's table, those that are referred to first."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def first_row(model: type[Any], organisation: Organisation) -> Any:
    return model.objects.of(organisation.pk).order_by("pk").first()


def make_by_hand(organisation: Organisation) -> None:
    """Make what pages show in relation to one another: a machine, its service, its data, a plan, a test."""
    estate = import_module("veilleur.domains.estate.factories")
    backups = import_module("veilleur.domains.backups.factories")
    asset = estate.make_asset(organisation)
    service = estate.make_service(organisation, runs_on=asset)
    data_set = estate.make_data_set(organisation, stored_on=asset, used_by=service)
    # The first of an organisation's places is the one that forms are filled with: nothing goes into it yet.
    backups.make_repository(organisation.pk)
    repository = backups.make_repository(organisation.pk)
    plan = backups.make_plan(organisation.pk, repository=repository, items={data_set: ("files", "/srv/data")})
    backups.make_restore_test(backups.make_run(plan, data_set))


def make_by_rote(model: type[Any], organisation: Organisation) -> Any:
    """Return a stored row whose every required field holds something of its type."""
    values = {
        field.name: _value(field, organisation)
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.has_default() and not field.null
    }
    row = model(**values)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except (IntegrityError, ValueError, TypeError) as error:
        raise NoSample(
            f"The stranger test needs a row of {model._meta.label} and could not make one by rote: {error}. "
            f"Add `make_samples(organisation)` to {model.__module__.rsplit('.', 1)[0]}/factories.py; "
            "it makes at least one row in every table of the domain."
        ) from error
    return row


def _value(field: Any, organisation: Organisation) -> Any:
    if field.name == "organisation":
        return organisation
    if isinstance(field, models.ForeignKey):
        return _referred(field, organisation)
    if field.choices:
        return field.choices[0][0]
    by_type = (
        (models.UUIDField, lambda: new_id(SINCE)),
        (models.DateTimeField, lambda: SINCE),
        (models.DateField, lambda: date(2026, 1, 5)),
        (models.DurationField, lambda: timedelta(minutes=1)),
        (models.BooleanField, lambda: False),
        (models.JSONField, dict),
        (models.BinaryField, lambda: b"\x01"),
        (models.IntegerField, lambda: 1),
        (models.CharField, lambda: f"sample {next(_numbers)}"[: field.max_length]),
        (models.TextField, lambda: f"sample {next(_numbers)}"),
    )
    return next((make() for kind, make in by_type if isinstance(field, kind)), None)


def _referred(field: Any, organisation: Organisation) -> Any:
    target = field.related_model
    if target is Person:
        return make_person(organisation)
    if not issubclass(target, TenantModel):
        raise NoSample(f"{field.model.__name__}.{field.name} refers to {target.__name__}: make it by hand")
    return first_row(target, organisation) or make_by_rote(target, organisation)
