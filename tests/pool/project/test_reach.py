"""Where a project works: the whole city, some Stadtteile, or not said yet; one writer keeps the three apart."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from governance.mandates.rules import Role
from governance.permissions import NotAllowed
from governance.record.models import Entry
from pool.exchange.files import read
from pool.lifecycle import Incomplete, ProcedureError, StaleVersion
from pool.project.actions import correct_reach, set_reach
from pool.project.models import Project
from pool.project.rules import Reach
from tests.factories import employed_in, mandate, project_at, stadtteil, taken_over_at, unit, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def cdo():
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate(Role.CDO), username="cdo")


def stored(project: Project) -> tuple[str, list[str]]:
    fresh = Project.objects.get(pk=project.pk)
    return fresh.reach, [each.name for each in fresh.stadtteile.all()]


def test_there_are_fifteen_stadtteile_each_with_an_ortsverwaltung():
    names = {row["name"] for row in read("stadtteile.yaml")}
    offices = {row["name"] for row in read("organisation.yaml") if row["kind"] == "ortsverwaltung"}
    assert len(names) == 15
    assert {f"Ortsverwaltung {name}" for name in names} == offices


def test_the_three_states_follow_each_other_without_a_trace_of_the_one_before():
    project = project_at("draft")
    assert (stored(project), project.reach_words) == (("", []), "")
    set_reach(project=project, places=[stadtteil("Mombach"), stadtteil("Drais")])
    assert (stored(project), project.reach_words) == (("named", ["Drais", "Mombach"]), "Drais, Mombach")
    set_reach(project=project, places=[Reach.CITYWIDE], is_example=True)
    assert (stored(project), project.reach_words) == (("citywide", []), "stadtweit")
    assert project.reach_is_example
    set_reach(project=project, places=[], is_example=True)
    assert stored(project) == ("", [])
    assert not project.reach_is_example


def test_the_whole_city_beside_one_of_its_parts_is_refused_and_changes_nothing():
    project = project_at("draft")
    set_reach(project=project, places=[stadtteil("Drais")])
    with pytest.raises(ValidationError, match="entweder stadtweit oder einzelne"):
        set_reach(project=project, places=[Reach.CITYWIDE, stadtteil("Drais")])
    assert stored(project) == ("named", ["Drais"])


@pytest.mark.parametrize("wrong", [{"reach": "weltweit"}, {"reach": "", "reach_is_example": True}])
def test_the_database_holds_what_it_can(wrong):
    project = project_at("pooled")
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(**wrong)


def test_a_correction_keeps_the_old_words_takes_the_mark_and_is_one_entry(cdo):
    project = taken_over_at("running")
    set_reach(project=project, places=[stadtteil("Drais")], is_example=True)
    correct_reach(project=project, places=[stadtteil("Drais")], reason="Nachgesehen", by=cdo)
    correct_reach(project=project, places=[Reach.CITYWIDE], reason="Gilt überall", by=cdo)
    assert stored(project) == ("citywide", [])
    assert not project.reach_is_example
    versions = [row.content.get("reach", "") for row in project.text_versions.order_by("number")][-2:]
    assert versions == ["Drais", "stadtweit"]
    assert project.text_versions.last().reason == "Gilt überall"
    entries = Entry.objects.filter(chain=f"project:{project.pk}", act="correct_slip", to_state="reach")
    assert entries.count() == 2


def test_a_correction_needs_a_reason_something_said_the_right_and_a_fresh_page(cdo):
    project = project_at("pooled")
    set_reach(project=project, places=[Reach.CITYWIDE])
    with pytest.raises(Incomplete, match="was Sie berichtigen"):
        correct_reach(project=project, places=[stadtteil("Drais")], reason=" ", by=cdo)
    with pytest.raises(Incomplete, match="nicht, die Angabe zu löschen"):
        correct_reach(project=project, places=[], reason="Grund", by=cdo)
    with pytest.raises(StaleVersion):
        correct_reach(project=project, places=[stadtteil("Drais")], reason="Grund", by=cdo, version=0)
    stranger = user_with(employed_in(unit("amt-50")), username="fremd")
    with pytest.raises(NotAllowed):
        correct_reach(project=project, places=[stadtteil("Drais")], reason="Grund", by=stranger)
    assert stored(project) == ("citywide", [])


def test_what_was_never_submitted_has_no_slip(cdo):
    draft = project_at("draft")
    with pytest.raises((ProcedureError, NotAllowed)):
        correct_reach(project=draft, places=[Reach.CITYWIDE], reason="Grund", by=cdo)


def test_the_desk_corrects_it_beside_the_old_words(client, cdo):
    project = project_at("pooled")
    set_reach(project=project, places=[stadtteil("Drais")])
    project.refresh_from_db()
    client.force_login(cdo)
    address = f"/admin/pool/project/{project.pk}/berichtigen/"
    assert "Wo es wirkt" in client.get(address).content.decode()
    page = client.get(f"{address}?feld=reach").content.decode()
    assert "auch auf der öffentlichen Seite" in page
    drais, mombach = stadtteil("Drais").pk, stadtteil("Mombach").pk
    sent = {"field": "reach", "version": project.version, "reason": "Der Nachbar gehört dazu."}
    answer = client.post(address, {**sent, "reach": ["citywide", drais]})
    assert answer.status_code == 422
    assert "entweder stadtweit oder einzelne" in answer.content.decode()
    assert client.post(address, {**sent, "reach": [drais, mombach]}).status_code == 302
    assert stored(project) == ("named", ["Drais", "Mombach"])


def test_every_project_of_the_data_files_names_stadtteile_that_exist():
    slugs = {row["slug"] for row in read("stadtteile.yaml")}
    for row in [*read("projects_real.yaml")["projects"], *read("projects_examples")]:
        said = row.get("reach", [])
        assert said == "stadtweit" or set(said) <= slugs, row["code"]
