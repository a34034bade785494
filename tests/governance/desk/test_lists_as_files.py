"""Every list of the desk leaves it as XLSX and CSV, as it stands on the page; formulas stay text."""

from csv import reader
from io import BytesIO

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from governance.record.admin import DeskAdmin
from tests.demo import World, build_world

LISTS = sorted(
    (model._meta.app_label, model._meta.model_name)
    for model, desk in admin.site._registry.items()
    if isinstance(desk, DeskAdmin) and desk.is_taken_away
)


@pytest.fixture(scope="module")
def world(module_db) -> World:
    return build_world()


def client_of(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def file_of(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(reader(text.splitlines(), delimiter=";"))


@pytest.mark.parametrize(("app", "model"), LISTS, ids=lambda part: part)
def test_a_list_is_handed_out_to_whoever_reads_it_and_to_nobody_else(app, model, world, db):
    address = reverse(f"admin:{app}_{model}_changelist")
    read = 0
    for name in ("cdo", "betrieb", "superuser"):
        client = client_of(world, name)
        page, as_csv, as_xlsx = (client.get(address + query) for query in ("", "?als=csv", "?als=xlsx"))
        assert as_csv.status_code == as_xlsx.status_code == page.status_code, name
        if page.status_code != 200:
            continue
        read += 1
        rows = file_of(as_csv)
        assert len(rows) - 1 == page.context["cl"].queryset.count()
        sheet = load_workbook(BytesIO(b"".join(as_xlsx.streaming_content))).worksheets[0]
        assert sheet.max_row == len(rows)
        assert not any("<" in cell and ">" in cell for row in rows for cell in row), "no markup in a cell"
        assert client.get(address + "?als=exe").status_code == 404
        assert ("?als=xlsx" in page.content.decode()) is (len(rows) > 1)
    assert read, "somebody reads it"


def test_a_file_holds_what_the_filters_leave(world, db):
    client = client_of(world, "betrieb")
    address = reverse("admin:governance_mandate_changelist")
    everything, found = client.get(address + "?als=csv"), client.get(address + "?q=beirat&als=csv")
    assert 1 < len(file_of(found)) < len(file_of(everything))


def test_a_column_that_only_leads_to_an_act_stays_on_the_page(world, db):
    client = client_of(world, "betrieb")
    address = reverse("admin:governance_mandate_changelist")
    assert ">beenden<" in client.get(address).content.decode()
    assert not any(cell.startswith("beenden") for row in file_of(client.get(address + "?als=csv")) for cell in row)
