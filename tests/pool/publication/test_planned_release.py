"""A release on a day: nobody does anything when it comes, and before it no public byte shows a sign of it."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.models import Edition, Handlungsfeld
from governance.record import clock
from governance.record.actions import actor_for
from governance.record.models import Entry
from pool.lifecycle import Incomplete, ProcedureError, Step
from pool.participation.following import queue_changes
from pool.participation.models import PublicMail, Subscription
from pool.project.models import Project
from pool.publication.actions import call_off, change_day, release, take_back
from pool.publication.models import Release
from pool.publication.open_data import last_entry
from pool.publication.queries import planned_release, release_of, released_projects
from pool.reminders import send_reminders
from tests.factories import employed_in, join, project_at, unit, user_with
from tests.pool.publication.publishing import consented, written

pytestmark = pytest.mark.django_db
SECRET = "ZUFRUEH"
DAY = timedelta(days=1)
FILES = (
    "/", "/projekte/", f"/projekte/?q={SECRET}", "/strategie/", "/projekte/feed/", "/offene-daten/projekte.json",
    "/offene-daten/projekte.csv", "/offene-daten/katalog.jsonld", "/sitemap.xml", "/en/projekte/",
)  # fmt: skip


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour, minute))


@pytest.fixture
def today() -> date:
    return clock.today()


def planned(cdo, today, project=None, days: int = 7, **values) -> Project:
    project = project or project_at(Step.RUNNING, title=f"{SECRET} Titel")
    words = {"title": f"{SECRET} Titel", "short_text": f"{SECRET} kurz", "plain_text": f"{SECRET} einfach", **values}
    change = {"change": "noted", "note": f"{SECRET} Berichtigung"} if release_of(project) else {}
    release(text=consented(written(project, cdo, **words), cdo), by=cdo, on_day=today + days * DAY, **change)
    project.refresh_from_db()
    return project


def bytes_of(client, project: Project) -> dict[str, str]:
    own = (f"/projekte/{project.slug}/", f"/en/projekte/{project.slug}/", f"/projekte/{project.slug}/feed/",
           f"/offene-daten/projekte/{project.slug}.json")  # fmt: skip
    return {address: client.get(address).content.decode() for address in (*FILES, *own)}


def test_before_its_day_no_public_byte_shows_it_and_on_the_day_it_is_there(client, frame, cdo, today):
    project = planned(cdo, today)
    search = f"/projekte/?q={SECRET}"
    with clock.played(at(today + 6 * DAY, 23, 59)):
        pages = bytes_of(client, project)
        assert [address for address, page in pages.items() if SECRET in page.replace(f'value="{SECRET}"', "")
                and address != search] == []  # fmt: skip
        assert f"{SECRET} Titel" not in pages[search]
        assert client.get(f"/projekte/{project.slug}/").status_code == 404
    entries = Entry.objects.count()
    with clock.played(at(today + 7 * DAY)):
        pages = bytes_of(client, project)
        assert f"{SECRET} einfach" in pages[f"/projekte/{project.slug}/"]
        for address in ("/projekte/", search, "/projekte/feed/", "/offene-daten/projekte.json",
                        "/offene-daten/projekte.csv", f"/projekte/{project.slug}/feed/"):  # fmt: skip
            assert f"{SECRET} Titel" in pages[address], address
        assert f"/projekte/{project.slug}/" in pages["/sitemap.xml"]
    assert Entry.objects.count() == entries


def test_until_its_day_the_text_before_stays_public(client, frame, cdo, today, released):
    project = released(title="Ampeln", short_text="Der alte Satz.")
    planned(cdo, today, project)
    address = f"/projekte/{project.slug}/"
    before = client.get(address).content.decode()
    assert "Der alte Satz." in before
    assert SECRET not in before
    with clock.played(at(today + 7 * DAY)):
        page = client.get(address).content.decode()
        assert "Der alte Satz." not in page
        assert f"{SECRET} kurz" in page
        assert re.search(rf"Berichtigt am\s.*{SECRET} Berichtigung", page)
        assert released_projects().filter(project=project).count() == 1


@pytest.mark.parametrize("name", ["/projekte/feed/", "/offene-daten/projekte.json", "/projekte/ampeln/feed/",
                                  "/offene-daten/projekte/ampeln.json", "/projekte/ampeln/"])  # fmt: skip
def test_what_a_browser_kept_is_not_called_unchanged_when_the_day_comes(client, frame, cdo, today, released, name):
    planned(cdo, today, released(title="Ampeln"))
    with clock.played(at(today + 6 * DAY, 12)):
        kept = client.get(name)
        headers = {"If-None-Match": kept["ETag"]}
        assert client.get(name, headers=headers).status_code == 304
        since = {"If-Modified-Since": kept["Last-Modified"]} if kept.has_header("Last-Modified") else None
    with clock.played(at(today + 7 * DAY, 2)):
        assert client.get(name, headers=headers).status_code == 200
        if since:
            answer = client.get(name, headers=since)
            assert answer.status_code == 200
            assert answer["Last-Modified"] > since["If-Modified-Since"] or "Dec" in answer["Last-Modified"]


def test_a_feed_that_was_kept_is_not_called_unchanged_when_another_edition_holds(client, frame, released, today):
    """Nobody does anything on that day, and yet the field of that name is another one, with other projects."""
    new = Edition.objects.create(code="neu", title="Neue Ausgabe", valid_from=today + 7 * DAY)
    words = {"name": "Neu", "topic": "Neu", "starting_situation": "Neu"}
    field = Handlungsfeld.objects.create(edition=new, code="DV", slug="feld-dv", number=1, **words)
    released(title="Ampeln")
    released(title="Brücken", field=field)
    name = "/strategie/feld-dv/feed/"
    with clock.played(at(today + 6 * DAY, 12)):
        kept = client.get(name)
        assert b"Ampeln" in kept.content
        since = {"If-Modified-Since": kept["Last-Modified"]}
        assert client.get(name, headers=since).status_code == 304
    with clock.played(at(today + 7 * DAY, 2)):
        assert b"Ampeln" not in client.get(name).content
        assert client.get(name, headers=since).status_code == 200


def test_the_last_change_is_the_coming_of_the_day(cdo, today):
    planned(cdo, today)
    with clock.played(at(today + 6 * DAY)):
        assert clock.day_of(last_entry()) == today
    with clock.played(at(today + 8 * DAY)):
        assert last_entry() == at(today + 7 * DAY)


def test_one_release_is_planned_at_a_time(cdo, today):
    project = planned(cdo, today)
    text = consented(written(project, cdo), cdo)
    for on_day in (None, today + 3 * DAY):
        with pytest.raises(ProcedureError, match="schon eine Veröffentlichung geplant"):
            release(text=text, by=cdo, on_day=on_day)
    row = planned_release(project)
    values = {"project": project, "text": text, "consent": text.consent, "released_by": actor_for(cdo)}
    moments = {"planned_at": clock.now(), "released_at": row.released_at}
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(**values, **moments, is_planned=True, is_current=False)


def test_the_database_plans_only_for_later(cdo, today):
    text = consented(written(project_at(Step.RUNNING), cdo), cdo)
    values = {"project": text.project, "text": text, "consent": text.consent, "released_by": actor_for(cdo)}
    now = clock.now()
    for wrong in (
        {"is_planned": True, "is_current": False, "planned_at": now, "released_at": now},
        {"is_planned": True, "is_current": False, "released_at": now + DAY},
        {"is_planned": True, "is_current": True, "planned_at": now, "released_at": now + DAY},
        {"released_at": now, "change": "noted"},
        {"released_at": now, "change": "editorial", "note": "Doch etwas."},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Release.objects.create(**values, **wrong)


def test_consent_must_hold_when_it_is_planned_and_the_day_must_lie_ahead(cdo, today):
    text = written(project_at(Step.RUNNING), cdo)
    with pytest.raises(Incomplete, match="die Zustimmung"):
        release(text=text, by=cdo, on_day=today + DAY)
    consented(text, cdo)
    with pytest.raises(ValidationError, match="Vergangenheit"):
        release(text=text, by=cdo, on_day=today - DAY)
    assert release(text=text, by=cdo, on_day=today).is_planned is False


def test_another_day_leaves_the_first_one_readable_with_who_and_when(cdo, today):
    project = planned(cdo, today)
    moved = change_day(project=project, on_day=today + 20 * DAY, by=cdo, version=project.version)
    first, second = Release.objects.order_by("pk")
    assert (first.was_called_off, first.taken_back_by, clock.day_of(first.released_at)) == (
        True, actor_for(cdo), today + 7 * DAY,
    )  # fmt: skip
    assert (second, second.is_planned, clock.day_of(second.released_at)) == (moved, True, today + 20 * DAY)
    with clock.played(at(today + 8 * DAY)):
        assert release_of(project) is None
    change_day(project=project, on_day=today, by=cdo)
    assert release_of(project) is not None
    states = Entry.objects.filter(chain=f"project:{project.pk}", act="release").order_by("number")
    assert list(states.values_list("to_state", flat=True)) == [
        "text_written", "planned", "called_off", "planned", "called_off", "released",
    ]  # fmt: skip


def test_what_is_called_off_never_comes(cdo, today, released, client, frame):
    project = released(title="Ampeln")
    planned(cdo, today, project)
    call_off(project=project, by=cdo)
    with clock.played(at(today + 30 * DAY)):
        assert release_of(project).text.number == 1
        assert SECRET not in client.get(f"/projekte/{project.slug}/").content.decode()
        with pytest.raises(ProcedureError, match="keine Veröffentlichung geplant"):
            call_off(project=project, by=cdo)


def test_a_plan_whose_day_has_come_is_not_called_off_any_more(cdo, today):
    project = planned(cdo, today)
    with clock.played(at(today + 7 * DAY, 9)):
        with pytest.raises(ProcedureError, match="ihr Tag schon da"):
            call_off(project=project, by=cdo)
        release(text=consented(written(project, cdo, title="Danach"), cdo), by=cdo, change="editorial")
        assert release_of(project).text.title == "Danach"
    assert Release.objects.filter(is_current=True).count() == 1


def test_taking_back_ends_what_is_public_and_what_is_planned(cdo, today, released):
    project = released()
    planned(cdo, today, project)
    take_back(project=project, reason="Alles falsch.", by=cdo)
    for days in (0, 8):
        with clock.played(at(today + days * DAY, 23)):
            assert release_of(project) is None
    alone = planned(cdo, today)
    take_back(project=alone, reason="Doch nicht.", by=cdo)
    with clock.played(at(today + 8 * DAY)):
        assert release_of(alone) is None


def test_who_follows_and_who_wrote_it_hear_of_it_on_the_day_and_once(cdo, today, released):
    project = released(title="Ampeln")
    lead = user_with(employed_in(unit("amt-61")))
    join(project, lead, "lead")
    row = Subscription.objects.create(mail="a@example.org", project=project, asked_at=clock.now())
    Subscription.objects.filter(pk=row.pk).update(confirmed_at=clock.now() + timedelta(minutes=1))
    planned(cdo, today, project)
    with clock.played(at(today + 6 * DAY, 12)):
        assert (queue_changes(), send_reminders()) == (0, 0)
    with clock.played(at(today + 7 * DAY, 6)):
        assert (queue_changes(), send_reminders()) == (1, 2)  # who follows; who handed it in and who leads it
        assert (queue_changes(), send_reminders()) == (0, 0)
    assert PublicMail.objects.get().sentence == f"Der veröffentlichte Text zu „{SECRET} Titel“ ist neu."


def test_corrections_stay_listed_also_after_the_next_one(client, frame, cdo, released):
    project = released(title="Ampeln")
    for note in ("Der Start ist 2027.", "Es sind neun Ampeln."):
        text = consented(written(project, cdo, title="Ampeln", why=note), cdo)
        release(text=text, by=cdo, change="noted", note=note)
    release(text=consented(written(project, cdo, title="Ampeln"), cdo), by=cdo, change="editorial", note="Nie gesagt.")
    page = client.get("/projekte/ampeln/").content.decode()
    assert page.index("Es sind neun Ampeln.") < page.index("Frühere Berichtigungen") < page.index("Der Start ist 2027.")
    assert "Nie gesagt." not in page
    found = client.get("/offene-daten/projekte/ampeln.json").json()["berichtigungen"]
    assert [each["text"] for each in found] == ["Der Start ist 2027.", "Es sind neun Ampeln."]
    assert found[0]["tag"] == f"{clock.today():%Y-%m-%d}"
