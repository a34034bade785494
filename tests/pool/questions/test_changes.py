"""What changed since an idea came back: word by word, for authors and the office, and two rounds side by side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.mandates.rules import Role
from pool.gate.queries import rounds_beside
from pool.lifecycle import Step
from pool.project.changes import Piece, text_changes, word_changes
from pool.project.models import TextVersion
from pool.questions.actions import ask_question
from pool.submission.actions import edit_text, submit
from pool.submission.queries import changes_since_round
from tests.factories import employed_in, five, gate_round, handlungsfeld, mandate, project_at, unit, user_with


def test_word_by_word_what_went_before_what_came():
    assert word_changes("Das Amt sucht den Termin.", "Das Amt bucht den Termin gleich.") == (
        Piece("same", "Das Amt "),
        Piece("gone", "sucht "),
        Piece("new", "bucht "),
        Piece("same", "den "),
        Piece("gone", "Termin."),
        Piece("new", "Termin gleich."),
    )


@given(st.text(alphabet="ab \nä.", max_size=60), st.text(alphabet="ab \nä.", max_size=60))
def test_the_pieces_give_both_texts(old, new):
    pieces = word_changes(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new
    assert [word for piece in pieces if piece.kind != "new" for word in piece.text.split()] == old.split()


def test_endless_repetition_is_compared_as_a_whole():
    old, new = "a " * 2000, "a " * 1999 + "b"
    assert word_changes(old, new) == (Piece("gone", old), Piece("new", new))


def test_only_fields_whose_words_differ():
    old = {"title": "Termine", "problem": "Lange  Wege", "benefit": "Weniger"}
    new = {"title": "Termine", "problem": "Lange Wege", "benefit": "Mehr"}
    assert [change.name for change in text_changes(old, new, ["title", "problem", "benefit", "effort"])] == ["benefit"]


@pytest.fixture
def author(db):
    return user_with(employed_in(unit("amt-61")), username="author")


@pytest.fixture
def cdo(db):
    return user_with(employed_in(unit("kdz")), mandate(Role.CDO), username="cdo")


@pytest.fixture
def returned(author):
    project = project_at(Step.RETURNED, submitter=author, problem="Menschen warten lange.", cost="1.000 Euro")
    TextVersion.objects.filter(project=project).update(
        content={**project.text_versions.get().content, "problem": "Menschen warten.", "cost": "2.000 Euro"}
    )
    return project


def test_a_returned_idea_shows_reason_and_difference_to_its_author(returned, author, client):
    client.force_login(author)
    for address in (f"/ideen/{returned.pk}/", f"/ideen/{returned.pk}/bearbeiten/"):
        page = client.get(address).content.decode()
        assert "Was sich seit der Rückgabe geändert hat" in page
        assert '<ins><span class="visually-hidden">neu: </span>warten lange.' in page
        assert '<del><span class="visually-hidden">gestrichen: </span>warten.' in page


def test_a_first_submission_and_a_draft_have_nothing_to_compare(author, db):
    for step in (Step.DRAFT, Step.SUBMITTED, Step.POOLED):
        assert changes_since_round(project_at(step, submitter=author), with_money=True) is None


def test_handed_in_again_the_desk_shows_text_and_rounds_beside_each_other(returned, author, cdo, client):
    edit_text(project=returned, by=author, version=None, values={"benefit": "Niemand wartet mehr."})
    submit(project=returned, by=author)
    client.force_login(cdo)
    page = client.get(f"/admin/pool/project/{returned.pk}/pruefung/").content.decode()
    assert "Was sich seit der letzten Runde geändert hat" in page
    assert "Niemand wartet mehr." in page
    assert "Zwei Runden nebeneinander" in page
    assert "neue Runde, noch ohne Antwort" in page
    assert "zu diesem Kriterium" in page


def test_two_rounds_say_which_answers_are_others_now(returned, author):
    submit(project=returned, by=author)
    gate_round(returned, five("yes"), by=returned.created_by)
    beside = rounds_beside(returned)
    assert beside is not None
    before = {row.code for row in beside.rows if row.before and row.before.answer == "no"}
    assert {row.code for row in beside.rows if row.has_changed} == before
    assert rounds_beside(project_at(Step.SUBMITTED, submitter=author)) is None


def test_money_that_changed_is_kept_from_those_who_do_not_read_money(returned, client):
    coordinator = user_with(employed_in(unit("amt-50")), mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld()))
    client.force_login(coordinator)
    page = client.get(f"/ideen/{returned.pk}/").content.decode()
    assert "warten lange." in page
    assert "2.000 Euro" not in page
    assert "1.000 Euro" not in page


def test_in_the_form_one_button_saves_and_answers(returned, author, cdo, client):
    question = ask_question(project=returned, topic="section_idee", text="Wie lange?", by=cdo)
    client.force_login(author)
    address = f"/ideen/{returned.pk}/bearbeiten/"
    page = client.get(address)
    assert "Wie lange?" in page.content.decode()
    form = page.context["form"]
    data = {name: form[name].value() or "" for name in form.fields if not isinstance(form[name].value(), list)}
    for formset in (page.context["idea"].units, page.context["idea"].partners):
        data |= {each.html_name: each.value() or "" for each in formset.management_form}
        data |= {each.html_name: each.value() or "" for row in formset for each in row if each.name != "DELETE"}
    data |= {"gesehen": page.context["seen"], "fenster": page.context["window"]}
    data |= {"version": page.context["version"], "problem": "Menschen warten acht Wochen."}
    empty = client.post(address, data | {"aktion": f"antwort-{question.pk}"})
    assert empty.status_code == 422
    assert "Schreiben Sie Ihre Antwort." in empty.content.decode()
    returned.refresh_from_db()
    assert returned.problem == "Menschen warten acht Wochen."
    answer = {"aktion": f"antwort-{question.pk}", f"antwort-{question.pk}-text": "Acht Wochen."}
    assert client.post(address, data | answer | {"version": returned.version}).status_code == 302
    question.refresh_from_db()
    assert question.state == "answered"
    assert question.turns.last().reason == "Acht Wochen."
