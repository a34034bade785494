"""What everybody may read, and what never leaves the house."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format

from governance.models import SDG
from governance.record import clock
from governance.record.actions import actor_for
from pool.lifecycle import Step
from pool.project.actions import merge, withdraw
from pool.project.models import NeedLink, Project
from pool.publication import duties
from pool.publication.actions import release, take_back, write_public_text
from tests.factories import (
    class_mark,
    handlungsbedarf,
    handlungsfeld,
    project_at,
    unit,
)
from tests.pool.publication.publishing import consented, crawl, release_many, written

pytestmark = pytest.mark.django_db
PAGES = (
    "/",
    "/strategie/",
    "/strategie/feld-dv/",
    "/verfahren/",
    "/projekte/",
    "/barrierefreiheit/",
    "/datenschutz/",
    "/impressum/",
)
SECRET = "Geheimmarke"


def read(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


# --- What stays inside --------------------------------------------------------------------------------------------


def test_of_a_released_project_only_the_released_is_read(client, frame, cdo):
    project = project_at(
        Step.ASSESSED,
        title=f"{SECRET}-titel",
        short_text=f"{SECRET}-kurz",
        problem=f"{SECRET}-problem",
        benefit=f"{SECRET}-nutzen",
        participation=f"{SECRET}-mitwirkung",
        effort=f"{SECRET}-aufwand",
        cost=f"{SECRET}-kosten",
        procurement=f"{SECRET}-vergabe",
        council_matter=f"{SECRET}-rat",
        result=f"{SECRET}-ergebnis",
    )
    project.partners.create(name=f"{SECRET}-partner")
    project.ratings.update(vernetzung_reason=f"{SECRET}-grund")
    class_mark(project, "leuchtturm", "proposed")
    text = consented(written(project, cdo, title="Öffentlicher Titel"), cdo)
    text.consent.given_by = f"{SECRET}-person"
    text.consent.save()
    release(text=text, by=cdo)
    write_public_text(project=project, title=f"{SECRET}-neu", short_text="K", by=cdo, version=None)
    pages = crawl(client)
    assert "/projekte/oeffentlicher-titel/" in pages
    assert [address for address, page in pages.items() if SECRET in page] == []
    assert "Leuchtturm</span>" not in pages["/projekte/oeffentlicher-titel/"]
    names = {cdo.last_name, *(mandate.person.person.user.last_name for mandate in project.mandates.all())}
    assert [name for name in names for page in pages.values() if name in page] == []


def test_no_public_page_sets_a_cookie(client, frame, released):
    project = released()
    for address in (*PAGES, f"/projekte/{project.slug}/", "/projekte/?q=x", "/.well-known/security.txt"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert not answer.cookies, address


@pytest.mark.parametrize("address", [*PAGES, "/.well-known/security.txt"])
def test_public_pages_are_for_reading(client, frame, address):
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", [page for page in PAGES if page != "/strategie/feld-dv/"])
def test_public_pages_stand_before_the_frame_is_loaded(client, db, address):
    assert client.get(address).status_code == 200


# --- Facts and texts ----------------------------------------------------------------------------------------------


def test_facts_follow_the_project_at_once_and_texts_wait_for_the_next_release(client, frame, cdo, released):
    project = released("commissioned", title="Sensoren am Rhein", short_text="Alter Satz.")
    assert "zur Umsetzung bestimmt" in read(client, "/projekte/sensoren-am-rhein/")

    Project.objects.filter(pk=project.pk).update(
        step=Step.RUNNING,
        step_since=date(2026, 3, 1),
        step_since_precision="month",
        title="Anderer Titel",
        lead_unit=unit("amt-99"),
    )
    text = written(project, cdo, title="Sensoren am Rhein", short_text="Neuer Satz.")
    page = read(client, "/projekte/sensoren-am-rhein/")
    assert "in Umsetzung" in page
    assert "März 2026" in page
    assert "1. März 2026" not in page
    assert "Stelle amt-99" in page
    assert "Alter Satz." in page
    assert "Neuer Satz." not in page
    assert "Anderer Titel" not in page

    Project.objects.filter(pk=project.pk).update(lead_unit=text.project.lead_unit)
    text.refresh_from_db()
    release(text=consented(text, cdo), by=cdo, change="editorial")
    assert "Neuer Satz." in read(client, "/projekte/sensoren-am-rhein/")


@pytest.mark.parametrize(
    ("day", "precision", "words"),
    [
        (date(2025, 11, 3), "day", "seit 3. November 2025"),
        (date(2025, 11, 1), "month", "seit November 2025"),
        (date(2025, 1, 1), "year", "seit 2025"),
        (None, "unknown", "Jahr offen"),
    ],
)
def test_a_day_is_printed_only_as_exactly_as_it_is_known(client, imported, day, precision, words):
    project = imported(title="Genau", step_since=day, step_since_precision=precision)
    page = " ".join(read(client, f"/projekte/{project.slug}/").split())
    assert words in re.sub(r"<[^>]+>", "", page)


def test_the_page_names_goals_needs_sdgs_unit_class_and_sources_with_the_day_they_were_read(client, frame, imported):
    project = imported(title="Alles dran", sdgs_are_example=True, handlungsfeld_is_example=True)
    project.need_links.create(handlungsbedarf=handlungsbedarf(), is_example=True)
    project.sdgs.add(SDG.objects.get(number=11))
    page = read(client, "/projekte/alles-dran/")
    for words in (
        "Bedarf DV 1",
        "Ziel DV",
        "11 Nachhaltige Städte und Gemeinden",
        "Stelle amt-33",
        'href="https://example.org/mw"',
        f"gelesen am {clock.today().day}. ",
        "Zuordnung: Beispiel",
    ):
        assert words in page, words


def test_a_class_is_public_once_a_beschluss_confirmed_it_and_examples_are_marked(client, frame, released):
    project = released(title="Leuchtet", is_example=True)
    class_mark(project, "leuchtturm", "confirmed")
    class_mark(project, "schnellboot", "proposed")
    for address in ("/", "/projekte/", "/projekte/leuchtet/", "/projekte/?klasse=leuchtturm"):
        page = read(client, address)
        assert "Leuchtturm</span>" in page, address
        assert '<span class="beispiel">Beispiel</span>' in page
        assert "Schnellboot</span>" not in page
    assert "0 von 1 Projekt" in read(client, "/projekte/?klasse=schnellboot")


def test_what_a_project_became_and_what_it_came_from_are_linked_if_public(client, imported, cdo):
    after = imported(title="Nachfolger")
    before = imported("completed", title="Vorgänger", succeeded_by=after)
    hidden = project_at(Step.COMPLETED, title=SECRET, succeeded_by=after)
    assert 'href="/projekte/nachfolger/"' in read(client, f"/projekte/{before.slug}/")
    page = read(client, "/projekte/nachfolger/")
    assert 'href="/projekte/vorgaenger/"' in page
    assert hidden.title not in page


def test_the_page_leads_to_what_else_serves_the_need_and_was_not_ended(client, imported):
    need = handlungsbedarf(handlungsfeld())
    here, beside, other = (imported(title=title) for title in ("Hier", "Daneben", "Anderswo"))
    ended = imported("stopped", title="Beendetes")
    hidden = project_at(Step.RUNNING, title=SECRET)
    for project in (here, beside, ended, hidden):
        NeedLink.objects.get_or_create(project=project, handlungsbedarf=need)
    NeedLink.objects.create(project=other, handlungsbedarf=handlungsbedarf(handlungsfeld(), 2))
    shown = (
        read(client, f"/projekte/{here.slug}/")
        .partition("Weitere Projekte zum selben Bedarf")[2]
        .partition("</section>")[0]
    )
    assert re.findall(r'href="/projekte/([a-z]+)/"', shown) == [beside.slug]
    assert "Weitere Projekte" not in read(client, f"/projekte/{other.slug}/")


def test_a_project_taken_over_says_that_nobody_judged_it_and_where_to_read_more(client, imported):
    page = read(client, f"/projekte/{imported('commissioned', title='Vorbereitetes').slug}/")
    assert "hat Prüfung, Bewertung und Beschluss nicht durchlaufen" in page
    assert "mehr lesen Sie dort" in page


# --- Leaving the public -------------------------------------------------------------------------------------------


def test_withdrawn_stays_with_a_sentence(client, frame, cdo, released):
    project = released("pooled", title="Zurückgezogenes")
    withdraw(project=project, by=cdo, reason="Auf Bitte der einreichenden Person vom 2. März.")
    page = read(client, "/projekte/zurueckgezogenes/")
    assert "Dieses Projekt wurde zurückgezogen." in page
    assert "Auf Bitte" not in page


def test_merged_leads_to_its_target_if_that_is_public(client, frame, cdo, released):
    gone, target = released("pooled", title="Kleines"), released("assessed", title="Großes")
    merge(project=gone, target=target, by=cdo, reason="Dasselbe Vorhaben.")
    answer = client.get("/projekte/kleines/")
    assert (answer.status_code, answer["Location"]) == (302, "/projekte/grosses/")
    assert "Kleines" not in read(client, "/projekte/")
    target.refresh_from_db()
    take_back(project=target, reason="Noch nicht reif.", by=cdo)
    assert client.get("/projekte/kleines/").status_code == 404


def test_merged_into_a_project_that_is_not_public_is_not_there(client, cdo, released):
    gone = released("pooled", title="Kleines")
    merge(project=gone, target=project_at(Step.ASSESSED, title=SECRET), by=cdo, reason="Dasselbe Vorhaben.")
    assert client.get("/projekte/kleines/").status_code == 404


def test_taken_back_is_gone_everywhere(client, frame, cdo, released):
    project = released(title=SECRET)
    take_back(project=project, reason="Falsch.", by=cdo)
    assert client.get(f"/projekte/{project.slug}/").status_code == 404
    assert [address for address, page in crawl(client).items() if SECRET in page] == []


@pytest.mark.parametrize("slug", ["gibt-es-nicht", "bild", "0"])
def test_an_unknown_address_is_a_404(client, frame, slug):
    assert client.get(f"/projekte/{slug}/").status_code == 404
    assert client.get(f"/strategie/{slug}/").status_code == 404


# --- Figures ------------------------------------------------------------------------------------------------------


def test_every_figure_of_the_start_page_leads_to_a_list_of_that_length(client, frame, released, imported):
    released("running")
    released("pooled")
    lighthouse = released("completed")
    class_mark(lighthouse, "leuchtturm", "confirmed")
    imported("completed")
    page = read(client, "/")
    figures = re.findall(r'<dt><a href="([^"]+)">[^<]+</a></dt><dd>(\d+)</dd>', page)
    assert [number for _address, number in figures] == ["4", "1", "2", "1"]
    for address, number in figures:
        assert len(re.findall(r"<h2><a href=", read(client, address))) == int(number), address


def test_invented_projects_are_counted_where_all_are(client, frame, released, imported):
    imported()
    pages = [read(client, address) for address in ("/", "/projekte/", "/projekte/?q=nichts")]
    assert not any("zur Anschauung erfunden" in page.partition("<footer")[0] for page in pages)
    released(is_example=True)
    assert "Ein Projekt ist zur Anschauung erfunden" in read(client, "/")
    for address in ("/projekte/", "/projekte/?q=nichts"):
        assert "davon ist zur Anschauung erfunden" in read(client, address), address
    released(is_example=True)
    assert "2 Projekte sind zur Anschauung erfunden" in read(client, "/")
    assert "3 Projekte. 2 davon sind zur Anschauung erfunden" in read(client, "/projekte/")


def test_the_figures_of_the_start_page_add_up(client, frame, released):
    for step in ("running", "completed", "commissioned", "stopped"):
        released(step)
    page = read(client, "/")
    shown = [int(number) for number in re.findall(r"<dd>(\d+)</dd>", page)]
    assert shown[:3] == [4, 1, 1]
    assert "2 weitere sind noch nicht begonnen, zurückgestellt oder beendet." in page


def test_the_field_page_shows_the_projects_of_each_need_and_leads_to_the_rest(client, frame, cdo):
    release_many(10, actor_for(cdo))
    page = read(client, "/strategie/feld-dv/")
    assert len(re.findall(r'<a href="/projekte/vorhaben-', page)) == 8
    assert "Alle 10 Projekte zu diesem Bedarf" in page
    assert "10 von 10 Projekten" in read(client, "/projekte/?bedarf=HB-DV-1")


@pytest.mark.parametrize(
    ("inferred", "mark"),
    [((), None), ((1,), "Zuordnung: zum Teil Beispiel"), ((1, 2), "Zuordnung: Beispiel")],
)
def test_the_field_page_says_where_projects_were_put_under_a_need_by_inference(client, frame, cdo, inferred, mark):
    for number, project in enumerate(release_many(2, actor_for(cdo)), start=1):
        project.need_links.update(is_example=number in inferred)
    marks = re.findall(r'<span class="beispiel">(Zuordnung[^<]*)</span>', read(client, "/strategie/feld-dv/"))
    assert marks == ([mark] if mark else [])


def test_the_strategy_leads_to_the_projects_of_each_class(client, frame, released):
    class_mark(released("running"), "leuchtturm", "confirmed")
    for project in (released("running"), released("completed")):
        class_mark(project, "schnellboot", "confirmed")
    page = read(client, "/strategie/")
    assert '<a href="/projekte/?klasse=leuchtturm">1 Leuchtturm</a>' in page
    assert '<a href="/projekte/?klasse=schnellboot">2 Schnellboote</a>' in page


@pytest.mark.parametrize(
    ("address", "part", "state"),
    [
        ("/strategie/", "Strategie", "page"),
        ("/strategie/feld-dv/", "Strategie", "true"),
        ("/projekte/", "Projekte", "page"),
        ("/projekte/sichtbar/", "Projekte", "true"),
        ("/verfahren/", "Verfahren", "page"),
    ],
)
def test_the_menu_says_in_which_part_one_is(client, frame, released, address, part, state):
    released(title="Sichtbar")
    menu = read(client, address).partition('<ul class="menu">')[2].partition("</ul>")[0]
    assert re.findall(r'aria-current="(\w+)">([^<]+)<', menu) == [(state, part)]


def test_pages_cost_the_same_queries_with_3_and_with_300_projects(client, frame, cdo):
    """Lists at most four, the pages of the frame whatever they need; the projects are made once for all of them."""
    lists = ["/", "/projekte/", "/projekte/?q=vorhaben&stand=in-umsetzung&feld=feld-dv"]
    counted: dict[int, dict[str, int]] = {}
    for more in (3, 297):
        release_many(more, actor_for(cdo))
        counted[more] = {}
        for address in (*lists, "/strategie/", "/strategie/feld-dv/", "/verfahren/"):
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
            counted[more][address] = len(queries)
            assert len(answer.content) < 100_000 or address not in lists, address
    assert counted[3] == counted[297]
    assert {address: counted[3][address] for address in lists if counted[3][address] > 4} == {}


# --- Procedure and duties -----------------------------------------------------------------------------------------


def test_the_procedure_says_that_the_first_rule_is_not_adopted_and_what_holds(client, frame):
    page = read(client, "/verfahren/")
    assert "Ausgangsregel, noch nicht beschlossen." in page
    assert page.count("25&nbsp;%") == 4
    assert "mindestens Stufe 3" in page
    assert "Onlinezugangsgesetz" in page
    assert page.count("Anker 4") == 5
    assert "höchstens zwölf Monate" in page
    assert '<span class="beispiel">Leitfragen: Beispiel</span>' in page


def test_the_procedure_follows_the_rule_in_force(client, frame):
    frame.pk, frame.number, frame.weight_effect, frame.weight_synergien = None, 2, 40, 10
    frame.valid_from = clock.today() - timedelta(days=1)
    frame.save(force_insert=True)
    page = read(client, "/verfahren/")
    assert "40&nbsp;%" in page
    assert "Regelfassung 2" in page


def test_a_rule_of_the_examples_stands_there_with_its_mark_and_never_in_force(client, frame):
    frame.pk, frame.number, frame.weight_effect, frame.weight_synergien, frame.is_example = None, 2, 40, 10, True
    frame.valid_from = clock.today() + timedelta(days=1)
    frame.save(force_insert=True)
    later = read(client, "/verfahren/")
    assert "Was später gilt" in later
    assert "In den Beispielen gilt stattdessen" not in later
    frame.valid_from = clock.today() - timedelta(days=1)
    frame.save()
    now = read(client, "/verfahren/")
    assert "Was später gilt" not in now
    assert "In den Beispielen gilt stattdessen" in now
    for page in (later, now):
        assert page.count("25&nbsp;%</td>") == 4, "the table shows the real rule"
        assert 'Regelfassung 2 <span class="beispiel">Beispiel</span>' in page
        assert "Wirkung 40&nbsp;%" in page


def test_sec_25_security_txt_names_a_contact_and_expires_within_a_year(client, settings):
    answer = client.get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert fields["Contact"].endswith("/impressum/")
    expires = date.fromisoformat(fields["Expires"][:10])
    left = expires - date.today()  # the real day: this test is what reminds us
    assert duties.NOTICE < left < timedelta(days=365), "look over where weaknesses are reported, and set the day anew"
    settings.SECURITY_CONTACT = "mailto:sicherheit@example.org"
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    answer = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:sicherheit@example.org\n" in answer
    assert "Canonical: https://portal.example.org/.well-known/security.txt\n" in answer


def test_acc_17_the_statement_is_looked_over_within_a_year_and_says_both_days(client, db):
    due = duties.STATEMENT_REVIEWED + duties.STATEMENT_HOLDS
    assert date.today() + duties.NOTICE < due, "look the statement over, and set the day anew"
    assert duties.STATEMENT_MADE <= duties.STATEMENT_REVIEWED <= date.today()
    page = read(client, "/barrierefreiheit/")
    for day in (duties.STATEMENT_MADE, duties.STATEMENT_REVIEWED):
        assert f"{day.day}. {date_format(day, 'F Y')}" in page


def test_acc_17_the_statement_has_the_parts_of_the_model_in_their_order(client, db):
    page = read(client, "/barrierefreiheit/")
    parts = ["gilt", "stand", "fehlt", "belastung", "ausserhalb", "erstellt", "melden", "durchsetzung"]
    places = [page.index(f'id="{part}"') for part in parts]
    assert places == sorted(places)


def test_acc_17_the_statement_names_state_gaps_contact_and_enforcement_body(client, db):
    page = read(client, "/barrierefreiheit/")
    for words in ("BITV RP", "teilweise barrierefrei", "Leichte Sprache:", "Gebärdensprache", "durchsetzungsstelle@"):
        assert words in page, words
