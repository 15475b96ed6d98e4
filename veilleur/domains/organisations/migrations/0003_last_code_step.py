"""A person's one-time codes work once: the last step that worked is kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_roles_and_invitations")]

    operations = [
        migrations.AddField("person", "last_code_step", models.PositiveBigIntegerField(default=0)),
    ]
