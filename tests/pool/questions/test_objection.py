"""The objection to "nicht aufgenommen": once, in time, with a reason, to the Lenkungsgruppe; what comes of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from governance.mandates.rules import Role
from governance.messages.models import Message
from governance.models import Entry
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for
from pool.decision.actions import close_sitting, confirm, open_sitting, put_on_list, record_outcome
from pool.decision.models import SittingItem
from pool.decision.queries import candidates
from pool.decision.verification import first_difference, previous_hash_of
from pool.lifecycle import Incomplete, ProcedureError, Step
from pool.project.models import Transition
from pool.questions.actions import object_to_refusal
from pool.questions.models import Objection
from tests.factories import body, employed_in, join, mandate, project_at, unit, user_with

pytestmark = pytest.mark.django_db
REASON = "Das Sozialamt wirkt mit; der Anteil stand im falschen Feld."


@pytest.fixture
def author():
    return user_with(employed_in(unit("amt-61")), username="author")


@pytest.fixture
def cdo():
    return user_with(employed_in(unit("kdz")), mandate(Role.CDO), username="cdo")


@pytest.fixture
def chair():
    return user_with(employed_in(unit("amt-10")), mandate(Role.CHAIR, body=body()), username="chair")


@pytest.fixture
def project(author):
    return project_at(Step.REJECTED, submitter=author, title="Termine online")


def refused(project, days_ago: int) -> None:
    day = clock.today() - timedelta(days=days_ago)
    Transition.objects.filter(project=project, act="decline_admission").update(on_day=day)


def decided(project, cdo, chair, outcome, reason="Die Antworten tragen."):
    sitting = open_sitting(body=body(), day=clock.today(), place="Stadthaus", by=cdo)
    item = put_on_list(sitting=sitting, project=project, by=cdo)
    item = record_outcome(item=item, outcome=outcome, text="Beschluss.", reason=reason, by=cdo)
    confirm(item=item, by=chair)
    form = close_sitting(sitting=sitting, by=chair)
    project.refresh_from_db()
    return SittingItem.objects.get(pk=item.pk), form


def page_of(client, user, project):
    client.force_login(user)
    return client.get(f"/ideen/{project.pk}/").content.decode()


@pytest.mark.parametrize(("days_ago", "in_time"), [(0, True), (29, True), (30, True), (31, False)])
def test_thirty_days_the_last_one_included(project, author, days_ago, in_time):
    refused(project, days_ago)
    if in_time:
        assert object_to_refusal(project=project, reason=REASON, by=author).reason == REASON
    else:
        with pytest.raises(ProcedureError, match="Die Frist für den Widerspruch endete am"):
            object_to_refusal(project=project, reason=REASON, by=author)


def test_once_in_the_action_and_in_the_database(project, author):
    made = object_to_refusal(project=project, reason=REASON, by=author)
    with pytest.raises(ProcedureError, match="einmal"):
        object_to_refusal(project=project, reason="Noch einmal.", by=author)
    common = {"project": project, "by": actor_for(author), "at": clock.now(), "decision": made.decision}
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.create(
            **common, reason="x", made_on=clock.today(), possible_until=clock.today() + timedelta(days=1)
        )
    Objection.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.create(
            **common, reason="x", made_on=clock.today(), possible_until=clock.today() - timedelta(days=1)
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.create(**common, reason="", made_on=clock.today(), possible_until=clock.today())


def test_with_a_reason_by_the_submitter_against_a_refusal_only(project, author, cdo):
    with pytest.raises(Incomplete):
        object_to_refusal(project=project, reason="  ", by=author)
    writer = user_with(employed_in(unit("amt-50")))
    join(project, writer, "co_author")
    for person in (writer, cdo):
        with pytest.raises(NotAllowed):
            object_to_refusal(project=project, reason=REASON, by=person)
    for step in (Step.SUBMITTED, Step.RETURNED, Step.POOLED, Step.DECLINED):
        with pytest.raises(NotAllowed):
            object_to_refusal(project=project_at(step, submitter=author), reason=REASON, by=author)


def test_the_step_stays_and_the_record_holds_it(project, author):
    row = object_to_refusal(project=project, reason=REASON, by=author)
    project.refresh_from_db()
    assert project.step == Step.REJECTED
    entry = Entry.objects.get(chain=f"questions:{project.pk}", act="object")
    assert entry.reason_hash == row.reason_digest()
    assert REASON not in str(entry.values())


def test_the_page_names_the_last_day_and_what_follows(project, author, client):
    refused(project, 10)
    until = clock.today() + timedelta(days=20)
    page = page_of(client, author, project)
    assert "Widerspruch einlegen" in page
    assert f"{until.year}" in page
    act = client.get(f"/ideen/{project.pk}/widerspruch/").content.decode()
    assert f"bis einschließlich {until:%d.%m.%Y}" in act
    assert "Lenkungsgruppe" in act
    assert client.post(f"/ideen/{project.pk}/widerspruch/", {"reason": ""}).status_code == 422
    done = client.post(f"/ideen/{project.pk}/widerspruch/", {"reason": REASON}, follow=True)
    assert "wartet auf eine Sitzung" in done.content.decode()
    assert "Widerspruch einlegen" not in done.content.decode()
    assert client.post(f"/ideen/{project.pk}/widerspruch/", {"reason": REASON}).status_code == 409


def test_too_late_the_page_says_when_it_ended(project, author, client):
    refused(project, 40)
    page = page_of(client, author, project)
    assert "Die Frist für einen Widerspruch endete am" in page
    assert client.get(f"/ideen/{project.pk}/widerspruch/").status_code == 302


def test_office_and_steering_read_it_and_nobody_else(project, author, cdo, chair, client):
    member = user_with(employed_in(unit("amt-10")), mandate(Role.MEMBER, body=body()))
    client.force_login(member)
    assert client.get(f"/ideen/{project.pk}/").status_code == 404
    object_to_refusal(project=project, reason=REASON, by=author)
    for person in (author, cdo, chair, member):
        assert REASON in page_of(client, person, project)
    client.force_login(user_with(employed_in(unit("amt-50"))))
    assert client.get(f"/ideen/{project.pk}/").status_code == 404


def test_office_and_chair_are_told(project, author, cdo, chair, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        object_to_refusal(project=project, reason=REASON, by=author)
    told = {row.person_id: row.kind for row in Message.objects.all()}
    assert told == {actor_for(cdo).pk: "objection", actor_for(chair).pk: "objection_to_decide"}


def test_upheld_the_gate_opens_anew(project, author, cdo, chair, client):
    object_to_refusal(project=project, reason=REASON, by=author)
    assert project in candidates(cdo, is_example=False)
    item, form = decided(project, cdo, chair, "reopen_gate")
    assert item.kind == "objection"
    assert project.step == Step.SUBMITTED
    assert '"kind":"objection"' in form.content
    assert not first_difference(form, previous_hash=previous_hash_of(form))
    page = page_of(client, author, project)
    assert "stattgegeben: neu zu prüfen" in page
    assert "Die Antworten tragen." in page


def test_turned_down_it_stays_refused_and_the_submitter_reads_why(
    project, author, cdo, chair, client, django_capture_on_commit_callbacks
):
    object_to_refusal(project=project, reason=REASON, by=author)
    with django_capture_on_commit_callbacks(execute=True):
        _item, form = decided(project, cdo, chair, "no_change", "Es fehlt weiter ein zweites Amt.")
    assert project.step == Step.REJECTED
    assert not first_difference(form, previous_hash=previous_hash_of(form))
    page = page_of(client, author, project)
    assert "es bleibt bei der Entscheidung" in page
    assert "Es fehlt weiter ein zweites Amt." in page
    assert "Widerspruch einlegen" not in page
    subjects = Message.objects.filter(person=actor_for(author)).values_list("subject", flat=True)
    assert list(subjects) == ["Über Ihren Widerspruch ist entschieden"]


def test_turning_down_needs_a_reason_and_nothing_else_can_be_said(project, author, cdo, chair):
    object_to_refusal(project=project, reason=REASON, by=author)
    sitting = open_sitting(body=body(), day=clock.today(), place="", by=cdo)
    item = put_on_list(sitting=sitting, project=project, by=cdo)
    with pytest.raises(Incomplete):
        record_outcome(item=item, outcome="no_change", text="Bleibt.", reason="", by=cdo)
    with pytest.raises(ProcedureError, match="nicht möglich"):
        record_outcome(item=item, outcome="decline", text="Nein.", reason="Darum.", by=cdo)
    with pytest.raises(IntegrityError), transaction.atomic():
        SittingItem.objects.filter(pk=item.pk).update(outcome="no_change", reason="")


def test_without_an_objection_the_item_is_about_the_project(project, cdo, chair):
    item, _form = decided(project, cdo, chair, "reopen_gate")
    assert item.kind == "project"
    assert project.step == Step.SUBMITTED


def test_the_item_shows_the_objection_and_its_two_outcomes(project, author, cdo, client, chair):
    object_to_refusal(project=project, reason=REASON, by=author)
    sitting = open_sitting(body=body(), day=clock.today(), place="", by=cdo)
    item = put_on_list(sitting=sitting, project=project, by=cdo)
    client.force_login(cdo)
    page = client.get(f"/lenkungsgruppe/sitzungen/{sitting.pk}/punkte/{item.pk}/ergebnis/").content.decode()
    assert REASON in page
    assert "Widerspruch stattgegeben, Prüfung neu eröffnet" in page
    assert "Widerspruch zurückgewiesen" in page
    assert "auf der Liste einer Sitzung" not in page_of(client, author, project)
    assert "auf der Liste einer Sitzung" in page_of(client, cdo, project)
