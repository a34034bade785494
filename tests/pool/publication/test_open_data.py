"""Open data, feeds and the map of the site: what is released, whole, the same as on the pages, and nothing else."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from governance.models import SDG
from governance.record import clock
from governance.record.actions import actor_for
from pool.lifecycle import Step
from pool.project.models import GoalLink, Project
from pool.publication.actions import release, take_back, write_public_text
from pool.publication.open_fields import FIELDS
from pool.publication.pictures import encode_picture
from tests.factories import class_mark, handlungsbedarf, handlungsfeld, project_at, rule_1
from tests.pool.publication.publishing import consented, image_file, release_many, written
from tests.public_addresses import public_addresses

pytestmark = pytest.mark.django_db
JSON, CSV = "/offene-daten/projekte.json", "/offene-daten/projekte.csv"
DATA = (JSON, CSV, "/offene-daten/katalog.jsonld", "/offene-daten/openapi.json")
ATOM = {"a": "http://www.w3.org/2005/Atom"}
SECRET = "Geheimmarke"


@pytest.fixture
def shelf(cdo, released, imported):
    """A Leuchtturm with everything, and a project that was taken over."""
    need = handlungsbedarf(handlungsfeld())
    picture = encode_picture(image_file())
    full = released(
        title="Bürgerbüro öffnet",
        short_text="=1+1 klingt nach Formel",
        why="Weil Wege lang sind.",
        learnt="Mut hilft; Geduld auch.",
        picture=picture,
        picture_alt="Rote Fläche",
        in_operation=False,
    )
    full.need_links.get_or_create(handlungsbedarf=need)
    full.sdgs.add(SDG.objects.get_or_create(number=11, defaults={"name": "Nachhaltige Städte"})[0])
    class_mark(full, "leuchtturm", "confirmed")
    class_mark(full, "schnellboot", "proposed")
    old = imported("completed", title="Sensoren", step_since="2024-03-01", step_since_precision="month")
    old.succeeded_by = full
    old.in_operation = True
    old.save()
    return full, old


def projects(client, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{JSON}?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()["projekte"]


def table(client, query: str = "") -> list[dict[str, str]]:
    content = client.get(f"{CSV}?{query}").content
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


# --- What the files hold ------------------------------------------------------------------------------------------


def test_a_project_stands_whole_in_json_with_full_addresses(client, shelf, settings):
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    old, full = sorted(projects(client), key=lambda row: row["titel"], reverse=True)
    assert [*full] == [field.name for field in FIELDS]
    assert full["kennung"] == "buergerbuero-oeffnet"
    assert full["adresse"] == "https://portal.example.org/projekte/buergerbuero-oeffnet/"
    assert (full["warum"], full["gelernt"]) == ("Weil Wege lang sind.", "Mut hilft; Geduld auch.")
    assert (full["stand"], full["stand_worte"]) == ("in-umsetzung", "in Umsetzung")
    assert full["klassen"] == ["leuchtturm"]
    assert {"schluessel": "HB-DV-1", "text": "Bedarf DV 1"} in full["handlungsbedarfe"]
    assert {"schluessel": "SZ-DV-1", "text": "Ziel DV"} in full["strategische_ziele"]
    assert full["sdgs"] == [{"schluessel": "11", "text": SDG.objects.get(number=11).name}]
    assert full["bild"].startswith("https://portal.example.org/projekte/bild/")
    assert full["bildbeschreibung"] == "Rote Fläche"
    assert (old["stand_seit"], old["in_betrieb"], old["nachfolger"]) == ("2024-03", True, "buergerbuero-oeffnet")
    assert [source["adresse"] for source in old["quellen"]] == ["https://example.org/mw"]
    assert old["uebernommen"] is True
    assert client.get("/offene-daten/projekte/sensoren.json").json() == old


def test_the_table_holds_the_same_and_no_formula(client, shelf):
    rows = {row["kennung"]: row for row in table(client)}
    whole = {row["kennung"]: row for row in projects(client)}
    assert set(rows) == set(whole)
    full = rows["buergerbuero-oeffnet"]
    assert [*full] == [field.name for field in FIELDS]
    assert full["kurztext"] == "'=1+1 klingt nach Formel"
    assert full["gelernt"] == "Mut hilft; Geduld auch."
    assert full["handlungsbedarfe"].startswith("HB-DV-1 Bedarf DV 1")
    assert (full["in_betrieb"], rows["sensoren"]["in_betrieb"]) == ("nein", "ja")
    assert full["geaendert"] == whole["buergerbuero-oeffnet"]["geaendert"]


def test_a_goal_chosen_for_itself_counts_once_in_list_and_data(client, shelf):
    full, old = shelf
    goal = handlungsfeld().goals.get()
    GoalLink.objects.create(project=full, goal=goal)
    old.need_links.all().delete()
    GoalLink.objects.create(project=old, goal=goal)
    assert len(projects(client, "ziel=SZ-DV-1")) == 2
    assert [len(row["strategische_ziele"]) for row in projects(client)] == [1, 1]
    page = client.get("/projekte/").content.decode()
    assert re.search(r'<a href="\?ziel=SZ-DV-1"><span>Ziel DV</span><i>2<', page)


@pytest.mark.parametrize(
    "query",
    ["", "q=buergerbuero", "stand=abgeschlossen", "klasse=leuchtturm", "klasse=schnellboot", "feld=feld-dv&jahr=2024"],
)
def test_data_and_page_name_the_same_number_and_projects(client, shelf, query):
    page = client.get(f"/projekte/?{query}").content.decode()
    shown = re.findall(r'<h2><a href="/projekte/([^/]+)/">', page)
    assert [row["kennung"] for row in projects(client, query)] == shown == [r["kennung"] for r in table(client, query)]
    assert client.get(f"{JSON}?{query}").json()["treffer"] == len(shown)
    if query and shown:
        offered = re.findall(r'href="(/offene-daten/projekte\.\w+\?[^"]+)"', page)
        assert {urlsplit(each).path for each in offered} == {JSON, CSV}
        for each in offered:
            assert client.get(each.replace("&amp;", "&")).status_code == 200


def test_data_have_pages_like_the_list_and_lead_on(client, cdo):
    release_many(45, actor_for(cdo))
    assert len(projects(client)) == 45
    answer = client.get(f"{JSON}?stand=in-umsetzung&sortierung=titel&page=2")
    content = answer.json()
    assert (content["seite"], content["seiten"], content["treffer"], len(content["projekte"])) == (2, 3, 45, 20)
    page = client.get("/projekte/?stand=in-umsetzung&sortierung=titel&page=2").content.decode()
    assert [row["titel"] for row in content["projekte"]] == re.findall(r"<h2><a href=[^>]+>([^<]+)<", page)
    assert answer["Link"] == f'<{content["naechste"]}>; rel="next"'
    last = client.get(content["naechste"]).json()
    assert (last["seite"], last["naechste"], len(last["projekte"])) == (3, None, 5)
    assert len(table(client, "page=3")) == 5


def test_a_selection_too_large_for_one_answer_leads_on_where_it_ends(client, cdo, monkeypatch):
    monkeypatch.setattr("pool.publication.open_views.MOST", 40)
    release_many(45, actor_for(cdo))
    first = client.get(JSON).json()
    rest = client.get(first["naechste"]).json()
    names = [row["kennung"] for row in first["projekte"] + rest["projekte"]]
    assert (len(names), len(set(names)), rest["naechste"]) == (45, 45, None)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("feld=xyz", 400, "Handlungsfeld"),
        ("stand=draft", 400, "Stand"),
        ("sort=password", 400, "Angaben, die es hier nicht gibt; sie wurden nicht verwendet: „sort“."),
        ("sort=password", 400, "/offene-daten/openapi.json"),
        ("feld=digitale-verwaltung&feld=kultur", 400, "„feld“ steht mehrmals"),
        ("q=a&q=b", 400, "„q“ steht mehrmals"),
        ("q=a%00", 400, "nicht zu verstehen"),
        ("&".join(f"a{number}=1" for number in range(1500)), 400, "nicht zu verstehen"),
        ("sortierung=score", 400, "Reihenfolge"),
        ("q=" + "x" * 300, 400, "zu lang"),
        ("page=0", 404, "Seite"),
        ("page=-1", 404, "Seite"),
        ("page=abc", 404, "Seite"),
        ("page=9", 404, "Seite"),
        ("page=" + "9" * 5000, 404, "Seite"),
        ("page=%D9%A3", 404, "Seite"),
        ("page=", 404, "Seite"),
    ],
)
@pytest.mark.parametrize("address", [JSON, CSV])
def test_sec_18_what_a_question_cannot_mean_is_refused_in_words(client, shelf, address, query, status, words):
    answer = client.get(f"{address}?{query}")
    assert answer.status_code == status
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert words in " ".join(answer.json()["hinweise"])


@pytest.mark.parametrize("query", ["q=", "feld=", "sortierung=", "q=&feld=&stand=&sortierung=", "stand=&stand="])
def test_a_field_left_empty_in_a_form_asks_for_nothing(client, shelf, query):
    assert len(projects(client, query)) == 2


@pytest.mark.parametrize(
    "address",
    ["/offene-daten/projekte/gibt-es-nicht.json", "/offene-daten/projekte/%C2%B2.json", "/offene-daten/x.json"],
)
def test_data_that_are_not_there_are_refused_as_data(client, shelf, address):
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (404, "application/json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["hinweise"]


@pytest.mark.parametrize("address", DATA)
def test_a_script_of_another_website_may_say_which_version_it_has(client, shelf, address):
    asked = {"Origin": "https://example.org", "Access-Control-Request-Headers": "if-none-match"}
    answer = client.options(address, headers=asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in answer["Access-Control-Allow-Headers"]
    assert answer["Access-Control-Allow-Methods"] == "GET, HEAD"


@pytest.mark.parametrize("address", [*DATA, "/projekte/", "/sitemap.xml"])
def test_what_is_only_read_refuses_a_form_before_it_asks_for_its_token(shelf, address):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(address)
    assert answer.status_code == 405
    assert "POST" not in answer["Allow"]


def test_a_cache_keeps_small_and_large_apart_also_when_nothing_changed(client, shelf):
    first = client.get(JSON)
    again = client.get(JSON, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert "Accept-Encoding" in again["Vary"]


def test_before_anything_is_released_the_files_are_empty_and_whole(client, db):
    assert projects(client) == table(client) == projects(client, "page=1") == []
    assert client.get("/offene-daten/projekte/gibt-es-nicht.json").status_code == 404
    for address in ("/offene-daten/", *DATA, "/projekte/feed/", "/sitemap.xml"):
        assert client.get(address).status_code == 200, address


# --- What stays inside --------------------------------------------------------------------------------------------


def test_no_file_or_feed_holds_what_is_not_released(client, cdo):
    rule_1()
    project = project_at(
        Step.ASSESSED,
        title=f"{SECRET}-titel",
        short_text=f"{SECRET}-kurz",
        problem=f"{SECRET}-problem",
        benefit=f"{SECRET}-nutzen",
        participation=f"{SECRET}-mitwirkung",
        effort=f"{SECRET}-aufwand",
        timing=f"{SECRET}-zeit",
        cost=f"{SECRET}-kosten",
        procurement=f"{SECRET}-vergabe",
        council_matter=f"{SECRET}-rat",
        result=f"{SECRET}-ergebnis",
    )
    project.partners.create(name=f"{SECRET}-partner", task=f"{SECRET}-aufgabe")
    project.unit_links.update(task=f"{SECRET}-anteil")
    project.ratings.update(vernetzung_reason=f"{SECRET}-grund")
    project.transitions.update(reason=f"{SECRET}-begruendung")
    project.mandates.update(source=f"{SECRET}-grundlage")
    project.text_versions.update(content={"title": f"{SECRET}-fassung"})
    text = consented(written(project, cdo, title="Öffentlicher Titel"), cdo)
    text.consent.given_by = f"{SECRET}-person"
    text.consent.save()
    release(text=text, by=cdo)
    write_public_text(project=project, title=f"{SECRET}-neu", short_text=f"{SECRET}", by=cdo, version=None)
    hidden = project_at(Step.RUNNING, title=SECRET, short_text=SECRET)
    class_mark(hidden, "leuchtturm", "confirmed")
    slug = "oeffentlicher-titel"
    addresses = [
        *DATA,
        f"{JSON}?q={SECRET}",
        f"{JSON}?q=Geheimmarken",
        f"/offene-daten/projekte/{slug}.json",
        "/offene-daten/",
        "/projekte/feed/",
        f"/projekte/{slug}/",
        f"/projekte/{slug}/feed/",
        f"/strategie/{project.lead_handlungsfeld.slug}/feed/",
        "/sitemap.xml",
        "/robots.txt",
    ]
    names = {cdo.last_name, *(each.person.person.user.last_name for each in project.mandates.all())}
    held = {address: client.get(address) for address in addresses}
    assert {answer.status_code for answer in held.values()} == {200}
    assert "Titel" in held["/projekte/feed/"].content.decode()
    for address, answer in held.items():
        content = answer.content.decode()
        assert SECRET not in content.replace(f"?q={SECRET}", ""), address
        assert str(project.pk) not in content, address
        assert not [name for name in names if name in content], address


def test_the_public_trace_tells_step_day_and_one_sentence(client, cdo, released):
    project = released("running", title="Sensoren am Rhein")
    project.transitions.update(reason=f"{SECRET}-begruendung")
    page = client.get(f"/projekte/{project.slug}/").content.decode()
    told = page.partition('<ol class="trace"')[2].partition("</ol>")[0]
    assert re.findall(r"<b>([^<]+)\.</b>", told) == [
        "eingereicht", "im Pool", "bewertet", "zur Umsetzung bestimmt", "in Umsetzung",
    ]  # fmt: skip
    assert SECRET not in page
    assert "Die Lenkungsgruppe hat das Projekt zur Umsetzung bestimmt." in told


def test_taken_back_leaves_every_file(client, cdo, released):
    project = released(title="Kurz da")
    assert len(projects(client)) == 1
    take_back(project=project, reason="Falsch.", by=cdo)
    assert projects(client) == table(client) == []
    assert client.get("/offene-daten/projekte/kurz-da.json").status_code == 404
    assert client.get("/projekte/kurz-da/feed/").status_code == 404
    assert "kurz-da" not in client.get("/sitemap.xml").content.decode()


# --- Asking again -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["/", "/strategie/", "/strategie/feld-dv/", "/verfahren/", "/projekte/", "/projekte/?q=x", "/projekte/sensoren/",
     "/offene-daten/", *DATA, "/offene-daten/projekte/sensoren.json", "/projekte/feed/", "/projekte/sensoren/feed/",
     "/strategie/feld-dv/feed/", "/sitemap.xml", "/robots.txt", "/impressum/"],
)  # fmt: skip
def test_what_did_not_change_is_not_sent_again(client, shelf, address):
    first = client.get(address)
    assert first.status_code == 200
    assert not first.cookies
    assert "public" in first["Cache-Control"]
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address, headers={"if-none-match": '"anders"'}).status_code == 200
    if "Last-Modified" in first and address in DATA:
        assert client.get(address, headers={"if-modified-since": first["Last-Modified"]}).status_code == 304


def test_a_change_is_sent_whatever_changed(client, shelf, cdo):
    full, old = shelf
    before = client.get(JSON)
    clock_of_change = {"if-none-match": before["ETag"]}
    class_mark(old, "schnellboot", "confirmed")
    assert client.get(JSON, headers=clock_of_change).status_code == 200
    assert "Last-Modified" not in client.get(JSON)
    with clock.played(clock.now() + timedelta(hours=2)):
        read = client.get(JSON)["Last-Modified"]
        assert client.get(JSON, headers={"if-modified-since": read}).status_code == 304
        take_back(project=full, reason="Falsch.", by=cdo)
        assert client.get(JSON, headers={"if-modified-since": read}).status_code == 200


def test_a_page_read_with_an_account_bears_no_mark(client, shelf, cdo):
    client.force_login(cdo)
    answer = client.get("/projekte/")
    assert "ETag" not in answer
    assert "no-store" in answer["Cache-Control"]


def test_what_everybody_gets_is_sent_small_and_bears_the_mark_of_its_content(client, shelf):
    packed = client.get("/projekte/", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    answer = client.get("/projekte/", headers={"accept-encoding": "gzip", "if-none-match": packed["ETag"]})
    assert answer.status_code == 304


def test_only_data_are_open_to_other_websites(client, shelf):
    for address in DATA:
        assert client.get(address)["Access-Control-Allow-Origin"] == "*", address
    for address in ("/", "/projekte/", "/offene-daten/", "/projekte/feed/", "/impressum/", "/konto/login/"):
        assert "Access-Control-Allow-Origin" not in client.get(address), address


def test_lists_and_files_ask_at_most_four_times_however_many_projects_there_are(client, cdo):
    handlungsbedarf(handlungsfeld())
    rule_1()
    asked: dict[int, dict[str, int]] = {}
    addresses = [JSON, CSV, f"{JSON}?q=vorhabenn&page=1", "/projekte/feed/", "/strategie/feld-dv/feed/",
                 "/projekte/vorhaben-0/", "/projekte/vorhaben-0/feed/", "/projekte/?q=gibtesgar&stand=in-umsetzung",
                 "/offene-daten/projekte/vorhaben-0.json", "/offene-daten/katalog.jsonld", "/sitemap.xml"]  # fmt: skip
    for more in (3, 60):
        release_many(more, actor_for(cdo))
        asked[more] = {}
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200, address
            asked[more][address] = len(queries)
    assert asked[3] == asked[60]
    # The page of a project is no list; what people say about it and the dates to take part cost it two more.
    assert asked[60].pop("/projekte/vorhaben-0/") <= 6
    assert {address: number for address, number in asked[60].items() if number > 4} == {}


# --- The description of the API -----------------------------------------------------------------------------------


def complaints(value: Any, schema: dict[str, Any], whole: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield where a value does not keep to a JSON schema, as far as the description uses it."""
    if "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    kinds = {"string": str, "boolean": bool, "integer": int, "array": list, "object": dict, "null": type(None)}
    wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(isinstance(value, kinds[kind]) and (kind != "integer" or value is not True) for kind in wanted):
        yield f"{path}: {value!r} is no {wanted}"
    elif isinstance(value, dict) and "properties" in schema:
        yield from (f"{path}.{name} is missing" for name in set(schema["required"]) - set(value))
        yield from (f"{path}.{name} is not described" for name in set(value) - set(schema["properties"]))
        for name in set(value) & set(schema["properties"]):
            yield from complaints(value[name], schema["properties"][name], whole, f"{path}.{name}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from complaints(each, schema["items"], whole, f"{path}[{number}]")
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is none of {schema['enum']}"


def test_the_description_names_exactly_the_addresses_and_what_they_answer(client, shelf):
    described = client.get("/offene-daten/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert json.dumps(described).count('"$ref"') > 10
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(described)):
        found = described
        for part in reference.split("/"):
            found = found[part]
    from pool.publication.open_urls import urlpatterns

    routes = {str(each.pattern).replace("<slug:slug>", "{kennung}") for each in urlpatterns if hasattr(each, "pattern")}
    data = {f"/{route}" for route in routes if route.startswith("offene-daten/")}
    assert set(described["paths"]) == data
    for path, operations in described["paths"].items():
        assert set(operations) == {"get"}
        (media_type, content), *_rest = operations["get"]["responses"]["200"]["content"].items()
        answer = client.get(path.replace("{kennung}", "sensoren"))
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith(media_type)
        if media_type == "application/json":
            assert [*complaints(answer.json(), content["schema"], described)] == []
        assert client.post(path.replace("{kennung}", "sensoren")).status_code == 405
        assert client.head(path.replace("{kennung}", "sensoren")).status_code == 200


def test_every_parameter_of_the_description_is_taken_with_each_of_its_values(client, shelf):
    described = client.get("/offene-daten/openapi.json").json()
    samples = {"q": ["Bürger"], "jahr": ["2024", "offen"], "page": ["1"]}
    names = set()
    for parameter in described["components"]["parameters"].values():
        names.add(parameter["name"])
        for value in parameter["schema"].get("enum", samples.get(parameter["name"])):
            for address in (JSON, CSV):
                answer = client.get(address, {parameter["name"]: value})
                assert answer.status_code == 200, (parameter["name"], value)
    page = client.get("/offene-daten/").content.decode().partition('id="filter-tabelle"')[2].partition("</table>")[0]
    assert names == set(re.findall(r'<th scope="row"><code>(\w+)</code>', page))


def test_the_page_explains_every_field_the_licence_and_the_day(client, shelf):
    page = client.get("/offene-daten/").content.decode().replace("<wbr>", "")
    for field in FIELDS:
        assert f"<code>{field.name}</code>" in page
    assert "Landeshauptstadt Mainz, mainzDIGITAL, dl-de/by-2-0" in page
    assert 'href="https://www.govdata.de/dl-de/by-2-0"' in page
    assert f"{clock.today().year}" in page
    assert "zu 2 Projekten" in page


# --- Feeds and the map of the site --------------------------------------------------------------------------------


def feed(client, address: str) -> Element:
    answer = client.get(address)
    assert answer["Content-Type"].startswith("application/atom+xml")
    root = fromstring(answer.content)
    for name in ("id", "title", "updated", "author/a:name"):
        assert root.findtext(f"a:{name}", namespaces=ATOM), name
    links = {link.get("rel"): link.get("href") for link in root.findall("a:link", ATOM)}
    assert urlsplit(links["self"]).path == address
    for entry in root.findall("a:entry", ATOM):
        for name in ("id", "title", "updated", "summary"):
            assert entry.findtext(f"a:{name}", namespaces=ATOM), name
    return root


def ids(root: Element) -> list[str]:
    return [entry.findtext("a:id", namespaces=ATOM) or "" for entry in root.findall("a:entry", ATOM)]


def test_feeds_hold_released_projects_under_names_that_stay(client, shelf, settings):
    full, _old = shelf
    before = {address: ids(feed(client, address)) for address in ("/projekte/feed/", "/strategie/feld-dv/feed/")}
    assert len(before["/projekte/feed/"]) == 2
    settings.PORTAL_ADDRESS = "https://anderswo.example.org"
    Project.objects.filter(pk=full.pk).update(step=Step.COMPLETED)
    root = feed(client, "/projekte/feed/")
    assert sorted(ids(root)) == sorted(before["/projekte/feed/"])
    assert len(set(ids(root))) == 2
    titles = [entry.findtext("a:title", namespaces=ATOM) for entry in root.findall("a:entry", ATOM)]
    assert "Bürgerbüro öffnet: abgeschlossen" in titles


def test_the_feed_of_a_project_tells_its_stations(client, released):
    project = released("running", title="Sensoren am Rhein")
    root = feed(client, f"/projekte/{project.slug}/feed/")
    titles = {entry.findtext("a:title", namespaces=ATOM) for entry in root.findall("a:entry", ATOM)}
    assert {"Sensoren am Rhein: in Umsetzung", "Sensoren am Rhein: zur Umsetzung bestimmt"} <= titles
    assert len(set(ids(root))) == len(ids(root))


def test_feeds_of_what_is_not_there_are_404(client, shelf):
    assert client.get("/projekte/gibt-es-nicht/feed/").status_code == 404
    assert client.get("/strategie/gibt-es-nicht/feed/").status_code == 404


@pytest.mark.parametrize("address", ["/", "/projekte/", "/projekte/sensoren/", "/strategie/feld-dv/"])
def test_pages_name_their_feeds_and_the_feeds_answer(client, shelf, address):
    page = client.get(address).content.decode()
    feeds = re.findall(r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)"', page)
    assert "/projekte/feed/" in feeds
    for each in feeds:
        feed(client, each)


MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
VERSION = "{http://www.w3.org/1999/xhtml}link"
HOST = "https://portal.example.org"
IN_HEAD = re.compile(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">')


def mapped(client) -> dict[str, dict[str, str]]:
    """Return every address on the map of the site with its versions by language."""
    urls = fromstring(client.get("/sitemap.xml").content).findall(f"{MAP}url")
    found = {
        url.findtext(f"{MAP}loc", ""): {each.attrib["hreflang"]: each.attrib["href"] for each in url.iter(VERSION)}
        for url in urls
    }
    assert len(found) == len(urls)
    return found


def test_the_map_of_the_site_names_every_page_and_each_answers(client, shelf, settings):
    settings.PORTAL_ADDRESS = HOST
    found = mapped(client)
    assert all(address.startswith(f"{HOST}/") for address in found)
    paths = {urlsplit(address).path for address in found}
    german = {"/", "/projekte/", "/strategie/feld-dv/", "/projekte/sensoren/", "/offene-daten/", "/beteiligung/"}
    assert german | {f"/en{path}" for path in german} | {"/leichte-sprache/", "/gebaerdensprache/"} <= paths
    robots = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {HOST}/sitemap.xml" in robots


def test_map_canonical_address_and_versions_in_other_languages_agree(client, shelf, settings):
    settings.PORTAL_ADDRESS = HOST
    found = mapped(client)
    for address, versions in found.items():
        page = client.get(urlsplit(address).path)
        assert page.status_code == 200, address
        text = page.content.decode()
        assert re.findall(r'<link rel="canonical" href="([^"]+)">', text) == [address]
        assert dict(IN_HEAD.findall(text)) == versions, address
        assert len(IN_HEAD.findall(text)) == len(versions), address
        if not versions:
            assert f"{HOST}/en{urlsplit(address).path}" not in found
            continue
        assert set(versions) == {"de", "en", "x-default"}
        assert versions[page.headers["Content-Language"]] == address
        assert versions["x-default"] == versions["de"]
        assert all(found[other] == versions for other in versions.values()), "each leads to the other"
    assert [urlsplit(address).path for address, versions in found.items() if not versions] == [
        "/leichte-sprache/", "/gebaerdensprache/",
    ]  # fmt: skip


def test_every_page_that_calls_itself_lasting_is_on_the_map(client, shelf, settings):
    """But for the Rückmeldungen about one thing, which come and go and are read on its own page too."""
    settings.PORTAL_ADDRESS = HOST
    found, slugs = mapped(client), {"field": [["feld-dv"]], "public": [["sensoren"]], "about": [["feld", "feld-dv"]]}
    without = {"picture": [], "format": [], "calendar": [], "bad link": [["abc"]], "bad token": [["MQ", "abc-def"]]}
    for each in public_addresses({"-": [[]], **slugs, **without}):
        if each.is_page and each.name != "participation:voices":
            lasting = re.findall(r'<link rel="canonical" href="([^"]+)">', client.get(each.address).content.decode())
            assert set(lasting) <= set(found), each


def test_a_page_of_the_list_has_the_same_page_in_the_other_language(client, released, settings):
    settings.PORTAL_ADDRESS = HOST
    for number in range(21):
        released(title=f"Vorhaben {number}")
    text = client.get("/en/projekte/?page=2&ordnung=titel").content.decode()
    assert f'<link rel="canonical" href="{HOST}/en/projekte/?page=2">' in text
    assert dict(IN_HEAD.findall(text))["de"] == f"{HOST}/projekte/?page=2"


# --- What a page says about itself --------------------------------------------------------------------------------


def described(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_a_project_describes_itself_for_previews_and_search(client, shelf, settings):
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    page = client.get("/projekte/buergerbuero-oeffnet/").content.decode()
    assert '<meta property="og:title" content="Bürgerbüro öffnet">' in page
    assert '<meta property="og:description" content="=1+1 klingt nach Formel">' in page
    assert 'property="og:image" content="https://portal.example.org/projekte/bild/' in page
    words = described(page)
    assert words["headline"] == "Bürgerbüro öffnet"
    assert words["url"] == "https://portal.example.org/projekte/buergerbuero-oeffnet/"


@pytest.mark.parametrize(
    ("path", "file"), [("/", "vorschau"), ("/en/verfahren/", "vorschau-en"), ("/projekte/", "vorschau")]
)
def test_a_page_without_a_photograph_shows_our_own_picture_in_previews(client, path, file, settings):
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    page = client.get(path).content.decode()
    found = re.search(r'<meta property="og:image" content="https://portal.example.org/static/([^"]+)">', page)
    assert found is not None
    assert re.fullmatch(rf"bilder/{file}(\.[0-9a-f]+)?\.png", found[1])
    assert re.search(r'<meta property="og:image:alt" content="[^"]{20,}">', page)
    drawn = finders.find(f"bilder/{file}.png")
    assert drawn is not None
    size = re.search(r'og:image:width" content="(\d+)">\s*<meta property="og:image:height" content="(\d+)"', page)
    assert size is not None
    with Image.open(drawn) as picture:
        assert picture.size == (int(size[1]), int(size[2]))
    assert Path(drawn).stat().st_size <= 60_000


def test_nobody_breaks_out_of_the_description(client, released):
    project = released(title="</script><script>alert(1)</script> & <b>", short_text='"><img src=x> </script>')
    page = client.get(f"/projekte/{project.slug}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert described(page)["headline"] == "</script><script>alert(1)</script> & <b>"


def test_a_filtered_list_points_to_the_whole_one(client, shelf):
    page = client.get("/projekte/?stand=abgeschlossen&q=sensoren").content.decode()
    assert re.search(r'<link rel="canonical" href="[^"]+/projekte/">', page)
