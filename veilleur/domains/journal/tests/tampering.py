"""What somebody with the database's own password can do to the journal."""

from collections.abc import Callable
from typing import Any

from django.db import connection

from veilleur.domains.journal.models import ChainHead, Entry
from veilleur.domains.journal.models.append_only import guard_statements, unguard_statements


def behind_the_guards(*changes: Callable[[], Any]) -> None:
    """Do what somebody with the database's own password can do."""
    with connection.cursor() as cursor:
        for statement in unguard_statements(connection.vendor):
            cursor.execute(statement)
        for change in changes:
            change()
        for statement in guard_statements(connection.vendor):
            cursor.execute(statement)


def entries() -> Any:
    return Entry.objects.order_by("sequence")


def swap(one: int, other: int) -> Callable[[], None]:
    """Return a change that makes two entries change places."""

    def change() -> None:
        for old, new in ((one, 1000), (other, one), (1000, other)):
            entries().filter(sequence=old).update(sequence=new)

    return change


def cut_off(after: int, *, with_head: bool) -> Callable[[], None]:
    """Return a change that cuts off the end, and sets the head back so that nothing shows inside."""

    def change() -> None:
        entries().filter(sequence__gt=after).delete()
        last = entries().get(sequence=after)
        if with_head:
            ChainHead.objects.update(sequence=after, hash=last.hash)

    return change
