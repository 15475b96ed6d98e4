import django.db.models.deletion
import veilleur.domains.backups.rules.states
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('estate', '0001_initial'),
        ('organisations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Repository',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('engine', models.CharField(default='restic', max_length=20)),
                ('folder', models.CharField(max_length=1000, verbose_name='folder')),
                ('medium', models.CharField(choices=[('same_disk', 'Same disk as the data'), ('other_disk', 'Another disk of the same machine'), ('network', 'Network share held by another machine')], max_length=20, verbose_name='medium')),
                ('made_at', models.DateTimeField()),
                ('envelope_written_at', models.DateTimeField(blank=True, null=True)),
                ('envelope_failure', models.CharField(blank=True, max_length=40)),
                ('space_freed_at', models.DateTimeField(blank=True, null=True)),
                ('asset', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.asset')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'folder'), name='repository_folder_once')],
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('is_own_data', models.BooleanField(default=False)),
                ('is_on', models.BooleanField(default=True, verbose_name='switched on')),
                ('rpo_s', models.PositiveBigIntegerField()),
                ('interval_s', models.PositiveBigIntegerField()),
                ('test_every_s', models.PositiveBigIntegerField()),
                ('keep_everything_s', models.PositiveBigIntegerField(default=172800)),
                ('keep_days', models.PositiveSmallIntegerField(default=14)),
                ('keep_weeks', models.PositiveSmallIntegerField(default=8)),
                ('keep_months', models.PositiveSmallIntegerField(default=12)),
                ('retention_failure', models.CharField(blank=True, max_length=40)),
                ('made_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('repository', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.repository')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Copy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('snapshot_id', models.CharField(max_length=64)),
                ('companion_snapshot_id', models.CharField(blank=True, max_length=64)),
                ('started_us', models.BigIntegerField()),
                ('stored_us', models.BigIntegerField()),
                ('total_bytes', models.BigIntegerField()),
                ('is_complete', models.BooleanField()),
                ('level', models.PositiveSmallIntegerField()),
                ('removed_us', models.BigIntegerField(blank=True, null=True)),
                ('data_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.dataset')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('repository', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.repository')),
            ],
        ),
        migrations.CreateModel(
            name='RestoreTest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('state', models.CharField(choices=[('running', 'Running'), ('passed', 'Passed'), ('failed', 'Failed'), ('skipped', 'Could not run'), ('interrupted', 'Interrupted')], default=veilleur.domains.backups.rules.states.TestState['RUNNING'], max_length=20)),
                ('reason', models.CharField(blank=True, max_length=40)),
                ('detail', models.TextField(blank=True)),
                ('started_us', models.BigIntegerField()),
                ('ended_us', models.BigIntegerField(blank=True, null=True)),
                ('level', models.PositiveSmallIntegerField(default=0)),
                ('fetch_s', models.FloatField(default=0)),
                ('restore_s', models.FloatField(default=0)),
                ('start_s', models.FloatField(default=0)),
                ('verify_s', models.FloatField(default=0)),
                ('total_bytes', models.BigIntegerField(default=0)),
                ('compared_count', models.BigIntegerField(default=0)),
                ('tolerated_count', models.BigIntegerField(default=0)),
                ('difference_count', models.BigIntegerField(default=0)),
                ('differences', models.JSONField(default=list)),
                ('with_recovery_key_alone', models.BooleanField(default=False)),
                ('isolation', models.CharField(blank=True, max_length=20)),
                ('remarks', models.JSONField(default=list)),
                ('engine_version', models.CharField(blank=True, max_length=40)),
                ('is_opinion', models.BooleanField(default=False)),
                ('copy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.copy')),
                ('data_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.dataset')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('repository', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.repository')),
            ],
            options={
                'indexes': [models.Index(fields=['repository', 'data_set', '-started_us'], name='restore_test_newest')],
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('state', models.CharField(choices=[('running', 'Running'), ('complete', 'Complete'), ('partial', 'Partial'), ('failed', 'Failed'), ('interrupted', 'Interrupted')], default=veilleur.domains.backups.rules.states.RunState['RUNNING'], max_length=20)),
                ('reason', models.CharField(blank=True, max_length=40)),
                ('detail', models.TextField(blank=True)),
                ('started_us', models.BigIntegerField()),
                ('ended_us', models.BigIntegerField(blank=True, null=True)),
                ('total_bytes', models.BigIntegerField(default=0)),
                ('file_count', models.BigIntegerField(default=0)),
                ('fact_count', models.BigIntegerField(default=0)),
                ('unstable_count', models.BigIntegerField(default=0)),
                ('manifest_digest', models.CharField(blank=True, max_length=64)),
                ('engine_version', models.CharField(blank=True, max_length=40)),
                ('data_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.dataset')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.plan')),
            ],
            options={
                'indexes': [models.Index(fields=['data_set', '-started_us'], name='run_newest')],
            },
        ),
        migrations.AddField(
            model_name='copy',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.run'),
        ),
        migrations.CreateModel(
            name='SourceAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('source_kind', models.CharField(choices=[('own_data', "Veilleur's own data"), ('files', 'Folders and files'), ('sqlite', 'SQLite database'), ('postgresql', 'PostgreSQL database')], max_length=20)),
                ('source', models.CharField(max_length=1000)),
                ('passfile', models.CharField(blank=True, max_length=1000, verbose_name='password file')),
                ('state', models.CharField(choices=[('readable', 'Readable'), ('needs_credentials', 'Unknown until credentials are given'), ('unreachable', 'Does not answer'), ('unknown', 'Not tried yet')], max_length=20)),
                ('reason', models.CharField(blank=True, max_length=40)),
                ('detail', models.CharField(blank=True, max_length=500)),
                ('tried_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'source_kind', 'source'), name='access_once')],
            },
        ),
        migrations.CreateModel(
            name='PlanItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('source_kind', models.CharField(choices=[('own_data', "Veilleur's own data"), ('files', 'Folders and files'), ('sqlite', 'SQLite database'), ('postgresql', 'PostgreSQL database')], max_length=20)),
                ('source', models.CharField(blank=True, max_length=1000, verbose_name='source')),
                ('passfile', models.CharField(blank=True, max_length=1000, verbose_name='password file')),
                ('data_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.dataset')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='backups.plan')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('plan', 'data_set'), name='plan_item_once')],
            },
        ),
        migrations.CreateModel(
            name='RecoveryKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('issued_at', models.DateTimeField()),
                ('typed_back_at', models.DateTimeField(blank=True, null=True)),
                ('tested_alone_at', models.DateTimeField(blank=True, null=True)),
                ('replaced_at', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('organisation',), name='recovery_key_one_present')],
            },
        ),
        migrations.AddIndex(
            model_name='copy',
            index=models.Index(fields=['repository', 'data_set', '-started_us'], name='copy_newest'),
        ),
    ]
