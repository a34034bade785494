"""A kind of mail more: why a Rückmeldung is not shown."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pool', '0023_where_it_works'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='publicmail',
            name='public_mail_kind_known',
        ),
        migrations.AlterField(
            model_name='publicmail',
            name='kind',
            field=models.CharField(choices=[('confirm', 'Bestätigung der Adresse'), ('change', 'Neues zu einem Projekt oder Handlungsfeld'), ('answer', 'Antwort auf eine Rückmeldung'), ('refused', 'Warum eine Rückmeldung nicht gezeigt wird')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='publicmail',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['confirm', 'change', 'answer', 'refused'])), name='public_mail_kind_known'),
        ),
    ]
