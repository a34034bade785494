"""The desk: what waits is seen at once, many are looked through one after the other, and the deputy does it too."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.mandates.rules import Role
from governance.record import clock
from pool.lifecycle import ProcedureError
from pool.participation.actions import answer_feedback, enter_feedback, show_feedback, take_up
from pool.participation.models import Feedback
from tests.factories import employed_in, held_by, mandate, unit, user_with
from tests.forms import form_with

pytestmark = pytest.mark.django_db
START = "/admin/"


@pytest.fixture
def desk(cdo) -> Client:
    browser = Client()
    browser.force_login(cdo)
    return browser


@pytest.fixture
def deputy(cdo):
    deputising = mandate(Role.CDO, deputy_for=held_by(cdo, Role.CDO))
    return user_with(employed_in(unit("kdz")), deputising, username="vertretung")


def written(project, cdo, days_ago: int = 1, text: str = "Ab wann?") -> Feedback:
    day = clock.today() - timedelta(days=days_ago)
    return enter_feedback(subject=project, kind="question", channel="letter", text=text, received_on=day, by=cdo)


# --- What waits ---------------------------------------------------------------------------------------------------


def test_the_start_page_counts_what_waits_and_leads_to_exactly_these(desk, project, cdo):
    assert "Alle Rückmeldungen sind durchgesehen und beantwortet." in desk.get(START).content.decode()
    old, new = written(project, cdo, 40), written(project, cdo, 1)
    shown = written(project, cdo, 3)
    show_feedback(feedback=shown, public_text="Ab wann?", by=cdo)
    page = desk.get(START).content.decode()
    part = page[page.index('id="stimmen"') : page.index("</section>", page.index('id="stimmen"'))]
    assert "2 Rückmeldungen" in part
    assert "eine Rückmeldung" in part
    assert f"Die älteste ist vom {old.received_on.day}. " in part
    assert part.count("überfällig") == 1
    for address, rows in (("?stand=waiting", {old, new}), ("?stand=antwort", {shown})):
        assert f'href="/admin/pool/feedback/{address}"' in part
        assert set(desk.get(f"/admin/pool/feedback/{address}").context["cl"].queryset) == rows
    answer_feedback(feedback=shown, answer="Im Mai.", answered_as=unit("amt-33"), by=cdo)
    assert "Öffentlich beantworten" not in desk.get(START).content.decode()


def test_what_waits_costs_the_start_page_no_query_more(desk, project, cdo):
    written(project, cdo)
    with CaptureQueriesContext(connection) as few:
        desk.get(START)
    for number in range(5):
        written(project, cdo, number)
    with CaptureQueriesContext(connection) as many:
        desk.get(START)
    assert len(few) == len(many) <= 7, [query["sql"][:150] for query in many]


# --- One after the other ------------------------------------------------------------------------------------------


def test_many_are_looked_through_one_page_each_the_oldest_first(desk, project, cdo):
    rows = [written(project, cdo, 9 - number, text=f"Text {number}") for number in range(3)]
    answer = desk.get("/admin/pool/feedback/durchsehen/")
    for number, row in enumerate(rows):
        address = f"/admin/pool/feedback/{row.pk}/durchsehen/"
        assert answer.url == f"{address}#inhalt", "the keyboard begins in the page, not in the menu"
        page = desk.get(address)
        text = page.content.decode()
        assert f"Text {number}" in text
        assert ("Eine wartet noch" if number == 2 else f"{3 - number} warten noch") in text
        verdict = "insults" if number == 1 else "show"
        answer = desk.post(address, form_with(page, "public_text") | {"verdict": verdict})
        assert answer.status_code == 302
    assert answer.url == "/admin/pool/feedback/"
    found = [(row.state, row.public_text, row.refusal) for row in Feedback.objects.order_by("received_on")]
    assert found == [("shown", "Text 0", ""), ("refused", "", "insults"), ("shown", "Text 2", "")]
    assert desk.get("/admin/pool/feedback/durchsehen/").url == "/admin/pool/feedback/"


def test_one_may_be_passed_over_and_comes_again_after_the_last(desk, project, cdo):
    first, second = written(project, cdo, 2), written(project, cdo, 1)
    assert f'href="{review(second)}#inhalt"' in desk.get(review(first)).content.decode()
    page = desk.get(review(second))
    answer = desk.post(review(second), form_with(page, "public_text") | {"verdict": "show"})
    assert answer.url == f"{review(first)}#inhalt"


def test_nothing_is_decided_without_a_choice_or_over_what_somebody_else_decided(desk, project, cdo):
    row = written(project, cdo)
    form = form_with(desk.get(review(row)), "public_text")
    unchosen = desk.post(review(row), form | {"public_text": "Gekürzt"})
    assert unchosen.status_code == 422
    assert "Gekürzt" in unchosen.content.decode()
    empty = desk.post(review(row), form | {"verdict": "show", "public_text": " "})
    assert "Schreiben Sie, was die Öffentlichkeit lesen soll." in empty.content.decode()
    show_feedback(feedback=row, public_text="Wie die Kollegin es zeigt", by=cdo)
    stale = desk.post(review(row), form | {"verdict": "insults"})
    assert stale.status_code == 422
    assert "Wie die Kollegin es zeigt" in stale.content.decode()
    row.refresh_from_db()
    assert row.state == "shown"
    assert desk.get(review(row)).url == f"/admin/pool/feedback/{row.pk}/change/"


def review(row: Feedback) -> str:
    return f"/admin/pool/feedback/{row.pk}/durchsehen/"


# --- The deputy ---------------------------------------------------------------------------------------------------


def test_the_deputy_looks_through_answers_and_takes_up_on_any_day(project, cdo, deputy):
    browser, writer = Client(), user_with(employed_in(unit()), username="schreibt")
    browser.force_login(deputy)
    row = written(project, cdo, text="Mehr Bänke am Rhein")
    page = browser.get(review(row))
    assert browser.post(review(row), form_with(page, "public_text") | {"verdict": "show"}).status_code == 302
    address = f"/admin/pool/feedback/{row.pk}/aufgreifen/"
    form = form_with(browser.get(address), "title") | {"title": "Mehr Bänke", "person": writer.username}
    assert browser.post(address, form).status_code == 302
    row.refresh_from_db()
    assert (row.idea.step, row.idea.origin, row.idea.channel) == ("draft", "resident", "letter")
    assert row.idea.problem == "Mehr Bänke am Rhein"
    assert row.idea.mandates.get(role="submitter").person.person.user == writer
    assert row.idea.transitions.get().in_place_of is None, "in her own right"
    with pytest.raises(ProcedureError):
        take_up(feedback=row, title="Noch einmal", short_text="", person=writer, by=deputy)
