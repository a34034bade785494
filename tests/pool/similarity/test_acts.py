"""A different idea, one to join, and the list of synonyms."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from governance.mandates.rules import Role
from governance.permissions import NotAllowed
from governance.record.models import Entry
from pool.lifecycle import Incomplete, ProcedureError
from pool.project.models import Project, ProjectMandate
from pool.similarity.actions import (
    answer_join_request,
    ask_to_join,
    drop_synonyms,
    explain_difference,
    index_text,
    install_synonyms,
    keep_synonyms,
)
from pool.similarity.models import JoinRequest, SearchEntry, SynonymGroup
from pool.similarity.queries import similar_to
from pool.submission.actions import create_draft, submit
from tests.factories import employed_in, handlungsfeld, mandate, project_at, taken_over_at, unit, user_with

pytestmark = pytest.mark.django_db

TITLE, TEXT = "Terminvergabe im Bürgeramt", "Wer ins Bürgeramt muss, bucht den Termin vorher."
AGAIN = ("Termine beim Bürgeramt vergeben", "Termin buchen und dann ins Bürgeramt gehen.")


@pytest.fixture
def author():
    return user_with(employed_in(unit("amt-61")), username="autorin")


@pytest.fixture
def reader():
    return user_with(employed_in(unit("amt-50")), username="leserin")


@pytest.fixture
def complete(author) -> Project:
    values = {
        "title": TITLE,
        "short_text": TEXT,
        "problem": "Warten",
        "benefit": "Weniger warten",
        "beneficiary": "both",
        "lead_handlungsfeld": handlungsfeld("DV"),
        "lead_unit": unit("amt-33"),
        "participation": "Zwei Ämter",
    }
    return create_draft(by=author, **values)


def titles(found) -> list[str]:
    return [each.project.title for each in found]


def test_a_draft_is_never_found(complete: Project) -> None:
    assert not SearchEntry.objects.exists()
    assert similar_to(*AGAIN) == []


def test_an_idea_being_checked_is_found_only_where_its_submitter_allowed_it(complete: Project, author) -> None:
    submit(project=complete, by=author)
    assert similar_to(*AGAIN) == []
    Project.objects.filter(pk=complete.pk).update(may_be_mentioned=True)
    found = similar_to(*AGAIN)
    assert [(each.is_only_mentioned, each.office) for each in found] == [(True, unit("amt-33"))]


def test_the_page_tells_no_word_of_an_idea_being_checked(complete: Project, author, reader, client) -> None:
    Project.objects.filter(pk=complete.pk).update(may_be_mentioned=True)
    submit(project=Project.objects.get(pk=complete.pk), by=author)
    client.force_login(reader)
    page = client.post("/ideen/aehnlich/", {"title": AGAIN[0], "short_text": AGAIN[1]}).content.decode()
    assert "wird gerade geprüft" in page
    assert "Stelle amt-33" in page
    assert TITLE not in page
    assert "bucht den Termin" not in page


def test_the_own_idea_is_not_similar_to_itself(complete: Project, author) -> None:
    Project.objects.filter(pk=complete.pk).update(may_be_mentioned=True)
    submit(project=Project.objects.get(pk=complete.pk), by=author)
    assert similar_to(TITLE, TEXT, besides=complete) == []


def test_what_merged_into_another_is_not_shown() -> None:
    merged = project_at("merged", was_pooled=True, title=TITLE, short_text=TEXT)
    index_text(project=merged, number=1)
    assert similar_to(*AGAIN) == []


def test_a_difference_is_said_by_authors_and_the_old_one_kept(complete: Project, author, reader) -> None:
    other = project_at("pooled", title=TITLE, short_text=TEXT)
    explain_difference(project=complete, other=other, reason="Nur für Gruppen.", by=author)
    explain_difference(project=complete, other=other, reason="Nur für Schulklassen.", by=author)
    rows = complete.differences.order_by("pk").values_list("reason", "is_current")
    assert list(rows) == [("Nur für Gruppen.", False), ("Nur für Schulklassen.", True)]
    entries = Entry.objects.filter(chain=f"similar:{complete.pk}", act="explain_difference")
    assert entries.count() == 2
    with pytest.raises(NotAllowed):
        explain_difference(project=complete, other=other, reason="Fremd", by=reader)


def test_a_difference_needs_words_and_a_project_that_may_be_shown(complete: Project, author) -> None:
    other = project_at("pooled")
    with pytest.raises(Incomplete):
        explain_difference(project=complete, other=other, reason="\u200b \u2060", by=author)
    with pytest.raises(ProcedureError):
        explain_difference(project=complete, other=project_at("draft"), reason="Anders", by=author)
    with pytest.raises(ProcedureError):
        explain_difference(project=complete, other=complete, reason="Anders", by=author)


def test_asking_and_accepting_makes_a_co_author(author, reader) -> None:
    project = project_at("pooled", submitter=author)
    asked = ask_to_join(project=project, reason="Wir testen mit.", by=reader)
    answer_join_request(request=asked, accept=True, by=author)
    roles = ProjectMandate.objects.filter(project=project, person=asked.person).values_list("role", flat=True)
    assert list(roles) == ["co_author"]
    acts = Entry.objects.filter(chain=f"similar:{project.pk}").order_by("number").values_list("act", "to_state")
    assert list(acts) == [("ask_to_join", ""), ("answer_join_request", "accepted")]


def test_declining_gives_nothing_and_a_second_answer_is_refused(author, reader) -> None:
    project = project_at("pooled", submitter=author)
    asked = ask_to_join(project=project, reason="Wir testen mit.", by=reader)
    answer_join_request(request=asked, accept=False, by=author)
    assert not ProjectMandate.objects.filter(project=project, person=asked.person).exists()
    with pytest.raises(ProcedureError, match="schon beantwortet"):
        answer_join_request(request=asked, accept=True, by=author)


def test_only_the_submitter_answers(author, reader) -> None:
    project = project_at("pooled", submitter=author)
    asked = ask_to_join(project=project, reason="Wir testen mit.", by=reader)
    cdo = user_with(mandate(Role.CDO), employed_in(unit("stab", "stabsstelle")))
    for person in (reader, cdo):
        with pytest.raises(NotAllowed):
            answer_join_request(request=asked, accept=True, by=person)


def test_asking_twice_is_asking_once(author, reader) -> None:
    project = project_at("pooled", submitter=author)
    first = ask_to_join(project=project, reason="Wir testen mit.", by=reader)
    assert ask_to_join(project=project, reason="Noch einmal.", by=reader) == first
    assert JoinRequest.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        JoinRequest.objects.create(project=project, person=first.person, reason="x", at=first.at)


def test_nobody_asks_where_nobody_could_answer_or_who_is_in_already(author, reader) -> None:
    with pytest.raises(ProcedureError, match="niemand zusagen"):
        ask_to_join(project=taken_over_at("running"), reason="Wir testen mit.", by=reader)
    with pytest.raises(ProcedureError, match="schon mit"):
        ask_to_join(project=project_at("pooled", submitter=author), reason="Ich auch.", by=author)


def test_the_submitter_answers_on_a_page_of_the_casefile(author, reader, client) -> None:
    project = project_at("pooled", submitter=author)
    asked = ask_to_join(project=project, reason="Wir testen mit.", by=reader)
    client.force_login(author)
    assert "möchte mitwirken" in client.get(f"/ideen/{project.pk}/").content.decode()
    address = f"/ideen/{project.pk}/mitwirken/{asked.pk}/"
    page = client.post(address, {})
    assert page.status_code == 422
    assert "Sagen Sie zu oder sagen Sie ab." in page.content.decode()
    assert client.post(address, {"answer": "accepted"}).url == f"/ideen/{project.pk}/"
    assert "möchte mitwirken" not in client.get(f"/ideen/{project.pk}/").content.decode()


def test_an_idea_not_shown_to_all_staff_cannot_be_asked_about(reader, client) -> None:
    client.force_login(reader)
    for step in ("draft", "submitted", "rejected"):
        assert client.get(f"/ideen/{project_at(step).pk}/mitwirken/").status_code == 404, step


def test_the_cdo_keeps_synonyms_and_they_hold_from_the_next_search(reader) -> None:
    cdo = user_with(mandate(Role.CDO))
    project = project_at("pooled", title="Fahrtauskunft auf dem Smartphone", short_text="Eine Auskunft für Fahrgäste.")
    index_text(project=project, number=1)
    typed = ("Mobiltelefone für Reisende", "Wer reist, fragt sein Mobiltelefon.")
    assert similar_to(*typed) == []
    group = keep_synonyms(words=" Smartphone , Mobiltelefon ", by=cdo)
    keep_synonyms(words="Reisende, Fahrgäste", by=cdo)
    assert titles(similar_to(*typed)) == ["Fahrtauskunft auf dem Smartphone"]
    drop_synonyms(group=group, by=cdo)
    assert similar_to(*typed) == []
    acts = Entry.objects.filter(chain="synonyms").order_by("number").values_list("to_state", flat=True)
    assert list(acts) == ["kept", "kept", "dropped"]
    with pytest.raises(NotAllowed):
        keep_synonyms(words="a, b", by=reader)


@pytest.mark.parametrize("words", ["Handy", "Handy,", "Handy, Handy", " , "])
def test_a_group_of_one_is_none(words: str) -> None:
    with pytest.raises(ValidationError, match="mindestens zwei"):
        keep_synonyms(words=words, by=user_with(mandate(Role.CDO)))


def test_installing_synonyms_twice_leaves_what_the_cdo_changed() -> None:
    cdo = user_with(mandate(Role.CDO))
    assert install_synonyms(groups=["a, b", "Auto, Pkw"]) == 2
    drop_synonyms(group=SynonymGroup.objects.get(words="a, b"), by=cdo)
    assert install_synonyms(groups=["a, b", "Auto, Pkw"]) == 0
    assert list(SynonymGroup.objects.values_list("words", flat=True)) == ["Auto, Pkw"]


def test_the_search_costs_the_same_for_few_and_many(django_assert_num_queries) -> None:
    def more(number: int) -> None:
        for each in range(number):
            project = project_at("pooled", title=f"{TITLE} {each}", short_text=TEXT)
            index_text(project=project, number=1)

    more(3)
    with django_assert_num_queries(10):
        assert len(similar_to(*AGAIN)) == 3
    more(40)
    with django_assert_num_queries(10):
        assert len(similar_to(*AGAIN)) == 3
