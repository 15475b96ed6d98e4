"""Erasures of persons: asked for, ordered, done."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0009_identity_providers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.CharField(max_length=64)),
                ('ordered_at', models.DateTimeField(blank=True, null=True)),
                ('ordered_by', models.CharField(blank=True, max_length=64)),
                ('looked_up_to', models.PositiveBigIntegerField(default=0)),
                ('looked_up_to_installation', models.PositiveBigIntegerField(default=0)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('bodies', models.PositiveIntegerField(default=0)),
                ('is_account_gone', models.BooleanField(default=False)),
                ('left', models.JSONField(blank=True, default=list)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('done_at', None)), fields=('organisation', 'person'), name='erasure_open_once'), models.CheckConstraint(condition=models.Q(models.Q(('ordered_at', None), ('ordered_by', '')), models.Q(('ordered_at__isnull', False), models.Q(('ordered_by', ''), _negated=True)), _connector='OR'), name='erasure_ordered_by_somebody'), models.CheckConstraint(condition=models.Q(('done_at', None), ('ordered_at__isnull', False), _connector='OR'), name='erasure_done_when_ordered')],
            },
        ),
    ]
