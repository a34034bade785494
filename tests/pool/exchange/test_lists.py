"""Every list as a file: exactly the rows that are shown, all pages, and nothing the reader may not read on the page."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from governance.record import clock
from pool.delivery.actions import plan_milestone, report
from pool.project.models import NeedLink, Project, UnitLink
from tests.demo import World, build_world
from tests.factories import handlungsbedarf, project_at, unit

# list, who takes it, a narrowing of the address
LISTS = [
    ("pool", "idee2", ""), ("pool", "idee2", "?schritt=pooled&sortierung=titel"), ("mine", "idee", ""),
    ("desk", "cdo", ""), ("desk", "cdo", "?wartet=alle"), ("desk", "cdo-vertretung", "?schritt=assessed"),
    ("delivered", "cdo", ""), ("delivered", "projektleitung", ""), ("delivered", "cdo", "?zeige=beendet"),
    ("projects", "lenkung", ""), ("projects", "beirat", "?schritt=running"), ("ranking", "lenkung", ""),
    ("ranking", "beirat", ""), ("resolutions", "lenkung", ""), ("resolutions", "beirat", "?ergebnis=commission"),
]  # fmt: skip
MONEY = {"Kosten", "Finanzierung", "Hinweise zur Vergabe", "Rats- oder Ausschusssache"}


@pytest.fixture(scope="module")
def world(module_db) -> World:
    return build_world()


@pytest.fixture(scope="module")
def clients(world) -> dict[str, Client]:
    return {role: world.client(role) for _name, role, _query in LISTS}


def file_of(client: Client, name: str, form: str, query: str = ""):
    response = client.get(reverse(f"exchange:{name}", args=[form]) + query)
    assert response.status_code == 200
    return response, b"".join(response.streaming_content)


def sheet_of(client: Client, name: str, query: str = "") -> list[dict[str, object]]:
    book = load_workbook(BytesIO(file_of(client, name, "xlsx", query)[1]))
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def csv_of(client: Client, name: str, query: str = "") -> list[dict[str, str]]:
    text = file_of(client, name, "csv", query)[1].decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline=""), delimiter=";"))


@pytest.mark.parametrize(("name", "role", "query"), LISTS)
def test_both_files_say_the_same(name, role, query, clients, db):
    sheet, lines = sheet_of(clients[role], name, query), csv_of(clients[role], name, query)
    assert len(sheet) == len(lines) > 0
    for row, line in zip(sheet, lines, strict=True):
        assert list(row) == list(line)
        title = next(head for head in row if head in ("Titel", "Gegenstand"))
        assert row[title] == line[title]


def test_the_pool_as_a_file_holds_the_pool_in_its_order(world, clients, db):
    shown = [row["Titel"] for row in sheet_of(clients["idee2"], "pool", "?sortierung=titel")]
    assert shown == sorted(shown)
    assert set(shown) == set(Project.objects.in_pool().values_list("title", flat=True))


def test_a_narrowed_list_gives_the_narrowed_rows_and_says_so(clients, db):
    rows = sheet_of(clients["idee2"], "pool", "?schritt=pooled")
    assert {row["Schritt"] for row in rows} == {"im Pool"}
    book = load_workbook(BytesIO(file_of(clients["idee2"], "pool", "xlsx", "?schritt=pooled")[1]))
    facts = {row[0]: row[1] for row in book["Angaben"].iter_rows(min_row=2, values_only=True)}
    assert facts["Eingrenzung"] == "Schritt: im Pool"
    assert facts["Stand"].date() == clock.today()


def test_an_address_that_nobody_understands_gives_the_whole_list(clients, db):
    query = "?schritt=gibtesnicht&bedarf=-1&page=99&x=y&sortierung=password"
    assert sheet_of(clients["idee2"], "pool", query) == sheet_of(clients["idee2"], "pool")


@pytest.mark.parametrize("query", ["?o=99.-7&p=abc&p=-1", "?wartet=nichts&e=1&title__startswith=B", "?q=%25&all="])
def test_the_desk_survives_any_address(query, clients, db):
    file_of(clients["cdo"], "desk", "xlsx", query)


def test_all_pages_of_the_desk_in_the_order_of_the_list(world, clients, db):
    for _each in range(35):
        project_at("submitted", lead_unit=unit("amt-60"), is_example=True)
    rows = sheet_of(clients["cdo"], "desk", "?schritt=submitted")
    assert len(rows) == Project.objects.filter(step="submitted").count() > 35
    searched = sheet_of(clients["cdo"], "desk", "?q=Beispiel+running&wartet=alle")
    assert [row["Titel"] for row in searched] == ["Beispiel running"]


def test_my_list_holds_what_is_mine_drafts_included(world, clients, db):
    rows = sheet_of(clients["idee"], "mine")
    assert "Beispiel draft" in [row["Titel"] for row in rows]
    assert {row["Ihre Rolle"] for row in rows} == {"Einreichende Person"}


def test_the_room_of_the_teams_gives_what_it_shows_and_how_it_stands(world, clients, db):
    project, lead = world.projects["running"], world.people["projektleitung"]
    plan_milestone(project=project, title="Netz steht", day=clock.today() + timedelta(days=40), by=lead)
    report(
        project=project, as_of=clock.today(), standing="at_risk", happened="Viel.", coming="Mehr.", by=lead,
    )  # fmt: skip
    (mine,) = [row for row in sheet_of(clients["projektleitung"], "delivered") if row["Titel"] == project.title]
    assert (mine["Titel"], mine["Nächster Meilenstein"], mine["Letzter Bericht: Lage"]) == (
        project.title, "Netz steht", "gefährdet",
    )  # fmt: skip
    assert (mine["Meilensteine gesamt"], mine["Termin vorbei"]) == (1, "nein")
    shown = clients["cdo"].get(reverse("delivery:projects")).content.decode()
    assert all(row["Titel"] in shown for row in sheet_of(clients["cdo"], "delivered"))
    assert {row["Schritt"] for row in sheet_of(clients["cdo"], "delivered", "?zeige=beendet")} <= {
        "abgeschlossen", "beendet",
    }  # fmt: skip


def test_the_ranking_carries_levels_and_contributions_as_numbers(clients, db):
    first = sheet_of(clients["lenkung"], "ranking")[0]
    assert first["Platz"] == 1
    parts = [value for head, value in first.items() if head.endswith(": Beitrag")]
    assert len(parts) == 4
    assert sum(parts) == first["Punkte"]
    assert first["Wirkung: Stufe"] == max(first["Wirkung nach innen: Stufe"], first["Wirkung nach außen: Stufe"])
    assert first["Bester Platz"] <= first["Mittlerer Platz"] <= first["Schlechtester Platz"]
    assert not first["Tausch mit dem Platz davor"]  # before the first there is nobody
    assert [row["Stand"] for row in sheet_of(clients["lenkung"], "ranking")][-1] == "zurückgestellt"
    assert {row["Punkte"] for row in sheet_of(clients["lenkung"], "ranking") if row["Platz"] is None} == {None}


def test_money_stands_only_where_its_reader_may_read_it(clients, db):
    heads = {(name, role): set(sheet_of(clients[role], name, query)[0]) for name, role, query in LISTS}
    assert heads["desk", "cdo"] >= MONEY
    for name, role in heads:
        if role in ("idee", "idee2", "beirat"):
            assert not heads[name, role] & MONEY, (name, role)
    assert {"Finanzierung", "Rats- oder Ausschusssache"} <= heads["resolutions", "lenkung"]


def test_no_list_names_a_person(world, clients, db):
    names = [user.get_full_name() for user in world.people.values() if user.get_full_name()]
    for name, role, query in LISTS:
        text = file_of(clients[role], name, "csv", query)[1].decode()
        assert not [each for each in names if each in text], (name, role)


def test_the_file_has_a_german_name_with_its_day_and_is_downloaded(clients, db):
    response, _content = file_of(clients["lenkung"], "resolutions", "xlsx")
    assert f"Beschlüsse, Stand {clock.today():%Y-%m-%d}.xlsx" in unquote(response["Content-Disposition"])
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_every_list_page_leads_to_its_file_with_the_narrowing(clients, db):
    pages = {
        "pool": ("idee2", "submission:pool", "?schritt=pooled"),
        "mine": ("idee", "submission:mine", ""),
        "desk": ("cdo", "admin:pool_project_changelist", "?schritt=submitted"),
        "delivered": ("cdo", "delivery:projects", "?zeige=beendet"),
        "projects": ("lenkung", "steering:projects", "?schritt=running"),
        "ranking": ("lenkung", "steering:ranking", ""),
        "resolutions": ("beirat", "decision:resolutions", "?ergebnis=commission"),
    }
    browsers = {role: clients[role] for role, _page, _query in pages.values()}
    for name, (role, page, query) in pages.items():
        text = browsers[role].get(reverse(page) + query).content.decode()
        for form in ("xlsx", "csv"):
            assert f'href="{reverse(f"exchange:{name}", args=[form])}{query}"' in text, name


@pytest.mark.parametrize(("name", "role", "query"), LISTS)
def test_more_rows_cost_no_more_queries(name, role, query, world, clients, db):
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            file_of(clients[role], name, "csv", query)
        return len(captured)

    asked()
    few = asked()
    for step in ("pooled", "assessed", "running", "deferred", "submitted") * 4:
        project = project_at(step, submitter=world.people["idee"], lead_unit=unit("amt-60"), is_example=True)
        NeedLink.objects.create(project=project, handlungsbedarf=handlungsbedarf(number=2))
        UnitLink.objects.create(project=project, unit=unit("amt-51"), part="both")
    assert asked() == few


def test_a_hostile_title_breaks_no_list(world, clients, db):
    Project.objects.filter(step="assessed").update(title='=HYPERLINK("http://x","k")', short_text="a\x0bb\x1bc")
    for name, role, query in LISTS:
        file_of(clients[role], name, "xlsx", query)
    titles = [row["Titel"] for row in csv_of(clients["lenkung"], "ranking")]
    assert '\'=HYPERLINK("http://x","k")' in titles
