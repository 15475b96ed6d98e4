import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('estate', '0001_initial'),
        ('organisations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SpoolPosition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('spool_id', models.UUIDField(unique=True)),
                ('last_sequence', models.BigIntegerField(default=0)),
                ('last_loop_us', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Check',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('kind', models.CharField(choices=[('load', 'Load'), ('memory', 'Memory'), ('disk', 'Disk space'), ('listener', 'Service that listens'), ('tls', 'TLS certificate')], max_length=20, verbose_name='kind')),
                ('target', models.CharField(blank=True, max_length=1000, verbose_name='target')),
                ('note', models.CharField(blank=True, max_length=200)),
                ('period_s', models.PositiveIntegerField()),
                ('retry_s', models.PositiveIntegerField()),
                ('max_attempts', models.PositiveIntegerField()),
                ('timeout_s', models.PositiveIntegerField()),
                ('warning_raise', models.BigIntegerField(blank=True, null=True)),
                ('warning_clear', models.BigIntegerField(blank=True, null=True)),
                ('critical_raise', models.BigIntegerField(blank=True, null=True)),
                ('critical_clear', models.BigIntegerField(blank=True, null=True)),
                ('since', models.DateTimeField(verbose_name='valid from')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.asset')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'until'], name='check_current')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('asset', 'kind', 'target'), name='check_once')],
            },
        ),
        migrations.CreateModel(
            name='CheckState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('seen', models.CharField(choices=[('ok', 'Works'), ('warning', 'To watch'), ('critical', 'Bad'), ('unknown', 'Unknown')], default='unknown', max_length=10)),
                ('hard', models.CharField(choices=[('ok', 'Works'), ('warning', 'To watch'), ('critical', 'Bad'), ('unknown', 'Unknown')], default='unknown', max_length=10)),
                ('hard_since_us', models.BigIntegerField()),
                ('bad', models.PositiveIntegerField(default=0)),
                ('bad_since_us', models.BigIntegerField(default=0)),
                ('unknown', models.PositiveIntegerField(default=0)),
                ('unknown_since_us', models.BigIntegerField(default=0)),
                ('last_result_us', models.BigIntegerField(default=0)),
                ('code', models.CharField(default='never_checked', max_length=40)),
                ('value', models.BigIntegerField(blank=True, null=True)),
                ('check_row', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='state', to='monitoring.check')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StateChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('before', models.CharField(choices=[('ok', 'Works'), ('warning', 'To watch'), ('critical', 'Bad'), ('unknown', 'Unknown')], max_length=10)),
                ('after', models.CharField(choices=[('ok', 'Works'), ('warning', 'To watch'), ('critical', 'Bad'), ('unknown', 'Unknown')], max_length=10)),
                ('since_us', models.BigIntegerField()),
                ('at_us', models.BigIntegerField()),
                ('recorded_us', models.BigIntegerField()),
                ('code', models.CharField(max_length=40)),
                ('check_row', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='monitoring.check')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['check_row', 'since_us'], name='change_by_check')],
            },
        ),
        migrations.CreateModel(
            name='WatchFault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('began_us', models.BigIntegerField()),
                ('ended_us', models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_us', None)), fields=('code',), name='fault_open_once')],
            },
        ),
    ]
