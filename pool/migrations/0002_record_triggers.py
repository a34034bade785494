"""Frozen forms are append-only: the database refuses change and deletion."""

from django.db import migrations

from governance.record.triggers import create_statements

TABLES = ["pool_frozenform"]


def create(apps, schema_editor):
    for table in TABLES:
        for statement in create_statements(schema_editor.connection.vendor, table):
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("pool", "0001_initial")]
    # No way back: migrating backwards must not be how a history loses its protection.
    operations = [migrations.RunPython(create)]
