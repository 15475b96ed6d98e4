import django.db.models.deletion
import veilleur.domains.knowledge.rules.audience
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0004_last_look'),
        ('organisations', '0006_directories'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='audience',
            field=models.CharField(choices=[('team', 'Our own people, without those who only ask'), ('team_and_provider', 'Our own people, and providers with a mandate'), ('everybody', 'Everybody, those who only ask as well')], default=veilleur.domains.knowledge.rules.audience.Audience['TEAM_AND_PROVIDER'], max_length=20),
        ),
        migrations.CreateModel(
            name='KeptFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('digest', models.CharField(max_length=64)),
                ('size_bytes', models.PositiveBigIntegerField()),
                ('type', models.CharField(choices=[('pdf', 'PDF'), ('png', 'Picture, PNG'), ('jpeg', 'Picture, JPEG'), ('gif', 'Picture, GIF'), ('webp', 'Picture, WebP'), ('office', 'Office document'), ('text', 'Plain text')], max_length=20)),
                ('kept_at', models.DateTimeField()),
                ('checked_at', models.DateTimeField()),
                ('fault', models.CharField(blank=True, choices=[('missing', 'Missing'), ('damaged', 'Damaged')], max_length=20)),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'digest'), name='kept_file_once')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(editable=False, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('since', models.PositiveIntegerField()),
                ('until', models.PositiveIntegerField(blank=True, null=True)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.document')),
                ('organisation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.keptfile')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('document', 'name'), name='attachment_name_once'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='attachment_ends_after_it_began')],
            },
        ),
    ]
