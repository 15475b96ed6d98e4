import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0003_last_code_step'),
    ]

    operations = [
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('kind', models.CharField(choices=[('page', 'Page'), ('procedure', 'Procedure')], max_length=20, verbose_name='kind')),
                ('topic', models.CharField(choices=[('network_diagram', 'Network diagram'), ('server_configuration', 'Server configuration'), ('backup', 'Backup and what is kept'), ('one_file_restore', 'Restore one file'), ('full_restore', 'Restore everything'), ('start', 'Start'), ('stop', 'Stop'), ('failover', 'Fail over'), ('update', 'Update'), ('arrival', 'Somebody arrives'), ('departure', 'Somebody leaves'), ('server_down', 'Reflex sheet: a server is down'), ('software_hangs', 'Reflex sheet: an application hangs'), ('ransomware', 'Reflex sheet: ransomware'), ('stolen_mailbox', 'Reflex sheet: a stolen mailbox'), ('other', 'Something else')], max_length=30, verbose_name='topic')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('number', models.PositiveIntegerField(default=1)),
                ('blanks', models.PositiveIntegerField(default=0)),
                ('changed_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('reviewed_at', models.DateTimeField()),
                ('review_months', models.PositiveSmallIntegerField(default=6)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.membership')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.membership')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'retired_at', 'title'], name='document_by_title')],
                'constraints': [models.CheckConstraint(condition=models.Q(('owner', models.F('deputy')), _negated=True), name='document_two_people')],
            },
        ),
        migrations.CreateModel(
            name='DocumentSubject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('kind', models.CharField(max_length=20)),
                ('subject', models.UUIDField()),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.document')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'subject'], name='document_by_subject')],
                'constraints': [models.UniqueConstraint(fields=('document', 'subject'), name='document_subject_once')],
            },
        ),
        migrations.CreateModel(
            name='DocumentVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('may_ask', models.CharField(blank=True, max_length=200, verbose_name='who may ask')),
                ('acts', models.CharField(blank=True, max_length=200, verbose_name='who acts')),
                ('within_min', models.PositiveIntegerField(blank=True, null=True)),
                ('priority', models.CharField(blank=True, choices=[('at_once', 'At once: everything else waits'), ('first', 'Before what is planned'), ('in_turn', 'In turn'), ('when_free', 'When there is time')], max_length=20)),
                ('author', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.document')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('document', 'number'), name='document_version_once')],
            },
        ),
    ]
