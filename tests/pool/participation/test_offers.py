"""Beteiligungsformate, ways without the net, and whether a page helped."""

import json
from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.models import Entry
from governance.permissions import NotAllowed
from governance.record import clock
from pool.participation.formats import FORMAT_VALUES, keep_format, keep_way
from pool.participation.models import Beteiligungsformat, PageNote, PageOpinion
from pool.publication.actions import take_back
from tests.factories import employed_in, unit, user_with
from tests.forms import form_with

pytestmark = pytest.mark.django_db


def offered(cdo, row=None, projects=(), **values: object) -> Beteiligungsformat:
    usual = {
        "title": "Bürgerforum", "short_text": "Wir reden.", "audience": "alle", "mode": "on_site",
        "first_day": clock.today() + timedelta(days=10), "last_day": None, "begins": time(18), "ends": time(20),
        "place": "Stadthaus", "online_address": "", "accessibility": "Ohne Stufen.", "contact": "Am Telefon.",
        "outcome": "", "state": "published",
    }  # fmt: skip
    return keep_format(values=usual | values, projects=projects, by=cdo, row=row)


def test_a_published_one_stands_on_start_list_project_and_its_own_page(client, project, cdo):
    row = offered(cdo, projects=[project])
    for address in ("/", "/beteiligung/", f"/projekte/{project.slug}/"):
        assert f'href="/beteiligung/{row.slug}/"' in client.get(address).content.decode(), address
    page = client.get(f"/beteiligung/{row.slug}/").content.decode()
    for words in ("Ohne Stufen.", "Am Telefon.", "18:00 bis 20:00 Uhr", "Termine online", "vor Ort"):
        assert words in page, words


def test_a_draft_stands_nowhere(client, project, cdo):
    row = offered(cdo, projects=[project], state="draft", title="Geheimplan")
    for address in ("/", "/beteiligung/", f"/projekte/{project.slug}/"):
        assert "Geheimplan" not in client.get(address).content.decode(), address
    assert client.get(f"/beteiligung/{row.slug}/").status_code == 404
    assert client.get(f"/beteiligung/{row.slug}/termin.ics").status_code == 404


def test_what_is_over_says_what_came_of_it_or_that_this_is_missing(client, cdo, project):
    past = {"first_day": clock.today() - timedelta(days=3)}
    row = offered(cdo, **past)
    page = client.get("/beteiligung/").content.decode()
    assert "Was daraus wurde, ist noch nicht eingetragen." in page
    offered(cdo, row=row, outcome="38 Menschen kamen.", **past)
    assert "38 Menschen kamen." in client.get("/beteiligung/").content.decode()
    assert "Bürgerforum" not in client.get("/").content.decode()


def test_one_that_was_called_off_says_so(client, cdo, project):
    row = offered(cdo)
    offered(cdo, row=row, state="cancelled")
    assert "Dieser Termin ist abgesagt." in client.get(f"/beteiligung/{row.slug}/").content.decode()
    assert "STATUS:CANCELLED" in client.get(f"/beteiligung/{row.slug}/termin.ics").content.decode()


def test_the_calendar_file_holds_the_time_in_utc_and_breaks_long_lines(client, cdo, project):
    row = offered(
        cdo, first_day=date(2027, 1, 19), last_day=date(2027, 1, 20), short_text="Wörter; mit, Komma\n" + "ü" * 100
    )
    answer = client.get(f"/beteiligung/{row.slug}/termin.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    assert "DTSTART:20270119T170000Z\r\n" in text
    assert "DTEND:20270119T190000Z\r\n" in text
    assert "RRULE:FREQ=DAILY;UNTIL=20270120T225959Z\r\n" in text
    assert "Wörter\\; mit\\, Komma\\n" in text.replace("\r\n ", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_one_that_is_public_stands_on_the_map_and_describes_itself_as_an_event(client, cdo, project, settings):
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    row = offered(cdo, first_day=date(2027, 1, 19), online_address="https://example.org/forum", mode="both")
    offered(cdo, title="Geheimplan", state="draft")
    site = client.get("/sitemap.xml").content.decode()
    assert f"<loc>https://portal.example.org/beteiligung/{row.slug}/</loc><lastmod>" in site
    assert f"<loc>https://portal.example.org/en/beteiligung/{row.slug}/</loc>" in site
    assert "geheimplan" not in site
    page = client.get(f"/beteiligung/{row.slug}/").content.decode()
    event = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert (event["@type"], event["startDate"]) == ("Event", "2027-01-19T18:00+01:00")
    assert event["endDate"] == "2027-01-19T20:00+01:00"
    assert [each["@type"] for each in event["location"]] == ["Place", "VirtualLocation"]
    assert event["eventStatus"].endswith("EventScheduled")
    offered(cdo, row=row, state="cancelled")
    assert "EventCancelled" in client.get(f"/beteiligung/{row.slug}/").content.decode()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"last_day": date(2020, 1, 1)}, "last_day"),
        ({"place": ""}, "place"),
        ({"mode": "online", "place": ""}, "online_address"),
        ({"begins": None}, "begins"),
        ({"ends": time(17)}, "ends"),
    ],
)
def test_days_and_places_that_cannot_be_are_refused_at_their_field(cdo, project, values, field):
    with pytest.raises(ValidationError) as refusal:
        offered(cdo, **values)
    assert field in refusal.value.message_dict


def test_the_office_keeps_them_on_record_and_nobody_else_does(cdo, project):
    with pytest.raises(NotAllowed):
        offered(user_with(employed_in(unit())))
    row = offered(cdo, state="draft")
    offered(cdo, row=row)
    entries = Entry.objects.filter(chain=f"format:{row.pk}").order_by("number")
    assert [(entry.from_state, entry.to_state) for entry in entries] == [("", "draft"), ("draft", "published")]
    assert set(FORMAT_VALUES) <= {field.name for field in Beteiligungsformat._meta.fields}


def test_the_desk_writes_one_and_keeps_its_address(client, cdo, project):
    client.force_login(cdo)
    page = client.get("/admin/pool/beteiligungsformat/add/")
    typed = {
        "title": "Neues Forum", "short_text": "Kurz", "audience": "alle", "mode": "on_site", "place": "Saal",
        "first_day": "12.01.2027", "begins": "18 Uhr", "ends": "20.30", "accessibility": "Ohne Stufen",
        "contact": "Telefon", "state": "published", "projects": [str(project.pk)],
    }  # fmt: skip
    answer = client.post("/admin/pool/beteiligungsformat/add/", form_with(page, "title") | typed)
    assert answer.status_code == 302, answer.content.decode()
    row = Beteiligungsformat.objects.get()
    assert (row.slug, row.begins, row.ends, list(row.projects.all())) == (
        "neues-forum",
        time(18),
        time(20, 30),
        [project],
    )
    address = f"/admin/pool/beteiligungsformat/{row.pk}/change/"
    form = form_with(client.get(address), "title")
    assert form["projects"] == [str(project.pk)]
    assert client.post(address, form | {"title": "Anders"}).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.slug) == ("Anders", "neues-forum")


def test_ways_without_the_net_are_read_where_people_look(client, cdo):
    keep_way(title="Am Telefon", text="06131 00", position=2, text_is_example=True, by=cdo)
    page = client.get("/beteiligung/").content.decode()
    assert "Am Telefon" in page
    assert 'class="beispiel"' in page


# --- Did this help? -----------------------------------------------------------------------------------------------


def test_yes_and_no_are_counted_by_page_and_month_and_a_second_click_counts_once(client, project):
    address = f"/beteiligung/hilfreich/?seite=/projekte/{project.slug}/&antwort=ja"
    form = form_with(client.get(address), "text")
    assert form["antwort"] == ["ja"]
    for _time in range(2):
        assert client.post("/beteiligung/hilfreich/", form | {"text": "Gut"}).status_code == 302
    row = PageOpinion.objects.get()
    assert (row.page, row.helped, row.did_not, row.month.day) == (f"/projekte/{project.slug}/", 1, 0, 1)
    assert PageNote.objects.get().text == "Gut"
    assert not client.cookies


@pytest.mark.parametrize(
    "page",
    ["/projekte/gibt-es-nicht/", "//evil.example/", "https://evil.example/", "/admin/", "/ideen/", "/konto/login/", "x",
     "/beteiligung/gibt-es-nicht/", "/" + "a" * 300, "/%00"],
)  # fmt: skip
def test_only_public_pages_that_are_there_are_asked_about(client, project, page):
    assert client.get("/beteiligung/hilfreich/", {"seite": page}).status_code == 404
    assert not PageOpinion.objects.exists()


def test_every_public_page_asks_and_no_inner_or_error_page_does(client, project, cdo):
    for address in ("/", "/projekte/", f"/projekte/{project.slug}/", "/beteiligung/", "/datenschutz/"):
        assert "Hat diese Seite geholfen?" in client.get(address).content.decode(), address
    assert "Hat diese Seite geholfen?" not in client.get("/projekte/gibt-es-nicht/").content.decode()
    client.force_login(cdo)
    assert "Hat diese Seite geholfen?" not in client.get("/ideen/").content.decode()


def test_pages_for_taking_part_ask_at_most_four_times_however_much_there_is(client, cdo, project):
    addresses = ["/beteiligung/", f"/beteiligung/rueckmeldung/projekt/{project.slug}/"]
    counted = []
    for number in (1, 12):
        for _row in range(number):
            row = offered(cdo, projects=[project])
        counted.append([_queries(client, address) for address in [*addresses, f"/beteiligung/{row.slug}/"]])
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 4


def _queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# --- The form at the desk -----------------------------------------------------------------------------------------


def test_the_form_offers_projects_by_handlungsfeld_and_keeps_what_is_not_offered_any_more(client, project, cdo):
    row = offered(cdo, projects=[project])
    client.force_login(cdo)
    address = f"/admin/pool/beteiligungsformat/{row.pk}/change/"
    page = client.get(address)
    shown = page.content.decode()
    group = shown[shown.index("<details open>") : shown.index("</details>")]
    assert "(1 gewählt)" in group
    assert "Termine online" in group
    form = form_with(page, "title")
    assert form["projects"] == [str(project.pk)]
    client.post(address, {name: value for name, value in form.items() if name != "projects"})
    assert not row.projects.exists(), "what is not ticked is let go"
    offered(cdo, row=row, projects=[project])
    take_back(project=project, reason="Prüfung", by=cdo)
    page = client.get(address)
    assert "Termine online" not in page.content.decode()
    assert client.post(address, form_with(page, "title")).status_code == 302
    assert list(row.projects.all()) == [project], "a project taken back for a while stays tied"
