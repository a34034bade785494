"""`docs/mitbestimmung.md` names every table that says something about a person who works with the portal."""

import pytest
from django.apps import apps
from django.conf import settings

from governance.models import Actor, User

PAGE = (settings.BASE_DIR / "docs" / "mitbestimmung.md").read_text(encoding="utf-8")


def tables_about_people() -> list[str]:
    found = {"governance_user", "governance_actor", "django_session", "axes_accessattempt"}
    for model in apps.get_models():
        if any(field.related_model in (Actor, User) for field in model._meta.fields):
            found.add(model._meta.db_table)
    return sorted(found)


@pytest.mark.parametrize("table", tables_about_people())
def test_a_table_about_people_is_named_with_its_purpose_its_readers_and_its_end(table):
    rows = [line for line in PAGE.splitlines() if line.startswith("|") and f"`{table}`" in line]
    assert rows, table
    for row in rows:
        assert all(cell.strip() for cell in row.strip("|").split("|"))
