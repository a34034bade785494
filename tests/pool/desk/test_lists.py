"""The queue, the project's page and Priorisierung: what stands there, for whom, at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.record import clock
from pool.decision.actions import open_sitting
from pool.decision.models import SittingItem
from pool.project.models import Project
from tests.factories import (
    body,
    employed_in,
    handlungsfeld,
    mandate,
    project_at,
    taken_over_at,
    unit,
    user_with,
)
from tests.pool.desk.conftest import browser

LIST = "/admin/pool/project/"
PRIORITIES = "/admin/pool/project/priorisierung/"


def titles(response):
    return {project.title for project in response.context["cl"].result_list}


@pytest.fixture
def one_of_each(db):
    steps = ["draft", "submitted", "returned", "pooled", "assessed", "deferred", "commissioned", "running", "completed"]
    projects = {step: project_at(step, title=f"Vorhaben {step}") for step in steps}
    projects["due"] = project_at("deferred", title="Vorhaben due", look_again_on=clock.today())
    projects["taken"] = taken_over_at("commissioned")
    Project.objects.filter(pk=projects["taken"].pk).update(title="Vorhaben taken")
    return projects


def test_without_a_filter_the_list_shows_what_waits_for_the_cdo(desk, one_of_each):
    waiting = {f"Vorhaben {name}" for name in ("submitted", "pooled", "commissioned", "due")}
    assert titles(desk.get(LIST)) == waiting


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("wartet=pruefung", {"submitted"}),
        ("wartet=bewertung", {"pooled"}),
        ("wartet=beschluss", {"assessed"}),
        ("wartet=team", {"commissioned"}),
        ("wartet=abschluss", set()),
        ("wartet=wiedervorlage", {"due"}),
        ("schritt=running", {"running"}),
        ("schritt=commissioned", {"commissioned", "taken"}),
        ("q=taken", {"taken"}),
        ("q=%25", set()),
        ("wartet=bewertung&schritt=running", set()),
        ("handlungsfeld=feld-dv&schritt=draft", {"draft"}),
        ("stelle=amt-33&schritt=draft", {"draft"}),
        ("beispiel=ja", set()),
    ],
)
def test_filters_choose_what_they_say(desk, one_of_each, query, names):
    assert titles(desk.get(f"{LIST}?{query}")) == {f"Vorhaben {name}" for name in names}


def test_everything_can_be_shown(desk, one_of_each):
    assert len(titles(desk.get(f"{LIST}?wartet=alle"))) == len(one_of_each)


@pytest.mark.parametrize("query", ["wartet=xx", "schritt=x%27", "handlungsfeld=nix", "foo=1", "step__exact=x", "e=1"])
def test_what_the_list_does_not_know_is_said_and_left_out(desk, one_of_each, query):
    response = desk.get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert ("ohne Wirkung" in response.content.decode()) == (query != "e=1")


@pytest.mark.parametrize("query", ["p=99", "p=x", "p=-1", "o=zz", "o=99.-3", "q=" + "%25" * 20000, "all="])
def test_broken_pages_orders_and_searches_are_harmless(desk, one_of_each, query):
    response = desk.get(f"{LIST}?{query}", follow=True)
    assert response.status_code == 200
    assert len(response.content) < 60_000


def test_real_accounts_see_no_examples_unless_they_ask(desk, db):
    project_at("submitted", title="Echt")
    project_at("submitted", title="Beispielhaft", is_example=True)
    assert titles(desk.get(LIST)) == {"Echt"}
    assert titles(desk.get(f"{LIST}?beispiel=ja")) == {"Beispielhaft"}


def test_the_lists_cost_the_same_for_few_and_for_many(desk, page):
    counts = []
    for amount in (1, 12):
        for _number in range(amount):
            project_at("submitted", lead_unit=unit(f"amt-{_number}{amount}"), field=handlungsfeld("BZ"))
            project_at("assessed")
        for address in (LIST, f"{LIST}?wartet=alle", PRIORITIES):
            with CaptureQueriesContext(connection) as queries:
                desk.get(address)
            counts.append(len(queries))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 7


def test_the_list_has_neither_add_nor_delete_nor_a_field_to_type_in(desk, one_of_each):
    text = desk.get(f"{LIST}?wartet=alle").content.decode()
    assert "Bestehendes Projekt übernehmen" in text
    assert "delete_selected" not in text
    assert desk.get(f"{LIST}add/").status_code == 403
    project = one_of_each["pooled"]
    assert desk.get(f"{LIST}{project.pk}/delete/").status_code == 403


def test_the_page_of_a_project_has_buttons_for_what_is_open_and_no_field(desk, one_of_each, page):
    expected = {
        "submitted": {"pruefung", "verknuepfung", "zusammenfuehren", "berichtigen", "zurueckziehen"},
        "pooled": {
            "bewertung", "gutachten", "klasse", "veroeffentlichung", "zusammenfuehren", "berichtigen", "zurueckziehen",
        },
        "assessed": {
            "klasse", "veroeffentlichung", "bewertung-oeffnen", "zusammenfuehren", "berichtigen", "zurueckziehen",
        },
        "commissioned": {"team", "veroeffentlichung", "berichtigen"},
        "taken": {"team", "veroeffentlichung", "berichtigen", "beenden"},
        "completed": {"veroeffentlichung", "berichtigen"},
        "draft": {"zurueckziehen"},
    }  # fmt: skip
    for name, slugs in expected.items():
        project = one_of_each[name]
        text = desk.get(page(project, "change")).content.decode()
        offered = {part.split('/"')[0] for part in text.split(f'href="{LIST}{project.pk}/')[1:]}
        assert offered == slugs, name
        assert "<input" not in text.replace('<input type="hidden" name="csrfmiddlewaretoken"', "")


def test_posting_fields_to_the_page_of_a_project_changes_nothing(desk, one_of_each, page):
    project = one_of_each["pooled"]
    response = desk.post(page(project, "change"), {"step": "completed", "title": "Neu", "pool_number": 7, "_save": "1"})
    assert response.status_code == 405
    before = (project.step, project.title, project.pool_number)
    project.refresh_from_db()
    assert (project.step, project.title, project.pool_number) == before


def test_who_is_barred_reads_why(cdo, page):
    own = project_at("submitted", submitter=cdo)
    text = browser(cdo).get(page(own, "change")).content.decode()
    assert "befangen" in text
    assert page(own, "pruefung") not in text


def test_what_is_ticked_goes_on_the_list_of_the_sitting(cdo, desk):
    user_with(employed_in(unit("amt-61")), mandate("chair", body=body()))
    first, second, third = (project_at("assessed") for _number in range(3))
    sitting = open_sitting(body=body(), day=clock.today(), place="Rathaus", by=cdo)
    assert desk.get(PRIORITIES).content.decode().count('type="checkbox"') == 3
    response = desk.post(PRIORITIES, {"projekt": [first.pk, second.pk], "sitzung": sitting.pk}, follow=True)
    assert "2 Vorhaben für die Sitzung" in response.content.decode()
    assert set(SittingItem.objects.values_list("project", flat=True)) == {first.pk, second.pk}
    text = desk.get(PRIORITIES).content.decode()
    assert text.count('type="checkbox"') == 1
    assert text.count("Vorgemerkt:") == 2
    again = desk.post(PRIORITIES, {"projekt": [first.pk, third.pk], "sitzung": sitting.pk}, follow=True)
    assert "steht schon auf der Liste" in again.content.decode()
    assert SittingItem.objects.count() == 3


@pytest.mark.parametrize(
    "sent", [{}, {"projekt": "kein-uuid"}, {"sitzung": "1"}, {"projekt": "00000000-0000-0000-0000-000000000000"}]
)
def test_nothing_ticked_is_said(desk, sent):
    project_at("assessed")
    response = desk.post(PRIORITIES, sent)
    assert (response.status_code, "Kreuzen Sie an" in response.content.decode()) == (422, True)


def test_without_a_sitting_chosen_the_ticks_stay(cdo, desk):
    user_with(employed_in(unit("amt-61")), mandate("chair", body=body()))
    project = project_at("assessed")
    open_sitting(body=body(), day=clock.today(), place="", by=cdo)
    response = desk.post(PRIORITIES, {"projekt": [project.pk], "sitzung": "999"})
    assert "Wählen Sie die Sitzung" in response.content.decode()
    assert response.content.decode().count(" checked") == 1
