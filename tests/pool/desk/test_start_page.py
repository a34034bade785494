"""The first page of the desk: every number is the number of the list behind it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.record import clock
from governance.record.actions import actor_for
from pool.casefile.actions import prepare_decision
from pool.decision.actions import open_sitting, put_on_list
from pool.lifecycle import Act
from pool.project.actions import correct_slip
from pool.project.models import Project
from pool.questions.actions import answer_question, ask_question, object_to_refusal
from tests.factories import (
    LEVELS,
    body,
    class_mark,
    employed_in,
    five,
    gate_round,
    join,
    mandate,
    opinion,
    project_at,
    rating,
    unit,
    user_with,
)
from tests.pool.desk.conftest import browser

START = "/admin/"


def lines(response) -> dict[str, tuple[str, int]]:
    """Return what stands there: words, address, number."""
    found = re.findall(
        r'<li><a href="(/admin/pool/project/\?[^"]+)"><span>([^<]+)</span>.*?<span class="n">(\d+) Vorhaben',
        response.content.decode(),
    )
    return {words: (address.replace("&amp;", "&"), int(number)) for address, words, number in found}


def long_ago(step: str, days: int) -> Project:
    project = project_at(step)
    Project.objects.filter(pk=project.pk).update(step_since=clock.today() - timedelta(days=days))
    return project


@pytest.fixture
def full_desk(db):
    for step in ("draft", "submitted", "submitted", "returned", "pooled", "assessed", "deferred", "commissioned"):
        project_at(step)
    long_ago("submitted", 15)
    long_ago("pooled", 28)
    long_ago("assessed", 91)
    due = class_mark(project_at("pooled"), "schnellboot")
    due.start_on, due.visible_on = clock.today() - timedelta(days=30), clock.today() + timedelta(days=3)
    due.latest_visible_on = clock.today() + timedelta(days=300)
    due.save()


def test_every_number_is_the_number_of_its_list(desk, full_desk):
    shown = lines(desk.get(START))
    for address, number in shown.values():
        assert desk.get(address).context["cl"].result_count == number, address
    assert {words: number for words, (_address, number) in shown.items()} == {
        "An den Grundkriterien prüfen": 3,
        "In den Reifegraden bewerten": 3,
        "Für einen Beschluss vorbereiten": 2,
        "Mit einem Team versehen": 1,
        "Sind zurückgegeben und werden überarbeitet": 1,
        "Stehen zu lange im selben Schritt": 2,
        "Sind Schnellboote mit fälligem Ergebnis": 1,
        "Entwurf": 1,
        "Eingereicht": 3,
        "Zur Überarbeitung": 1,
        "Im Pool": 3,
        "Bewertet": 2,
        "Zurückgestellt": 1,
        "Zur Umsetzung bestimmt": 1,
    }


def test_prepared_far_apart_uncountersigned_and_answered_stand_apart_each_with_its_list(desk, cdo):
    prepared, stale, plain = (project_at("submitted") for _each in range(3))
    for project in (prepared, stale):
        gate_round(project, five("yes", nutzen="no"), by=actor_for(cdo))
        prepare_decision(project=project, act=Act.DECLINE_ADMISSION, reason="Grund", by=cdo)
    correct_slip(project=stale, field="title", new_text="Neuer Titel", reason="Tippfehler", by=cdo)
    apart, own, near = (project_at("pooled") for _each in range(3))
    join(own, cdo, "co_author")
    for project, levels in ((apart, (0, 4)), (own, (0, 4)), (near, (2, 3))):
        for level in levels:
            opinion(project, user_with(employed_in(unit("amt-50"))), dict.fromkeys(LEVELS, level))
    rated = project_at("assessed")
    rating(rated, is_countersigned=False)
    asked = ask_question(project=plain, topic="section_nutzen", text="Für wen?", by=cdo)
    answer_question(question=asked, text="Für alle.", by=plain.mandates.get(role="submitter").person.person.user)
    response = desk.get(START)
    shown = lines(response)
    for words, found in {
        "An den Grundkriterien prüfen": {stale, plain},
        "Vorbereitet: gemeinsam freigeben": {prepared},
        "Haben Einschätzungen, die weit auseinanderliegen": {apart},
        "Sind bewertet und noch nicht gegengezeichnet": {rated},
        "Haben eine Antwort bekommen": {plain},
    }.items():
        address, number = shown[words]
        assert number == len(found), words
        assert set(desk.get(address).context["cl"].queryset) == found, words
    assert f"/ideen/{plain.pk}/rueckfragen/{asked.pk}/" in response.content.decode()


def test_an_answer_to_whoever_else_rates_is_theirs_to_settle(desk):
    project = project_at("pooled")
    rater = user_with(employed_in(unit("amt-50")), mandate("coordinator", handlungsfeld=project.lead_handlungsfeld))
    asked = ask_question(project=project, topic="section_nutzen", text="Für wen?", by=rater)
    answer_question(question=asked, text="Für alle.", by=project.mandates.get(role="submitter").person.person.user)
    start = desk.get(START).content.decode()
    assert "Haben eine Antwort bekommen" not in start
    assert f"/rueckfragen/{asked.pk}/" not in start


def test_an_objection_waits_at_the_desk_and_on_the_page_of_sittings_until_it_is_decided(desk, cdo):
    user_with(employed_in(unit("amt-61")), mandate("chair", body=body()))
    project = project_at("rejected", title="Widersprochene Idee")
    object_to_refusal(
        project=project, reason="Das sehen wir anders.", by=project.mandates.get(role="submitter").person.person.user
    )
    for address in (START, "/lenkungsgruppe/sitzungen/"):
        text = desk.get(address).content.decode()
        assert "Widersprochene Idee" in text, address
        assert "wartet seit" in text, address
    sitting = open_sitting(body=body(), day=clock.today(), place="Stadthaus", by=cdo)
    put_on_list(sitting=sitting, project=project, by=cdo)
    assert "auf der Liste der Sitzung vom" in desk.get(START).content.decode()


def test_the_bounds_are_said(desk, full_desk):
    assert "eingereicht 14, zur Überarbeitung 42, im Pool 28" in desk.get(START).content.decode()


def test_an_empty_desk_says_so(desk):
    text = desk.get(START).content.decode()
    for sentence in ("Nichts wartet auf Sie.", "nichts liegt zu lange", "Noch ist keine Idee da."):
        assert sentence in text


def test_a_sitting_that_is_near_is_named_with_its_list(desk, cdo):
    user_with(employed_in(unit("amt-61")), mandate("chair", body=body()))
    near = open_sitting(body=body(), day=clock.today() + timedelta(days=7), place="", by=cdo)
    far = open_sitting(body=body(), day=clock.today() + timedelta(days=60), place="", by=cdo)
    text = desk.get(START).content.decode().split('id="im-blick"')[1]
    assert f'href="/lenkungsgruppe/sitzungen/{near.pk}/"' in text
    assert f'href="/lenkungsgruppe/sitzungen/{far.pk}/"' not in text


def test_who_only_runs_the_portal_sees_no_projects(operator, full_desk):
    assert not lines(browser(operator).get(START))


def test_the_page_costs_the_same_for_few_and_for_many(desk, full_desk):
    with CaptureQueriesContext(connection) as few:
        desk.get(START)
    for _number in range(5):
        project_at("submitted")
        project_at("returned")
    with CaptureQueriesContext(connection) as many:
        desk.get(START)
    assert len(few) == len(many) <= 7, [q["sql"][:150] for q in many]
