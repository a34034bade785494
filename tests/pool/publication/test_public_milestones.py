"""What the public reads of milestones: released titles, days at once, and never a word of the inside."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import User
from governance.record import clock
from pool.delivery import actions
from pool.delivery.models import Milestone
from pool.lifecycle import Step
from pool.project.models import Project
from pool.publication.actions import release
from tests.conftest import moment
from tests.factories import employed_in, join, project_at, unit, user_with
from tests.pool.publication.publishing import consented, written

pytestmark = pytest.mark.django_db
TODAY = "2026-11-30 09:00"
SECRET = "Geheimmarke"
PUBLIC = "/", "/projekte/", "/projekte/feed/", "/offene-daten/projekte.json", "/offene-daten/projekte.csv"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The days named here lie before and after this one, whenever the tests run."""
    with clock.played(moment(TODAY)):
        yield


@pytest.fixture
def lead(db) -> User:
    return user_with(employed_in(unit("amt-60")), username="lead")


@pytest.fixture
def project(lead) -> Project:
    made = project_at(Step.RUNNING, title="Sensoren")
    join(made, lead, "lead")
    return made


def plan(project: Project, lead: User, title: str, day: date, **values: object) -> Milestone:
    return actions.plan_milestone(project=project, title=title, day=day, by=lead, **{"is_public": True, **values})


def publish(project: Project, cdo: User) -> None:
    project.refresh_from_db()
    change = "editorial" if project.releases.filter(is_current=True).exists() else ""
    release(text=consented(written(project, cdo), cdo), by=cdo, change=change)
    project.refresh_from_db()


def page_of(client, project: Project) -> str:
    return client.get(f"/projekte/{project.slug}/").content.decode()


def stood(page: str) -> str:
    """Return the part of the page that says how far the project is, without markup."""
    part = page.partition('id="stand"')[2].partition('id="wozu"')[0]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


def row_of(client, project: Project) -> dict:
    return client.get(f"/offene-daten/projekte/{project.slug}.json").json()


# --- On the page --------------------------------------------------------------------------------------------------


def test_the_page_says_how_far_it_is_before_what_comes_next(client, cdo, project, lead):
    first = plan(project, lead, "Erste Messung", date(2026, 3, 1), precision="month")
    plan(project, lead, "Netz steht", clock.today() + timedelta(days=400), precision="year")
    plan(project, lead, "Hundert Sensoren", clock.today() + timedelta(days=40))
    actions.reach_milestone(milestone=first, day=date(2026, 3, 19), by=lead)
    publish(project, cdo)
    page = page_of(client, project)
    said = stood(page)
    assert "1 von 3 Meilensteinen erreicht." in said
    assert "Erreicht am 19. März 2026, geplant war März 2026" in said
    assert re.search(r"Nächster Termin \d+\. \w+ \d{4}: Hundert Sensoren", said)
    assert f"Termin: {(clock.today() + timedelta(days=400)).year}" in said
    places = [page.index(part) for part in ('id="stand"', 'id="meilensteine"', "Zuletzt geändert", 'id="termin"',
                                            'id="wozu"', 'id="quellen"')]  # fmt: skip
    assert places == sorted(places)


def test_a_title_waits_for_the_next_release_and_days_do_not(client, cdo, project, lead):
    milestone = plan(project, lead, "Erste Messung", date(2027, 3, 1), precision="month")
    publish(project, cdo)
    plan(project, lead, SECRET, date(2027, 4, 1))
    assert SECRET not in page_of(client, project)
    assert "0 von 1 Meilenstein erreicht" in stood(page_of(client, project))
    actions.shift_milestone(milestone=milestone, day=date(2027, 6, 5), reason=SECRET, by=lead)
    said = stood(page_of(client, project))
    assert "Termin: 5. Juni 2027, ursprünglich März 2027" in said
    assert SECRET not in page_of(client, project)
    publish(project, cdo)
    assert SECRET in page_of(client, project), "now it is released"
    client.force_login(cdo)
    desk = client.get(reverse("admin:pool_project_release", args=[project.pk])).content.decode()
    assert f"<dd>{SECRET}</dd>" in desk, "who releases sees which titles go along"


def test_a_written_but_unreleased_version_shows_nothing(client, cdo, project, lead):
    publish(project, cdo)
    plan(project, lead, SECRET, date(2027, 4, 1))
    project.refresh_from_db()
    written(project, cdo)
    for address in (*PUBLIC, f"/projekte/{project.slug}/", f"/projekte/{project.slug}/feed/"):
        assert SECRET not in client.get(address).content.decode(), address


@pytest.mark.parametrize("step", ["stopped", "withdrawn", "declined", "completed", "assessed"])
def test_what_is_not_carried_out_has_no_next_date(client, cdo, project, lead, step):
    plan(project, lead, "Erste Messung", date(2020, 3, 1))
    publish(project, cdo)
    assert "Nächster Termin" in stood(page_of(client, project))
    Project.objects.filter(pk=project.pk).update(step=step)
    said = stood(page_of(client, project))
    assert "Nächster Termin" not in said
    assert "überfällig" not in said
    assert "offen geblieben" in said
    assert row_of(client, project)["naechster_termin"] is None


def test_overdue_is_said_in_words(client, cdo, project, lead):
    plan(project, lead, "Erste Messung", clock.today() - timedelta(days=1))
    publish(project, cdo)
    said = stood(page_of(client, project))
    assert "überfällig" in said
    assert "Dieser Termin ist vorbei, der Meilenstein ist noch nicht erreicht." in said


def test_what_was_announced_and_given_up_stays_and_counts_no_more(client, cdo, project, lead):
    kept = plan(project, lead, "Erste Messung", date(2027, 3, 1))
    plan(project, lead, "Zweite Messung", date(2027, 4, 1))
    unheard = plan(project, lead, SECRET, date(2027, 5, 1))
    actions.give_up_milestone(milestone=unheard, reason="Nie gesagt", by=lead)
    publish(project, cdo)
    actions.give_up_milestone(milestone=kept, reason=f"{SECRET}-grund", by=lead)
    for _time in range(2):
        page = page_of(client, project)
        assert "Aufgegeben am" in stood(page)
        assert "0 von 1 Meilenstein erreicht" in stood(page)
        assert SECRET not in page
        publish(project, cdo)


def test_without_milestones_the_page_says_nothing_of_them(client, cdo, project):
    publish(project, cdo)
    assert "Meilenstein" not in stood(page_of(client, project))
    assert row_of(client, project)["meilensteine"] == []


def test_english_pages_say_it_in_english_and_mark_the_german_title(client, cdo, project, lead):
    reached = plan(project, lead, "Erste Messung", date(2026, 3, 1), precision="month")
    actions.reach_milestone(milestone=reached, day=date(2026, 3, 19), by=lead)
    publish(project, cdo)
    page = client.get(f"/en/projekte/{project.slug}/").content.decode()
    assert "1 of 1 milestone reached" in page
    assert '<span lang="de">Erste Messung</span>' in page
    assert "Meilenstein" not in stood(page).replace("Erste Messung", "")


# --- Nothing of the inside ----------------------------------------------------------------------------------------


def test_inner_milestones_reasons_sources_and_reports_reach_no_public_byte(client, cdo, project, lead):
    shown = plan(project, lead, "Erste Messung", date(2027, 3, 1))
    inner = plan(project, lead, f"{SECRET}-intern", date(2027, 2, 1), is_public=False)
    source = f"{SECRET}-quelle"
    actions.shift_milestone(milestone=shown, day=date(2027, 6, 5), reason=f"{SECRET}-grund", by=cdo, source=source)
    actions.report(
        project=project, as_of=clock.today(), standing="delayed", happened=f"{SECRET}-geschehen",
        coming=f"{SECRET}-weiter", by=cdo, source=source,
    )  # fmt: skip
    publish(project, cdo)
    actions.reach_milestone(milestone=inner, day=clock.today(), by=cdo, source=source)
    actions.give_up_milestone(milestone=shown, reason=f"{SECRET}-aufgabe", by=cdo, source=source)
    field = project.lead_handlungsfeld.slug
    addresses = [*PUBLIC, f"/projekte/{project.slug}/", f"/en/projekte/{project.slug}/", "/sitemap.xml",
                 f"/projekte/{project.slug}/feed/", f"/offene-daten/projekte/{project.slug}.json",
                 "/offene-daten/katalog.jsonld", "/offene-daten/openapi.json", "/offene-daten/", f"/strategie/{field}/",
                 f"/strategie/{field}/feed/", f"/projekte/?q={SECRET[:6]}"]  # fmt: skip
    for address in addresses:
        answer = client.get(address)
        content = answer.content.decode()
        assert answer.status_code == 200, address
        assert SECRET not in content, address
        assert "verzögert" not in content, address
    assert "0 von 0" not in page_of(client, project)
    assert len(row_of(client, project)["meilensteine"]) == 1


# --- Data, feed, last change --------------------------------------------------------------------------------------


def test_the_data_hold_milestones_as_exactly_as_they_are_known(client, cdo, project, lead):
    first = plan(project, lead, "Erste Messung", date(2027, 3, 1), precision="month")
    second = plan(project, lead, "Netz steht", date(2027, 8, 1), precision="year")
    plan(project, lead, "Fertig", date(2026, 2, 3))
    publish(project, cdo)
    actions.shift_milestone(milestone=first, day=date(2027, 5, 6), reason="Später", by=lead)
    actions.reach_milestone(milestone=second, day=date(2026, 1, 9), by=lead)
    row = row_of(client, project)
    nothing = {"erreicht_am": None, "aufgegeben_am": None}
    assert row["meilensteine"] == [
        {**nothing, "titel": "Netz steht", "termin": "2027", "termin_zuerst": "2027", "erreicht_am": "2026-01-09"},
        {**nothing, "titel": "Fertig", "termin": "2026-02-03", "termin_zuerst": "2026-02-03"},
        {**nothing, "titel": "Erste Messung", "termin": "2027-05-06", "termin_zuerst": "2027-03"},
    ]
    assert row["naechster_termin"] == "2026-02-03"
    content = client.get("/offene-daten/projekte.csv").content.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(content, newline=""), delimiter=";")
    assert line["meilensteine"] == (
        "Netz steht: 2027, erreicht 2026-01-09 | Fertig: 2026-02-03 | Erste Messung: 2027-05-06, zuerst 2027-03"
    )


def test_the_last_change_moves_with_a_released_milestone_only(client, cdo, project, lead):
    shown = plan(project, lead, "Erste Messung", date(2027, 3, 1))
    inner = plan(project, lead, "Innen", date(2027, 3, 1), is_public=False)
    publish(project, cdo)
    before = row_of(client, project)["geaendert"]
    with clock.played(clock.now() + timedelta(days=3)):
        actions.shift_milestone(milestone=inner, day=date(2027, 4, 1), reason="Später", by=lead)
        assert row_of(client, project)["geaendert"] == before
        mark = client.get(f"/projekte/{project.slug}/")["ETag"]
        actions.shift_milestone(milestone=shown, day=date(2027, 4, 1), reason="Später", by=lead)
    after = row_of(client, project)["geaendert"]
    assert after > before
    assert client.get(f"/projekte/{project.slug}/", headers={"if-none-match": mark}).status_code == 200
    with clock.played(clock.now() + timedelta(days=5)):
        read = client.get("/offene-daten/projekte.json")["Last-Modified"]
        assert client.get("/offene-daten/projekte.json", headers={"if-modified-since": read}).status_code == 304
        actions.reach_milestone(milestone=shown, day=clock.today(), by=lead)
        assert client.get("/offene-daten/projekte.json", headers={"if-modified-since": read}).status_code == 200
    assert row_of(client, project)["geaendert"] > after


def test_a_reached_milestone_stands_in_the_feed_of_its_project(client, cdo, project, lead):
    early, late = plan(project, lead, "Erste Messung", date(2026, 3, 1)), plan(project, lead, "Netz", date(2026, 4, 1))
    actions.reach_milestone(milestone=early, day=date(2026, 3, 2), by=lead)
    publish(project, cdo)
    actions.give_up_milestone(milestone=late, reason="Entfällt", by=lead)
    feed = client.get(f"/projekte/{project.slug}/feed/").content.decode()
    assert feed.count("Meilenstein erreicht") == 1
    assert "Erste Messung" in feed
    assert json.dumps("Netz") not in feed


def test_a_corrected_title_waits_for_the_next_release_and_moves_no_day(client, cdo, project, lead):
    milestone = plan(project, lead, "Fünf Bueros", date(2027, 3, 1))
    with clock.played(moment("2026-11-20 09:00")):
        publish(project, cdo)
    before = page_of(client, project)
    actions.rename_milestone(milestone=milestone, title="Fünf Büros", reason=f"{SECRET}-titel", by=lead)
    assert page_of(client, project) == before
    client.force_login(cdo)
    desk = client.get(f"/admin/pool/project/{project.pk}/veroeffentlichung/").content.decode()
    assert "Ein öffentlicher Meilenstein ist neuer als diese Fassung oder heißt anders." in desk
    publish(project, cdo)
    desk = client.get(f"/admin/pool/project/{project.pk}/veroeffentlichung/").content.decode()
    assert "heißt anders" not in desk
    client.logout()
    page = page_of(client, project)
    assert "Fünf Büros" in stood(page)
    assert "Bueros" not in page
    assert SECRET not in page


def test_the_desk_reads_which_milestones_a_version_adds_and_drops(client, cdo, project, lead):
    dropped = plan(project, lead, "Wird gestrichen", date(2027, 3, 1))
    plan(project, lead, "Bleibt", date(2027, 4, 1))
    written(project, cdo)
    actions.give_up_milestone(milestone=dropped, reason="Entfällt", by=lead)
    plan(project, lead, "Kommt dazu", date(2027, 5, 1))
    project.refresh_from_db()
    written(project, cdo)
    client.force_login(cdo)
    page = client.get(f"/admin/pool/project/{project.pk}/veroeffentlichung/").content.decode()
    compared = page.partition("Geändert gegenüber Fassung 1")[2].partition("Ganzer Text")[0]
    assert re.search(r"<dt>Meilensteine</dt>.*<del>.*Wird gestrichen.*</del>.*<ins>.*Kommt dazu", compared, re.DOTALL)
    assert "Bleibt" not in compared
    assert "Geändert hat sich nichts" not in page


def test_milestones_cost_the_public_no_query(client, cdo, project, lead):
    publish(project, cdo)
    addresses = [f"/projekte/{project.slug}/", *PUBLIC]

    def costs() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found.append(len(queries))
        return found

    costs()
    before = costs()
    for number in range(12):
        plan(project, lead, f"Schritt {number}", date(2027, 3, 1 + number))
    publish(project, cdo)
    assert costs() == before
    assert page_of(client, project).count('class="milestone-no"') == 12
