"""The room /umsetzung/ in the browser's terms: who sees what, and every job by its form, without JavaScript."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from governance.models import User
from governance.record import clock
from pool.delivery import actions
from pool.delivery.models import Milestone, MilestoneDay, StatusReport
from pool.lifecycle import Step
from pool.project.models import Project
from tests.factories import employed_in, join, mandate, project_at, unit, user_with
from tests.forms import form_with

pytestmark = pytest.mark.django_db
SECRET = "Geheimmarke"


@pytest.fixture
def lead(db) -> User:
    return user_with(employed_in(unit("amt-60")), username="lead", first_name="Lea", last_name="Leitung")


@pytest.fixture
def cdo(db) -> User:
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate("cdo"), username="cdo")


@pytest.fixture
def running(lead) -> Project:
    project = project_at(Step.RUNNING, title="Sensoren am Rhein")
    join(project, lead, "lead")
    return project


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def day(number: int):
    return clock.today() + timedelta(days=number)


def send(client: Client, address: str, **typed: object):
    """Open a page and send its form with what is typed."""
    page = client.get(address)
    assert page.status_code == 200, address
    held = {name: values[0] for name, values in form_with(page, "version").items()}
    return client.post(address, held | typed)


def plan(client: Client, project: Project, **typed: object):
    values = {"title": "Erste Messung", "day": day(20).isoformat(), "precision": "day", "audience": "oeffentlich"}
    return send(client, reverse("delivery:plan", args=[project.pk]), **(values | typed))


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_team_plans_shifts_reaches_and_reports_by_its_forms(lead, running):
    client, page = signed_in(lead), reverse("delivery:project", args=[running.pk])
    assert plan(client, running).url == page
    assert plan(client, running, title="Innen", audience="intern", precision="month").url == page
    first, second = Milestone.objects.order_by("pk")
    assert (first.is_public, second.is_public) == (True, False)
    shift = reverse("delivery:shift", args=[running.pk, first.pk])
    assert send(client, shift, day=day(40).isoformat(), reason="Lieferung fehlt").url == page
    assert send(client, reverse("delivery:reach", args=[running.pk, first.pk])).url == page
    give_up = reverse("delivery:give_up", args=[running.pk, second.pk])
    assert send(client, give_up, reason="Niemand braucht es").url == page
    report = reverse("delivery:report", args=[running.pk])
    said = {"standing": "at_risk", "happened": "Viel geschah.", "coming": "Mehr kommt."}
    assert send(client, report, **said).url == page
    shown = text_of(client, page)
    for words in ("1 von 1 Meilenstein erreicht", "Lieferung fehlt", "Niemand braucht es", "2 geplante Tage",
                  "Viel geschah.", "gefährdet", "nur intern", "noch nicht veröffentlicht", "Leitung"):  # fmt: skip
        assert words in shown, words
    assert reverse("delivery:reach", args=[running.pk, first.pk]) not in shown, "what is closed has no deeds"
    assert "Doch nicht erreicht" in text_of(client, shift)
    assert send(client, shift, day=day(60).isoformat(), reason="Verwechselt").url == page
    shown = text_of(client, page)
    assert "0 von 1 Meilenstein erreicht" in shown
    assert "Galt als erreicht am" in shown


def test_a_slip_in_a_title_is_corrected_where_it_stands_and_the_former_title_is_read(lead, running):
    client, page = signed_in(lead), reverse("delivery:project", args=[running.pk])
    plan(client, running, title="Erste Mesung")
    rename = reverse("delivery:rename", args=[running.pk, Milestone.objects.get().pk])
    assert f'href="{rename}"' in text_of(client, page)
    assert 'value="Erste Mesung"' in text_of(client, rename), "nobody types all of it again"
    unchanged = send(client, rename, reason="Tippfehler")
    assert (unchanged.status_code, Milestone.objects.get().title) == (422, "Erste Mesung")
    assert "So heißt der Meilenstein schon." in unchanged.content.decode()
    refused = send(client, rename, title="Erste Messung", reason="")
    assert refused.status_code == 422
    assert 'value="Erste Messung"' in refused.content.decode()
    assert send(client, rename, title="Erste Messung", reason="Tippfehler").url == page
    shown = text_of(client, page)
    assert "„Erste Mesung“." in shown.partition("Hieß früher anders")[2]
    assert "Erste Messung</h3>" in shown


def test_the_list_names_standing_next_date_and_what_is_overdue(lead, running):
    client = signed_in(lead)
    assert "Noch ist kein Termin geplant" in text_of(client, "/umsetzung/")
    Project.objects.filter(pk=running.pk).update(step_since=day(-300))
    with clock.played(clock.now() - timedelta(days=200)):
        actions.report(project=running, as_of=clock.today(), standing="delayed", happened="x", coming="y", by=lead)
        actions.plan_milestone(project=running, title="Erste Messung", day=day(10), by=lead)
    shown = text_of(client, "/umsetzung/")
    for words in ("verzögert", "Erste Messung", "Der Termin ist vorbei.", "Bericht überfällig", "0 von 1 Meilenstein"):
        assert words in shown, words
    assert "Berichtet wird alle drei Monate" in text_of(client, reverse("delivery:project", args=[running.pk]))


def test_projects_without_a_date_come_last(lead, running):
    other = project_at(Step.RUNNING, title="Anderes")
    join(other, lead, "member")
    actions.plan_milestone(project=running, title="Bald", day=day(3), by=lead)
    shown = text_of(signed_in(lead), "/umsetzung/")
    assert shown.index("Sensoren am Rhein") < shown.index("Anderes")


def test_what_is_over_stands_apart(lead, running):
    client = signed_in(lead)
    Project.objects.filter(pk=running.pk).update(step=Step.COMPLETED)
    assert "Sensoren am Rhein" not in text_of(client, "/umsetzung/")
    assert "Sensoren am Rhein" in text_of(client, "/umsetzung/?zeige=beendet")


def test_another_teams_project_is_not_there(lead, running):
    other = user_with(employed_in(unit("amt-61")), username="other")
    mine = project_at(Step.RUNNING)
    join(mine, other, "member")
    milestone = actions.plan_milestone(project=running, title=SECRET, day=day(3), by=lead)
    client = signed_in(other)
    assert client.get("/umsetzung/").status_code == 200
    assert SECRET not in text_of(client, "/umsetzung/")
    for name, arguments in (
        ("project", [running.pk]),
        ("plan", [running.pk]),
        ("report", [running.pk]),
        ("reach", [running.pk, milestone.pk]),
        ("reach", [mine.pk, milestone.pk]),  # a milestone of another project under the address of mine
    ):
        address = reverse(f"delivery:{name}", args=arguments)
        assert client.get(address).status_code == 404, address
        assert client.post(address, {"day": day(0).isoformat()}).status_code in (404, 405), address
    assert Milestone.objects.get().reached_on is None


def test_who_left_the_team_finds_the_door_closed(lead, running):
    former = user_with(employed_in(unit("amt-61")), username="former")
    join(running, former, "member", last_day=-1)
    assert signed_in(former).get("/umsetzung/").status_code == 403


def test_the_office_is_asked_for_its_source_and_the_team_is_not(lead, cdo, running):
    address = reverse("delivery:plan", args=[running.pk])
    assert 'name="source"' not in text_of(signed_in(lead), address)
    client = signed_in(cdo)
    answer = plan(client, running)
    assert answer.status_code == 422
    assert "Nennen Sie die Quelle" in answer.content.decode()
    assert "Erste Messung" in answer.content.decode(), "what was typed stays"
    assert plan(client, running, source="Anruf am Montag").status_code == 302
    assert MilestoneDay.objects.get().source == "Anruf am Montag"


def test_a_second_click_and_an_old_page(lead, running):
    client, address = signed_in(lead), reverse("delivery:report", args=[running.pk])
    held = {name: values[0] for name, values in form_with(client.get(address), "version").items()}
    typed = held | {"standing": "on_track", "happened": "Viel.", "coming": "Mehr."}
    assert [client.post(address, typed).status_code for _click in range(2)] == [302, 302]
    assert StatusReport.objects.count() == 1
    old = typed | {"form_token": "", "happened": "Anderes."}
    refused = client.post(address, old)
    assert refused.status_code == 409
    assert "inzwischen geändert" in refused.content.decode()
    assert "Anderes." in refused.content.decode()
    assert StatusReport.objects.count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"day": "gestern"}, {"day": "31.02.2027"}, {"day": "1500-01-01"}, {"day": ""}, {"precision": "unknown"},
        {"audience": "alle"}, {"title": " "}, {"title": "x" * 121}, {"title": "a\x00b"}, {"version": "x"},
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_words(lead, running, typed):
    answer = plan(signed_in(lead), running, **typed)
    assert answer.status_code in (409, 422)
    assert not Milestone.objects.exists()


def test_the_casefile_shows_all_staff_public_milestones_and_insiders_the_rest(lead, running):
    actions.plan_milestone(project=running, title="Für alle", day=day(3), is_public=True, by=lead)
    shown = Milestone.objects.get()
    actions.plan_milestone(project=running, title=f"{SECRET}-innen", day=day(3), by=lead)
    actions.shift_milestone(milestone=shown, day=day(9), reason=f"{SECRET}-grund", by=lead)
    actions.report(project=running, as_of=day(0), standing="at_risk", happened=f"{SECRET}-bericht", coming="y", by=lead)
    address = reverse("casefile:detail", args=[running.pk])
    colleague = text_of(signed_in(user_with(employed_in(unit("amt-50")), username="colleague")), address)
    assert "Für alle" in colleague
    assert "0 von 1 Meilenstein erreicht" in colleague
    assert SECRET not in colleague
    assert "gefährdet" not in colleague
    insider = text_of(signed_in(lead), address)
    for words in ("innen", "grund", "bericht"):
        assert f"{SECRET}-{words}" in insider
    assert reverse("delivery:project", args=[running.pk]) in insider
