"""Make the database itself refuse an entry at a place before the first, which no reader would verify.

A guard and no check of the table: SQLite would copy the whole journal for that, and one forged row would keep
the upgrade from running; `journal verify` names it instead.
"""

from django.db import migrations

from veilleur.domains.journal.models.append_only import guard_statements


def put_guards(apps, schema_editor):
    for statement in guard_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("journal", "0002_append_only")]

    operations = [migrations.RunPython(put_guards, migrations.RunPython.noop)]
