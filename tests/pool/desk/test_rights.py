"""Who opens which page of the desk; what is closed is closed for every method."""

from uuid import uuid4

import pytest
from django.test import Client

from tests.factories import absent_today, project_at, user_with
from tests.pool.desk.conftest import browser

# The page of every act, and a step in which its act is open.
PAGES = {
    "pruefung": "submitted",
    "verknuepfung": "submitted",
    "bewertung": "pooled",
    "klasse": "pooled",
    "berichtigen": "pooled",
    "veroeffentlichung": "pooled",
    "aufnehmen": "submitted",
    "zurueckgeben": "submitted",
    "nicht-aufnehmen": "submitted",
    "bewertung-oeffnen": "assessed",
    "wieder-aufnehmen": "deferred",
    "zusammenfuehren": "pooled",
    "zurueckziehen": "pooled",
    "abschliessen": "running",
    "team": "commissioned",
}
LISTS = ["", "priorisierung/", "uebernehmen/"]


@pytest.mark.parametrize(("name", "step"), PAGES.items(), ids=list(PAGES))
def test_each_act_page_opens_for_the_cdo_and_for_nobody_else(cdo, deputy, operator, others, page, name, step):
    project = project_at(step)
    address = page(project, name)
    assert browser(cdo).get(address).status_code == 200
    strangers = {**others, "operator": operator, "superuser": user_with(is_superuser=True, is_staff=True)}
    for who, user in strangers.items():
        assert (who, browser(user).get(address).status_code) == (who, 403)
        assert (who, browser(user).post(address, {"version": 1}).status_code) == (who, 403)
    assert browser(deputy).get(address).status_code == 403
    absent_today(cdo)
    assert browser(deputy).get(address).status_code == 200
    project.refresh_from_db()
    assert (project.step, project.version) == (step, 1)


def test_the_deputy_reads_always(deputy, page):
    project = project_at("pooled")
    client = browser(deputy)
    assert client.get("/admin/pool/project/").status_code == 200
    assert client.get("/admin/pool/project/priorisierung/").status_code == 200
    text = client.get(page(project, "change")).content.decode()
    assert "In Vertretung handeln Sie nur" in text
    assert page(project, "bewertung") not in text


@pytest.mark.parametrize("address", LISTS)
def test_the_lists_of_projects_stay_closed(operator, others, address):
    for user in (*others.values(), operator, user_with(is_superuser=True, is_staff=True)):
        assert browser(user).get(f"/admin/pool/project/{address}").status_code == 403


def test_a_superuser_without_mandate_sees_an_empty_desk(db):
    client = browser(user_with(is_superuser=True, is_staff=True))
    response = client.get("/admin/")
    assert response.status_code == 200
    assert response.context["app_list"] == []


def test_those_who_run_the_portal_see_accounts_mandates_absences_units_and_the_queue_of_mails_only(operator):
    response = browser(operator).get("/admin/")
    models = {model["object_name"] for app in response.context["app_list"] for model in app["models"]}
    assert models == {"User", "Mandate", "Absence", "OrganisationUnit", "Mail"}


def test_the_desk_is_closed_for_the_lenkungsgruppe_and_the_employees(others):
    for user in others.values():
        assert browser(user).get("/admin/").status_code == 403


@pytest.mark.parametrize("name", ["change", *PAGES])
def test_a_project_that_is_not_there_is_not_found(desk, name):
    assert desk.get(f"/admin/pool/project/{uuid4()}/{name}/").status_code == 404


@pytest.mark.parametrize("name", ["change", "change/x", "%00", "pruefung"])
def test_an_address_that_is_no_project_is_not_found(desk, name):
    assert desk.get(f"/admin/pool/project/kein-projekt/{name}/").status_code in (400, 404)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_refused(desk, page, method):
    project = project_at("pooled")
    for name in ("change", "bewertung", "zurueckziehen"):
        assert getattr(desk, method)(page(project, name)).status_code == 405


def test_nothing_is_done_without_the_form_token(cdo, page):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cdo, backend="governance.organisation.backends.AccountBackend")
    project = project_at("pooled")
    sent = {"version": 1, "reason": "Mein langer Grund."}
    refused = client.post(page(project, "zurueckziehen"), sent)
    project.refresh_from_db()
    assert (refused.status_code, project.step) == (403, "pooled")
    assert "Mein langer Grund." in refused.content.decode()


def test_reading_writes_nothing_to_the_record(desk, page):
    from governance.models import Entry

    for name, step in PAGES.items():
        desk.get(page(project_at(step), name))
    assert not Entry.objects.exists()


def test_the_queue_links_to_what_is_next_only_for_those_who_do_it_today(cdo, deputy):
    project = project_at("submitted")
    address = f"/admin/pool/project/{project.pk}/pruefung/"
    listed = {user: browser(user).get("/admin/pool/project/").content.decode() for user in (cdo, deputy)}
    assert address in listed[cdo]
    assert address not in listed[deputy]
    assert "prüfen" in listed[deputy]
    absent_today(cdo)
    assert address in browser(deputy).get("/admin/pool/project/").content.decode()
