from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from governance.permissions import NotAllowed
from governance.record.models import Entry
from governance.strategy.models import Edition
from pool.lifecycle import ProcedureError, StaleVersion, Step
from pool.project.models import Project
from pool.submission import actions
from tests.factories import employed_in, handlungsfeld, join, mandate, project_at, unit, user_with

pytestmark = pytest.mark.django_db


def test_text_and_links_become_what_was_handed_over(world: SimpleNamespace, draft: Project) -> None:
    actions.edit_text(
        project=draft,
        by=world.author,
        version=draft.version,
        values={"title": "Neu", "problem": "Zeile 1\r\nZeile 2"},
        units=[(world.unit, "works_out", "a"), (world.other_unit, "", "")],
        handlungsbedarfe=[world.need],
        partners=[("Hochschule", "")],
        sdgs=[world.sdg],
        querschnitt={world.topic: "Mit Betroffenen"},
    )
    actions.edit_text(
        project=draft,
        by=world.author,
        version=draft.version,
        values={},
        units=[(world.other_unit, "carries_out", "b")],
        handlungsbedarfe=[],
        partners=[],
    )
    assert (draft.title, draft.problem) == ("Neu", "Zeile 1\nZeile 2")
    links = [(link.unit, link.part, link.task) for link in draft.unit_links.all()]
    assert links == [(world.other_unit, "carries_out", "b")]
    assert not draft.need_links.exists()
    assert not draft.partners.exists()
    assert list(draft.sdgs.all()) == [world.sdg]
    assert str(draft.querschnitt_answers.get()) == "Mit Betroffenen"


def test_every_edit_is_one_entry_and_one_version(world: SimpleNamespace, draft: Project) -> None:
    before = draft.version
    actions.edit_text(project=draft, by=world.author, version=before, values={"title": "Neu"})
    assert draft.version == before + 1
    assert Entry.objects.filter(chain=f"project:{draft.pk}", act="edit_text").count() == 2


def test_a_stale_click_changes_nothing(world: SimpleNamespace, draft: Project) -> None:
    with pytest.raises(StaleVersion):
        actions.edit_text(project=draft, by=world.author, version=draft.version - 1, values={"title": "Alt"})
    draft.refresh_from_db()
    assert draft.title != "Alt"


@pytest.mark.parametrize("step", [step for step in Step if step not in (Step.DRAFT, Step.RETURNED)])
def test_the_text_is_fixed_outside_draft_and_returned(world: SimpleNamespace, step: Step) -> None:
    project = project_at(step, submitter=world.author)
    with pytest.raises(NotAllowed):
        actions.edit_text(project=project, by=world.author, version=None, values={"title": "Neu"})


def test_strangers_former_authors_and_the_cdo_do_not_write(world: SimpleNamespace, draft: Project) -> None:
    cdo = user_with(employed_in(unit("amt-12")), mandate("cdo"))
    join(draft, world.colleague, "co_author", last_day=-1)
    for person in (world.stranger, world.colleague, cdo):
        with pytest.raises(NotAllowed):
            actions.edit_text(project=draft, by=person, version=None, values={"title": "Neu"})


def test_a_co_author_writes(world: SimpleNamespace, draft: Project) -> None:
    actions.add_co_author(project=draft, person=world.colleague, by=world.author)
    actions.edit_text(project=draft, by=world.colleague, version=None, values={"title": "Gemeinsam"})
    assert draft.title == "Gemeinsam"


def test_a_returned_idea_keeps_what_handing_in_fixed(world: SimpleNamespace) -> None:
    project = project_at(Step.RETURNED, submitter=world.author)
    with pytest.raises(ValidationError, match="Kurztext"):
        actions.edit_text(project=project, by=world.author, version=None, values={"short_text": ""})


@pytest.mark.parametrize(
    "links",
    [
        lambda world: {"units": [(world.unit, "", ""), (world.unit, "both", "")]},
        lambda world: {"partners": [("Hochschule", ""), ("Hochschule ", "x")]},
        lambda world: {"units": [(world.unit, "leads", "")]},
    ],
    ids=["unit twice", "partner twice", "unknown part"],
)
def test_links_that_cannot_be_are_refused_whole(world: SimpleNamespace, draft: Project, links: object) -> None:
    with pytest.raises(ValidationError):
        actions.edit_text(project=draft, by=world.author, version=None, values={"title": "Neu"}, **links(world))
    draft.refresh_from_db()
    assert draft.title != "Neu"


def test_only_the_strategy_of_the_idea_is_chosen_from(world: SimpleNamespace, draft: Project) -> None:
    other = Edition.objects.create(code="2019", title="Frühere", valid_from="2019-01-01", valid_until="2019-12-31")
    field = handlungsfeld("XX")
    field.edition = other
    field.save()
    with pytest.raises(ValidationError):
        actions.edit_text(project=draft, by=world.author, version=None, values={"lead_handlungsfeld": field})


def test_a_co_author_is_named_by_the_submitter_once_and_is_employed(world: SimpleNamespace, draft: Project) -> None:
    actions.add_co_author(project=draft, person=world.colleague, by=world.author)
    with pytest.raises(ProcedureError, match="schreibt schon mit"):
        actions.add_co_author(project=draft, person=world.colleague, by=world.author)
    with pytest.raises(NotAllowed):
        actions.add_co_author(project=draft, person=world.stranger, by=world.colleague)
    gone = user_with(employed_in(unit("amt-42"), last_day=-1))
    with pytest.raises(ProcedureError):
        actions.add_co_author(project=draft, person=gone, by=world.author)
    demo = user_with(employed_in(unit("amt-42")), is_demo=True)
    with pytest.raises(ProcedureError):
        actions.add_co_author(project=draft, person=demo, by=world.author)


def test_naming_a_co_author_is_recorded_by_id(world: SimpleNamespace, draft: Project) -> None:
    row = actions.add_co_author(project=draft, person=world.colleague, by=world.author)
    entry = Entry.objects.filter(chain=f"project:{draft.pk}").order_by("-number").first()
    assert (entry.object_type, entry.object_id, entry.to_state) == ("project_mandate", str(row.pk), "co_author")


def test_the_cdo_links_needs_while_submitted_on_record(world: SimpleNamespace) -> None:
    cdo = user_with(employed_in(unit("amt-12")), mandate("cdo"))
    project = project_at(Step.SUBMITTED, submitter=world.author)
    actions.link_needs(
        project=project, by=cdo, version=project.version, handlungsbedarfe=[], units=[(world.unit, "both", "")]
    )
    assert not project.need_links.exists()
    entry = Entry.objects.filter(chain=f"project:{project.pk}").order_by("-number").first()
    assert (entry.act, entry.actor) == ("link_needs", cdo.actor_person.actor)
    pooled = project_at(Step.POOLED, submitter=world.author)
    with pytest.raises(NotAllowed):
        actions.link_needs(project=pooled, by=cdo, version=None, handlungsbedarfe=[], units=[])
    with pytest.raises(NotAllowed):
        actions.link_needs(project=project, by=world.author, version=None, handlungsbedarfe=[], units=[])
