"""All tables at once. The record is append-only: the database refuses change and deletion.

Stands for the single migrations it replaces, which portals set up before it still need. One after the other they took a
new database most of a minute.
"""

import datetime
import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

from governance.record.triggers import create_statements


def create_triggers(apps, schema_editor):
    for statement in create_statements(schema_editor.connection.vendor, "governance_entry"):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    replaces = [
        ('governance', '0001_initial'),
        ('governance', '0002_record_triggers'),
        ('governance', '0003_acts_happen_once'),
        ('governance', '0004_messages'),
        ('governance', '0005_office_of_the_beirat'),
        ('governance', '0006_stadtteile'),
        ('governance', '0007_unit_consent'),
        ('governance', '0008_password_mail'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Actor',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('person', 'Person'), ('import', 'Übernahme aus öffentlichen Quellen'), ('system', 'Einrichtung der Software')], default='person', max_length=10)),
                ('is_example', models.BooleanField(default=False, editable=False)),
            ],
            options={
                'verbose_name': 'Handelnde Person',
                'verbose_name_plural': 'Handelnde',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['person', 'import', 'system'])), name='actor_kind_known'), models.UniqueConstraint(condition=models.Q(('kind', 'person'), _negated=True), fields=('kind',), name='actor_one_import_and_one_system')],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField(verbose_name='erster Tag')),
                ('last_day', models.DateField(verbose_name='letzter Tag')),
                ('entered_at', models.DateTimeField(verbose_name='eingetragen am')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='Grundlage')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.actor', verbose_name='eingetragen durch')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to='governance.actor', verbose_name='Person')),
            ],
            options={
                'verbose_name': 'Abwesenheit',
                'verbose_name_plural': 'Abwesenheiten',
                'ordering': ['-first_day', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='absence_ends_after_it_begins', violation_error_message='Der letzte Tag liegt vor dem ersten.'), models.CheckConstraint(condition=models.Q(('person', models.F('entered_by')), models.Q(('source', ''), _negated=True), _connector='OR'), name='absence_of_another_names_its_source', violation_error_message='Nennen Sie die Grundlage, zum Beispiel den Urlaubsplan.'), models.UniqueConstraint(fields=('person', 'first_day', 'last_day'), name='absence_entered_once', violation_error_message='Diese Tage sind schon eingetragen.')],
            },
        ),
        migrations.CreateModel(
            name='Body',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='Schlüssel')),
                ('kind', models.CharField(choices=[('lenkungsgruppe', 'Lenkungsgruppe'), ('beirat', 'Beirat für Digitalisierung')], max_length=20, verbose_name='Art')),
                ('name', models.CharField(max_length=120, verbose_name='Name')),
                ('quorum', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='beschlussfähig ab so vielen besetzten Sitzen')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
            ],
            options={
                'verbose_name': 'Gremium',
                'verbose_name_plural': 'Gremien',
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['lenkungsgruppe', 'beirat'])), name='body_kind_known'), models.CheckConstraint(condition=models.Q(('quorum__isnull', True), ('quorum__gte', 1), _connector='OR'), name='body_quorum_at_least_one', violation_error_message='Beschlussfähig ist ein Gremium frühestens mit einem besetzten Sitz.')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chain', models.CharField(max_length=80)),
                ('number', models.PositiveIntegerField()),
                ('act', models.CharField(max_length=40)),
                ('object_type', models.CharField(max_length=40)),
                ('object_id', models.CharField(max_length=40)),
                ('from_state', models.CharField(blank=True, max_length=40)),
                ('to_state', models.CharField(blank=True, max_length=40)),
                ('at', models.DateTimeField()),
                ('reason_table', models.CharField(blank=True, max_length=40)),
                ('reason_id', models.CharField(blank=True, max_length=40)),
                ('reason_hash', models.CharField(blank=True, max_length=64)),
                ('is_example', models.BooleanField()),
                ('previous_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.actor')),
                ('in_place_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.actor')),
            ],
            options={
                'verbose_name': 'Protokolleintrag',
                'verbose_name_plural': 'Protokoll',
                'ordering': ['chain', 'number'],
                'constraints': [models.UniqueConstraint(fields=('chain', 'number'), name='entry_number_once_per_chain'), models.UniqueConstraint(fields=('chain', 'previous_hash'), name='entry_chain_never_forks')],
                'indexes': [models.Index(fields=['object_type', 'object_id'], name='entry_object')],
            },
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(editable=False, max_length=160, unique=True)),
                ('is_digest', models.BooleanField(default=False, verbose_name='Tagesübersicht')),
                ('is_password', models.BooleanField(default=False, verbose_name='Neues Passwort')),
                ('state', models.CharField(choices=[('queued', 'wartet'), ('sending', 'wird gesendet'), ('sent', 'gesendet'), ('failed', 'gescheitert'), ('dropped', 'entfällt')], default='queued', max_length=10, verbose_name='Stand')),
                ('queued_at', models.DateTimeField(verbose_name='eingereiht am')),
                ('next_try_at', models.DateTimeField(blank=True, null=True, verbose_name='nächster Versuch')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='Versuche')),
                ('tried_at', models.DateTimeField(blank=True, null=True, verbose_name='zuletzt versucht')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='gesendet am')),
                ('problem', models.CharField(blank=True, max_length=160, verbose_name='Hindernis')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='governance.actor', verbose_name='Person')),
            ],
            options={
                'verbose_name': 'Mail',
                'verbose_name_plural': 'Mails',
                'ordering': ['-queued_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sending', 'sent', 'failed', 'dropped'])), name='mail_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='mail_sent_has_its_moment'), models.CheckConstraint(condition=models.Q(models.Q(('next_try_at__isnull', False), ('state', 'queued')), models.Q(models.Q(('state', 'queued'), _negated=True), ('next_try_at__isnull', True)), _connector='OR'), name='mail_queued_has_a_next_try'), models.CheckConstraint(condition=models.Q(('is_digest', False), ('is_password', False), _connector='OR'), name='mail_is_of_one_kind')],
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['next_try_at'], name='mail_due'), models.Index(fields=['state', '-queued_at'], name='mail_by_state')],
            },
        ),
        migrations.CreateModel(
            name='MailPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='Anlass')),
                ('way', models.CharField(choices=[('at_once', 'sofort'), ('daily', 'einmal am Tag, gesammelt'), ('off', 'keine Mail')], max_length=10, verbose_name='Mail')),
                ('chosen_at', models.DateTimeField(verbose_name='gewählt am')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mail_preferences', to='governance.actor')),
            ],
            options={
                'verbose_name': 'Wunsch zu Mails',
                'verbose_name_plural': 'Wünsche zu Mails',
                'ordering': ['person', 'kind'],
                'constraints': [models.UniqueConstraint(fields=('person', 'kind'), name='mail_preference_once_per_kind'), models.CheckConstraint(condition=models.Q(('way__in', ['at_once', 'daily', 'off'])), name='mail_preference_way_known')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='Anlass')),
                ('subject', models.CharField(max_length=160, verbose_name='Betreff')),
                ('text', models.CharField(blank=True, max_length=600, verbose_name='Text')),
                ('about', models.CharField(blank=True, max_length=200, verbose_name='Worum es geht')),
                ('address', models.CharField(max_length=300, verbose_name='Seite')),
                ('created_at', models.DateTimeField(verbose_name='am')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='gelesen am')),
                ('way', models.CharField(choices=[('at_once', 'sofort'), ('daily', 'einmal am Tag, gesammelt'), ('off', 'keine Mail')], max_length=10, verbose_name='Mail')),
                ('key', models.CharField(blank=True, editable=False, max_length=160)),
                ('mail', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='governance.mail')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='governance.actor', verbose_name='Person')),
            ],
            options={
                'verbose_name': 'Nachricht',
                'verbose_name_plural': 'Nachrichten',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('way__in', ['at_once', 'daily', 'off'])), name='message_way_known'), models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('key',), name='message_once_per_key')],
                'indexes': [models.Index(fields=['person', '-created_at', '-id'], name='message_of_person'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['person'], name='message_unread')],
            },
        ),
        migrations.CreateModel(
            name='SDG',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(unique=True, verbose_name='Nummer')),
                ('name', models.CharField(max_length=120, verbose_name='Name')),
            ],
            options={
                'verbose_name': 'UN-Ziel (SDG)',
                'verbose_name_plural': 'UN-Ziele (SDGs)',
                'ordering': ['number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('number__gte', 1), ('number__lte', 17)), name='sdg_is_one_of_seventeen')],
            },
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=20, unique=True, verbose_name='Kürzel')),
                ('title', models.CharField(max_length=200, verbose_name='Titel')),
                ('address', models.URLField(max_length=500, verbose_name='Adresse')),
            ],
            options={
                'verbose_name': 'Quelle',
                'verbose_name_plural': 'Quellen',
                'ordering': ['key'],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('code', models.SlugField(max_length=20, unique=True, verbose_name='Schlüssel')),
                ('title', models.CharField(max_length=160, verbose_name='Titel')),
                ('lead', models.TextField(blank=True, max_length=600, verbose_name='Vorspann')),
                ('valid_from', models.DateField(verbose_name='gilt ab')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='gilt bis einschließlich')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.source', verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Ausgabe der Strategie',
                'verbose_name_plural': 'Ausgaben der Strategie',
                'ordering': ['-valid_from'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='edition_ends_after_it_begins', violation_error_message='Das Ende liegt vor dem Beginn.')],
            },
        ),
        migrations.CreateModel(
            name='Grundkriterium',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('code', models.CharField(choices=[('digitalisierungsbezug', 'Digitalisierungsbezug'), ('leitlinien', 'Leitlinien'), ('handlungsbedarfe', 'Handlungsbedarfe'), ('nutzen', 'Nutzen'), ('vernetzung', 'Vernetzung')], max_length=30, verbose_name='Schlüssel')),
                ('number', models.PositiveSmallIntegerField(verbose_name='Nummer')),
                ('name', models.CharField(max_length=80, verbose_name='Name')),
                ('holds_when', models.TextField(max_length=400, verbose_name='erfüllt, wenn')),
                ('guiding_question', models.TextField(max_length=400, verbose_name='Leitfrage')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grundkriterien', to='governance.edition')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.source', verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Grundkriterium',
                'verbose_name_plural': 'Grundkriterien',
                'ordering': ['edition', 'number'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='grundkriterium_code_once'), models.CheckConstraint(condition=models.Q(('code__in', ['digitalisierungsbezug', 'leitlinien', 'handlungsbedarfe', 'nutzen', 'vernetzung'])), name='grundkriterium_code_known')],
            },
        ),
        migrations.CreateModel(
            name='Handlungsfeld',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('code', models.CharField(max_length=10, verbose_name='Schlüssel')),
                ('slug', models.SlugField(max_length=80, verbose_name='Adresse')),
                ('number', models.PositiveSmallIntegerField(verbose_name='Nummer')),
                ('name', models.CharField(max_length=120, verbose_name='Name')),
                ('topic', models.TextField(max_length=1200, verbose_name='Worum es geht')),
                ('topic_is_example', models.BooleanField(default=False, verbose_name='Worum es geht: Beispiel')),
                ('starting_situation', models.TextField(max_length=2000, verbose_name='Ausgangssituation')),
                ('starting_situation_is_example', models.BooleanField(default=False, verbose_name='Ausgangssituation: Beispiel')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handlungsfelder', to='governance.edition')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.source', verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Handlungsfeld',
                'verbose_name_plural': 'Handlungsfelder',
                'ordering': ['edition', 'number'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='handlungsfeld_code_once'), models.UniqueConstraint(fields=('edition', 'slug'), name='handlungsfeld_slug_once')],
            },
        ),
        migrations.CreateModel(
            name='Leitlinie',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('code', models.SlugField(max_length=20, verbose_name='Schlüssel')),
                ('number', models.PositiveSmallIntegerField(verbose_name='Nummer')),
                ('title', models.CharField(max_length=120, verbose_name='Titel')),
                ('text', models.TextField(max_length=600, verbose_name='Text')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leitlinien', to='governance.edition')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.source', verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Leitlinie',
                'verbose_name_plural': 'Leitlinien',
                'ordering': ['edition', 'number'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='leitlinie_code_once'), models.UniqueConstraint(fields=('edition', 'number'), name='leitlinie_number_once')],
            },
        ),
        migrations.CreateModel(
            name='OrganisationUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='Schlüssel')),
                ('name', models.CharField(max_length=160, verbose_name='Name')),
                ('short_name', models.CharField(blank=True, max_length=60, verbose_name='Kurzname')),
                ('number', models.CharField(blank=True, max_length=10, verbose_name='Amtsnummer')),
                ('kind', models.CharField(choices=[('group', 'Konzern'), ('dezernat', 'Dezernat'), ('amt', 'Amt'), ('eigenbetrieb', 'Eigenbetrieb'), ('company', 'Gesellschaft'), ('stabsstelle', 'Stabsstelle'), ('abteilung', 'Abteilung'), ('ortsverwaltung', 'Ortsverwaltung'), ('other', 'Sonstige Stelle')], max_length=20, verbose_name='Art')),
                ('parent_is_example', models.BooleanField(default=False, verbose_name='Zuordnung: Beispiel')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='besteht seit')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='bestand bis')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='governance.organisationunit', verbose_name='gehört zu')),
                ('successors', models.ManyToManyField(blank=True, related_name='predecessors', to='governance.organisationunit', verbose_name='Nachfolge')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='governance.source', verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Organisationseinheit',
                'verbose_name_plural': 'Organisationseinheiten',
                'ordering': ['name', 'code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='unit_ends_after_it_begins', violation_error_message='Das Ende liegt vor dem Beginn.'), models.CheckConstraint(condition=models.Q(('kind__in', ['group', 'dezernat', 'amt', 'eigenbetrieb', 'company', 'stabsstelle', 'abteilung', 'ortsverwaltung', 'other'])), name='unit_kind_known'), models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='unit_not_its_own_parent', violation_error_message='Eine Einheit kann nicht sich selbst untergeordnet sein.')],
            },
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('employee', 'Beschäftigte'), ('coordinator', 'Handlungsfeldkoordination'), ('cdo', 'CDO'), ('chair', 'Vorsitz'), ('member', 'Mitglied'), ('advisory_office', 'Geschäftsführung Beirat'), ('operator', 'Betrieb'), ('unit_consent', 'Zustimmung der Stelle')], max_length=20, verbose_name='Rolle')),
                ('valid_from', models.DateField(verbose_name='gilt ab')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='gilt bis einschließlich')),
                ('confidentiality_on', models.DateField(blank=True, null=True, verbose_name='Verpflichtung zur Verschwiegenheit am')),
                ('source', models.CharField(max_length=300, verbose_name='Grundlage')),
                ('granted_at', models.DateTimeField(verbose_name='erteilt am')),
                ('end_source', models.CharField(blank=True, max_length=300, verbose_name='Grundlage des Endes')),
                ('body', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='governance.body', verbose_name='Gremium')),
                ('deputy_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deputies', to='governance.mandate', verbose_name='in Vertretung für')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.actor', verbose_name='erteilt durch')),
                ('handlungsfeld', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='governance.handlungsfeld', verbose_name='Handlungsfeld')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='governance.actor', verbose_name='Person')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='governance.organisationunit', verbose_name='Organisationseinheit')),
            ],
            options={
                'verbose_name': 'Mandat',
                'verbose_name_plural': 'Mandate',
                'ordering': ['role', '-valid_from', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['employee', 'coordinator', 'cdo', 'chair', 'member', 'advisory_office', 'operator', 'unit_consent'])), name='mandate_role_known'), models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='mandate_ends_after_it_begins', violation_error_message='Das Ende liegt vor dem Beginn.'), models.CheckConstraint(condition=models.Q(models.Q(('body__isnull', True), ('handlungsfeld__isnull', True), ('role__in', ['employee', 'unit_consent']), ('unit__isnull', False)), models.Q(('body__isnull', True), ('handlungsfeld__isnull', False), ('role', 'coordinator'), ('unit__isnull', True)), models.Q(('body__isnull', False), ('handlungsfeld__isnull', True), ('role__in', ['chair', 'member', 'advisory_office']), ('unit__isnull', True)), models.Q(('body__isnull', True), ('handlungsfeld__isnull', True), ('role__in', ['cdo', 'operator']), ('unit__isnull', True)), _connector='OR'), name='mandate_scope_fits_role', violation_error_message='Beschäftigte und wer für eine Stelle zustimmt, brauchen eine Einheit, Koordinierende ein Handlungsfeld, Vorsitz, Mitglieder und Geschäftsführung ein Gremium; CDO und Betrieb stehen ohne Bezug.'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='mandate_names_its_source', violation_error_message='Nennen Sie die Grundlage, zum Beispiel die Verfügung und ihren Tag.'), models.UniqueConstraint(models.F('person'), models.F('role'), django.db.models.functions.comparison.Coalesce('body', models.Value(0), output_field=models.BigIntegerField()), django.db.models.functions.comparison.Coalesce('handlungsfeld', models.Value(0), output_field=models.BigIntegerField()), django.db.models.functions.comparison.Coalesce('unit', models.Value(0), output_field=models.BigIntegerField()), django.db.models.functions.comparison.Coalesce('deputy_for', models.Value(0), output_field=models.BigIntegerField()), models.F('valid_from'), django.db.models.functions.comparison.Coalesce('valid_until', models.Value(datetime.date(9999, 12, 31)), output_field=models.DateField()), name='mandate_granted_once', violation_error_message='Dieses Mandat ist schon erteilt, für dieselbe Zeit.'), models.CheckConstraint(condition=models.Q(('deputy_for', models.F('id')), _negated=True), name='mandate_not_its_own_deputy', violation_error_message='Niemand vertritt sich selbst.')],
                'indexes': [models.Index(fields=['person', 'valid_from'], name='mandate_person')],
            },
        ),
        migrations.CreateModel(
            name='Querschnittsthema',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('code', models.SlugField(max_length=30, verbose_name='Schlüssel')),
                ('number', models.PositiveSmallIntegerField(verbose_name='Nummer')),
                ('name', models.CharField(max_length=120, verbose_name='Name')),
                ('text', models.TextField(max_length=600, verbose_name='Text')),
                ('charta_group', models.CharField(max_length=160, verbose_name='Gruppe der Smart City Charta')),
                ('charta_group_is_example', models.BooleanField(default=True, verbose_name='Gruppe: Beispiel')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='querschnittsthemen', to='governance.edition')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.source', verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Querschnittsthema',
                'verbose_name_plural': 'Querschnittsthemen',
                'ordering': ['edition', 'number'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='querschnittsthema_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Reifegrad',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('code', models.CharField(choices=[('vernetzung', 'Grad der Vernetzung'), ('wirkung', 'Grad der Innen- und Außenwirkung'), ('kompetenzaufbau', 'Grad des Kompetenzaufbaus'), ('synergien', 'Grad der Synergien')], max_length=30, verbose_name='Schlüssel')),
                ('number', models.PositiveSmallIntegerField(verbose_name='Nummer')),
                ('letter', models.CharField(max_length=1, verbose_name='Buchstabe')),
                ('name', models.CharField(max_length=80, verbose_name='Name')),
                ('rates_what', models.TextField(max_length=400, verbose_name='Was bewertet wird')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reifegrade', to='governance.edition')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.source', verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Reifegrad',
                'verbose_name_plural': 'Reifegrade',
                'ordering': ['edition', 'number'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='reifegrad_code_once'), models.CheckConstraint(condition=models.Q(('code__in', ['vernetzung', 'wirkung', 'kompetenzaufbau', 'synergien'])), name='reifegrad_code_known')],
            },
        ),
        migrations.CreateModel(
            name='RubricVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('number', models.PositiveSmallIntegerField(unique=True, verbose_name='Nummer')),
                ('valid_from', models.DateField(verbose_name='gilt ab')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='Hinweis')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.source', verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Fassung der Stufentexte',
                'verbose_name_plural': 'Fassungen der Stufentexte',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='RubricDimension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(choices=[('vernetzung', 'Vernetzung'), ('effect_inward', 'Wirkung nach innen'), ('effect_outward', 'Wirkung nach außen'), ('kompetenzaufbau', 'Kompetenzaufbau'), ('synergien', 'Synergien')], max_length=30, verbose_name='Schlüssel')),
                ('number', models.PositiveSmallIntegerField(verbose_name='Nummer')),
                ('name', models.CharField(max_length=80, verbose_name='Name')),
                ('hint', models.CharField(blank=True, max_length=300, verbose_name='Hinweis')),
                ('evidence', models.CharField(max_length=300, verbose_name='Nachweise')),
                ('rubric', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dimensions', to='governance.rubricversion')),
            ],
            options={
                'verbose_name': 'Bewertete Seite',
                'verbose_name_plural': 'Bewertete Seiten',
                'ordering': ['rubric', 'number'],
                'constraints': [models.UniqueConstraint(fields=('rubric', 'code'), name='rubric_dimension_once'), models.CheckConstraint(condition=models.Q(('code__in', ['vernetzung', 'effect_inward', 'effect_outward', 'kompetenzaufbau', 'synergien'])), name='rubric_dimension_known')],
            },
        ),
        migrations.CreateModel(
            name='RubricLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(verbose_name='Stufe')),
                ('word', models.CharField(max_length=40, verbose_name='Wort')),
                ('anchor', models.TextField(max_length=400, verbose_name='Anker')),
                ('dimension', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='levels', to='governance.rubricdimension')),
            ],
            options={
                'verbose_name': 'Stufe',
                'verbose_name_plural': 'Stufen',
                'ordering': ['dimension', 'level'],
                'constraints': [models.UniqueConstraint(fields=('dimension', 'level'), name='rubric_level_once'), models.CheckConstraint(condition=models.Q(('level__gte', 0), ('level__lte', 4)), name='rubric_level_0_to_4', violation_error_message='Eine Stufe liegt zwischen 0 und 4.')],
            },
        ),
        migrations.CreateModel(
            name='Stadtteil',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('slug', models.SlugField(max_length=40, unique=True, verbose_name='Adresse')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='Name')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.source', verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Stadtteil',
                'verbose_name_plural': 'Stadtteile',
                'ordering': ['slug'],
            },
        ),
        migrations.CreateModel(
            name='StrategicGoal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('code', models.CharField(max_length=20, verbose_name='Schlüssel')),
                ('number', models.PositiveSmallIntegerField(verbose_name='Nummer')),
                ('text', models.TextField(max_length=400, verbose_name='Ziel')),
                ('handlungsfeld', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='goals', to='governance.handlungsfeld')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.source', verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Strategisches Ziel',
                'verbose_name_plural': 'Strategische Ziele',
                'ordering': ['handlungsfeld', 'number'],
                'constraints': [models.UniqueConstraint(fields=('handlungsfeld', 'code'), name='goal_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Handlungsbedarf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('code', models.CharField(max_length=20, verbose_name='Schlüssel')),
                ('number', models.PositiveSmallIntegerField(verbose_name='Nummer')),
                ('title', models.CharField(max_length=160, verbose_name='Titel')),
                ('short_title', models.CharField(max_length=24, verbose_name='Kurztitel')),
                ('gap', models.TextField(max_length=600, verbose_name='Lücke')),
                ('gap_is_example', models.BooleanField(default=True, verbose_name='Lücke: Beispiel')),
                ('handlungsfeld', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handlungsbedarfe', to='governance.handlungsfeld')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.source', verbose_name='Quelle')),
                ('goals', models.ManyToManyField(related_name='handlungsbedarfe', to='governance.strategicgoal', verbose_name='Strategische Ziele')),
            ],
            options={
                'verbose_name': 'Handlungsbedarf',
                'verbose_name_plural': 'Handlungsbedarfe',
                'ordering': ['handlungsfeld', 'number'],
                'constraints': [models.UniqueConstraint(fields=('handlungsfeld', 'code'), name='handlungsbedarf_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Teilziel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('number', models.PositiveSmallIntegerField(verbose_name='Nummer')),
                ('text', models.CharField(max_length=200, verbose_name='Teilziel')),
                ('handlungsbedarf', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='teilziele', to='governance.handlungsbedarf')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.source', verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Teilziel',
                'verbose_name_plural': 'Teilziele',
                'ordering': ['handlungsbedarf', 'number'],
                'constraints': [models.UniqueConstraint(fields=('handlungsbedarf', 'number'), name='teilziel_number_once')],
            },
        ),
        migrations.CreateModel(
            name='UebergeordneterBaustein',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('code', models.SlugField(max_length=40, verbose_name='Schlüssel')),
                ('number', models.PositiveSmallIntegerField(verbose_name='Nummer')),
                ('name', models.CharField(max_length=120, verbose_name='Name')),
                ('text', models.TextField(max_length=600, verbose_name='Text')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bausteine', to='governance.edition')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.source', verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Übergeordneter Baustein',
                'verbose_name_plural': 'Übergeordnete Bausteine',
                'ordering': ['edition', 'number'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='baustein_code_once')],
            },
        ),
        migrations.CreateModel(
            name='VisionQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_example', models.BooleanField(default=False, verbose_name='Beispiel')),
                ('number', models.PositiveSmallIntegerField(verbose_name='Nummer')),
                ('question', models.CharField(max_length=160, verbose_name='Frage')),
                ('answer', models.TextField(max_length=600, verbose_name='Antwort')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vision', to='governance.edition')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.source', verbose_name='Quelle')),
            ],
            options={
                'verbose_name': 'Frage der Vision',
                'verbose_name_plural': 'Vision',
                'ordering': ['edition', 'number'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'number'), name='vision_number_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1), ('number__lte', 3)), name='vision_has_three_questions')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='Beispielkonto')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'Konto',
                'verbose_name_plural': 'Konten',
                'ordering': ['username'],
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='ActorPerson',
            fields=[
                ('actor', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='person', serialize=False, to='governance.actor')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='actor_person', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'Zuordnung zum Konto',
                'verbose_name_plural': 'Zuordnungen zu Konten',
            },
        ),
        # No way back: migrating backwards must not be how a history loses its protection.
        migrations.RunPython(create_triggers),
    ]
