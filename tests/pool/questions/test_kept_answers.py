"""What is typed as an answer inside the idea's form is kept on the server like the idea itself, until it is given."""

import pytest
from django.test import Client
from django.urls import reverse

from governance.mandates.rules import Role
from governance.models import Entry
from pool.lifecycle import Step
from pool.questions.actions import answer_question, ask_question
from pool.questions.models import AnswerDraft
from tests.factories import employed_in, join, mandate, project_at, unit, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    return user_with(employed_in(unit("amt-61")), username="author")


@pytest.fixture
def project(author):
    return project_at(Step.RETURNED, submitter=author, title="Termine online")


@pytest.fixture
def question(project):
    cdo = user_with(employed_in(unit("kdz")), mandate(Role.CDO), username="cdo")
    return ask_question(project=project, topic="section_idee", text="Wie lange?", by=cdo)


def typed(client: Client, project, question, text: str) -> dict[str, str]:
    page = client.get(reverse("submission:edit", args=[project.pk]))
    form = page.context["form"]
    data = {name: form[name].value() or "" for name in form.fields if not isinstance(form[name].value(), list)}
    for formset in (page.context["idea"].units, page.context["idea"].partners):
        data |= {each.html_name: each.value() or "" for each in formset.management_form}
        data |= {each.html_name: each.value() or "" for row in formset for each in row if each.name != "DELETE"}
    seen = {"gesehen": page.context["seen"], "fenster": page.context["window"], "version": page.context["version"]}
    return data | seen | {f"antwort-{question.pk}-text": text}


def autosave(client: Client, project, question, text: str):
    return client.post(reverse("submission:autosave", args=[project.pk]), typed(client, project, question, text))


def test_it_is_there_again_after_the_window_is_gone_and_nobody_else_reads_it(project, author, question, client):
    client.force_login(author)
    assert autosave(client, project, question, "Halbe Antwort").status_code == 200
    assert "Halbe Antwort" in client.get(reverse("submission:edit", args=[project.pk])).content.decode()
    assert Entry.objects.filter(act="answer_question").count() == 0
    question.refresh_from_db()
    assert (question.state, question.turns.count()) == ("open", 1)
    colleague = user_with(employed_in(unit("amt-50")))
    join(project, colleague, "co_author")
    other = Client()
    other.force_login(colleague)
    assert "Halbe Antwort" not in other.get(reverse("submission:edit", args=[project.pk])).content.decode()
    autosave(other, project, question, "Ganz andere")
    assert AnswerDraft.objects.count() == 2
    assert autosave(client, project, question, "").status_code == 200
    assert AnswerDraft.objects.get().text == "Ganz andere"


def test_without_script_any_button_of_the_form_keeps_it(project, author, question, client):
    client.force_login(author)
    data = typed(client, project, question, "Ohne Skript") | {"aktion": "speichern"}
    assert client.post(reverse("submission:edit", args=[project.pk]), data).status_code == 302
    assert "Ohne Skript" in client.get(reverse("submission:edit", args=[project.pk])).content.decode()


def test_once_answered_nothing_is_kept(project, author, question, client):
    client.force_login(author)
    autosave(client, project, question, "Halbe Antwort")
    answer_question(question=question, text="Ganze Antwort.", by=author)
    assert not AnswerDraft.objects.exists()
    assert autosave(client, project, question, "Zu spät").status_code == 200
    assert not AnswerDraft.objects.exists()


def test_too_long_is_said_and_the_rest_is_saved(project, author, question, client):
    client.force_login(author)
    answer = autosave(client, project, question, "x" * 2001).json()
    anchor = f"rueckfrage-{question.pk}-antwort-{question.pk}-text"
    assert [each["anchor"] for each in answer["complaints"]] == [anchor]
    assert f'id="{anchor}"' in client.get(reverse("submission:edit", args=[project.pk])).content.decode()
    assert not AnswerDraft.objects.exists()


@pytest.mark.parametrize("name", ["antwort--text", "antwort-x-text", "antwort-٣-text", f"antwort-{'9' * 30}-text"])
def test_a_broken_name_changes_nothing(project, author, question, client, name):
    client.force_login(author)
    data = typed(client, project, question, "") | {name: "Text"}
    assert client.post(reverse("submission:autosave", args=[project.pk]), data).status_code == 200
    assert not AnswerDraft.objects.exists()


def test_of_another_idea_it_is_kept_nowhere(project, author, question, client):
    other = project_at(Step.RETURNED, submitter=user_with(employed_in(unit("amt-50"))))
    cdo = user_with(employed_in(unit("kdz")), mandate(Role.CDO))
    foreign = ask_question(project=other, topic="section_idee", text="Wie?", by=cdo)
    client.force_login(author)
    data = typed(client, project, question, "") | {f"antwort-{foreign.pk}-text": "Fremd"}
    client.post(reverse("submission:autosave", args=[project.pk]), data)
    assert not AnswerDraft.objects.exists()
