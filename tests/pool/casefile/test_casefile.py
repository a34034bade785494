"""The casefile: who finds it, and what of it each person reads."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.models import Actor
from pool.decision.models import Sitting, SittingItem
from pool.lifecycle import Step
from pool.priority.models import ClassMark
from pool.project.models import Project
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
MONEY = "370.000 Euro geschätzt"
GATE_REASON = "Grund zu nutzen"
RATING_REASON = "Grund zu synergien"


@pytest.fixture
def people(db: None) -> SimpleNamespace:
    return SimpleNamespace(
        author=user_with(employed_in(unit("amt-61")), last_name="Autorin"),
        staff=user_with(employed_in(unit("amt-50"))),
        lead=user_with(employed_in(unit("amt-60"))),
        cdo=user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate("cdo")),
        member=user_with(employed_in(unit("amt-20")), mandate("member", body=body())),
        coordinator=user_with(employed_in(unit("amt-12")), mandate("coordinator", handlungsfeld=handlungsfeld("DV"))),
        elsewhere=user_with(employed_in(unit("amt-12")), mandate("coordinator", handlungsfeld=handlungsfeld("BZ"))),
        beirat=user_with(mandate("member", body=body("beirat"), confidentiality_on="2024-01-01")),
    )


@pytest.fixture
def assessed(people: SimpleNamespace) -> Project:
    project = project_at(Step.ASSESSED, submitter=people.author, cost=MONEY)
    join(project, people.lead, "lead")
    return project


def read(client: Client, person: object, project: Project) -> str:
    client.force_login(person)
    response = client.get(f"/ideen/{project.pk}/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("who", "gate", "rating", "names", "money"),
    [
        ("author", True, True, True, False),
        ("staff", False, False, False, False),
        ("lead", False, True, True, True),
        ("cdo", True, True, True, True),
        ("member", True, True, True, True),
        ("coordinator", True, True, True, False),
        ("elsewhere", False, False, False, False),
    ],
)
def test_each_reads_the_parts_the_procedure_gives(
    client: Client,
    people: SimpleNamespace,
    assessed: Project,
    who: str,
    gate: bool,
    rating: bool,
    names: bool,
    money: bool,
) -> None:
    html = read(client, getattr(people, who), assessed)
    found = (GATE_REASON in html, RATING_REASON in html, "Autorin" in html, MONEY in html)
    assert found == (gate, rating, names, money)
    assert assessed.short_text in html


def test_the_money_is_hidden_in_earlier_texts_too(client: Client, people: SimpleNamespace, assessed: Project) -> None:
    assert MONEY in assessed.text_versions.get().content["cost"]
    assert MONEY not in read(client, people.staff, assessed)


def test_authors_read_their_money_while_they_write(client: Client, people: SimpleNamespace) -> None:
    draft = project_at(Step.DRAFT, submitter=people.author, cost=MONEY)
    submitted = project_at(Step.SUBMITTED, submitter=people.author, cost=MONEY)
    assert MONEY in read(client, people.author, draft)
    assert MONEY not in read(client, people.author, submitted)


@pytest.mark.parametrize("step", [Step.DRAFT, Step.SUBMITTED, Step.RETURNED, Step.REJECTED])
def test_before_the_pool_a_stranger_finds_nothing(client: Client, people: SimpleNamespace, step: Step) -> None:
    project = project_at(step, submitter=people.author)
    client.force_login(people.staff)
    for part in ("", "bearbeiten/", "einreichen/", "eingereicht/", "zurueckziehen/", "beginnen/", "mitautor/"):
        assert client.get(f"/ideen/{project.pk}/{part}").status_code == 404


def test_the_beirat_has_its_own_reading_elsewhere(client: Client, people: SimpleNamespace, assessed: Project) -> None:
    client.force_login(people.beirat)
    assert client.get(f"/ideen/{assessed.pk}/").status_code == 403


def test_every_step_has_its_page(client: Client, people: SimpleNamespace) -> None:
    for step in Step:
        project = project_at(step, submitter=people.author)
        assert f"<h1>{project.title}</h1>" in read(client, people.author, project)
        assert f"<h1>{project.title}</h1>" in read(client, people.cdo, project)
    assert "aus öffentlicher Quelle übernommen" in read(client, people.staff, taken_over_at())


def test_place_and_score_stand_beside_the_levels(client: Client, people: SimpleNamespace, assessed: Project) -> None:
    html = read(client, people.author, assessed)
    assert "Platz 1" in html
    assert "von 100 Punkten" in html
    assert "Platz 1" not in read(client, people.staff, assessed)


def test_a_proposed_class_is_read_with_the_rating_a_confirmed_one_by_all(
    client: Client, people: SimpleNamespace, assessed: Project
) -> None:
    mark = ClassMark.objects.create(
        project=assessed,
        mark="leuchtturm",
        state="proposed",
        reason="Strahlt weit",
        by=assessed.created_by,
        at=assessed.created_at,
    )
    assert "Leuchtturm" in read(client, people.author, assessed)
    assert "Leuchtturm" not in read(client, people.staff, assessed)
    mark.state = "confirmed"
    mark.save()
    html = read(client, people.staff, assessed)
    assert "Leuchtturm" in html
    assert "Strahlt weit" not in html


def test_a_return_is_told_to_its_authors_with_the_five_answers(client: Client, people: SimpleNamespace) -> None:
    project = project_at(Step.RETURNED, submitter=people.author)
    html = read(client, people.author, project)
    assert "Zurückgegeben am" in html
    assert "Grund für den Test" in html
    assert html.count("Grund zu ") == 5
    assert "Grund für den Test" not in read(client, people.elsewhere, project_at(Step.POOLED))


def test_a_reason_that_was_blacked_out_says_so(client: Client, people: SimpleNamespace) -> None:
    project = project_at(Step.RETURNED, submitter=people.author)
    row = project.transitions.get(act="return")
    row.reason, row.reason_removed_at = "", row.at
    row.save()
    assert "Die Begründung wurde entfernt." in read(client, people.author, project)


def test_typed_text_is_shown_as_text(client: Client, people: SimpleNamespace) -> None:
    project = project_at(Step.POOLED, title="<script>alert(1)</script>", problem="{{7*7}}<img onerror=x>")
    html = read(client, people.staff, project)
    assert "<script>alert(1)" not in html
    assert "<img onerror" not in html
    assert "{{7*7}}" in html


@pytest.mark.parametrize(
    ("step", "who", "expected"),
    [
        ("draft", "author", ["bearbeiten", "einreichen", "verbindungen", "mitautor", "uebergeben", "zurueckziehen"]),
        ("returned", "author", ["bearbeiten", "einreichen", "verbindungen", "mitautor", "uebergeben", "zurueckziehen"]),
        ("submitted", "author", ["verbindungen", "uebergeben", "zurueckziehen"]),
        ("assessed", "author", ["verbindungen", "uebergeben", "zurueckziehen"]),
        ("rejected", "author", ["neu-daraus", "verbindungen", "uebergeben"]),
        ("running", "author", ["verbindungen", "uebergeben"]),
        ("commissioned", "lead", ["beginnen", "verbindungen", "umsetzung"]),
        ("running", "lead", ["abschluss-vorschlagen", "verbindungen", "umsetzung"]),
        ("pooled", "staff", ["mitwirken"]),
        ("pooled", "member", ["mitwirken"]),
    ],
)
def test_only_open_acts_are_offered(
    client: Client, people: SimpleNamespace, step: str, who: str, expected: list[str]
) -> None:
    project = project_at(step, submitter=people.author)
    join(project, people.lead, "lead")
    client.force_login(getattr(people, who))
    acts = client.get(f"/ideen/{project.pk}/").context["acts"]
    addresses = [act.address.replace(f"/umsetzung/{project.pk}/", "/umsetzung/") for act in acts]
    assert [address.rstrip("/").rsplit("/", 1)[1] for address in addresses] == expected


def test_a_casefile_costs_the_same_among_many(client: Client, people: SimpleNamespace, assessed: Project) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(client, people.author, assessed)
        return len(captured)

    queries()
    few = queries()
    for _number in range(5):
        project_at(Step.ASSESSED)
    assert queries() == few


def test_the_team_reads_the_beschluesse_but_no_gate_no_rating(client: Client, people: SimpleNamespace) -> None:
    project = project_at(Step.COMMISSIONED, submitter=people.author)
    worker = user_with(employed_in(unit("amt-66")))
    join(project, worker, "member")
    actor, today = project.created_by, project.step_since
    sitting = Sitting.objects.create(
        body=body(), day=today, chair=actor, opened_by=actor, opened_at=project.created_at, is_example=False
    )
    SittingItem.objects.create(
        sitting=sitting,
        number=1,
        kind="project",
        project=project,
        title=project.title,
        state="confirmed",
        outcome="commission",
        text="Die Lenkungsgruppe will es.",
        recorded_by=actor,
        recorded_at=project.created_at,
        confirmed_by=Actor.objects.create(),
        confirmed_at=project.created_at,
        is_final=True,
    )
    html = read(client, worker, project)
    found = ("Die Lenkungsgruppe will es." in html, GATE_REASON in html, RATING_REASON in html)
    assert found == (True, False, False)
    assert "Die Lenkungsgruppe will es." not in read(client, people.staff, project)


def test_a_project_names_what_merged_into_it(client: Client, people: SimpleNamespace) -> None:
    merged = project_at(Step.MERGED, submitter=people.author)
    assert f"/ideen/{merged.pk}/" in read(client, people.author, merged.merged_into)
    if not merged.is_in_pool:
        assert f"/ideen/{merged.pk}/" not in read(client, people.staff, merged.merged_into)


def test_where_a_project_merged_is_named_only_to_whom_may_read_it(client: Client, people: SimpleNamespace) -> None:
    """The target may be an idea that its reader does not see yet: then not even its title stands there."""
    target = project_at(Step.SUBMITTED, title="Noch nicht für alle")
    merged = project_at(Step.MERGED, submitter=people.author, was_pooled=True, merged_into=target)
    for person, sees in (("author", False), ("staff", False), ("cdo", True), ("coordinator", True)):
        html = read(client, getattr(people, person), merged)
        assert ("Noch nicht für alle" in html, f"/ideen/{target.pk}/" in html) == (sees, sees), person
        assert "In einem anderen Vorhaben aufgegangen" in html


def test_both_sides_are_told_of_a_merge(client: Client, people: SimpleNamespace) -> None:
    """Who takes in an idea that only its own authors may read is told that it happened, not what it said."""
    target = project_at(Step.POOLED, submitter=people.author)
    merged = project_at(Step.MERGED, title="Vor dem Pool", merged_into=target)
    client.force_login(people.author)
    assert "Ein anderes Vorhaben ist darin aufgegangen." in client.get("/ideen/").content.decode()
    html = read(client, people.author, target)
    assert "ein Vorhaben, das noch nicht im Pool war" in html
    assert "Vor dem Pool" not in html
    assert "Vor dem Pool" in read(client, people.cdo, target)
    assert "das noch nicht im Pool war" not in read(client, people.staff, target)
    other = merged.mandates.get(role="submitter").person.person.user
    assert target.title in read(client, other, merged)


def test_a_text_that_came_back_stays_with_those_who_read_the_gate(client: Client, people: SimpleNamespace) -> None:
    project = project_at(Step.POOLED, submitter=people.author)
    last = project.text_versions.get()
    for number, kind, problem in ((2, "submitted", "Der Text im Pool"), (3, "corrected", "Der berichtigte Text")):
        project.text_versions.create(
            number=number,
            kind=kind,
            content=last.content | {"problem": problem},
            at=last.at,
            by=last.by,
            reason="Grund",
        )
    project.text_versions.filter(number=1).update(content=last.content | {"problem": "Was zurückkam"})
    for person, reads in (("author", True), ("cdo", True), ("coordinator", True), ("member", True), ("staff", False)):
        html = read(client, getattr(people, person), project)
        assert "Der Text im Pool" in html, person
        assert "Der berichtigte Text" in html, person
        assert ("Was zurückkam" in html) is reads, person
