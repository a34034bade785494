"""Admit, return, decline admission, reopen: what each needs, gives and closes."""

from datetime import timedelta

import pytest

from governance.models import Entry
from governance.permissions import NotAllowed
from governance.record import clock
from pool.gate.actions import GateInput, admit, answer_gate, decline_admission, reopen_gate, return_for_revision
from pool.gate.queries import current_round, open_round
from pool.lifecycle import IllegalMove, Incomplete, ProcedureError, StaleVersion
from tests.factories import (
    body,
    employed_in,
    five,
    gate_round,
    mandate,
    project_at,
    system_actor,
    unit,
    user_with,
)

LATER = clock.today() + timedelta(days=28)


@pytest.fixture
def passed(idea):
    gate_round(idea, five("yes"), by=system_actor())
    return idea


@pytest.fixture
def failed(idea):
    gate_round(idea, five("yes", nutzen="no"), by=system_actor())
    return idea


def test_five_yes_take_the_project_into_the_pool_with_the_next_number(passed, cdo, submitter):
    other = project_at("pooled", submitter=submitter)
    transition = admit(project=passed, by=cdo, version=passed.version)
    assert (passed.step, passed.pool_number) == ("pooled", other.pool_number + 1)
    assert (transition.from_step, transition.to_step) == ("submitted", "pooled")
    round_ = current_round(passed)
    assert (round_.outcome, round_.closed_by) == ("admit", cdo.actor_person.actor)
    assert Entry.objects.filter(chain=f"project:{passed.pk}", act="admit").count() == 1


def test_examples_and_real_projects_are_numbered_apart(cdo, submitter):
    numbers = []
    for is_example in (True, False, True, False):
        project = project_at("submitted", submitter=submitter, is_example=is_example)
        gate_round(project, five("yes"), by=system_actor())
        admit(project=project, by=cdo)
        numbers.append(project.pool_number)
    assert numbers == [9001, 1, 9002, 2]


@pytest.mark.parametrize("answers", [five("yes", nutzen="no"), five("yes", nutzen="open"), {}, five("no")])
def test_less_than_five_yes_admit_nothing(idea, cdo, answers):
    gate_round(idea, answers, by=system_actor())
    with pytest.raises(Incomplete):
        admit(project=idea, by=cdo)
    idea.refresh_from_db()
    assert (idea.step, idea.pool_number) == ("submitted", None)
    assert open_round(idea).closed_at is None


def test_admit_asks_for_the_links_as_they_stand_today(passed, cdo):
    passed.need_links.all().delete()
    passed.unit_links.all().delete()
    with pytest.raises(Incomplete) as refusal:
        admit(project=passed, by=cdo)
    assert len(refusal.value.missing) == 2


def test_a_round_that_was_never_opened_closes_nothing(idea, cdo):
    for act in (
        lambda: admit(project=idea, by=cdo),
        lambda: return_for_revision(project=idea, reason="Grund", remind_on=LATER, by=cdo),
        lambda: decline_admission(project=idea, reason="Grund", by=cdo),
    ):
        with pytest.raises(Incomplete):
            act()


def test_a_no_gives_the_idea_back_with_a_reason_and_a_day(failed, cdo):
    transition = return_for_revision(
        project=failed, reason="  Bitte den Nutzen zeigen. ", remind_on=LATER, by=cdo, version=failed.version
    )
    assert (failed.step, failed.remind_on) == ("returned", LATER)
    assert transition.reason == "Bitte den Nutzen zeigen."
    assert current_round(failed).outcome == "return"


@pytest.mark.parametrize("remind_on", [None, clock.today(), clock.today() - timedelta(days=1)])
def test_giving_back_needs_a_day_ahead(failed, cdo, remind_on):
    with pytest.raises(Incomplete):
        return_for_revision(project=failed, reason="Grund", remind_on=remind_on, by=cdo)


def test_a_no_lets_the_cdo_not_admit(failed, cdo):
    decline_admission(project=failed, reason="Kein Nutzen.", by=cdo)
    assert (failed.step, current_round(failed).outcome) == ("rejected", "decline_admission")


@pytest.mark.parametrize("reason", ["", "\u200b", " \t "])
def test_refusing_needs_a_reason(failed, cdo, reason):
    with pytest.raises(Incomplete):
        decline_admission(project=failed, reason=reason, by=cdo)
    with pytest.raises(Incomplete):
        return_for_revision(project=failed, reason=reason, remind_on=LATER, by=cdo)
    assert open_round(failed) is not None


def test_what_is_still_open_is_not_refused_even_beside_a_no(idea, cdo):
    gate_round(idea, five("no", vernetzung="open"), by=system_actor())
    with pytest.raises(Incomplete, match="Vernetzung"):
        decline_admission(project=idea, reason="Grund", by=cdo)


def test_five_yes_are_not_refused(passed, cdo):
    with pytest.raises(Incomplete, match="mindestens ein Nein"):
        return_for_revision(project=passed, reason="Grund", remind_on=LATER, by=cdo)


@pytest.mark.parametrize("step", ["draft", "returned", "rejected", "pooled", "assessed", "completed"])
def test_from_any_other_step_the_move_is_illegal(cdo, submitter, step):
    project = project_at(step, submitter=submitter)
    with pytest.raises(IllegalMove):
        admit(project=project, by=cdo)
    with pytest.raises(IllegalMove):
        decline_admission(project=project, reason="Grund", by=cdo)


def test_a_stale_click_closes_nothing(passed, cdo):
    with pytest.raises(StaleVersion):
        admit(project=passed, by=cdo, version=passed.version + 1)
    assert open_round(passed) is not None


def test_admitting_twice_counts_once(passed, cdo):
    seen = passed.version
    admit(project=passed, by=cdo, version=seen)
    with pytest.raises(StaleVersion):
        admit(project=passed, by=cdo, version=seen)
    assert passed.gate_rounds.count() == 1


def test_nobody_closes_the_round_of_their_own(cdo):
    own = project_at("submitted", submitter=cdo)
    gate_round(own, five("yes"), by=system_actor())
    with pytest.raises(NotAllowed):
        admit(project=own, by=cdo)
    assert open_round(own) is not None


def test_a_closed_round_is_never_edited(failed, cdo):
    return_for_revision(project=failed, reason="Grund", remind_on=LATER, by=cdo)
    with pytest.raises(NotAllowed):
        answer_gate(project=failed, answers={"nutzen": GateInput("yes", beneficiary="both")}, by=cdo)
    assert current_round(failed).answers.filter(grundkriterium="nutzen", is_current=True).get().answer == "no"


def test_the_lenkungsgruppe_reopens_the_gate_by_beschluss_and_the_cdo_does_not(cdo, submitter):
    chair = user_with(employed_in(unit("stab-buero-ob", "stabsstelle")), mandate("chair", body=body()))
    project = project_at("rejected", submitter=submitter)
    with pytest.raises(NotAllowed):
        reopen_gate(project=project, reason="Neue Lage.", by=cdo)
    with pytest.raises(ProcedureError):
        reopen_gate(project=project, reason="\u200b", by=chair)
    reopen_gate(project=project, reason="Neue Lage.", by=chair)
    assert (project.step, current_round(project), project.gate_rounds.count()) == ("submitted", None, 1)
