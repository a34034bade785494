"""Opinions: what they need, that one counts per person and round, who reads them, and who counts."""

import pytest
from django.db import IntegrityError, transaction

from governance.models import Entry
from governance.permissions import NotAllowed
from pool.lifecycle import IllegalMove, Incomplete, ProcedureError, StaleVersion
from pool.maturity.actions import abstain, ask_expert, declare_bias, end_expert, give_opinion, save_opinion_draft
from pool.maturity.models import Opinion, OpinionDraft
from pool.maturity.queries import asked_of, in_order, opinions_for, progress_of, raters_of, with_large_spread
from pool.maturity.rules import spread_of
from pool.priority.actions import rate, reopen_rating
from pool.project.models import Project
from tests.factories import LEVELS, handlungsfeld, opinion, project_at, rubric_1, user_with

REASONS = dict.fromkeys(LEVELS, "Weil es so ist.")


def give(project, by, levels=None, **more):
    levels = LEVELS if levels is None else levels
    return give_opinion(project=project, levels=levels, reasons=REASONS, by=by, rubric=rubric_1(), **more)


def test_an_opinion_is_kept_with_one_entry_and_leaves_the_projects_version_alone(project, raters):
    row = give(project, raters.coordinator)
    entry = Entry.objects.get(object_type="opinion")
    assert (row.state, row.round, row.levels) == ("sent", 1, LEVELS)
    assert (entry.act, entry.to_state, entry.reason_id) == ("give_opinion", "sent", str(row.pk))
    assert Project.objects.get(pk=project.pk).version == project.version


def test_a_level_left_out_is_empty_and_never_nought(project, raters):
    row = give(project, raters.expert, {"vernetzung": 0})
    assert row.levels == {**dict.fromkeys(LEVELS), "vernetzung": 0}
    others = opinions_for(raters.cdo, project)
    assert (others.of("vernetzung").spread.lowest, others.of("synergien").spread.lowest) == (0, None)
    assert others.of("synergien").spread.left_out == 1


@pytest.mark.parametrize("levels", [{}, {"vernetzung": 5}, {"vernetzung": True}])
def test_an_opinion_without_a_level_is_incomplete(project, raters, levels):
    with pytest.raises(Incomplete, match="mindestens eine Stufe"):
        give(project, raters.expert, levels)


def test_a_level_without_a_reason_is_incomplete(project, raters):
    with pytest.raises(Incomplete, match="Vernetzung: eine Begründung"):
        give_opinion(project=project, levels={"vernetzung": 2}, reasons={}, by=raters.expert, rubric=rubric_1())


def test_a_newer_opinion_replaces_the_older_which_is_kept(project, raters):
    give(project, raters.expert)
    give(project, raters.expert, {**LEVELS, "synergien": 4})
    assert list(Opinion.objects.order_by("pk").values_list("synergien", "is_current")) == [(1, False), (4, True)]


def test_sending_the_same_twice_leaves_one_row(project, raters):
    assert give(project, raters.expert) == give(project, raters.expert)
    assert Opinion.objects.count() == 1


def test_the_database_keeps_one_opinion_per_person_and_round(project, raters):
    opinion(project, raters.expert)
    with pytest.raises(IntegrityError), transaction.atomic():
        opinion(project, raters.expert)


@pytest.mark.parametrize(
    "broken",
    [
        {"vernetzung": 5},
        {"vernetzung_reason": ""},
        {"state": "abstained"},
        dict.fromkeys(LEVELS),
        {"state": "erfunden"},
    ],
)
def test_the_database_refuses_a_broken_opinion(project, raters, broken):
    row = opinion(project, raters.expert)
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.filter(pk=row.pk).update(**broken)


def test_a_new_round_starts_without_opinions_and_keeps_the_old_ones(project, raters):
    give(project, raters.expert)
    rate(project=project, levels=LEVELS, reasons=REASONS, by=raters.cdo)
    reopen_rating(project=project, reason="Neue Lage", by=raters.cdo)
    assert opinions_for(raters.cdo, project).sent == []
    assert len(opinions_for(raters.cdo, project, 1).sent) == 1
    assert give(project, raters.expert).round == 2


def test_after_the_rating_of_record_nobody_sends_and_drafts_are_gone(project, raters):
    save_opinion_draft(project=project, content={"levels": {}, "reasons": {}}, by=raters.expert)
    rate(project=project, levels=LEVELS, reasons=REASONS, by=raters.cdo)
    with pytest.raises(IllegalMove):
        give(project, raters.expert)
    assert not OpinionDraft.objects.exists()


def test_a_page_of_an_older_round_is_stale(project, raters):
    with pytest.raises(StaleVersion):
        give(project, raters.expert, round_seen=7)


def test_whoever_would_judge_their_own_gives_none_and_is_not_asked(project, raters):
    with pytest.raises(NotAllowed, match="befangen"):
        give(project, raters.barred)
    assert raters.barred.actor_person.actor not in [rater.actor for rater in raters_of(project)]
    assert not asked_of(raters.barred).exists()


@pytest.mark.parametrize("who", ["cdo", "deputy"])
def test_the_office_of_the_cdo_gives_no_opinion(project, raters, who):
    with pytest.raises(NotAllowed):
        give(project, getattr(raters, who))


def test_examples_and_real_projects_stay_apart(raters):
    project = project_at("pooled", field=handlungsfeld("DV"), is_example=True)
    with pytest.raises(ProcedureError, match="bleiben getrennt"):
        give(project, raters.coordinator)


# --- Blind until one's own is in ----------------------------------------------------------------------------------


def test_nobody_who_rates_reads_the_others_before(project, raters):
    give(project, raters.expert)
    assert opinions_for(raters.coordinator, project) is None
    assert opinions_for(raters.cdo, project)
    assert opinions_for(raters.deputy, project)
    give(project, raters.coordinator)
    assert len(opinions_for(raters.coordinator, project).sent) == 2


def test_whoever_abstained_reads_and_can_no_longer_send(project, raters):
    give(project, raters.expert)
    abstain(project=project, by=raters.coordinator, rubric=rubric_1())
    assert opinions_for(raters.coordinator, project)
    with pytest.raises(ProcedureError, match="enthalten"):
        give(project, raters.coordinator)


def test_whoever_is_biased_neither_counts_nor_reads(project, raters):
    give(project, raters.expert)
    give(project, raters.coordinator, dict.fromkeys(LEVELS, 4))
    declare_bias(project=project, by=raters.coordinator, rubric=rubric_1(), reason="Mein Bruder leitet das Amt.")
    seen = opinions_for(raters.cdo, project)
    assert opinions_for(raters.coordinator, project) is None
    assert (len(seen.sent), len(seen.biased), seen.asked) == (1, 1, 2)
    assert seen.of("vernetzung").spread.counts == (0, 0, 1, 0, 0)


def test_abstaining_after_sending_is_no_way_back(project, raters):
    give(project, raters.expert)
    with pytest.raises(ProcedureError, match="schon gesendet"):
        abstain(project=project, by=raters.expert, rubric=rubric_1())


def test_the_cdo_sees_who_has_not_answered_and_how_far_the_rest_lies_apart(project, raters):
    give(project, raters.expert, {**LEVELS, "synergien": 0})
    give(project, raters.coordinator, {**LEVELS, "synergien": 2})
    seen = opinions_for(raters.cdo, project)
    assert [rater.actor.person.user for rater in seen.waiting] == [raters.second]
    assert seen.of("synergien").spread.is_large
    assert not seen.of("vernetzung").spread.is_large
    assert list(with_large_spread(Project.objects.all())) == [project]


def test_a_spread_of_one_level_is_not_marked_and_has_no_average():
    spread = spread_of([2, 3, None])
    assert (spread.lowest, spread.highest, spread.given, spread.left_out, spread.is_large) == (2, 3, 2, 1, False)
    assert not any("average" in name or "mean" in name for name in dir(spread))


# --- The queue ----------------------------------------------------------------------------------------------------


def test_the_queue_puts_the_least_rated_first_then_the_oldest_whatever_was_said(project, raters):
    later = project_at("pooled", field=handlungsfeld("DV"))
    Project.objects.filter(pk=later.pk).update(step_since="2026-01-05")
    Project.objects.filter(pk=project.pk).update(step_since="2026-01-07")
    assert list(in_order(asked_of(raters.coordinator))) == [later, project]
    row = opinion(later, raters.expert)
    for level in (0, 4):
        Opinion.objects.filter(pk=row.pk).update(**dict.fromkeys(LEVELS, level))
        assert list(in_order(asked_of(raters.coordinator))) == [project, later]


def test_progress_counts_answers_of_any_kind(project, raters):
    project_at("pooled", field=handlungsfeld("DV"))
    abstain(project=project, by=raters.coordinator, rubric=rubric_1())
    progress = progress_of(raters.coordinator)
    assert (progress.done, progress.total, progress.open) == (1, 2, 1)


# --- Experts ------------------------------------------------------------------------------------------------------


def test_asking_opens_the_room_and_ending_closes_it(project, raters, tomorrow):
    from governance.permissions import may_open

    person = raters.second
    raters.second.actor_person.actor.mandates.filter(role="coordinator").delete()
    assert not may_open(person, "koordination")
    mandate = ask_expert(project=project, person=person, source="Bitte vom 2. März", by=raters.cdo)
    assert may_open(person, "koordination")
    assert give(project, person).state == "sent"
    end_expert(mandate=mandate, by=raters.cdo)
    assert not may_open(person, "koordination")
    with pytest.raises(NotAllowed):
        give(project, person, {"vernetzung": 1})


def test_nobody_is_asked_twice_without_a_source_or_about_their_own(project, raters):
    with pytest.raises(ProcedureError, match="schon"):
        ask_expert(project=project, person=raters.expert, source="Bitte", by=raters.cdo)
    with pytest.raises(Incomplete):
        ask_expert(project=project, person=raters.second, source=" ", by=raters.cdo)
    with pytest.raises(ProcedureError, match="befangen"):
        ask_expert(project=project, person=raters.barred, source="Bitte", by=raters.cdo)
    with pytest.raises(ProcedureError, match="nicht im Konzern"):
        ask_expert(project=project, person=user_with(), source="Bitte", by=raters.cdo)
