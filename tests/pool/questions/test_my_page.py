"""My page, the desk's queues and the reminders: who has the next word, until when, and what is overdue."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from governance.mandates.rules import Role
from governance.messages.models import Message
from governance.record import clock
from governance.record.actions import actor_for
from pool.casefile.desk_queries import QUEUES, waiting_counts, waits_for_cdo
from pool.deadlines import (
    after_working_days,
    answer_due,
    easter_sunday,
    is_overdue,
    objection_ends,
    public_holidays,
    question_due,
)
from pool.lifecycle import Step
from pool.project.models import Project, Transition
from pool.questions.actions import answer_question, ask_question, close_question, object_to_refusal
from pool.questions.models import Question
from pool.reminders import send_reminders
from pool.submission.rules import next_step
from tests.factories import employed_in, mandate, project_at, unit, user_with

# --- Days ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25), (2285, 3, 22)]
)
def test_easter(year, month, day):
    assert easter_sunday(year) == date(year, month, day)


def test_the_holidays_of_rheinland_pfalz_2026():
    assert sorted(public_holidays(2026)) == [
        date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 25),
        date(2026, 6, 4), date(2026, 10, 3), date(2026, 11, 1), date(2026, 12, 25), date(2026, 12, 26),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("since", "number", "due"),
    [
        (date(2026, 11, 2), 1, date(2026, 11, 3)),
        (date(2026, 11, 6), 1, date(2026, 11, 9)),
        (date(2026, 11, 7), 1, date(2026, 11, 9)),
        (date(2026, 12, 23), 2, date(2026, 12, 28)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        (date(2026, 12, 30), 2, date(2027, 1, 4)),
    ],
)
def test_working_days_leave_out_weekends_and_holidays(since, number, due):
    assert after_working_days(since, number) == due


def test_answer_days_by_step():
    since = date(2026, 11, 2)
    assert answer_due("submitted", since) == date(2026, 11, 30)
    assert answer_due("pooled", since) == date(2026, 12, 29)
    assert {step for step in Step if answer_due(step, since)} == {Step.SUBMITTED, Step.POOLED}
    assert answer_due("submitted", None) is None
    assert question_due(since) == date(2026, 11, 16)
    assert objection_ends(date(2026, 1, 15)) == date(2026, 2, 14)
    assert not is_overdue(since, today=since)
    assert is_overdue(since, today=since + timedelta(days=1))


@pytest.mark.parametrize(
    ("step", "known", "page"),
    [
        ("draft", {"is_author": True}, "submission:edit"),
        ("returned", {"is_author": True}, "submission:edit"),
        ("returned", {"is_author": True, "is_asked": True}, "questions:thread"),
        ("submitted", {"is_author": True}, None),
        ("submitted", {"is_author": True, "is_asked": True}, "questions:thread"),
        ("withdrawn", {"is_author": True, "is_asked": True}, None),
        ("commissioned", {"is_lead": True}, "casefile:start"),
        ("running", {"is_lead": True}, "casefile:propose_completion"),
        ("running", {"is_lead": True, "has_proposal": True}, None),
        ("rejected", {"is_author": True, "is_submitter": True, "may_object": True}, "questions:object"),
        ("rejected", {"is_author": True, "is_submitter": True}, None),
        ("rejected", {"is_author": True, "may_object": True}, None),
    ],
)
def test_the_one_next_step(step, known, page):
    found = next_step(step, **known)
    assert (found.page if found else None) == page


# --- Pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def author(db):
    return user_with(employed_in(unit("amt-61")), username="author")


@pytest.fixture
def cdo(db):
    return user_with(employed_in(unit("kdz")), mandate(Role.CDO), username="cdo")


def mine(client, user) -> str:
    client.force_login(user)
    return client.get("/ideen/").content.decode()


def long_ago(project, days: int = 90) -> None:
    Project.objects.filter(pk=project.pk).update(step_since=clock.today() - timedelta(days=days))


def asked(project, cdo) -> Question:
    return ask_question(project=project, topic="criterion_nutzen", text="Wem?", by=cdo)


def test_my_page_says_until_when_and_what_is_overdue(author, client):
    project = project_at(Step.SUBMITTED, submitter=author)
    page = mine(client, author)
    assert "Antwort an Sie bis" in page
    assert "überfällig" not in page
    long_ago(project)
    assert "überfällig" in mine(client, author)


def test_a_question_puts_the_idea_among_what_waits_for_me(author, cdo, client):
    project = project_at(Step.SUBMITTED, submitter=author)
    assert "Wartet auf Sie" not in mine(client, author)
    question = asked(project, cdo)
    page = mine(client, author)
    assert "Wartet auf Sie" in page
    assert "Rückfrage beantworten" in page
    assert f"/ideen/{project.pk}/rueckfragen/{question.pk}/" in page
    answer_question(question=question, text="Allen.", by=author)
    assert "Rückfrage beantworten" not in mine(client, author)


def test_reasons_stand_on_my_page_and_the_way_to_object(author, client):
    project = project_at(Step.REJECTED, submitter=author)
    Transition.objects.filter(project=project, act="decline_admission").update(reason="Kein zweites Amt.")
    page = mine(client, author)
    assert "Kein zweites Amt." in page
    assert "Widerspruch einlegen" in page
    object_to_refusal(project=project, reason="Doch.", by=author)
    page = mine(client, author)
    assert "Widerspruch einlegen" not in page
    assert "Ihr Widerspruch ist eingelegt." in page


def test_the_desk_finds_questions_and_objections(author, cdo, client):
    quiet = project_at(Step.DEFERRED, submitter=author)
    project, refused = project_at(Step.DEFERRED, submitter=author), project_at(Step.REJECTED, submitter=author)
    question = asked(project, cdo)

    def picked(key):
        return set(QUEUES[key].pick(Project.objects.all(), clock.today()))

    assert (picked("rueckfrage"), picked("beantwortet")) == ({project}, set())
    answer_question(question=question, text="Allen.", by=author)
    assert (picked("rueckfrage"), picked("beantwortet")) == (set(), {project})
    assert set(waits_for_cdo(Project.objects.all(), clock.today())) == {project}
    close_question(question=question, by=cdo)
    assert picked("beantwortet") == set()
    object_to_refusal(project=refused, reason="Doch.", by=author)
    assert picked("widerspruch") == {refused}
    assert set(waits_for_cdo(Project.objects.all(), clock.today())) == {refused}
    assert waiting_counts(cdo)["widerspruch"] == 1
    client.force_login(cdo)
    page = client.get("/admin/pool/project/?wartet=widerspruch").content.decode()
    assert refused.title in page
    assert quiet.title not in page


# --- Reminders ----------------------------------------------------------------------------------------------------


def at(day: date) -> datetime:
    return datetime.combine(day, time(8), ZoneInfo(settings.TIME_ZONE))


def test_an_unanswered_question_reminds_once(author, cdo):
    project = project_at(Step.DEFERRED, submitter=author)
    question = asked(project, cdo)
    due = question_due(question.since)
    with clock.played(at(due)):
        assert send_reminders() == 0
    with clock.played(at(due + timedelta(days=1))):
        assert send_reminders() == 1
        assert send_reminders() == 0
    with clock.played(at(due + timedelta(days=5))):
        assert send_reminders() == 0
    message = Message.objects.get()
    assert message.person_id == actor_for(author).pk
    assert message.address == f"/ideen/{project.pk}/rueckfragen/{question.pk}/"


def test_two_questions_of_one_day_remind_of_both_and_an_answered_one_who_asked(author, cdo):
    project = project_at(Step.DEFERRED, submitter=author)
    first, second = asked(project, cdo), ask_question(project=project, topic="section_idee", text="Was?", by=cdo)
    third = ask_question(project=project, topic="section_aufwand", text="Wie viel?", by=cdo)
    answer_question(question=third, text="Wenig.", by=author)
    with clock.played(at(question_due(first.since) + timedelta(days=1))):
        assert send_reminders() == 3
    assert Message.objects.filter(address__contains=f"/{second.pk}/").exists()
    assert Message.objects.get(address__contains=f"/{third.pk}/").person_id == actor_for(cdo).pk


def test_the_answer_day_reminds_the_office_once(author, cdo):
    project = project_at(Step.SUBMITTED, submitter=author)
    due = answer_due(project.step, project.step_since)
    with clock.played(at(due)):
        assert send_reminders() == 0
    with clock.played(at(due + timedelta(days=1))):
        assert send_reminders() == 1
        assert send_reminders() == 0
    assert Message.objects.get().person_id == actor_for(cdo).pk
