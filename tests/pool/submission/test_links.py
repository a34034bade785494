"""Links between projects: proposed by one side, confirmed by the other, seen only by those who may see both."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from governance.mandates.rules import Role
from governance.permissions import NotAllowed
from governance.record.actions import actor_for
from governance.record.models import Entry
from pool.lifecycle import ProcedureError, StaleVersion, Step
from pool.project.models import Project
from pool.submission.links import answer_link, propose_link, withdraw_link
from pool.submission.models import ProjectLink
from pool.submission.queries import links_of
from tests.factories import employed_in, join, mandate, project_at, taken_over_at, unit, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def sides(world: SimpleNamespace) -> SimpleNamespace:
    """An idea of the author's, a running project of the colleague's, and the CDO."""
    mine = project_at(Step.POOLED, submitter=world.author, title="Mein Vorhaben")
    theirs = project_at(Step.RUNNING, submitter=world.colleague, title="Deren Vorhaben")
    lead = user_with(employed_in(unit("amt-61")), username="leitung")
    join(theirs, lead, "lead")
    place = unit("stab-mainzdigital", "stabsstelle", unit("amt-10"))
    cdo = user_with(employed_in(place), mandate(Role.CDO), username="cdo")
    return SimpleNamespace(mine=mine, theirs=theirs, lead=lead, cdo=cdo, **vars(world))


def proposed(sides: SimpleNamespace, **values: object) -> ProjectLink:
    values = {"project": sides.mine, "other": sides.theirs, "kind": "needs", "by": sides.author} | values
    return propose_link(**values)


def seen_by(user: object, project: Project) -> list[str]:
    return [str(view.other) for view in links_of(project, user)]


@pytest.mark.parametrize("who", ["colleague", "lead", "cdo"])
def test_it_counts_once_the_other_side_confirms(sides: SimpleNamespace, who: str) -> None:
    link = proposed(sides)
    assert seen_by(sides.stranger, sides.mine) == seen_by(sides.stranger, sides.theirs) == []
    answer_link(link=link, is_confirmed=True, by=getattr(sides, who))
    assert seen_by(sides.stranger, sides.mine) == ["Deren Vorhaben"]
    assert seen_by(sides.stranger, sides.theirs) == ["Mein Vorhaben"]
    for project in (sides.mine, sides.theirs):
        acts = Entry.objects.filter(chain=f"project:{project.pk}", object_type="project_link")
        assert list(acts.order_by("number").values_list("act", flat=True)) == ["propose_link", "answer_link"]


def test_refused_it_stands_nowhere(sides: SimpleNamespace) -> None:
    answer_link(link=proposed(sides), is_confirmed=False, by=sides.colleague)
    assert seen_by(sides.author, sides.mine) == seen_by(sides.colleague, sides.theirs) == []
    assert proposed(sides).state == "proposed", "it may be proposed again"


def test_nobody_confirms_their_own_proposal(sides: SimpleNamespace) -> None:
    join(sides.theirs, sides.author, "co_author")
    link = proposed(sides)
    with pytest.raises(NotAllowed, match="eine andere Person"):
        answer_link(link=link, is_confirmed=True, by=sides.author)
    with pytest.raises(NotAllowed):
        answer_link(link=link, is_confirmed=True, by=sides.stranger)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectLink.objects.filter(pk=link.pk).update(
            state="confirmed", answered_by=actor_for(sides.author), answered_at=link.proposed_at
        )


def test_answered_once(sides: SimpleNamespace) -> None:
    link = proposed(sides)
    answer_link(link=link, is_confirmed=True, by=sides.lead)
    with pytest.raises(StaleVersion):
        answer_link(link=link, is_confirmed=False, by=sides.colleague)


def test_taken_back_by_the_side_that_proposed(sides: SimpleNamespace) -> None:
    link = answer_link(link=proposed(sides), is_confirmed=True, by=sides.lead)
    with pytest.raises(NotAllowed):
        withdraw_link(link=link, by=sides.lead)
    withdraw_link(link=link, by=sides.author)
    assert seen_by(sides.stranger, sides.mine) == []
    link.refresh_from_db()
    assert (link.state, link.answered_by) == ("withdrawn", actor_for(sides.lead)), "the answer stays in the row"


def test_the_same_twice_is_one(sides: SimpleNamespace) -> None:
    assert proposed(sides) == proposed(sides)
    assert proposed(sides, kind="follows") != proposed(sides)


def test_what_cannot_be_linked(sides: SimpleNamespace) -> None:
    with pytest.raises(ValidationError):
        proposed(sides, other=sides.mine)
    with pytest.raises(ProcedureError):
        proposed(sides, other=taken_over_at(is_example=True))
    with pytest.raises(NotAllowed):
        proposed(sides, by=sides.colleague)
    with pytest.raises(NotAllowed):
        proposed(sides, other=project_at(Step.DRAFT, submitter=sides.stranger))
    with pytest.raises(ValidationError):
        proposed(sides, kind="loves")
    assert not ProjectLink.objects.exists()


def test_a_draft_does_not_reveal_itself_by_its_links(client: Client, sides: SimpleNamespace) -> None:
    draft = project_at(Step.DRAFT, submitter=sides.author, title="Ganz geheimer Entwurf")
    link = proposed(sides, project=draft)
    for user in (sides.colleague, sides.lead, sides.stranger):
        client.force_login(user)
        assert "geheimer" not in client.get(f"/ideen/{sides.theirs.pk}/").content.decode()
        assert seen_by(user, sides.theirs) == []
    with pytest.raises(NotAllowed):
        answer_link(link=link, is_confirmed=True, by=sides.lead)
    answer_link(link=link, is_confirmed=True, by=sides.cdo)
    assert seen_by(sides.stranger, sides.theirs) == [], "confirmed, and still not for those who may not see the draft"
    assert seen_by(sides.author, draft) == ["Deren Vorhaben"]


# --- The page -----------------------------------------------------------------------------------------------------


def page_of(project: Project) -> str:
    return reverse("submission:links", args=[project.pk])


def test_searching_proposing_confirming_on_the_pages(client: Client, sides: SimpleNamespace) -> None:
    client.force_login(sides.author)
    assert "Mit anderen Vorhaben verbinden" in client.get(f"/ideen/{sides.mine.pk}/").content.decode()
    assert "Deren Vorhaben" in client.get(page_of(sides.mine), {"q": "deren"}).content.decode()
    sent = {"q": "deren", "other": sides.theirs.pk, "kind": "shares", "what": "dieselbe Schnittstelle"}
    page = client.post(page_of(sides.mine), sent, follow=True).content.decode()
    assert "sobald jemand für das andere Vorhaben sie bestätigt" in page
    link = ProjectLink.objects.get()
    client.force_login(sides.lead)
    assert "wartet auf Ihre Antwort" in client.get(f"/ideen/{sides.theirs.pk}/").content.decode()
    client.post(page_of(sides.theirs), {"tun": "bestaetigen", "verbindung": link.pk})
    client.force_login(sides.stranger)
    for project, other in ((sides.mine, "Deren Vorhaben"), (sides.theirs, "Mein Vorhaben")):
        page = client.get(f"/ideen/{project.pk}/").content.decode()
        assert other in page
        assert "dieselbe Schnittstelle" in page


def test_an_invisible_project_is_answered_like_one_that_does_not_exist(client: Client, sides: SimpleNamespace) -> None:
    hidden = project_at(Step.DRAFT, submitter=sides.stranger, title="Deren Entwurf")
    client.force_login(sides.author)
    assert "Deren Entwurf" not in client.get(page_of(sides.mine), {"q": "deren"}).content.decode()
    answers = [
        client.post(page_of(sides.mine), {"q": "deren", "other": key, "kind": "needs"})
        for key in (hidden.pk, "00000000-0000-4000-8000-000000000000", "abc")
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert all("Wählen Sie aus der Liste." in answer.content.decode() for answer in answers)


@pytest.mark.parametrize("key", ["", "abc", "999999"])
def test_a_decision_about_nothing_says_so(client: Client, sides: SimpleNamespace, key: str) -> None:
    client.force_login(sides.lead)
    answer = client.post(page_of(sides.theirs), {"tun": "bestaetigen", "verbindung": key})
    assert answer.status_code == 409
    assert "steht nicht mehr" in answer.content.decode()
