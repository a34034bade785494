from datetime import date
from types import SimpleNamespace

import pytest

from governance.permissions import NotAllowed
from governance.record.models import Entry
from pool.lifecycle import IllegalMove, Incomplete, StaleVersion, Step
from pool.project.models import Project
from pool.submission import actions
from tests.factories import employed_in, mandate, project_at, unit, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(world: SimpleNamespace, full: dict[str, object]) -> Project:
    return actions.create_draft(by=world.author, **full)


def test_handing_in_moves_keeps_the_text_and_is_recorded(world: SimpleNamespace, ready: Project) -> None:
    transition = actions.submit(project=ready, by=world.author, version=ready.version)
    assert (ready.step, transition.from_step, transition.to_step) == ("submitted", "draft", "submitted")
    text = ready.text_versions.get()
    assert (text.number, text.kind, text.content["title"]) == (1, "submitted", ready.title)
    entry = Entry.objects.filter(chain=f"project:{ready.pk}").order_by("-number").first()
    assert (entry.act, entry.from_state, entry.to_state) == ("submit", "draft", "submitted")


def test_after_a_return_it_is_handed_in_again_as_the_next_version(world: SimpleNamespace) -> None:
    project = project_at(Step.RETURNED, submitter=world.author)
    Project.objects.filter(pk=project.pk).update(remind_on=date(2026, 12, 24))
    transition = actions.submit(project=project, by=world.author)
    assert transition.act == "resubmit"
    assert project.text_versions.count() == 2
    assert project.remind_on is None


def test_a_co_author_hands_in_too(world: SimpleNamespace, ready: Project) -> None:
    actions.add_co_author(project=ready, person=world.colleague, by=world.author)
    actions.submit(project=ready, by=world.colleague)
    assert ready.step == "submitted"


def test_what_is_missing_is_said_and_nothing_moves(world: SimpleNamespace, draft: Project) -> None:
    with pytest.raises(Incomplete) as refused:
        actions.submit(project=draft, by=world.author)
    assert refused.value.missing[0] == "ein Kurztext"
    assert len(refused.value.missing) == 7
    draft.refresh_from_db()
    assert draft.step == "draft"
    assert not draft.text_versions.exists()


@pytest.mark.parametrize("step", [step for step in Step if step not in (Step.DRAFT, Step.RETURNED)])
def test_only_drafts_and_returned_ideas_are_handed_in(world: SimpleNamespace, step: Step) -> None:
    project = project_at(step, submitter=world.author)
    with pytest.raises(IllegalMove):
        actions.submit(project=project, by=world.author)


def test_nobody_hands_in_for_others(world: SimpleNamespace, ready: Project) -> None:
    cdo = user_with(employed_in(unit("amt-12")), mandate("cdo"))
    for person in (world.stranger, cdo):
        with pytest.raises(NotAllowed):
            actions.submit(project=ready, by=person)


def test_a_stale_click_hands_in_nothing(world: SimpleNamespace, ready: Project) -> None:
    seen = ready.version
    actions.edit_text(project=ready, by=world.author, version=seen, values={"title": "Anders"})
    with pytest.raises(StaleVersion):
        actions.submit(project=ready, by=world.author, version=seen)
