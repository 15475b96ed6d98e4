"""One fact of one organisation, chained by PostgreSQL itself, in the statement that inserts it.

Called by `appending.py`. The common case: the head is held from the moment the database locks it until the
commit, and each answer that is waited for meanwhile prolongs everybody's wait (see docs/decisions/0013).
"""

from collections.abc import Mapping
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from veilleur.domains.journal.models import Entry
from veilleur.domains.journal.rules.chain import Header, text_around_the_head

# A row's lock goes to whoever comes by when it is let go, not to the one that has waited longest: among many
# writers of one organisation some would starve. An advisory lock is a queue; the row's lock stays the
# guarantee. The first number keeps the journal's queues apart from anybody else's.
QUEUE = "SELECT pg_catalog.pg_advisory_xact_lock(1785688430, %s); "

_FIELDS = Entry._meta.concrete_fields
_FROM_HEAD = {
    "organisation": "organisation",
    "epoch": "epoch",
    "sequence": "sequence",
    "previous_hash": "previous",
    "hash": "hash",
}
_KNOWN = [field for field in _FIELDS if field.name not in _FROM_HEAD]
_APPEND = f"""
WITH head AS (
  SELECT key, organisation, epoch, sequence + 1 AS sequence, hash AS previous
    FROM journal_chainhead WHERE key = %s FOR UPDATE
), chained AS (
  SELECT *, pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat(
      %s::text, epoch, %s::text, pg_catalog.to_json(organisation), %s::text,
      pg_catalog.to_json(pg_catalog.encode(previous, 'hex')), %s::text, sequence, %s::text
    ), 'UTF8')) AS hash FROM head
), moved AS (
  UPDATE journal_chainhead AS moving SET sequence = chained.sequence, hash = chained.hash
    FROM chained WHERE moving.key = chained.key
)
INSERT INTO journal_entry ({", ".join(str(field.column) for field in _FIELDS)})
SELECT {", ".join(_FROM_HEAD.get(field.name, "%s") for field in _FIELDS)} FROM chained
"""  # noqa: S608 - columns of the model


def append_at_once(key: int, header: Header, rest: Mapping[str, Any]) -> bool:
    """Append a fact to the chain of this head and return True; False where there is no such head yet.

    What the header says of organisation, epoch, sequence and previous hash does not matter. `rest` is the
    entry's body and salt.
    """
    database = connections[DEFAULT_DB_ALIAS]
    entry = {**vars(header), **rest}
    values = [field.get_db_prep_value(entry[field.name], database) for field in _KNOWN]
    with database.cursor() as cursor:
        # Two statements, sent and answered as one: the second sees what was committed during the first.
        cursor.execute(QUEUE + _APPEND, [key, key, *text_around_the_head(header), *values])
        cursor.nextset()
        return bool(cursor.rowcount == 1)
