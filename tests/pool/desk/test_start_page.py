"""The first page of the desk: every number is the number of the list behind it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.record import clock
from pool.decision.actions import open_sitting
from pool.project.models import Project
from tests.factories import body, class_mark, employed_in, mandate, project_at, unit, user_with
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
        "Warten auf eine Antwort der Einreichenden": 1,
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
    assert len(few) == len(many) <= 7
