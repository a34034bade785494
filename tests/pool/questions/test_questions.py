"""Questions back: asked about a place, answered there, given back, settled or asked again; who reads them."""

import pytest
from django.db import IntegrityError, transaction

from governance.mandates.rules import Role
from governance.messages.models import Message
from governance.models import Entry
from governance.permissions import NotAllowed
from governance.record.actions import actor_for
from pool.lifecycle import Incomplete, ProcedureError, Step
from pool.project.models import TextVersion
from pool.questions.actions import answer_question, ask_again, ask_question, close_question
from pool.questions.models import Question, QuestionTurn
from pool.questions.rules import CRITERION_TOPICS, SECTION_SLUGS, State, Topic
from pool.submission.rules import SECTIONS
from tests.factories import (
    body,
    employed_in,
    handlungsfeld,
    join,
    mandate,
    project_at,
    taken_over_at,
    unit,
    user_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    return user_with(employed_in(unit("amt-61")), username="author")


@pytest.fixture
def cdo():
    return user_with(employed_in(unit("kdz")), mandate(Role.CDO), username="cdo")


@pytest.fixture
def project(author):
    return project_at(Step.SUBMITTED, submitter=author, title="Termine online")


def asked(project, cdo, text="Wie viele Wege fallen weg?", topic=Topic.CRITERION_BENEFIT):
    return ask_question(project=project, topic=topic, text=text, by=cdo)


def page_of(client, user, project):
    client.force_login(user)
    return client.get(f"/ideen/{project.pk}/").content.decode()


def test_a_question_goes_there_and_back_and_ends(project, author, cdo):
    question = asked(project, cdo)
    answer_question(question=question, text="Etwa 4.000 im Jahr.", by=author)
    ask_again(question=question, text="Woher kommt die Zahl?", by=cdo)
    answer_question(question=question, text="Aus dem Bürgeramt.", by=author)
    close_question(question=question, by=cdo)
    question.refresh_from_db()
    assert question.state == State.CLOSED
    said = list(question.turns.values_list("number", "kind", "reason"))
    assert said == [
        (1, "asked", "Wie viele Wege fallen weg?"),
        (2, "answered", "Etwa 4.000 im Jahr."),
        (3, "asked_again", "Woher kommt die Zahl?"),
        (4, "answered", "Aus dem Bürgeramt."),
        (5, "closed", ""),
    ]
    entries = Entry.objects.filter(chain=f"questions:{project.pk}", object_type="questionturn").order_by("number")
    assert [(row.act, row.from_state, row.to_state) for row in entries] == [
        ("ask_question", "", "open"),
        ("answer_question", "open", "answered"),
        ("close_question", "answered", "open"),
        ("answer_question", "open", "answered"),
        ("close_question", "answered", "closed"),
    ]


def test_answering_changes_neither_text_nor_version_nor_step(project, author, cdo):
    before = (project.version, project.text_versions.count(), project.step)
    answer_question(question=asked(project, cdo), text="Etwa 4.000.", by=author)
    project.refresh_from_db()
    assert (project.version, project.text_versions.count(), project.step) == before
    assert TextVersion.objects.filter(project=project).count() == 1


def test_each_side_has_its_turn(project, author, cdo):
    question = asked(project, cdo)
    with pytest.raises(ProcedureError, match="wenn eine Antwort da ist"):
        ask_again(question=question, text="Und?", by=cdo)
    answer_question(question=question, text="So.", by=author)
    with pytest.raises(ProcedureError, match="schon beantwortet"):
        answer_question(question=question, text="Noch einmal.", by=author)
    close_question(question=question, by=cdo)
    with pytest.raises(ProcedureError, match="schon erledigt"):
        close_question(question=question, by=cdo)
    with pytest.raises(ProcedureError, match="schon beantwortet"):
        answer_question(question=question, text="Zu spät.", by=author)


def test_nobody_says_nothing(project, author, cdo):
    with pytest.raises(Incomplete):
        asked(project, cdo, text=" \u200b ")
    question = asked(project, cdo)
    with pytest.raises(Incomplete):
        answer_question(question=question, text=" ", by=author)
    with pytest.raises(ProcedureError, match="worauf"):
        asked(project, cdo, topic="section_geld")


def test_the_same_question_sent_twice_is_one(project, cdo):
    assert asked(project, cdo) == asked(project, cdo)
    assert asked(project, cdo, text="Etwas anderes?") != Question.objects.first()
    assert Question.objects.count() == 2


def test_who_may_and_who_may_not(project, author, cdo):
    stranger = user_with(employed_in(unit("amt-50")))
    coordinator = user_with(mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld()))
    question = asked(project, cdo)
    for person in (stranger, author, coordinator):
        with pytest.raises(NotAllowed):
            asked(project, person)
        with pytest.raises(NotAllowed):
            close_question(question=question, by=person)
    for person in (stranger, cdo):
        with pytest.raises(NotAllowed):
            answer_question(question=question, text="Ich.", by=person)
    with pytest.raises(NotAllowed):
        asked(project_at(Step.DRAFT, submitter=author), cdo)


def test_the_office_asks_nobody_about_its_own(author, cdo):
    project = project_at(Step.SUBMITTED, submitter=cdo)
    with pytest.raises(NotAllowed, match="befangen"):
        asked(project, cdo)


def test_where_nobody_can_answer_nobody_is_asked(cdo):
    with pytest.raises(ProcedureError, match="kann niemand antworten"):
        asked(taken_over_at("running"), cdo)


def test_a_co_author_answers_too(project, cdo):
    writer = user_with(employed_in(unit("amt-50")))
    join(project, writer, "co_author")
    question = asked(project, cdo)
    answer_question(question=question, text="Für die Mitschreibenden.", by=writer)
    question.refresh_from_db()
    assert question.state == State.ANSWERED


def test_only_those_of_the_gate_read_questions(project, author, cdo, client):
    stranger = user_with(employed_in(unit("amt-50")))
    lead = user_with(employed_in(unit("amt-50")))
    project = project_at(Step.POOLED, submitter=author)
    join(project, lead, "lead")
    question = asked(project, cdo, text="Geheime Frage?")
    answer_question(question=question, text="Geheime Antwort.", by=author)
    steering = user_with(employed_in(unit("amt-50")), mandate(Role.MEMBER, body=body()))
    coordinator = user_with(
        employed_in(unit("amt-50")), mandate(Role.COORDINATOR, handlungsfeld=project.lead_handlungsfeld)
    )
    for person in (author, cdo, steering, coordinator):
        page = page_of(client, person, project)
        assert "Geheime Frage?" in page
        assert "Geheime Antwort." in page
        assert client.get(f"/ideen/{project.pk}/rueckfragen/{question.pk}/").status_code == 200
    for person in (stranger, lead):
        page = page_of(client, person, project)
        assert "Geheime" not in page
        assert "Rückfrage" not in page
        assert client.get(f"/ideen/{project.pk}/rueckfragen/{question.pk}/").status_code == 403


def test_answered_in_place_on_the_casefile_and_settled_there(project, author, cdo, client):
    question = asked(project, cdo)
    page = page_of(client, author, project)
    assert "1 Rückfrage wartet auf Sie" in page
    assert "Antworten und als beantwortet zurückgeben" in page
    address = f"/ideen/{project.pk}/rueckfragen/{question.pk}/"
    empty = client.post(address, {"tun": "antworten", "text": ""})
    assert empty.status_code == 422
    assert "Schreiben Sie Ihre Antwort." in empty.content.decode()
    sent = client.post(address, {"tun": "antworten", "text": "Etwa 4.000."}, follow=True)
    assert "wartet auf Sie" not in sent.content.decode()
    assert "Etwa 4.000." in page_of(client, cdo, project)
    assert "1 Rückfrage wartet auf Sie" in page_of(client, cdo, project)
    client.post(address, {"tun": "erledigt"})
    question.refresh_from_db()
    assert question.state == State.CLOSED


def test_a_stale_answer_is_refused_with_its_words_kept(project, author, cdo, client):
    question = asked(project, cdo)
    answer_question(question=question, text="Erste Antwort.", by=author)
    client.force_login(author)
    late = client.post(
        f"/ideen/{project.pk}/rueckfragen/{question.pk}/", {"tun": "antworten", "text": "Zweite Antwort."}
    )
    assert late.status_code == 409
    assert "schon beantwortet" in late.content.decode()
    assert "Zweite Antwort." in late.content.decode()


def test_the_office_asks_from_a_link_that_names_the_criterion(project, cdo, client):
    client.force_login(cdo)
    address = f"/ideen/{project.pk}/rueckfragen/neu/"
    page = client.get(address + "?zu=criterion_vernetzung").content.decode()
    assert '<option value="criterion_vernetzung" selected>' in page
    assert client.get(address + "?zu=unsinn").status_code == 200
    assert client.post(address, {"topic": "unsinn", "text": "?"}).status_code == 422
    client.post(address, {"topic": "section_mitwirkung", "text": "Ist das Sozialamt dabei?"})
    assert Question.objects.get().topic == "section_mitwirkung"


def test_each_is_told_in_her_turn(project, author, cdo, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        question = asked(project, cdo)
    with django_capture_on_commit_callbacks(execute=True):
        answer_question(question=question, text="So.", by=author)
    with django_capture_on_commit_callbacks(execute=True):
        ask_again(question=question, text="Wie?", by=cdo)
    told = [(row.person_id, row.subject) for row in Message.objects.order_by("pk")]
    assert told == [
        (actor_for(author).pk, "Zu Ihrer Idee gibt es eine Rückfrage"),
        (actor_for(cdo).pk, "Eine Rückfrage von Ihnen ist beantwortet"),
        (actor_for(author).pk, "Zu Ihrer Antwort gibt es eine Nachfrage"),
    ]


def test_the_database_holds_the_order_of_turns(project, author, cdo):
    question = asked(project, cdo)
    common = {"question": question, "by": actor_for(cdo), "at": question.turns.get().at, "voice": "authors"}
    for wrong in (
        {"number": 1, "kind": "answered", "reason": "x"},
        {"number": 2, "kind": "asked", "reason": "x"},
        {"number": 2, "kind": "answered", "reason": ""},
        {"number": 2, "kind": "edited", "reason": "x"},
        {"number": 2, "kind": "answered", "reason": "x", "voice": "office"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            QuestionTurn.objects.create(**common | wrong)


def test_topics_are_the_sections_of_the_form_and_the_criteria():
    assert tuple(section.slug for section in SECTIONS) == SECTION_SLUGS
    assert len(CRITERION_TOPICS) == 5
