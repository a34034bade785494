"""Closing: all items take effect or none; the form comes first and is chained."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from governance.models import Entry
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.queries import chain_breaks, reason_findings
from governance.record.rules import FIRST_HASH, sha256
from pool.decision.actions import adjourn, close_sitting, confirm, drop, open_sitting, put_on_list, put_rule_on_list
from pool.decision.closing import Hindrance, RankingMoved
from pool.decision.models import FrozenForm, Sitting, SittingItem
from pool.decision.queries import order_before, seen_places
from pool.decision.rules import ranking_hash
from pool.lifecycle import Incomplete, ProcedureError, StaleVersion, Step
from pool.priority.actions import rate
from pool.priority.models import ClassMark, Place, RuleVersion
from pool.priority.queries import ranking, rule_in_force
from pool.project.models import Project, Transition
from tests.factories import absent_today, class_mark, place, project_at, rule_1
from tests.pool.decision.conftest import confirmed, make_group, on_list, recorded, step_of

LEVELS = dict.fromkeys(("vernetzung", "effect_inward", "effect_outward", "kompetenzaufbau", "synergien"), 4)


def rate_another(group) -> Project:
    """Let a new project come into the ranking at the top."""
    project = project_at(Step.POOLED)
    rate(project=project, levels=LEVELS, reasons=dict.fromkeys(LEVELS, "Grund"), by=group.cdo)
    return project


def closed_before(group, **item: object) -> SittingItem:
    """Hold an earlier sitting with one confirmed item."""
    day = clock.today() - timedelta(days=30)
    sitting = open_sitting(body=group.body, day=day, place="", by=group.cdo)
    done = confirmed(group, on_list(group, sitting), **item)
    close_sitting(sitting=sitting, by=group.chair)
    done.refresh_from_db()
    return done


@pytest.mark.parametrize(
    ("step", "outcome", "target"),
    [
        (Step.ASSESSED, "commission", Step.COMMISSIONED),
        (Step.DEFERRED, "commission", Step.COMMISSIONED),
        (Step.ASSESSED, "defer", Step.DEFERRED),
        (Step.ASSESSED, "decline", Step.DECLINED),
        (Step.DEFERRED, "decline", Step.DECLINED),
        (Step.REJECTED, "reopen_gate", Step.SUBMITTED),
        (Step.COMMISSIONED, "stop", Step.STOPPED),
        (Step.RUNNING, "stop", Step.STOPPED),
    ],
)
def test_an_item_takes_effect_when_the_sitting_closes(group, sitting, step, outcome, target):
    item = confirmed(group, on_list(group, sitting, step), outcome)
    assert step_of(item) == step
    close_sitting(sitting=sitting, by=group.chair)
    assert step_of(item) == target
    item.refresh_from_db()
    assert item.is_final
    assert item.version
    moved = Transition.objects.filter(project=item.project).last()
    assert (moved.act, moved.by, moved.reason) == (outcome, group.chair.actor_person.actor, item.reason)
    assert not Place.objects.filter(project=item.project).exists()


@pytest.mark.parametrize("outcome", ["decline", "commission"])
def test_a_later_beschluss_replaces_an_earlier_one_and_the_project_ranks_again(group, sitting, outcome):
    earlier = closed_before(group, outcome=outcome)
    item = put_on_list(sitting=sitting, project=earlier.project, by=group.cdo)
    item = confirmed(group, item, "reconsider", supersedes=earlier)
    close_sitting(sitting=sitting, by=group.chair)
    assert step_of(item) == Step.ASSESSED
    assert Place.objects.get(project=item.project).score == 200
    assert earlier.superseded_by.get() == item


def test_a_reconsideration_replaces_the_beschluss_by_which_the_project_stands(group, sitting):
    deferred = closed_before(group, outcome="defer")
    between = open_sitting(body=group.body, day=sitting.day - timedelta(days=9), place="", by=group.cdo)
    put = put_on_list(sitting=between, project=deferred.project, by=group.cdo)
    commissioned = confirmed(group, put, "commission")
    close_sitting(sitting=between, by=group.chair)
    item = put_on_list(sitting=sitting, project=deferred.project, by=group.cdo)
    with pytest.raises(ProcedureError, match="geltender Beschluss"):
        recorded(group, item, "reconsider", supersedes=deferred)
    assert recorded(group, item, "reconsider", supersedes=commissioned).supersedes == commissioned


def test_every_text_of_a_beschluss_is_bound_by_the_record(db):
    demo = make_group(is_demo=True)
    sitting = open_sitting(body=demo.body, day=clock.today(), place="", by=demo.cdo)
    item = confirmed(demo, on_list(demo, sitting, is_example=True))
    close_sitting(sitting=sitting, by=demo.chair)
    assert list(reason_findings()) == []
    SittingItem.objects.filter(pk=item.pk).update(unit_consent="Jemand anderes, 01.01.2026")
    assert [finding for _entry, finding in reason_findings()] == ["geändert"]


def test_what_is_deferred_carries_its_day_and_what_is_stopped_its_lesson(group, sitting, today):
    deferred = confirmed(group, on_list(group, sitting), "defer", look_again_on=today + timedelta(days=40))
    stopped = confirmed(group, on_list(group, sitting, Step.RUNNING), "stop", lesson="Früher fragen.")
    close_sitting(sitting=sitting, by=group.chair)
    assert Project.objects.get(pk=deferred.project_id).look_again_on == today + timedelta(days=40)
    assert Project.objects.get(pk=stopped.project_id).result == "Früher fragen."


def test_classes_are_decided_and_only_a_later_item_changes_them(group, sitting):
    item = on_list(group, sitting)
    for mark in ("leuchtturm", "schnellboot"):
        class_mark(item.project, mark)
    confirmed(group, item, marks={"leuchtturm": True, "schnellboot": False}, reason="Zu lang für ein Schnellboot.")
    assert set(ClassMark.objects.filter(is_current=True).values_list("state", flat=True)) == {"proposed"}
    close_sitting(sitting=sitting, by=group.chair)
    states = dict(ClassMark.objects.filter(is_current=True).values_list("mark", "state"))
    assert states == {"leuchtturm": "confirmed", "schnellboot": "refused"}

    later = open_sitting(body=group.body, day=sitting.day + timedelta(days=7), place="", by=group.cdo)
    again = put_on_list(sitting=later, project=item.project, by=group.cdo)
    confirmed(group, again, "class_only", marks={"leuchtturm": False}, reason="Die Wirkung blieb aus.")
    close_sitting(sitting=later, by=group.chair)
    assert ClassMark.objects.get(mark="leuchtturm", is_current=True).state == "refused"
    assert step_of(again) == Step.COMMISSIONED


def test_a_decision_about_the_class_alone_keeps_the_place(group, sitting):
    item = on_list(group, sitting)
    class_mark(item.project)
    place(item.project, in_priority_class=True)
    confirmed(group, item, "class_only", marks={"leuchtturm": False}, reason="Strahlt nicht aus.")
    close_sitting(sitting=sitting, by=group.chair)
    assert Place.objects.get(project=item.project).in_priority_class is False
    assert step_of(item) == Step.ASSESSED


def test_adjourned_and_dropped_items_have_no_effect_and_free_the_project(group, sitting, today):
    adjourned = adjourn(item=recorded(group, on_list(group, sitting)), by=group.cdo)
    dropped = drop(item=on_list(group, sitting), by=group.cdo)
    close_sitting(sitting=sitting, by=group.chair)
    assert {step_of(adjourned), step_of(dropped)} == {Step.ASSESSED}
    later = open_sitting(body=group.body, day=today + timedelta(days=7), place="", by=group.cdo)
    for item in (adjourned, dropped):
        assert put_on_list(sitting=later, project=item.project, by=group.cdo)


def test_the_founding_sitting_adopts_the_first_rule(group, sitting):
    assert rule_in_force().is_adopted is False
    item = put_rule_on_list(sitting=sitting, rule_version=rule_1(), kind="rule", by=group.cdo)
    confirmed(group, item, "adopt_rule")
    close_sitting(sitting=sitting, by=group.chair)
    assert rule_in_force().is_adopted is True


def test_a_pending_rule_holds_once_it_is_adopted(group, sitting, today):
    new = RuleVersion.objects.create(
        number=2, valid_from=today, rubric=rule_1().rubric, is_pending=True, weight_vernetzung=40, weight_effect=10
    )
    other = on_list(group, sitting)
    adjourn(item=other, by=group.cdo)
    confirmed(group, put_rule_on_list(sitting=sitting, rule_version=new, kind="weights", by=group.cdo), "adopt_rule")
    assert rule_in_force().number == 1
    form = close_sitting(sitting=sitting, by=group.chair)
    assert json.loads(form.content)["rule"] == 1
    assert rule_in_force().number == 2
    assert Place.objects.get(project=other.project).score == 40 * 2 + 10 * 3 + 25 * 2 + 25 * 1


def test_a_rule_that_was_not_adopted_stays_pending(group, sitting, today):
    new = RuleVersion.objects.create(number=2, valid_from=today, rubric=rule_1().rubric, is_pending=True)
    adjourn(item=put_rule_on_list(sitting=sitting, rule_version=new, kind="rule", by=group.cdo), by=group.cdo)
    close_sitting(sitting=sitting, by=group.chair)
    assert rule_in_force().number == 1


def test_an_adopted_example_rule_orders_examples_alone(group, sitting, today):
    demo = make_group(is_demo=True, prefix="demo-")
    real, example = project_at(Step.ASSESSED), project_at(Step.ASSESSED, is_example=True)
    before = Place.objects.get(project=real).score
    made_up = {"weight_vernetzung": 40, "weight_effect": 10, "is_pending": True, "is_example": True}
    rule = RuleVersion.objects.create(number=2, valid_from=today, rubric=rule_1().rubric, **made_up)
    played = open_sitting(body=demo.body, day=today, place="", by=demo.cdo)
    item = put_rule_on_list(sitting=played, rule_version=rule, kind="weights", by=demo.cdo)
    confirmed(demo, item, "adopt_rule")
    close_sitting(sitting=played, by=demo.chair)
    assert rule_in_force().number == 1
    assert rule_in_force(with_examples=True).number == 2
    assert [ranking(include_examples=each).rule.number for each in (False, True)] == [1, 2]
    assert [order_before(is_example=each).rule.number for each in (False, True)] == [1, 2]
    assert Place.objects.get(project=real).score == before
    assert Place.objects.get(project=example).score == 40 * 2 + 10 * 3 + 25 * 2 + 25 * 1
    adjourn(item=on_list(group, sitting), by=group.cdo)
    assert json.loads(close_sitting(sitting=sitting, by=group.chair).content)["rule"] == 1


def test_an_unfinished_item_is_named_and_nothing_closes(group, sitting):
    done, listed = confirmed(group, on_list(group, sitting)), on_list(group, sitting)
    also = recorded(group, on_list(group, sitting))
    with pytest.raises(Incomplete) as refused:
        close_sitting(sitting=sitting, by=group.chair)
    assert refused.value.missing == [
        f"Punkt 2, „{listed.title}“: vorgemerkt",
        f"Punkt 3, „{also.title}“: Ergebnis protokolliert",
    ]
    assert step_of(done) == Step.ASSESSED
    assert Sitting.objects.get().is_open


@pytest.mark.parametrize("who", ["cdo", "member", "chair_deputy", "cdo_deputy"])
def test_only_the_chair_closes(group, sitting, listed, who):
    confirmed(group, listed)
    with pytest.raises(NotAllowed):
        close_sitting(sitting=sitting, by=getattr(group, who))
    assert not FrozenForm.objects.exists()


def test_the_deputy_closes_on_a_day_of_absence(group, sitting, listed):
    confirmed(group, listed)
    absent_today(group.chair)
    close_sitting(sitting=sitting, by=group.chair_deputy)
    moved = Transition.objects.filter(project=listed.project).last()
    assert (moved.by, moved.in_place_of) == (
        group.chair_deputy.actor_person.actor,
        group.chair.actor_person.actor,
    )


def test_a_stale_click_closes_nothing(group, sitting, listed):
    sitting.refresh_from_db()
    seen = sitting.version
    confirmed(group, listed)
    with pytest.raises(StaleVersion):
        close_sitting(sitting=sitting, by=group.chair, version=seen)
    assert Sitting.objects.get().is_open


def test_a_changed_ranking_takes_confirmations_back_and_says_what_moved(group, sitting):
    first, second = on_list(group, sitting), on_list(group, sitting)
    confirmed(group, first)
    confirmed(group, second)
    newcomer = rate_another(group)
    confirm(item=first, by=group.chair)
    with pytest.raises(RankingMoved, match="Punkt 2 ist erneut") as refused:
        close_sitting(sitting=sitting, by=group.chair)
    assert [(move.project, move.old_rank, move.new_rank) for move in refused.value.moved] == [
        (str(newcomer.pk), None, 1),
        (str(first.project_id), 1, 2),
        (str(second.project_id), 1, 2),
    ]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.confirmed_by) == ("confirmed", "recorded", None)
    assert Entry.objects.filter(act="confirmation_lapses", object_id=second.pk).count() == 1
    confirm(item=second, by=group.chair)
    assert close_sitting(sitting=sitting, by=group.chair)


def test_a_hindrance_is_named_and_nothing_takes_effect(group, sitting):
    good, bad = (confirmed(group, on_list(group, sitting)) for _ in range(2))
    rule = put_rule_on_list(sitting=sitting, rule_version=rule_1(), kind="rule", by=group.cdo)
    confirmed(group, rule, "adopt_rule")
    Project.objects.filter(pk=bad.project_id).update(step=Step.DECLINED)
    # Leaving `assessed` behind the procedure's back changed the ranking too; the chair has seen that one.
    SittingItem.objects.update(confirmed_ranking_hash=ranking_hash_now(), confirmed_ranking=None)
    with pytest.raises(Hindrance, match="Punkt 2") as refused:
        close_sitting(sitting=sitting, by=group.chair)
    assert "nicht weiterverfolgt" in str(refused.value)
    assert step_of(good) == Step.ASSESSED
    assert not FrozenForm.objects.exists()
    assert not rule_in_force().is_adopted
    assert Sitting.objects.get().is_open
    assert not Transition.objects.filter(act="commission").exists()


def ranking_hash_now() -> str:
    return ranking_hash(seen_places(order_before(is_example=False)))


def test_the_form_is_written_before_anything_takes_effect_and_names_no_person(group, sitting, today):
    item = on_list(group, sitting)
    class_mark(item.project)
    place(item.project)
    waiting, unrated = project_at(Step.DEFERRED), project_at(Step.POOLED)
    project_at(Step.ASSESSED, is_example=True)
    confirmed(group, item, marks={"leuchtturm": True}, reason="Geheimer Grund", text="Geheimer Satz")
    form = close_sitting(sitting=sitting, by=group.chair)
    item.refresh_from_db()
    content = json.loads(form.content)
    assert list(content) == sorted(content)
    assert content["sitting"] == {
        "body": "lenkungsgruppe",
        "day": today.isoformat(),
        "chair": str(group.chair.actor_person.actor_id),
        "is_example": False,
    }
    assert (content["format"], content["edition"], content["rule"], content["rubric"]) == (3, "2022", 1, 1)
    assert content["weights"] == {"vernetzung": 25, "effect": 25, "kompetenzaufbau": 25, "synergien": 25}
    assert content["ranked"] == [
        {
            "project": str(item.project_id),
            "pool_number": item.project.pool_number,
            "marks": {"leuchtturm": "proposed"},
            "levels": item.project.ratings.get().levels,
            "rating": item.project.ratings.get().pk,
            "score": 200,
            "rank": 1,
            "countersigned_by": str(item.project.ratings.get().countersignature.by_id),
        }
    ]
    assert (content["deferred"], content["unrated"]) == ([str(waiting.pk)], [str(unrated.pk)])
    assert content["entitled"] == sorted(
        str(person.actor_person.actor_id) for person in (group.chair, group.chair_deputy, group.member)
    )
    [only] = content["items"]
    assert (only["number"], only["kind"], only["project"]) == (1, "project", str(item.project_id))
    assert (only["outcome"], only["marks"], only["day"]) == ("commission", {"leuchtturm": "confirmed"}, None)
    assert only["recorded_by"] == str(group.cdo.actor_person.actor_id)
    assert only["confirmed_by"] == str(group.chair.actor_person.actor_id)
    for word in ("Geheim", "Person", "Nummer", item.title):
        assert word not in form.content


def test_forms_are_chained_per_body_and_world(group, sitting, listed, today):
    earlier = FrozenForm.objects.get(sitting=closed_before(group).sitting)
    demo = make_group(is_demo=True, prefix="demo-")
    example = open_sitting(body=demo.body, day=today, place="", by=demo.cdo)
    example_form = close_sitting(sitting=example, by=demo.chair)
    confirmed(group, listed)
    form = close_sitting(sitting=sitting, by=group.chair)
    assert (earlier.previous_hash, example_form.previous_hash, form.previous_hash) == (
        FIRST_HASH,
        FIRST_HASH,
        earlier.hash,
    )
    assert form.hash == sha256(f"{earlier.hash}\n{form.content}")
    assert (form.is_example, example_form.is_example) == (False, True)


def test_a_frozen_form_is_never_changed_nor_deleted(group, sitting, listed):
    confirmed(group, listed)
    form = close_sitting(sitting=sitting, by=group.chair)
    with pytest.raises(DatabaseError), transaction.atomic():
        FrozenForm.objects.filter(pk=form.pk).update(content="{}")
    with pytest.raises(DatabaseError), transaction.atomic():
        FrozenForm.objects.filter(pk=form.pk).delete()


def test_an_example_sitting_orders_examples_alone(db, today):
    demo = make_group(is_demo=True)
    example = project_at(Step.ASSESSED, is_example=True)
    project_at(Step.ASSESSED, levels=LEVELS)
    sitting = open_sitting(body=demo.body, day=today, place="", by=demo.cdo)
    adjourn(item=put_on_list(sitting=sitting, project=example, by=demo.cdo), by=demo.cdo)
    content = json.loads(close_sitting(sitting=sitting, by=demo.chair).content)
    assert [(row["project"], row["rank"]) for row in content["ranked"]] == [(str(example.pk), 1)]


def test_the_record_holds_after_closing(group, sitting):
    confirmed(group, on_list(group, sitting), "decline")
    confirmed(group, on_list(group, sitting, Step.REJECTED), "reopen_gate")
    close_sitting(sitting=sitting, by=group.chair)
    assert list(chain_breaks()) == []
    assert list(reason_findings()) == []
    acts = list(Entry.objects.filter(chain=f"sitting:{sitting.pk}").values_list("act", flat=True))
    assert acts[-3:] == ["take_effect", "take_effect", "close_sitting"]
    assert Entry.objects.filter(act="take_effect").exclude(reason_hash="").count() == 2


def test_a_sitting_is_closed_once(group, sitting, listed):
    confirmed(group, listed)
    close_sitting(sitting=sitting, by=group.chair)
    with pytest.raises(ProcedureError, match="geschlossen"):
        close_sitting(sitting=sitting, by=group.chair)
    assert FrozenForm.objects.count() == 1
