"""Co-authors leave, the submitter hands over, a new idea grows from one that ended."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from governance.mandates.rules import Role
from governance.permissions import NotAllowed
from governance.record.actions import actor_for
from governance.record.models import Entry
from pool.lifecycle import Incomplete, ProcedureError, StaleVersion, Step
from pool.permissions import is_barred
from pool.project.models import Project, ProjectMandate
from pool.submission import actions
from pool.submission.authors import begin_again, end_co_author, hand_over
from pool.submission.models import HandOver
from tests.factories import employed_in, join, mandate, project_at, unit, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def cdo(world: SimpleNamespace) -> object:
    place = unit("stab-mainzdigital", "stabsstelle", unit("amt-10"))
    return user_with(employed_in(place), mandate(Role.CDO), username="cdo")


def reads(user: object, project: Project) -> bool:
    return Project.objects.visible_to(user).filter(pk=project.pk).exists()


def role_of(user: object, project: Project) -> list[str]:
    rows = ProjectMandate.objects.filter(project=project, person=actor_for(user), valid_until=None)
    return sorted(rows.values_list("role", flat=True))


# --- Co-authors leave ---------------------------------------------------------------------------------------------


def test_a_co_author_who_left_neither_reads_nor_judges(world: SimpleNamespace, draft: Project) -> None:
    join(draft, world.colleague, "co_author")
    row = ProjectMandate.objects.get(project=draft, role="co_author")
    end_co_author(project=draft, mandate=row, by=world.author)
    assert not reads(world.colleague, draft)
    assert is_barred(actor_for(world.colleague).pk, draft)
    assert Entry.objects.filter(chain=f"project:{draft.pk}", to_state="ended").count() == 1
    with pytest.raises(ProcedureError, match="schreibt nicht mehr mit"):
        end_co_author(project=draft, mandate=row, by=world.author)


def test_named_by_mistake_a_colleague_never_wrote_along(world: SimpleNamespace, draft: Project) -> None:
    row = actions.add_co_author(project=draft, person=world.colleague, by=world.author)
    end_co_author(project=draft, mandate=row, by=world.author)
    assert not reads(world.colleague, draft)
    assert not is_barred(actor_for(world.colleague).pk, draft)


def test_whoever_wrote_today_stays_barred(world: SimpleNamespace, draft: Project) -> None:
    row = actions.add_co_author(project=draft, person=world.colleague, by=world.author)
    actions.edit_text(project=draft, by=world.colleague, version=None, values={"problem": "Text"})
    end_co_author(project=draft, mandate=row, by=world.author)
    row.refresh_from_db()
    assert row.valid_until == row.valid_from
    assert is_barred(actor_for(world.colleague).pk, draft)


def test_a_co_author_ends_nobody(world: SimpleNamespace, draft: Project) -> None:
    join(draft, world.colleague, "co_author")
    row = ProjectMandate.objects.get(project=draft, role="co_author")
    with pytest.raises(NotAllowed):
        end_co_author(project=draft, mandate=row, by=world.colleague)
    submitter = ProjectMandate.objects.get(project=draft, role="submitter")
    with pytest.raises(ProcedureError):
        end_co_author(project=draft, mandate=submitter, by=world.author)


# --- Handing over -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [Step.DRAFT, Step.SUBMITTED, Step.RETURNED, Step.ASSESSED])
def test_the_submitter_hands_over(world: SimpleNamespace, step: Step) -> None:
    project = project_at(step, submitter=world.author)
    join(project, world.colleague, "co_author")
    hand_over(project=project, person=world.colleague, by=world.author)
    assert (role_of(world.colleague, project), role_of(world.author, project)) == (["submitter"], [])
    assert reads(world.colleague, project)
    assert is_barred(actor_for(world.author).pk, project)
    row = HandOver.objects.get()
    assert (row.from_person, row.to_person) == (actor_for(world.author), actor_for(world.colleague))
    assert Entry.objects.filter(chain=f"project:{project.pk}", act="hand_over").count() == 1


def test_the_cdo_hands_over_on_a_recorded_request_only(world: SimpleNamespace, cdo: object) -> None:
    project = project_at(Step.RETURNED, submitter=world.author)
    with pytest.raises(Incomplete, match="wer wann darum gebeten hat"):
        hand_over(project=project, person=world.colleague, by=cdo, reason=" ")
    hand_over(project=project, person=world.colleague, by=cdo, reason="Bitte des Amts vom 3. November 2026")
    entry = Entry.objects.get(chain=f"project:{project.pk}", act="hand_over")
    assert entry.reason_hash == HandOver.objects.get().reason_digest()
    assert role_of(world.colleague, project) == ["submitter"]


def test_nobody_else_hands_over_and_only_to_somebody_employed(world: SimpleNamespace, draft: Project) -> None:
    join(draft, world.colleague, "co_author")
    gone = user_with(employed_in(unit("amt-42"), last_day=-1))
    with pytest.raises(NotAllowed):
        hand_over(project=draft, person=world.stranger, by=world.colleague)
    for person in (gone, world.author, user_with(employed_in(unit("amt-42")), is_demo=True)):
        with pytest.raises(ProcedureError):
            hand_over(project=draft, person=person, by=world.author)
    with pytest.raises(StaleVersion):
        hand_over(project=draft, person=world.colleague, by=world.author, version=draft.version + 1)
    with pytest.raises(NotAllowed):
        hand_over(project=project_at(Step.COMPLETED, submitter=world.author), person=world.colleague, by=world.author)
    assert role_of(world.author, draft) == ["submitter"]


def test_the_page_hands_over_and_leads_where_she_may_still_read(client: Client, world: SimpleNamespace) -> None:
    project = project_at(Step.DRAFT, submitter=world.author)
    client.force_login(world.author)
    assert f"/ideen/{project.pk}/uebergeben/" in client.get(f"/ideen/{project.pk}/").content.decode()
    answer = client.post(
        f"/ideen/{project.pk}/uebergeben/", {"colleague": "kollege", "version": project.version}, follow=True
    )
    assert answer.redirect_chain[-1][0] == "/ideen/"
    assert "Die Idee ist übergeben." in answer.content.decode()
    client.force_login(world.colleague)
    assert project.title in client.get("/ideen/").content.decode()


def test_the_page_ends_a_co_author_chosen_by_name(client: Client, world: SimpleNamespace, draft: Project) -> None:
    join(draft, world.colleague, "co_author")
    row = ProjectMandate.objects.get(project=draft, role="co_author")
    client.force_login(world.author)
    address = f"/ideen/{draft.pk}/mitautor/beenden/"
    page = client.get(address).content.decode()
    assert str(world.colleague) in page
    assert "checked" not in page
    assert client.post(address, {"version": draft.version}).status_code == 422
    client.post(address, {"co_author": row.pk, "version": draft.version})
    assert not reads(world.colleague, draft)


# --- A new idea from one that ended -------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [Step.REJECTED, Step.DECLINED, Step.WITHDRAWN])
def test_a_new_idea_carries_everything_on(world: SimpleNamespace, step: Step) -> None:
    origin = project_at(step, submitter=world.author, effort="Zwei Wochen", funding="open")
    origin.goal_links.create(goal=world.field.goals.get())
    draft = begin_again(origin=origin, by=world.author)
    assert (draft.step, draft.grown_from, draft.version) == ("draft", origin, 1 + 1)
    for name in ("title", "short_text", "problem", "benefit", "effort", "funding", "lead_unit", "lead_handlungsfeld"):
        assert getattr(draft, name) == getattr(origin, name), name
    assert {link.unit for link in draft.unit_links.all()} == {link.unit for link in origin.unit_links.all()}
    assert set(draft.handlungsbedarfe.all()) == set(origin.handlungsbedarfe.all())
    assert draft.goal_links.get().goal == world.field.goals.get()
    assert draft.partners.get().name == "Hochschule Mainz"
    assert Entry.objects.filter(chain=f"project:{origin.pk}", act="begin_again", object_id=str(draft.pk)).exists()


def test_sent_twice_it_begins_one_idea(world: SimpleNamespace) -> None:
    origin, token = project_at(Step.REJECTED, submitter=world.author), uuid4()
    seen = origin.version
    first = begin_again(origin=origin, by=world.author, form_token=token, version=seen)
    assert begin_again(origin=origin, by=world.author, form_token=token, version=seen) == first
    assert origin.successors.count() == 1


def test_only_authors_begin_again_and_only_from_what_ended(world: SimpleNamespace) -> None:
    with pytest.raises(NotAllowed):
        begin_again(origin=project_at(Step.REJECTED, submitter=world.author), by=world.stranger)
    for step in (Step.DRAFT, Step.SUBMITTED, Step.ASSESSED, Step.RUNNING):
        with pytest.raises(NotAllowed):
            begin_again(origin=project_at(step, submitter=world.author), by=world.author)


def test_both_casefiles_name_each_other_to_those_who_may_see_both(client: Client, world: SimpleNamespace) -> None:
    origin = project_at(Step.DECLINED, submitter=world.author, title="Der erste Anlauf")
    client.force_login(world.author)
    page = client.get(f"/ideen/{origin.pk}/")
    assert "Neue Idee daraus beginnen" in page.content.decode()
    answer = client.post(f"/ideen/{origin.pk}/neu-daraus/", {"version": origin.version}, follow=True)
    draft = origin.successors.get()
    assert answer.redirect_chain[-1][0] == f"/ideen/{draft.pk}/bearbeiten/"
    assert "Der erste Anlauf" in client.get(f"/ideen/{draft.pk}/").content.decode()
    assert "Daraus hervorgegangen" in client.get(f"/ideen/{origin.pk}/").content.decode()
    client.force_login(world.stranger)
    page = client.get(f"/ideen/{origin.pk}/")
    assert page.status_code == 200
    assert str(draft.pk) not in page.content.decode(), "a draft reveals itself to nobody"
