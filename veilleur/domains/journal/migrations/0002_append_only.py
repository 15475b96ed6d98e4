"""Make the database itself refuse changes and deletions of journal entries."""

from django.db import migrations

from veilleur.domains.journal.models.append_only import guard_statements, unguard_statements


def put_guards(apps, schema_editor):
    for statement in guard_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def take_guards_away(apps, schema_editor):
    for statement in unguard_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunPython(put_guards, take_guards_away)]
