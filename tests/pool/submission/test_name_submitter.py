"""An idea read in from a list without a person gets somebody who stands for it."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from governance.mandates.rules import Role
from governance.messages.models import Message
from governance.models import Entry
from governance.permissions import NotAllowed
from governance.record.actions import actor_for
from pool.lifecycle import Incomplete, ProcedureError, Step
from pool.project.models import Project, ProjectMandate
from pool.submission.actions import take_in
from pool.submission.authors import hand_over, name_submitter
from pool.submission.models import HandOver
from tests.factories import edition_2022, employed_in, handlungsfeld, mandate, project_at, unit, user_with

pytestmark = pytest.mark.django_db
NAMED = {"source": "Protokoll des Workshops, Zeile 7", "reason": "Sie hat die Idee dort vorgetragen."}


@pytest.fixture
def cdo():
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate(Role.CDO), username="cdo")


@pytest.fixture
def person():
    return user_with(employed_in(unit("amt-61")), username="person")


def read_in(cdo, person=None) -> Project:
    edition_2022()
    return take_in(
        by=cdo,
        source="Workshop vom 12. Mai",
        person=person,
        title="Termine online",
        short_text="Termine buchen.",
        problem="Wartezeit.",
        benefit="Weniger Wege.",
        beneficiary="both",
        lead_unit=unit("amt-33"),
        lead_handlungsfeld=handlungsfeld("DV"),
        participation="Das Bürgeramt.",
        channel="workshop",
    )


def test_from_now_on_the_person_stands_for_it_and_is_told(cdo, person, client, django_capture_on_commit_callbacks):
    project = read_in(cdo)
    with django_capture_on_commit_callbacks(execute=True):
        named = name_submitter(project=project, person=person, by=cdo, **NAMED)
    assert (named.role, named.source) == ("submitter", NAMED["source"])
    row = HandOver.objects.get()
    assert (row.from_person, row.to_person, row.reason) == (None, actor_for(person), NAMED["reason"])
    entry = Entry.objects.filter(chain=f"project:{project.pk}").latest("number")
    assert (entry.act, entry.object_type, entry.object_id) == ("name_submitter", "hand_over", str(row.pk))
    message = Message.objects.get(person=actor_for(person))
    assert message.subject == "Eine Idee ist auf Ihren Namen eingetragen"
    client.force_login(person)
    assert project.title in client.get("/ideen/").content.decode()


def test_not_where_somebody_stands_for_it_or_nobody_read_it_in(cdo, person):
    named = read_in(cdo, person)
    written = project_at(Step.SUBMITTED)
    orphan = project_at(Step.SUBMITTED)
    ProjectMandate.objects.filter(project=orphan).delete()
    other = user_with(employed_in(unit("amt-50")))
    for project in (named, written, orphan):
        with pytest.raises(NotAllowed, match="eingelesen"):
            name_submitter(project=project, person=other, by=cdo, **NAMED)
    hand_over(project=named, person=other, reason="Auf Bitte vom Montag.", by=cdo)
    with pytest.raises(NotAllowed):
        name_submitter(project=named, person=person, by=cdo, **NAMED)


def test_only_the_office_names_and_says_why(cdo, person):
    project = read_in(cdo)
    with pytest.raises(NotAllowed):
        name_submitter(project=project, person=person, by=person, **NAMED)
    for missing in NAMED:
        with pytest.raises(Incomplete):
            name_submitter(project=project, person=person, by=cdo, **NAMED | {missing: " "})
    with pytest.raises(ProcedureError, match="Beschäftigte"):
        name_submitter(project=project, person=user_with(), by=cdo, **NAMED)
    name_submitter(project=project, person=person, by=cdo, **NAMED)
    with pytest.raises(NotAllowed):
        name_submitter(project=project, person=user_with(employed_in(unit("amt-50"))), by=cdo, **NAMED)
    assert ProjectMandate.objects.filter(project=project).count() == 1


def test_on_its_page(cdo, person, client):
    project = read_in(cdo)
    client.force_login(cdo)
    address = reverse("casefile:name_submitter", args=[project.pk])
    assert address in client.get(f"/ideen/{project.pk}/").content.decode()
    assert client.get(address).status_code == 200
    wrong = client.post(address, NAMED | {"colleague": "niemand"})
    assert wrong.status_code == 422
    assert "niemand im Konzern" in wrong.content.decode()
    sent = client.post(address, NAMED | {"colleague": "person", "version": project.version}, follow=True)
    assert "Die Person ist benannt" in sent.content.decode()
    assert client.get(address).status_code == 403
    assert address not in client.get(f"/ideen/{project.pk}/").content.decode()


def test_the_database_wants_a_reason_where_nobody_hands_over(cdo, person):
    project = read_in(cdo)
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.create(
            project=project, from_person=None, to_person=actor_for(person), by=actor_for(cdo), at=project.created_at
        )


def test_whoever_a_list_names_hears_of_it(cdo, person, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        read_in(cdo, person)
    message = Message.objects.get()
    assert (message.person_id, message.kind) == (actor_for(person).pk, "read_in")
