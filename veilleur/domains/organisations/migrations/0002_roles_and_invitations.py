"""Members get roles and sides, sessions a generation, and everybody but the first person an invitation.

Whoever belonged to an organisation before there were roles could do everything there: a manager.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='session_generation',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='membership',
            name='role',
            field=models.CharField(default='manager', max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='membership',
            name='side',
            field=models.CharField(default='internal', max_length=20),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['manager', 'technician', 'referent', 'requester', 'auditor'])), name='membership_role_known'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('side__in', ['internal', 'provider'])), name='membership_side_known'),
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('role', models.CharField(max_length=20)),
                ('side', models.CharField(max_length=20)),
                ('token_digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['manager', 'technician', 'referent', 'requester', 'auditor'])), name='invitation_role_known'), models.CheckConstraint(condition=models.Q(('side__in', ['internal', 'provider'])), name='invitation_side_known'), models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('organisation', 'email'), name='invitation_open_once')],
            },
        ),
    ]
