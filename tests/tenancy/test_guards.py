"""The guards between organisations, on the database of the run; `test_on_postgresql.py` runs them there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction

from veilleur.domains.estate.factories import make_dependency, make_service
from veilleur.domains.estate.models import Dependency
from veilleur.domains.estate.rules.map import DependencyKind
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared import guards
from veilleur.shared.models import TenantModel

pytestmark = pytest.mark.django_db


def is_refused(attempt: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            attempt()
    except IntegrityError:
        return True
    return False


def copy_of(row: Any, **changes: Any) -> Any:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    fresh = {"id": None, "public_id": make_organisation().public_id}
    return type(row)(**values | fresh | changes)


@pytest.fixture
def edge() -> Dependency:
    """Return an edge between two services of one organisation."""
    organisation = make_organisation()
    return make_dependency(
        make_service(organisation), make_service(organisation), DependencyKind.NEEDS_TO_START
    )


@pytest.fixture
def stranger() -> Any:
    """Return a service of another organisation."""
    return make_service(make_organisation("Somebody else"))


def rows(edge: Dependency) -> models.QuerySet[Any]:
    return Dependency.objects.of(edge.organisation_id).filter(pk=edge.pk)


def test_every_reference_between_tenants_tables_has_its_guard() -> None:
    in_models = {
        (field.model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and issubclass(field.model, TenantModel)
        and issubclass(field.related_model, TenantModel)
        and not field.remote_field.parent_link
    }
    present = guards.present_guards(connection)

    listed = guards.references()

    assert len(in_models) > 10
    assert {(one.table, one.column) for one in listed} == in_models
    assert guards.missing_guards(connection) == []
    for reference in listed:
        assert any(name.startswith(reference.name) for name in present), reference


def test_every_table_of_a_tenant_keeps_its_organisation() -> None:
    present = guards.present_guards(connection)

    for table in guards.holders():
        assert present[guards.guard_name(table, "stays")] == table


def test_a_row_cannot_be_made_to_refer_to_another_organisation(edge: Dependency, stranger: Any) -> None:
    assert is_refused(lambda: rows(edge).update(dependency_id=stranger.pk))
    assert is_refused(lambda: rows(edge).update(dependent_id=stranger.pk))
    assert is_refused(lambda: copy_of(edge, dependency_id=stranger.pk).save(force_insert=True))
    assert is_refused(lambda: copy_of(edge, organisation_id=stranger.organisation_id).save(force_insert=True))


def test_a_row_cannot_move_to_another_organisation(edge: Dependency, stranger: Any) -> None:
    assert is_refused(lambda: rows(edge).update(organisation_id=stranger.organisation_id))
    assert is_refused(
        lambda: (
            type(stranger)
            .objects.of(stranger.organisation_id)
            .filter(pk=stranger.pk)
            .update(organisation_id=edge.organisation_id)
        )
    )


def test_references_within_one_organisation_are_free(edge: Dependency) -> None:
    third = make_service(edge.organisation)

    assert not is_refused(lambda: rows(edge).update(dependency_id=third.pk))
    assert not is_refused(lambda: rows(edge).update(organisation_id=edge.organisation_id))
    assert guards.strays(connection) == []


def test_an_empty_reference_is_free(stranger: Any) -> None:
    assert not is_refused(
        lambda: type(stranger).objects.of(stranger.organisation_id).filter(pk=stranger.pk).update(site=None)
    )


def test_guards_come_back_after_they_were_dropped_and_only_then() -> None:
    before = guards.present_guards(connection)
    assert guards.make_guards(connection) == []

    guards.drop_guards(connection)
    dropped = guards.present_guards(connection)
    missing = guards.missing_guards(connection)
    guards.make_guards(connection)

    assert dropped == {}
    assert set(missing) == set(before)
    assert guards.present_guards(connection) == before


def test_a_guard_that_no_model_asks_for_any_more_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, *kept = guards.references()
    monkeypatch.setattr(guards, "references", lambda: kept)

    guards.make_guards(connection)

    assert not any(name.startswith(gone.name) for name in guards.present_guards(connection))


def test_the_command_says_what_is_missing_and_what_is_astray(edge: Dependency, stranger: Any) -> None:
    connection.check_constraints()  # PostgreSQL changes no table that has checks still to come
    guards.drop_guards(connection)
    with pytest.raises(CommandError, match="guard_estate_dependency_dependency_id"):
        call_command("guard_references", "--check")
    if connection.vendor == "postgresql":
        return  # with a key in place no row can be astray, and a key is not made over a row that is
    rows(edge).update(dependency_id=stranger.pk)

    with pytest.raises(CommandError, match=r"estate_dependency\.dependency_id"):
        call_command("guard_references")


def test_a_reference_of_a_model_that_extends_another_is_guarded_through_its_base() -> None:
    reference = guards.Reference("extension", "room_id", "base", "base_ptr_id", "room")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE room (id integer PRIMARY KEY, organisation_id integer)")
        cursor.execute("CREATE TABLE base (id integer PRIMARY KEY, organisation_id integer)")
        cursor.execute("CREATE TABLE extension (base_ptr_id integer PRIMARY KEY, room_id integer)")
        cursor.execute("INSERT INTO room VALUES (1, 100), (2, 200)")
        cursor.execute("INSERT INTO base VALUES (10, 100), (11, 100), (12, 100)")
        for guard in guards._guards_of(connection.vendor, reference):
            cursor.execute(guard.make)

        assert not is_refused(lambda: cursor.execute("INSERT INTO extension VALUES (10, 1)"))
        assert not is_refused(lambda: cursor.execute("INSERT INTO extension VALUES (11, NULL)"))
        assert is_refused(lambda: cursor.execute("INSERT INTO extension VALUES (12, 2)"))
        assert is_refused(lambda: cursor.execute("UPDATE extension SET room_id = 2 WHERE base_ptr_id = 10"))


def test_long_names_stay_distinct_and_within_what_postgresql_keeps() -> None:
    long = "a_table_with_a_very_long_name_indeed_for_a_table"

    names = {guards.guard_name(long, "first_column"), guards.guard_name(long, "second_column")}

    assert len(names) == 2
    assert all(len(f"{name}_insert") <= 63 for name in names)


def test_a_bare_many_to_many_between_tenants_cannot_be_guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    relation = models.ManyToManyField(Dependency)
    relation.remote_field.through = type("Through", (), {"_meta": type("Meta", (), {"auto_created": True})})
    relation.related_model = Dependency
    relation.name = "others"
    monkeypatch.setattr(Dependency._meta, "local_many_to_many", [relation])

    with pytest.raises(guards.Unguardable, match=r"Dependency\.others"):
        guards.references()
