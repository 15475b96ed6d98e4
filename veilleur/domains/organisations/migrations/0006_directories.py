"""Directories (AD, LDAP) that say who belongs to an organisation, their groups, and whom they brought."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_who_made_a_link'),
    ]

    operations = [
        migrations.CreateModel(
            name='Directory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('kind', models.CharField(max_length=20)),
                ('servers', models.TextField()),
                ('authority', models.TextField(blank=True)),
                ('base_dn', models.CharField(max_length=400)),
                ('user_filter', models.CharField(blank=True, max_length=400)),
                ('account', models.CharField(max_length=400)),
                ('password_sealed', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('generation', models.PositiveIntegerField(default=1)),
                ('agreed_generation', models.PositiveIntegerField(default=0)),
                ('agreed_digest', models.CharField(blank=True, max_length=64)),
                ('door_servers', models.TextField(blank=True)),
                ('door_authority', models.TextField(blank=True)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('tried_at', models.DateTimeField(blank=True, null=True)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('fault', models.CharField(blank=True, max_length=40)),
                ('fault_detail', models.CharField(blank=True, max_length=300)),
                ('held', models.JSONField(blank=True, default=dict)),
                ('conflicts', models.JSONField(blank=True, default=list)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'verbose_name_plural': 'directories',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['active_directory', 'openldap'])), name='directory_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='DirectoryAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('external_id', models.CharField(max_length=64)),
                ('dn', models.TextField()),
                ('since', models.DateTimeField()),
                ('gone_at', models.DateTimeField(blank=True, null=True)),
                ('is_kept_out', models.BooleanField(default=False)),
                ('directory', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.directory')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('directory', 'external_id'), name='directory_account_once'), models.UniqueConstraint(condition=models.Q(('gone_at', None)), fields=('person',), name='directory_account_alone')],
            },
        ),
        migrations.CreateModel(
            name='DirectoryGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('dn', models.CharField(max_length=400)),
                ('role', models.CharField(max_length=20)),
                ('side', models.CharField(max_length=20)),
                ('people', models.PositiveIntegerField(blank=True, null=True)),
                ('directory', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.directory')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('directory', 'dn'), name='directory_group_once'), models.CheckConstraint(condition=models.Q(('role__in', ['manager', 'technician', 'referent', 'requester', 'auditor'])), name='directory_group_role_known'), models.CheckConstraint(condition=models.Q(('side__in', ['internal', 'provider'])), name='directory_group_side_known')],
            },
        ),
    ]
