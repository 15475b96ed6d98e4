"""On-call rotas: what each covers, who takes turns, shifts by hand, swaps and interventions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0006_directories'),
    ]

    operations = [
        migrations.CreateModel(
            name='OnCallRota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('serves_customers', models.BooleanField(default=False)),
                ('since', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('organisation', 'name'), name='rota_named_once')],
            },
        ),
        migrations.CreateModel(
            name='OnCallIntervention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('noted_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rota', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.oncallrota')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='intervention_lasts')],
            },
        ),
        migrations.CreateModel(
            name='OnCallShift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('kind', models.CharField(max_length=20)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField()),
                ('instead_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rota', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.oncallrota')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['planned', 'taken_over', 'swapped'])), name='rota_shift_kind_known'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='rota_shift_lasts')],
            },
        ),
        migrations.CreateModel(
            name='OnCallSwap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('gives_from', models.DateTimeField()),
                ('gives_until', models.DateTimeField()),
                ('takes_from', models.DateTimeField()),
                ('takes_until', models.DateTimeField()),
                ('asked_at', models.DateTimeField()),
                ('outcome', models.CharField(max_length=20)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_of', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('rota', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.oncallrota')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['open', 'agreed', 'declined', 'withdrawn'])), name='rota_swap_outcome_known')],
            },
        ),
        migrations.CreateModel(
            name='OnCallTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('since', models.DateTimeField()),
                ('cover', models.CharField(max_length=20)),
                ('opens', models.TimeField()),
                ('closes', models.TimeField()),
                ('weekdays', models.JSONField(default=list)),
                ('holidays', models.CharField(max_length=10)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('rota', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.oncallrota')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('cover__in', ['outside', 'always', 'within'])), name='rota_cover_known')],
            },
        ),
        migrations.CreateModel(
            name='OnCallTurns',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('first_day', models.DateField()),
                ('handover', models.TimeField()),
                ('days', models.PositiveSmallIntegerField()),
                ('planned_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('rota', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.oncallrota')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OnCallTurnTaker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('position', models.PositiveSmallIntegerField()),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('turns', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.oncallturns')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('turns', 'position'), name='turn_taken_by_one')],
            },
        ),
    ]
