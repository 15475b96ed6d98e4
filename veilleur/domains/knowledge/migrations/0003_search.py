"""The table in which documents are found by their words; each database has its own kind of it.

It is no model: its rows are made from documents and can be made anew.
"""

from django.db import migrations

SQLITE = (
    "CREATE VIRTUAL TABLE knowledge_search USING fts5("
    "title, body, organisation UNINDEXED, prefix='2 3', tokenize='unicode61 remove_diacritics 2')",
)
POSTGRESQL = (
    "CREATE TABLE knowledge_search (document bigint PRIMARY KEY, organisation bigint NOT NULL,"
    " words tsvector NOT NULL)",
    "CREATE INDEX knowledge_search_words ON knowledge_search USING gin (words)",
)


def make(_apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(_apps, schema_editor):
    schema_editor.execute("DROP TABLE knowledge_search")


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0002_run_sheets")]

    operations = [migrations.RunPython(make, drop)]
