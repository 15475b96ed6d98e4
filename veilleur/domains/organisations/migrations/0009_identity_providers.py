
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0008_api_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='IdentityProvider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('door', models.CharField(editable=False, max_length=43, unique=True)),
                ('issuer', models.CharField(max_length=400)),
                ('client_id', models.CharField(max_length=200)),
                ('secret_sealed', models.TextField()),
                ('authority', models.TextField(blank=True)),
                ('domains', models.TextField(blank=True)),
                ('scopes', models.CharField(blank=True, max_length=400)),
                ('roles_claim', models.CharField(max_length=200)),
                ('second_factor_values', models.CharField(blank=True, max_length=400)),
                ('lets_in', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('generation', models.PositiveIntegerField(default=1)),
                ('tried_at', models.DateTimeField(blank=True, null=True)),
                ('fault', models.CharField(blank=True, max_length=40)),
                ('fault_detail', models.CharField(blank=True, max_length=300)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProviderAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('subject', models.CharField(max_length=255)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('is_admitted', models.BooleanField(default=False)),
                ('since', models.DateTimeField(blank=True, null=True)),
                ('gone_at', models.DateTimeField(blank=True, null=True)),
                ('is_kept_out', models.BooleanField(default=False)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.identityprovider')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('provider', 'subject'), name='provider_account_once'), models.UniqueConstraint(condition=models.Q(('gone_at', None), ('person__isnull', False)), fields=('person',), name='provider_account_alone')],
            },
        ),
        migrations.CreateModel(
            name='ProviderRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('value', models.CharField(max_length=400)),
                ('role', models.CharField(max_length=20)),
                ('side', models.CharField(max_length=20)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.identityprovider')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('provider', 'value'), name='provider_role_once'), models.CheckConstraint(condition=models.Q(('role__in', ['manager', 'technician', 'referent', 'requester', 'auditor'])), name='provider_role_known'), models.CheckConstraint(condition=models.Q(('side__in', ['internal', 'provider'])), name='provider_role_side_known')],
            },
        ),
    ]
