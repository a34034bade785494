"""The public list: search, filters, pages, and addresses that ask for what is not there."""

import re
from datetime import date

import pytest

from governance.models import SDG, Handlungsfeld, OrganisationUnit
from governance.record.actions import actor_for
from pool.project.actions import set_reach
from pool.project.models import Project
from pool.project.rules import Reach
from pool.similarity.actions import install_synonyms
from tests.factories import class_mark, handlungsbedarf, handlungsfeld, project_at, stadtteil, unit
from tests.pool.publication.publishing import release_many, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(cdo, released):
    """Three released projects that differ in everything."""
    office = released(title="Bürgerbüro öffnet", short_text="100 % digital_neu.")
    sensors = released("completed", title="Sensoren", field=handlungsfeld("MU"), why="Für den Straßenbaum.")
    boats = released("pooled", title="Schnelle Boote", lead_unit=unit("werft"))
    Project.objects.filter(pk=office.pk).update(step_since=date(2025, 5, 1))
    Project.objects.filter(pk=sensors.pk).update(step_since=None, step_since_precision="unknown")
    Project.objects.filter(pk=boats.pk).update(step_since=date(2026, 1, 2))
    sensors.need_links.all().delete()
    sensors.need_links.create(handlungsbedarf=handlungsbedarf(handlungsfeld("MU"), 2))
    OrganisationUnit.objects.filter(pk=boats.lead_unit_id).update(short_name="Werft")
    sensors.sdgs.add(SDG.objects.get_or_create(number=13, defaults={"name": "Klimaschutz"})[0])
    class_mark(boats, "schnellboot", "confirmed")
    set_reach(project=office, places=[stadtteil("Drais"), stadtteil("Mombach")])
    set_reach(project=boats, places=[Reach.CITYWIDE])
    stadtteil("Finthen")


def titles(client, query: str) -> list[str]:
    answer = client.get(f"/projekte/?{query}")
    assert answer.status_code == 200
    return re.findall(r"<h2><a href=[^>]+>([^<]+)</a></h2>", answer.content.decode())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Schnelle Boote", "Sensoren", "Bürgerbüro öffnet"]),
        ("q=BÜRGERBÜRO", ["Bürgerbüro öffnet"]),
        ("q=buergerbuero", ["Bürgerbüro öffnet"]),
        ("q=burgerburo", ["Bürgerbüro öffnet"]),
        ("q=strassenbaum", ["Sensoren"]),
        ("q=Straßenbäume", ["Sensoren"]),
        ("q=Baum", ["Sensoren"]),
        ("q=Bäume", ["Sensoren"]),
        ("q=Baeume", ["Sensoren"]),
        ("q=Sensor", ["Sensoren"]),
        ("q=Bürgerbüros", ["Bürgerbüro öffnet"]),
        ("q=Sensroen", ["Sensoren"]),
        ("q=Senosren", ["Sensoren"]),
        ("q=Bürgrbüro", ["Bürgerbüro öffnet"]),
        ("q=Sensation", []),
        ("q=wie+öffnet+das+Bürgerbüro+in+der+Stadt", []),
        ("q=wo+ist+das+Bürgerbüro", ["Bürgerbüro öffnet"]),
        ("q=das", []),
        ("ziel=SZ-MU-1", ["Sensoren"]),
        ("sortierung=titel", ["Bürgerbüro öffnet", "Schnelle Boote", "Sensoren"]),
        ("sortierung=schritt", ["Schnelle Boote", "Bürgerbüro öffnet", "Sensoren"]),
        ("q=öffnet+bürger", ["Bürgerbüro öffnet"]),
        ("q=öffnet+sensoren", []),
        ("q=%25", ["Bürgerbüro öffnet"]),
        ("q=_", ["Bürgerbüro öffnet"]),
        ("q=%5C", []),
        ("q=' OR 1=1--", []),
        ("q=Handlungsfeld MU", ["Sensoren"]),
        ("q=Werft", ["Schnelle Boote"]),
        ("q=Drais", ["Bürgerbüro öffnet"]),
        ("q=Finthen", []),
        ("feld=feld-mu", ["Sensoren"]),
        ("bedarf=HB-MU-2", ["Sensoren"]),
        ("stand=in-umsetzung", ["Bürgerbüro öffnet"]),
        ("stand=abgeschlossen", ["Sensoren"]),
        ("klasse=schnellboot", ["Schnelle Boote"]),
        ("klasse=leuchtturm", []),
        ("jahr=2025", ["Bürgerbüro öffnet"]),
        ("jahr=offen", ["Sensoren"]),
        ("sdg=13", ["Sensoren"]),
        ("stadtteil=drais", ["Bürgerbüro öffnet"]),
        ("stadtteil=mombach", ["Bürgerbüro öffnet"]),
        ("stadtteil=finthen", []),
        ("stadtteil=stadtweit", ["Schnelle Boote"]),
        ("stadtteil=offen", ["Sensoren"]),
        ("jahr=2026&stand=im-pool&q=boot", ["Schnelle Boote"]),
        ("jahr=2026&stand=in-umsetzung", []),
    ],
)
def test_search_and_filters_find_exactly_what_they_name(client, shelf, query, expected):
    assert titles(client, query) == expected


def test_each_choice_says_how_many_projects_it_leaves_beside_the_other_filters(client, shelf):
    page = client.get("/projekte/?stand=in-umsetzung").content.decode()
    facets = dict(re.findall(r'<a href="(\?[^"]+)"[^>]*><span>[^<]+</span><i>(\d+)', page))
    facets = {address.replace("&amp;", "&"): int(number) for address, number in facets.items()}
    assert facets["?feld=feld-dv&stand=in-umsetzung"] == 1
    assert facets["?stand=abgeschlossen"] == 1
    assert "?feld=feld-mu&stand=in-umsetzung" not in facets
    for address, number in facets.items():
        assert len(titles(client, address[1:])) == number, address


def test_whoever_chooses_a_stadtteil_learns_what_is_done_for_the_whole_city(client, shelf):
    page = client.get("/projekte/?stadtteil=drais").content.decode()
    assert "Stadtteil: Drais" in page
    assert '<a href="?stadtteil=stadtweit">1 Projekt stadtweit</a>' in page
    narrowed = client.get("/projekte/?stadtteil=drais&jahr=2025").content.decode()
    assert "Projekt stadtweit" not in narrowed
    empty = client.get("/projekte/?stadtteil=finthen").content.decode()
    assert "Stadtteil: Finthen</span>" in empty
    assert '<a href="?stadtteil=stadtweit">1 Projekt stadtweit</a>' in empty
    assert "Projekt stadtweit" not in client.get("/projekte/?stadtteil=offen").content.decode()


def test_whoever_types_a_stadtteil_is_led_to_its_filter_with_the_other_words(client, shelf):
    page = client.get("/projekte/?q=drais&jahr=2025").content.decode()
    assert "„Drais“ ist ein Stadtteil." in page
    assert '<a href="?stadtteil=drais&amp;jahr=2025">Nach diesem Stadtteil filtern</a>' in page
    nothing = client.get("/projekte/?q=Boot+Finthen").content.decode()
    assert '<a href="?q=Boot&amp;stadtteil=finthen">Nach diesem Stadtteil filtern</a>' in nothing
    assert "ist ein Stadtteil" not in client.get("/projekte/?q=Boot").content.decode()
    assert "ist ein Stadtteil" not in client.get("/projekte/?q=drais&stadtteil=mombach").content.decode()


def test_a_row_says_in_one_mark_what_of_it_is_inferred(client, frame, released):
    project = released(title="Erschlossen")
    project.standing_is_example = project.handlungsfeld_is_example = project.lead_unit_is_example = True
    project.save()
    marks = re.findall(r'<span class="beispiel">([^<]+)</span>', rows_of(client, "/projekte/"))
    assert marks == ["Beispiel: Stand, Zuordnung, Stelle"]
    assert "Example: Status, Assignment, Office" in rows_of(client, "/en/projekte/")
    project.is_example = True
    project.save()
    assert re.findall(r'<span class="beispiel">([^<]+)</span>', rows_of(client, "/projekte/")) == ["Beispiel"]


def rows_of(client, address):
    """Return the markup of the list of projects."""
    return re.search(r'<ul class="rows">.*?</ul>', client.get(address).content.decode(), re.DOTALL)[0]


def test_a_stadtteil_that_does_not_exist_is_named_and_not_used(client, shelf):
    page = client.get("/projekte/?stadtteil=atlantis").content.decode()
    assert "Den Wert im Filter „Stadtteil“ gibt es nicht" in page
    assert "3 Projekte" in page


def test_rows_say_where_a_project_works(client, shelf):
    page = client.get("/projekte/").content.decode()
    assert "Stadtteile: Drais, Mombach" in page
    assert "<span>stadtweit" in page
    english = client.get("/en/projekte/").content.decode()
    assert "citywide" in english
    assert "Districts:" in english


def test_the_start_page_counts_every_stadtteil(client, shelf):
    page = client.get("/").content.decode()
    found = re.findall(
        r'\?stadtteil=([a-z-]+)"><span>(\w+)</span>.*?<span class="n">(\d+)<span class="unit"> (\w+)<', page
    )
    assert found == [
        ("drais", "Drais", "1", "Projekt"),
        ("finthen", "Finthen", "0", "Projekte"),
        ("mombach", "Mombach", "1", "Projekt"),
    ]
    assert "1 Projekt für die ganze Stadt" in page
    assert "Bei 1 Projekt ist noch nicht gesagt, wo es wirkt." in page


def test_the_page_of_a_project_says_where_it_works_or_that_nobody_has_said_it(client, shelf):
    office = client.get("/projekte/buergerbuero-oeffnet/").content.decode()
    assert '<a href="/projekte/?stadtteil=drais">Drais</a>' in office
    assert '"spatialCoverage": [' in office
    assert "noch nicht gesagt" not in office
    assert (
        '<a href="/projekte/?stadtteil=stadtweit">stadtweit</a>'
        in client.get("/projekte/schnelle-boote/").content.decode()
    )
    sensors = client.get("/projekte/sensoren/").content.decode()
    assert "noch nicht gesagt" in sensors
    assert "spatialCoverage" not in sensors


def test_open_data_say_where_a_project_works(client, shelf):
    rows = {row["titel"]: row for row in client.get("/offene-daten/projekte.json").json()["projekte"]}
    office, boats, sensors = rows["Bürgerbüro öffnet"], rows["Schnelle Boote"], rows["Sensoren"]
    named = [{"schluessel": "drais", "text": "Drais"}, {"schluessel": "mombach", "text": "Mombach"}]
    assert (office["reichweite"], office["stadtteile"]) == ("stadtteile", named)
    assert (boats["reichweite"], boats["stadtteile"]) == ("stadtweit", [])
    assert (sensors["reichweite"], sensors["stadtteile"]) == (None, [])
    only = client.get("/offene-daten/projekte.json?stadtteil=mombach").json()["projekte"]
    assert [row["titel"] for row in only] == ["Bürgerbüro öffnet"]


def test_a_un_goal_is_named_by_its_words_wherever_it_is_chosen(client, shelf):
    page = client.get("/projekte/?sdg=13").content.decode()
    assert "UN-Ziel: 13 Klimaschutz" in page
    assert "<span>13 Klimaschutz</span>" in page
    assert "UN-Ziel: 13 Klimaschutz</span>" in client.get("/projekte/?sdg=13&jahr=2025").content.decode()


def test_a_chosen_filter_is_named_in_the_language_of_the_page(client, shelf):
    Handlungsfeld.objects.filter(slug="feld-mu").update(name="Digitale Verwaltung")
    page = client.get("/en/projekte/?feld=feld-mu").content.decode()
    pill = re.search(r'<a class="pill pill-on"[^>]*><span><span[^>]*>[^<]*</span>([^<]+)</span>', page)
    assert pill is not None
    assert pill[1] == "Field of action: Digital administration"


def test_a_printed_list_bears_its_address_with_the_filters(client, shelf, settings):
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    page = client.get("/projekte/?stand=in-umsetzung&q=b%C3%BCrger").content.decode()
    printed = re.search(r'<p class="print-address">([^<]+)</p>', page)
    assert printed is not None
    assert printed[1].endswith("https://portal.example.org/projekte/?q=b%C3%BCrger&amp;stand=in-umsetzung")


def test_a_chosen_filter_is_named_and_can_be_taken_away(client, shelf):
    page = client.get("/projekte/?stand=in-umsetzung&jahr=2025").content.decode()
    assert "Stand: in Umsetzung" in page
    assert 'href="?jahr=2025"' in page
    assert "1 von 3 Projekten" in page
    assert '<input type="hidden" name="jahr" value="2025">' in page


def test_nothing_found_leaves_the_filters_and_the_next_step(client, shelf):
    page = client.get("/projekte/?q=gibtesnicht").content.decode()
    assert "Kein Projekt passt zu Ihrer Auswahl." in page
    assert 'value="gibtesnicht"' in page


def test_nothing_found_says_which_filter_is_to_blame_and_leads_to_the_list_without_it(client, shelf):
    page = client.get("/projekte/?stand=in-umsetzung&jahr=2026&feld=feld-dv").content.decode()
    blamed = re.findall(r'<li><span>([^<]+)</span><a href="([^"]+)">aufheben und (\d+) Projekt', page)
    assert {label for label, _address, _count in blamed} == {"Stand: in Umsetzung", "Jahr: 2026"}
    for label, address, count in blamed:
        assert len(titles(client, address.replace("&amp;", "&").lstrip("?"))) == int(count) == 1, label


def test_where_no_single_filter_is_to_blame_the_page_says_so(client, shelf):
    page = client.get("/projekte/?stand=beendet&jahr=1999").content.decode()
    assert "Keine einzelne Angabe ist schuld" in page
    assert "aufheben und" not in page


def test_a_misspelt_word_is_named_and_a_known_one_is_not(client, shelf):
    assert "„Sensroen“ steht in keinem Projekt." in client.get("/projekte/?q=Sensroen").content.decode()
    assert "steht in keinem Projekt" not in client.get("/projekte/?q=Sensoren").content.decode()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Bus", {"Elektrokleinbus", "Bus am Abend"}),
        ("KI", {"Ampeln mit KI-Steuerung"}),
        ("App", {"Mainz-App"}),
        ("Rad", {"Leihrad", "Radweg"}),
        ("Sicherheit", {"Sicherheitslage"}),
    ],
)
def test_a_short_word_is_not_found_inside_others(client, released, word, expected):
    for title in (
        "Elektrokleinbus", "Bus am Abend", "Bürgerbeteiligung am Bau", "Ampeln mit KI-Steuerung", "Kinder-Kompass",
        "Mainz-App", "Wohnungen werden knapper", "Leihrad", "Radweg", "Paradies am Rhein", "Sich einbringen",
        "Sicherheitslage",
    ):  # fmt: skip
        released(title=title, short_text=".")
    assert set(titles(client, f"q={word}")) == expected


def test_another_word_for_the_same_thing_finds_it_and_the_page_says_so(client, released):
    install_synonyms(groups=["Kita, Kindergarten", "Fahrrad, Rad", "Senioren, Ältere"])
    for title in ("Anmeldung für Kitas", "Leihrad", "Inhalte im Netz"):
        released(title=title, short_text=".")
    assert titles(client, "q=Kindergärten") == ["Anmeldung für Kitas"]
    assert titles(client, "q=Fahrrad") == ["Leihrad"]
    assert titles(client, "q=Senioren") == []
    assert "anderen Wörtern für dasselbe" in client.get("/projekte/?q=Kindergarten").content.decode()
    assert "anderen Wörtern für dasselbe" not in client.get("/projekte/?q=Anmeldung").content.decode()


def test_the_name_of_a_need_finds_the_projects_that_serve_it(client, released):
    serving, other = released(title="Bäume gießen", short_text="."), released(title="Akten", short_text=".")
    for project, number in ((serving, 3), (other, 4)):
        project.need_links.all().delete()
        need = handlungsbedarf(handlungsfeld("MU"), number)
        type(need).objects.filter(pk=need.pk).update(title="Klimaanpassung" if number == 3 else "Verkehr")
        project.need_links.create(handlungsbedarf=need)
    assert titles(client, "q=Klima") == ["Bäume gießen"]


def test_several_words_that_no_project_has_together_are_offered_one_by_one(client, shelf):
    page = client.get("/projekte/?q=Bürgerbüro+Sensoren+Zwetschge").content.decode()
    offered = re.findall(r'<li><span>„([^“]+)“</span><a href="([^"]+)">(\d+) Projekt', page)
    assert {word for word, _address, _count in offered} == {"Bürgerbüro", "Sensoren"}
    for word, address, count in offered:
        assert len(titles(client, address.lstrip("?"))) == int(count) == 1, word


def test_who_finds_nothing_is_led_on(client, shelf):
    page = client.get("/projekte/?q=Sperrmüll").content.decode().partition("Nichts Passendes dabei?")[2]
    for address in ('href="/strategie/"', 'href="/beteiligung/"', 'href="https://www.mainz.de/"'):
        assert address in page
    assert "Nichts Passendes dabei?" not in client.get("/projekte/?q=Sensoren").content.decode()


def test_the_search_begins_on_the_start_page(client, shelf):
    form = client.get("/").content.decode().partition('role="search"')[2].partition("</form>")[0]
    assert 'action="/projekte/"' in form
    assert 'name="q"' in form
    assert "<label" in form


def test_a_slip_never_finds_words_of_texts_that_are_not_released(client, shelf, cdo):
    hidden = project_at("running", title="Verschlusssache")
    written(hidden, cdo, title="Verschlusssache", short_text="Verschlusssache")
    answers = [client.get(f"/projekte/?q={word}").content.decode() for word in ("Verschlusssahce", "Zwetschgenmus")]
    assert len({re.sub("Verschlusssahce|Zwetschgenmus", "", page) for page in answers}) == 1


def test_the_order_stays_while_filters_change_and_search_goes_on(client, shelf):
    page = client.get("/projekte/?sortierung=titel&stand=in-umsetzung").content.decode()
    assert '<input type="hidden" name="sortierung" value="titel">' in page
    facets = re.findall(r'<ul class="facet".*?</ul>', page, re.DOTALL)
    assert facets
    assert all("sortierung=titel" in address for facet in facets for address in re.findall(r'href="([^"]+)"', facet))


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("feld=xyz", "Den Wert im Filter „Handlungsfeld“ gibt es nicht"),
        ("stand=draft", "Den Wert im Filter „Stand“ gibt es nicht"),
        ("stand=aufgegangen", "Den Wert im Filter „Stand“ gibt es nicht"),
        ("klasse=1", "Den Wert im Filter „Klasse“ gibt es nicht"),
        ("jahr=2025.5", "Den Wert im Filter „Jahr“ gibt es nicht"),
        ("jahr=" + "9" * 5000, "Den Wert im Filter „Jahr“ gibt es nicht"),
        ("sdg=18", "Den Wert im Filter „UN-Ziel“ gibt es nicht"),
        ("bedarf=%F0%9F%98%80", "Den Wert im Filter „Handlungsbedarf“ gibt es nicht"),
        ("sortierung=password", "Diese Reihenfolge gibt es nicht"),
        ("ziel=SZ-XX-9", "Den Wert im Filter „Strategisches Ziel“ gibt es nicht"),
        ("sort=password", "Die Adresse enthält Angaben, die es hier nicht gibt"),
        ("sort=%3Cscript%3E", "Die Adresse enthält Angaben, die es hier nicht gibt"),
        ("q=a&q=b", "„q“ steht mehrmals in der Adresse; verwendet wurde nur die letzte Angabe"),
        ("q=" + "x" * 300, "Das Suchwort war zu lang"),
        ("q=" + "a+" * 30, "Gesucht wurde nach den ersten 10 Wörtern"),
        ("page=0", "Diese Seite der Liste gibt es nicht"),
        ("page=-1", "Diese Seite der Liste gibt es nicht"),
        ("page=abc", "Diese Seite der Liste gibt es nicht"),
        ("page=" + "9" * 5000, "Diese Seite der Liste gibt es nicht"),
        ("page=%D9%A3", "Diese Seite der Liste gibt es nicht"),
    ],
)
def test_what_an_address_cannot_mean_is_said_and_left_out(client, shelf, query, notice):
    answer = client.get(f"/projekte/?{query}")
    assert answer.status_code == 200
    assert notice in answer.content.decode()


def test_the_notice_of_a_wrong_filter_stands_beside_the_whole_list(client, shelf):
    assert len(titles(client, "feld=xyz")) == 3


def test_sixty_thousand_percent_signs_are_harmless(client, shelf):
    answer = client.get("/projekte/", {"q": "%" * 60_000})
    assert answer.status_code == 200
    assert "Das Suchwort war zu lang" in answer.content.decode()
    assert len(answer.content) < 40_000


def test_a_search_of_only_invisible_signs_finds_everything(client, shelf):
    assert len(titles(client, "q=%E2%80%8B")) == 3


def test_what_is_typed_is_shown_as_text(client, shelf):
    page = client.get("/projekte/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("asked", "shown"), [("0", 1), ("-1", 1), ("-99", 1), ("", 1), ("abc", 1), ("2", 2), ("10", 2), ("9" * 50, 2)]
)
def test_a_page_that_is_not_there_gives_the_nearest(client, cdo, asked, shown):
    release_many(25, actor_for(cdo))
    assert f"Seite {shown} von 2" in client.get(f"/projekte/?page={asked}").content.decode()


def test_the_list_has_pages_of_twenty_and_keeps_the_filters(client, cdo):
    release_many(45, actor_for(cdo))
    assert [len(titles(client, f"stand=in-umsetzung&page={page}")) for page in (1, 2, 3)] == [20, 20, 5]
    page = client.get("/projekte/?stand=in-umsetzung&page=2").content.decode()
    assert "Seite 2 von 3" in page
    assert 'href="?stand=in-umsetzung&amp;page=3"' in page


def test_a_project_taken_over_without_unit_or_field_is_shown(client, cdo):
    project = release_many(1, actor_for(cdo))[0]
    Project.objects.filter(pk=project.pk).update(lead_unit=None, lead_handlungsfeld=None)
    assert titles(client, "") == [project.title]
    assert client.get(f"/projekte/{project.slug}/").status_code == 200
