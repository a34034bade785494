from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from governance.permissions import NotAllowed
from governance.record.models import Entry
from pool.project.models import Project
from pool.submission import actions
from tests.factories import body, employed_in, mandate, unit, user_with

pytestmark = pytest.mark.django_db


def test_a_draft_needs_only_its_title(world: SimpleNamespace) -> None:
    project = actions.create_draft(by=world.author, title="  Eine   Idee ")
    assert (project.title, project.step, project.pool_number) == ("Eine Idee", "draft", None)
    mandates = [(row.person.person.user, row.role) for row in project.mandates.all()]
    assert mandates == [(world.author, "submitter")]


def test_beginning_is_recorded_without_a_word_of_the_text(world: SimpleNamespace) -> None:
    project = actions.create_draft(by=world.author, title="Geheimtitel")
    entry = Entry.objects.get(chain=f"project:{project.pk}")
    assert (entry.act, entry.to_state, entry.is_example) == ("edit_text", "draft", False)
    assert "Geheimtitel" not in str(entry.values())


def test_the_links_are_written_with_it(world: SimpleNamespace) -> None:
    project = actions.create_draft(
        by=world.author,
        title="Idee",
        units=[(world.unit, "both", "misst")],
        handlungsbedarfe=[world.need],
        partners=[("Hochschule Mainz", "forscht")],
        sdgs=[world.sdg],
        querschnitt={world.topic: ""},
    )
    assert [(link.unit, link.part, link.task) for link in project.unit_links.all()] == [(world.unit, "both", "misst")]
    assert list(project.handlungsbedarfe.all()) == [world.need]
    assert str(project.querschnitt_answers.get()) == "noch offen"


@pytest.mark.parametrize("title", ["", "   ", "\u200b\u2060"])
def test_a_title_of_nothing_is_no_title(world: SimpleNamespace, title: str) -> None:
    with pytest.raises(ValidationError):
        actions.create_draft(by=world.author, title=title)
    assert not Project.objects.exists()


def test_the_same_form_sent_twice_gives_one_project(world: SimpleNamespace) -> None:
    token = uuid4()
    first = actions.create_draft(by=world.author, form_token=token, title="Idee")
    second = actions.create_draft(by=world.author, form_token=token, title="Idee")
    assert first == second
    assert Project.objects.count() == 1


def test_two_at_the_same_moment_give_one_project(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    token = uuid4()
    first = actions.create_draft(by=world.author, form_token=token, title="Idee")
    answers = iter([None, first])
    monkeypatch.setattr(actions, "_known_draft", lambda *_args: next(answers))
    assert actions.create_draft(by=world.author, form_token=token, title="Idee") == first
    assert Project.objects.count() == 1


def test_somebody_elses_form_token_opens_nothing_of_theirs(world: SimpleNamespace) -> None:
    token = uuid4()
    actions.create_draft(by=world.author, form_token=token, title="Idee")
    assert actions._known_draft(token, world.stranger.actor_person.actor_id) is None


def test_rel03_somebody_elses_form_token_begins_an_idea_of_ones_own(world: SimpleNamespace) -> None:
    token, colleague = uuid4(), user_with(employed_in(unit("amt-33")))
    first = actions.create_draft(by=world.author, form_token=token, title="Idee")
    second = actions.create_draft(by=colleague, form_token=token, title="Andere Idee")
    assert (second.pk != first.pk, second.title, second.form_token) == (True, "Andere Idee", None)


def test_only_the_employed_begin_ideas(world: SimpleNamespace) -> None:
    member = user_with(mandate("member", body=body()))
    with pytest.raises(NotAllowed):
        actions.create_draft(by=member, title="Idee")


def test_what_a_demo_account_begins_is_an_example(world: SimpleNamespace) -> None:
    demo = user_with(employed_in(unit("amt-33")), is_demo=True)
    assert actions.create_draft(by=demo, title="Idee").is_example is True


def test_step_and_number_cannot_be_slipped_in(world: SimpleNamespace) -> None:
    with pytest.raises(TypeError):
        actions.create_draft(by=world.author, title="Idee", step="pooled")
