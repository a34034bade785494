"""Coordinators and experts ask too: from where they rate, the answer back to who asked, and blind all the same."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from governance.mandates.models import Mandate
from governance.messages.models import Message
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for
from pool.casefile.desk_queries import QUEUES
from pool.deadlines import question_due
from pool.lifecycle import Act, Step
from pool.maturity.models import OpinionDraft
from pool.permissions import TABLE
from pool.project.models import Project, ProjectMandate
from pool.questions.actions import answer_question, ask_again, ask_question, close_question
from pool.questions.models import Question
from pool.questions.queries import VOICES, dialogue_of
from pool.questions.rules import DEGREE_TOPICS
from pool.reminders import send_reminders
from tests.factories import LEVELS, absent_today, employed_in, join, opinion, project_at, unit, user_with
from tests.pool.maturity.conftest import Raters, browser, make_raters

pytestmark = pytest.mark.django_db
TEXT = "Welche Ämter nutzen die Schnittstelle?"


@pytest.fixture
def author():
    return user_with(employed_in(unit("amt-61")), username="author", first_name="Ada", last_name="Autorin")


@pytest.fixture
def project(author) -> Project:
    return project_at(Step.POOLED, submitter=author, title="Termine online")


@pytest.fixture
def raters(project) -> Raters:
    return make_raters(project)


def asked(project, by, text=TEXT) -> Question:
    return ask_question(project=project, topic="degree_vernetzung", text=text, by=by)


def rating_page(project: Project) -> str:
    return reverse("coordination:opinion", args=[project.pk])


def test_a_question_may_be_about_each_level():
    assert set(DEGREE_TOPICS) == set(LEVELS)


@pytest.mark.parametrize(
    ("role", "said_by"),
    [
        ("coordinator", "von der Handlungsfeldkoordination"),
        ("expert", "von einer begutachtenden Person"),
        ("cdo", "aus dem Büro der CDO"),
    ],
)
def test_it_says_by_whose_office_it_was_asked_and_names_nobody_to_who_reads_no_names(
    role, said_by, project, raters, author
):
    co_author = user_with(employed_in(unit("amt-50")))
    join(project, co_author, "co_author")
    asker = getattr(raters, role)
    asker.first_name, asker.last_name = "Frieda", "Fragend"
    asker.save()
    answer_question(question=asked(project, asker), text="Alle.", by=author)
    for person, reads_names in ((author, True), (co_author, False)):
        page = browser(person).get(f"/ideen/{project.pk}/").content.decode()
        assert f"Frage {said_by}" in page
        assert "Antwort von den Mitschreibenden" in page
        assert ("Fragend" in page) is reads_names


def test_asked_while_rating_what_is_typed_stays_and_the_answer_comes_back_to_the_page(project, raters, author):
    client = browser(raters.expert)
    assert "Zwischenspeichern und eine Rückfrage stellen" in client.get(rating_page(project)).content.decode()
    typed = {"runde": 1, "tun": "fragen", "reason_vernetzung": "Halber Satz", "level_vernetzung": "1"}
    ask_page = client.post(rating_page(project), typed).url
    assert OpinionDraft.objects.get().content["reasons"]["vernetzung"] == "Halber Satz"
    back = client.post(ask_page, {"topic": "degree_vernetzung", "text": TEXT})
    assert back.url == rating_page(project) + "#rueckfragen"
    page = client.get(rating_page(project)).content.decode()
    assert TEXT in page
    assert "Halber Satz" in page
    seen_by_author = browser(author).get(f"/ideen/{project.pk}/").content.decode()
    assert TEXT in seen_by_author
    assert "Halber Satz" not in seen_by_author
    answer_question(question=Question.objects.get(), text="Alle Ämter.", by=author)
    assert "Eine Rückfrage von Ihnen ist beantwortet" in client.get("/koordination/").content.decode()
    assert TEXT not in client.get("/koordination/rueckfragen/").content.decode()
    page = client.get(rating_page(project)).content.decode()
    assert "1 Rückfrage wartet auf Sie" in page
    thread = reverse("questions:thread", args=[project.pk, Question.objects.get().pk])
    done = client.post(thread, {"tun": "erledigt", "zurueck": "einschaetzung"})
    assert done.url == rating_page(project) + "#rueckfragen"
    assert "beantwortet" not in client.get("/koordination/rueckfragen/").content.decode()


def test_asking_before_anything_is_typed_leaves_no_draft(project, raters):
    answer = browser(raters.coordinator).post(rating_page(project), {"runde": 1, "tun": "fragen"})
    assert answer.url == reverse("questions:ask", args=[project.pk]) + "?zurueck=einschaetzung"
    assert not OpinionDraft.objects.exists()


def test_who_rates_asks_only_where_rating_is_open_and_nobody_about_her_own(project, raters, author):
    for step in (Step.SUBMITTED, Step.ASSESSED):
        other = project_at(step, submitter=author)
        join(other, raters.expert, "expert")
        for person in (raters.coordinator, raters.expert):
            with pytest.raises(NotAllowed):
                asked(other, person)
    with pytest.raises(NotAllowed, match="befangen"):
        asked(project, raters.barred)


def test_the_answer_is_for_who_asked_and_the_office_can_settle_it_too(
    project, raters, author, django_capture_on_commit_callbacks
):
    question = asked(project, raters.expert)
    with django_capture_on_commit_callbacks(execute=True):
        answer_question(question=question, text="Alle.", by=author)
    assert [row.person_id for row in Message.objects.all()] == [actor_for(raters.expert).pk]
    assert Message.objects.get().subject.startswith("Eine Rückfrage von Ihnen ist beantwortet")
    assert not QUEUES["beantwortet"].pick(Project.objects.all(), clock.today()).exists()
    with pytest.raises(NotAllowed, match="jemand anderes"):
        close_question(question=question, by=raters.coordinator)
    office = dialogue_of(project, raters.cdo).threads[0]
    assert (office.waits_for_me, office.can_close) == (False, True)
    assert dialogue_of(project, raters.expert).threads[0].waits_for_me
    turn = ask_again(question=question, text="Seit wann?", by=raters.cdo)
    assert turn.voice == "office"
    page = browser(raters.cdo).get(f"/ideen/{project.pk}/").content.decode()
    assert "Nachfrage aus dem Büro der CDO" in page
    assert "Frage von einer begutachtenden Person" in page


def test_the_office_answers_where_the_asker_may_no_more(project, raters, author, django_capture_on_commit_callbacks):
    question = asked(project, raters.coordinator)
    Mandate.objects.filter(person=actor_for(raters.coordinator)).update(valid_until=clock.today() - timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        answer_question(question=question, text="Alle.", by=author)
    assert [row.person_id for row in Message.objects.all()] == [actor_for(raters.cdo).pk]


def test_while_the_asker_of_the_office_is_away_the_deputy_hears_it_too(
    project, raters, author, django_capture_on_commit_callbacks
):
    question = asked(project, raters.cdo)
    absent_today(raters.cdo)
    with django_capture_on_commit_callbacks(execute=True):
        answer_question(question=question, text="Alle.", by=author)
    told = [row.person_id for row in Message.objects.order_by("pk")]
    assert told == [actor_for(raters.cdo).pk, actor_for(raters.deputy).pk]
    assert dialogue_of(project, raters.deputy).threads[0].waits_for_me


def test_blind_rating_covers_what_others_who_rate_ask(project, raters):
    asked(project, raters.expert, "Ist das nicht nur eine Null?")
    asked(project, raters.cdo, "Was fragt das Büro?")
    blind = browser(raters.coordinator)
    for address in (rating_page(project), f"/ideen/{project.pk}/"):
        page = blind.get(address).content.decode()
        assert "nur eine Null" not in page
        assert "Was fragt das Büro?" in page
    question = Question.objects.get(asked_as="expert")
    assert blind.get(f"/ideen/{project.pk}/rueckfragen/{question.pk}/").status_code == 403
    opinion(project, raters.coordinator)
    assert "nur eine Null" in blind.get(f"/ideen/{project.pk}/").content.decode()
    # An expert reads no gate, so only what she asked herself; the CDO's office reads everything.
    own = browser(raters.expert).get(rating_page(project)).content.decode()
    assert "nur eine Null" in own
    assert "Was fragt das Büro?" not in own
    assert "nur eine Null" in browser(raters.cdo).get(f"/ideen/{project.pk}/").content.decode()


def test_who_is_no_longer_asked_still_reads_her_own_question_but_settles_nothing(project, raters):
    question = asked(project, raters.expert)
    ProjectMandate.objects.filter(project=project, role="expert").update(valid_until=clock.today() - timedelta(days=1))
    thread = dialogue_of(project, raters.expert).threads[0]
    assert (thread.question, thread.can_close) == (question, False)


def test_an_answer_that_lies_reminds_who_asked_once(project, raters, author):
    question = asked(project, raters.coordinator)
    answer_question(question=question, text="Alle.", by=author)
    question.refresh_from_db()

    def at(days: int) -> datetime:
        day = question_due(question.since) + timedelta(days=days)
        return datetime.combine(day, time(8), ZoneInfo(settings.TIME_ZONE))

    with clock.played(at(0)):
        assert send_reminders() == 0
    with clock.played(at(1)):
        assert send_reminders() == 1
        assert send_reminders() == 0
    message = Message.objects.get()
    assert message.person_id == actor_for(raters.coordinator).pk
    assert message.subject.startswith("Die Antwort auf Ihre Rückfrage wartet seit dem")
    close_question(question=question, by=raters.coordinator)
    with clock.played(at(3)):
        send_reminders()
    assert Message.objects.filter(address__contains="/rueckfragen/").count() == 1


def test_the_database_knows_who_asks_and_who_answers(project, raters):
    question = asked(project, raters.expert)
    for model, wrong in ((question, {"asked_as": "authors"}), (question.turns.get(), {"voice": "authors"})):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(model).objects.filter(pk=model.pk).update(**wrong)


def test_everybody_whom_the_table_lets_speak_has_a_voice():
    for act in (Act.ASK_QUESTION, Act.ANSWER_QUESTION, Act.CLOSE_QUESTION):
        assert {grant.who for grant in TABLE[act]} <= set(VOICES)
