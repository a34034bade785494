"""Naming a team, beginning, proposing completion, completing."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.models import Entry
from pool.delivery import actions
from pool.delivery.forms import TeamForm
from pool.delivery.queries import current_proposal, team_on
from pool.delivery.rules import missing_for_proposal, missing_for_team
from pool.delivery.team_actions import name_team
from pool.lifecycle import IllegalMove, Incomplete, ProcedureError, StaleVersion, Step
from pool.project.models import Project
from tests.factories import employed_in, mandate, project_at, unit, user_with

pytestmark = pytest.mark.django_db
GROUND = "Projektauftrag vom 3. November 2026"


@pytest.fixture
def people(db: None) -> SimpleNamespace:
    return SimpleNamespace(
        cdo=user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate("cdo")),
        lead=user_with(employed_in(unit("amt-60"))),
        member=user_with(employed_in(unit("amt-61"))),
        other=user_with(employed_in(unit("amt-50"))),
    )


@pytest.fixture
def commissioned(people: SimpleNamespace) -> Project:
    return project_at(Step.COMMISSIONED)


@pytest.fixture
def running(people: SimpleNamespace, commissioned: Project) -> Project:
    name(commissioned, people)
    actions.start(project=commissioned, by=people.lead)
    return commissioned


def name(project: Project, people: SimpleNamespace, **others: object) -> None:
    values = {"lead": people.lead, "members": [people.member], "source": GROUND, "by": people.cdo} | others
    name_team(project=project, **values)


def team(project: Project) -> set[tuple[object, str]]:
    return {(row.person.person.user, row.role) for row in team_on(project, clock.today())}


def last_entry(project: Project) -> Entry:
    return Entry.objects.filter(chain=f"project:{project.pk}").order_by("-number")[0]


# --- The team -----------------------------------------------------------------------------------------------------


def test_rules_say_what_is_missing() -> None:
    assert missing_for_team(has_lead=True, source=GROUND) == []
    assert missing_for_team(has_lead=False, source=" ") == ["eine Projektleitung", "die Grundlage der Benennung"]
    assert missing_for_proposal(result=" \n") == ["das Ergebnis"]


def test_the_cdo_names_the_team_on_a_ground_and_on_record(people: SimpleNamespace, commissioned: Project) -> None:
    name(commissioned, people)
    assert team(commissioned) == {(people.lead, "lead"), (people.member, "member")}
    assert {row.source for row in team_on(commissioned, clock.today())} == {GROUND}
    entry = last_entry(commissioned)
    assert (entry.act, entry.actor) == ("name_team", people.cdo.actor_person.actor)


def test_a_new_team_takes_the_place_of_the_old_one_which_stays_in_the_history(
    people: SimpleNamespace, commissioned: Project
) -> None:
    with clock.played(clock.now() - timedelta(days=30)):
        name(commissioned, people)
    name(commissioned, people, lead=people.other, members=[people.lead])
    assert team(commissioned) == {(people.other, "lead"), (people.lead, "member")}
    assert commissioned.mandates.filter(role="lead").count() == 2


def test_a_team_corrected_on_the_same_day_leaves_one_projektleitung(
    people: SimpleNamespace, commissioned: Project
) -> None:
    name(commissioned, people)
    name(commissioned, people, lead=people.other, members=[])
    assert team(commissioned) == {(people.other, "lead")}


def test_naming_the_same_team_again_keeps_its_mandates(people: SimpleNamespace, commissioned: Project) -> None:
    name(commissioned, people)
    before = set(commissioned.mandates.values_list("pk", flat=True))
    name(commissioned, people)
    assert set(commissioned.mandates.values_list("pk", flat=True)) == before


@pytest.mark.parametrize(
    ("others", "missing"), [({"lead": None}, "Projektleitung"), ({"source": "\u200b"}, "Grundlage")]
)
def test_without_a_lead_or_a_ground_there_is_no_team(
    people: SimpleNamespace, commissioned: Project, others: dict[str, object], missing: str
) -> None:
    with pytest.raises(Incomplete, match=missing):
        name(commissioned, people, **others)


def test_only_the_employed_of_the_same_world_join(people: SimpleNamespace, commissioned: Project) -> None:
    gone = user_with(employed_in(unit("amt-60"), last_day=-1))
    demo = user_with(employed_in(unit("amt-60")), is_demo=True)
    for person in (gone, demo):
        with pytest.raises(ProcedureError, match="nicht im Konzern"):
            name(commissioned, people, lead=person)
    assert team(commissioned) == set()


@pytest.mark.parametrize("step", [step for step in Step if step not in (Step.COMMISSIONED, Step.RUNNING)])
def test_teams_are_named_while_there_is_something_to_carry_out(people: SimpleNamespace, step: Step) -> None:
    with pytest.raises(NotAllowed):
        name(project_at(step), people)


def test_only_the_cdo_names_teams(people: SimpleNamespace, commissioned: Project) -> None:
    for person in (people.lead, people.other):
        with pytest.raises(NotAllowed):
            name(commissioned, people, by=person)


def test_the_form_offers_the_employed_and_begins_with_the_team(people: SimpleNamespace, commissioned: Project) -> None:
    name(commissioned, people)
    gone = user_with(employed_in(unit("amt-60"), last_day=-1))
    form = TeamForm(project=commissioned, today=clock.today())
    assert gone not in form.fields["lead"].queryset
    assert (form["lead"].value(), form["members"].value()) == (people.lead.pk, [people.member.pk])
    wrong = TeamForm({"lead": gone.pk, "source": GROUND}, project=commissioned, today=clock.today())
    assert wrong.errors["lead"] == ["Wählen Sie aus der Liste."]


# --- Beginning and completing -------------------------------------------------------------------------------------


def test_the_projektleitung_begins(people: SimpleNamespace, commissioned: Project) -> None:
    name(commissioned, people)
    actions.start(project=commissioned, by=people.lead, version=commissioned.version)
    assert (commissioned.step, last_entry(commissioned).act) == ("running", "start")


def test_without_a_team_nobody_begins_and_members_never(people: SimpleNamespace, commissioned: Project) -> None:
    for person in (people.lead, people.cdo):
        with pytest.raises(NotAllowed):
            actions.start(project=commissioned, by=person)
    name(commissioned, people)
    with pytest.raises(NotAllowed):
        actions.start(project=commissioned, by=people.member)
    with pytest.raises(IllegalMove):
        actions.start(project=project_at(Step.ASSESSED), by=people.lead)


def test_the_proposal_becomes_the_result_when_another_person_completes(
    people: SimpleNamespace, running: Project
) -> None:
    actions.propose_completion(
        project=running, result="Läuft", learnt="Früher fragen", in_operation=True, by=people.lead
    )
    assert last_entry(running).act == "propose_completion"
    transition = actions.complete(project=running, by=people.cdo, version=running.version)
    assert (running.step, running.result, running.in_operation) == ("completed", "Läuft", True)
    assert transition.by == people.cdo.actor_person.actor


def test_a_later_proposal_takes_the_place_of_the_earlier(people: SimpleNamespace, running: Project) -> None:
    for text in ("Erster", "Zweiter"):
        actions.propose_completion(project=running, result=text, by=people.lead)
    proposal = current_proposal(running)
    assert proposal is not None
    assert proposal.result == "Zweiter"
    assert running.completion_proposals.count() == 2


@pytest.mark.parametrize("nothing", ["", "  \n", "\u200b"])
def test_a_proposal_names_a_result(people: SimpleNamespace, running: Project, nothing: str) -> None:
    with pytest.raises(Incomplete, match="das Ergebnis"):
        actions.propose_completion(project=running, result=nothing, by=people.lead)


def test_nothing_is_completed_without_a_proposal(people: SimpleNamespace, running: Project) -> None:
    with pytest.raises(Incomplete, match="Vorschlag der Projektleitung"):
        actions.complete(project=running, by=people.cdo)


def test_who_proposed_does_not_complete_even_after_leaving_the_team(people: SimpleNamespace, running: Project) -> None:
    boss = user_with(employed_in(unit("amt-12")), mandate("cdo"))
    name(running, people, lead=boss, members=[])
    actions.propose_completion(project=running, result="Läuft", by=boss)
    with pytest.raises(NotAllowed):
        actions.complete(project=running, by=boss)
    name(running, people)
    with pytest.raises(NotAllowed, match="vorgeschlagen"):
        actions.complete(project=running, by=boss)
    running.refresh_from_db()
    assert running.step == "running"


def test_others_neither_propose_nor_complete(people: SimpleNamespace, running: Project) -> None:
    for person in (people.member, people.cdo, people.other):
        with pytest.raises(NotAllowed):
            actions.propose_completion(project=running, result="Läuft", by=person)
    actions.propose_completion(project=running, result="Läuft", by=people.lead)
    for person in (people.lead, people.member, people.other):
        with pytest.raises(NotAllowed):
            actions.complete(project=running, by=person)
    with pytest.raises(IllegalMove):
        actions.complete(project=project_at(Step.COMMISSIONED), by=people.cdo)


def test_stale_clicks_do_nothing(people: SimpleNamespace, running: Project) -> None:
    seen = running.version
    actions.propose_completion(project=running, result="Läuft", by=people.lead)
    with pytest.raises(StaleVersion):
        actions.propose_completion(project=running, result="Anders", by=people.lead, version=seen)
    with pytest.raises(StaleVersion):
        actions.complete(project=running, by=people.cdo, version=seen)
    with pytest.raises(StaleVersion):
        name(running, people, version=seen)
