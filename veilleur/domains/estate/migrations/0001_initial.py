import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Node',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('since', models.DateTimeField(verbose_name='valid from')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('node_kind', models.CharField(choices=[('asset', 'Component'), ('service', 'Business service'), ('data_set', 'Data set')], editable=False, max_length=20)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Asset',
            fields=[
                ('node_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='estate.node')),
                ('kind', models.CharField(choices=[('server', 'Server'), ('virtual_machine', 'Virtual machine'), ('container', 'Container'), ('workstation', 'Workstation'), ('network_device', 'Network device')], max_length=20, verbose_name='kind')),
                ('life_state', models.CharField(choices=[('planned', 'Planned'), ('in_service', 'In service'), ('to_be_replaced', 'To be replaced'), ('retired', 'Retired')], default='in_service', max_length=20, verbose_name='life state')),
                ('host_name', models.CharField(blank=True, max_length=255, verbose_name='host name')),
                ('os_id', models.CharField(blank=True, max_length=40)),
                ('os_version', models.CharField(blank=True, max_length=40)),
                ('os_name', models.CharField(blank=True, max_length=200, verbose_name='operating system')),
                ('os_codename', models.CharField(blank=True, max_length=40)),
                ('kernel', models.CharField(blank=True, max_length=200, verbose_name='kernel')),
                ('architecture', models.CharField(blank=True, max_length=40, verbose_name='architecture')),
                ('full_support_until', models.DateField(blank=True, null=True, verbose_name='full support until')),
                ('lts_support_until', models.DateField(blank=True, null=True, verbose_name='long-term support until')),
                ('support_source', models.CharField(blank=True, max_length=200)),
                ('cpu_model', models.CharField(blank=True, max_length=200, verbose_name='processor')),
                ('cpu_count', models.PositiveIntegerField(default=0, verbose_name='processors')),
                ('memory_bytes', models.BigIntegerField(default=0, verbose_name='memory')),
                ('manufacturer', models.CharField(blank=True, max_length=200, verbose_name='manufacturer')),
                ('model', models.CharField(blank=True, max_length=200, verbose_name='model')),
                ('serial', models.CharField(blank=True, max_length=200, verbose_name='serial number')),
                ('is_here', models.BooleanField(default=False)),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='last read')),
            ],
            options={
                'abstract': False,
            },
            bases=('estate.node',),
        ),
        migrations.CreateModel(
            name='DataSet',
            fields=[
                ('node_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='estate.node')),
                ('kind', models.CharField(choices=[('files', 'Files'), ('sqlite', 'SQLite database'), ('postgresql', 'PostgreSQL database'), ('mariadb', 'MariaDB database')], max_length=20, verbose_name='kind')),
                ('locator', models.CharField(max_length=1000, verbose_name='where it is')),
            ],
            options={
                'abstract': False,
            },
            bases=('estate.node',),
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('since', models.DateTimeField(verbose_name='valid from')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'name'), name='site_name_once')],
            },
        ),
        migrations.AddField(
            model_name='node',
            name='site',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.site'),
        ),
        migrations.CreateModel(
            name='Volume',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('since', models.DateTimeField(verbose_name='valid from')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('mount_point', models.CharField(max_length=1000)),
                ('device', models.CharField(blank=True, max_length=1000)),
                ('file_system', models.CharField(blank=True, max_length=40)),
                ('total_bytes', models.BigIntegerField()),
                ('is_read_only', models.BooleanField(default=False)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.asset')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['asset', 'until'], name='volume_current')],
            },
        ),
        migrations.CreateModel(
            name='PartReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('part', models.CharField(max_length=20)),
                ('read_at', models.DateTimeField()),
                ('unread_reason', models.CharField(blank=True, max_length=40)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.asset')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('asset', 'part'), name='part_once')],
            },
        ),
        migrations.CreateModel(
            name='Listener',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('since', models.DateTimeField(verbose_name='valid from')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('protocol', models.CharField(max_length=10)),
                ('address', models.CharField(max_length=100)),
                ('port', models.PositiveIntegerField()),
                ('process', models.CharField(blank=True, max_length=200)),
                ('is_lasting', models.BooleanField(default=True)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.asset')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['asset', 'until'], name='listener_current')],
            },
        ),
        migrations.CreateModel(
            name='InstalledPackage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('since', models.DateTimeField(verbose_name='valid from')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('name', models.CharField(max_length=200)),
                ('architecture', models.CharField(blank=True, max_length=40)),
                ('version', models.CharField(max_length=200)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.asset')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['asset', 'until'], name='installedpackage_current')],
            },
        ),
        migrations.CreateModel(
            name='FoundDatabase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('since', models.DateTimeField(verbose_name='valid from')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('engine', models.CharField(max_length=40)),
                ('locator', models.CharField(max_length=1000)),
                ('version', models.CharField(blank=True, max_length=100)),
                ('readable', models.CharField(choices=[('yes', 'Readable'), ('no', 'Not readable'), ('unknown', 'Unknown until credentials are given')], default='unknown', max_length=10)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.asset')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['asset', 'until'], name='founddatabase_current')],
            },
        ),
        migrations.CreateModel(
            name='AssetIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('scheme', models.CharField(max_length=20)),
                ('value', models.CharField(max_length=255)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.asset')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'scheme', 'value'), name='identity_once')],
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('since', models.DateTimeField(verbose_name='valid from')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('interface', models.CharField(max_length=100)),
                ('address', models.CharField(max_length=100)),
                ('prefix_length', models.PositiveSmallIntegerField()),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.asset')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['asset', 'until'], name='address_current')],
            },
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('node_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='estate.node')),
                ('rto_s', models.PositiveBigIntegerField(verbose_name='recovery time objective, in seconds')),
                ('rpo_s', models.PositiveBigIntegerField(verbose_name='recovery point objective, in seconds')),
                ('rto_is_default', models.BooleanField(default=True)),
                ('rpo_is_default', models.BooleanField(default=True)),
                ('is_proposed', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('rto_s__gt', 0), ('rpo_s__gt', 0)), name='objectives_positive')],
            },
            bases=('estate.node',),
        ),
        migrations.CreateModel(
            name='Dependency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('since', models.DateTimeField(verbose_name='valid from')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('kind', models.CharField(choices=[('needs_to_restore', 'Needs it to be restored'), ('needs_to_start', 'Needs it to start'), ('needs_to_validate', 'Needs it to be validated'), ('runs_on', 'Runs on'), ('stored_on', 'Is stored on'), ('authenticates_with', 'Authenticates with'), ('flows_to', 'Sends data to'), ('backed_up_by', 'Is backed up by'), ('watched_by', 'Is watched by')], max_length=30, verbose_name='kind')),
                ('protocol', models.CharField(blank=True, max_length=10)),
                ('port', models.PositiveIntegerField(default=0)),
                ('dependency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.node')),
                ('dependent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='estate.node')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'until'], name='dependency_current')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('dependent', 'dependency', 'kind', 'protocol', 'port'), name='dependency_once'), models.CheckConstraint(condition=models.Q(('dependent', models.F('dependency')), _negated=True), name='not_on_itself')],
            },
        ),
        migrations.AddIndex(
            model_name='node',
            index=models.Index(fields=['organisation', 'node_kind', 'name'], name='node_by_name'),
        ),
    ]
