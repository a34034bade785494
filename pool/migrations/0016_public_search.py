"""Public texts are found by word stems; the texts there are get theirs."""

from django.db import migrations, models

from pool.publication.rules import search_terms


def fill_terms(apps, schema_editor):
    texts = apps.get_model("pool", "PublicText")
    for text in texts.objects.only("title", "short_text", "why", "learnt").iterator():
        found = search_terms(text.title, text.short_text, text.why, text.learnt)
        texts.objects.filter(pk=text.pk).update(search_terms=found)


class Migration(migrations.Migration):

    dependencies = [
        ("pool", "0015_stand_ins"),
    ]

    operations = [
        migrations.AddField(
            model_name="publictext",
            name="search_terms",
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.RunPython(fill_terms, migrations.RunPython.noop),
    ]
