"""Opening a sitting and its list."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from governance.models import Entry
from governance.permissions import NotAllowed
from pool.decision.actions import drop, open_sitting, put_on_list, put_rule_on_list, take_off_list
from pool.decision.models import Sitting, SittingItem
from pool.lifecycle import ProcedureError, StaleVersion, Step
from pool.priority.models import RuleVersion
from tests.factories import absent_today, body, employed_in, project_at, rule_1, taken_over_at, unit, user_with
from tests.pool.decision.conftest import make_group, on_list, recorded


def test_a_sitting_is_chaired_by_who_holds_the_mandate_that_day(group, sitting):
    assert sitting.is_open
    assert sitting.chair == group.chair.actor_person.actor
    assert sitting.is_example is False
    entry = Entry.objects.get(chain=f"sitting:{sitting.pk}")
    assert (entry.act, entry.object_type, entry.object_id) == ("open_sitting", "sitting", str(sitting.pk))


def test_a_sitting_opened_by_an_example_account_is_an_example(db, today):
    demo = make_group(is_demo=True)
    assert open_sitting(body=demo.body, day=today, place="", by=demo.cdo).is_example


@pytest.mark.parametrize("who", ["chair", "member", "chair_deputy", "cdo_deputy"])
def test_only_the_cdo_opens_a_sitting(group, today, who):
    with pytest.raises(NotAllowed):
        open_sitting(body=group.body, day=today, place="", by=getattr(group, who))
    assert not Sitting.objects.exists()


def test_the_deputy_opens_a_sitting_while_the_cdo_is_away(group, today):
    absent_today(group.cdo)
    sitting = open_sitting(body=group.body, day=today, place="", by=group.cdo_deputy)
    entry = Entry.objects.get(chain=f"sitting:{sitting.pk}")
    assert entry.in_place_of == group.cdo.actor_person.actor


def test_one_sitting_per_body_and_day(group, sitting, today):
    with pytest.raises(ValidationError, match="schon eine Sitzung"):
        open_sitting(body=group.body, day=today, place="", by=group.cdo)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2017, 12, 31), date(9999, 12, 31)])
def test_a_day_that_cannot_be_one_is_refused(group, day):
    with pytest.raises(ProcedureError, match="Nennen Sie einen Tag"):
        open_sitting(body=group.body, day=day, place="", by=group.cdo)


def test_a_day_without_a_chair_is_refused(group, today):
    with pytest.raises(ProcedureError, match="kein Vorsitz"):
        open_sitting(body=group.body, day=today - timedelta(days=900), place="", by=group.cdo)


def test_the_beirat_takes_no_beschluesse(group, today):
    with pytest.raises(ProcedureError, match="Beirat berät"):
        open_sitting(body=body("beirat"), day=today, place="", by=group.cdo)


LISTED_STEPS = [Step.REJECTED, Step.ASSESSED, Step.DEFERRED, Step.DECLINED, Step.COMMISSIONED, Step.RUNNING]


@pytest.mark.parametrize("step", LISTED_STEPS)
def test_a_project_with_something_to_decide_comes_on_the_list(group, sitting, step):
    first = on_list(group, sitting, step)
    second = on_list(group, sitting, step)
    assert [(item.number, item.state, item.title) for item in sitting.items.all()] == [
        (1, "listed", first.project.title),
        (2, "listed", second.project.title),
    ]


@pytest.mark.parametrize("step", sorted(set(Step) - set(LISTED_STEPS)))
def test_a_project_with_nothing_to_decide_does_not(group, sitting, step):
    with pytest.raises(ProcedureError, match="nichts zu beschließen"):
        on_list(group, sitting, step)


def test_a_project_that_was_taken_over_does_not(group, sitting):
    with pytest.raises(ProcedureError, match="übernommenen Vorhaben"):
        put_on_list(sitting=sitting, project=taken_over_at(Step.RUNNING), by=group.cdo)


def test_a_project_stands_on_one_open_list_and_the_message_names_the_sitting(group, sitting, listed, today):
    later = open_sitting(body=group.body, day=today + timedelta(days=7), place="", by=group.cdo)
    with pytest.raises(ProcedureError, match=f"{sitting}"):
        put_on_list(sitting=later, project=listed.project, by=group.cdo)
    assert not later.items.exists()


def test_examples_and_real_projects_stay_apart(group, sitting, today):
    with pytest.raises(ProcedureError, match="nur Beispiele"):
        put_on_list(sitting=sitting, project=project_at(Step.ASSESSED, is_example=True), by=group.cdo)
    demo = make_group(is_demo=True, prefix="demo-")
    example = open_sitting(body=demo.body, day=today, place="", by=demo.cdo)
    with pytest.raises(ProcedureError, match="nur Beispiele"):
        put_on_list(sitting=example, project=project_at(Step.ASSESSED), by=demo.cdo)


@pytest.mark.parametrize("who", ["chair", "member", "cdo_deputy"])
def test_only_the_cdo_keeps_the_list(group, sitting, listed, who):
    with pytest.raises(NotAllowed):
        put_on_list(sitting=sitting, project=project_at(Step.ASSESSED), by=getattr(group, who))
    with pytest.raises(NotAllowed):
        take_off_list(item=listed, by=getattr(group, who))
    assert sitting.items.count() == 1


def test_the_deputy_lists_what_the_cdo_submitted(group, sitting):
    own = project_at(Step.ASSESSED, submitter=group.cdo)
    with pytest.raises(NotAllowed, match="befangen"):
        put_on_list(sitting=sitting, project=own, by=group.cdo)
    item = put_on_list(sitting=sitting, project=own, by=group.cdo_deputy)
    entry = Entry.objects.filter(chain=f"sitting:{sitting.pk}").last()
    assert (entry.object_id, entry.in_place_of) == (str(item.pk), group.cdo.actor_person.actor)


def test_taking_an_item_off_moves_the_later_ones_up(group, sitting):
    first, second, third = (on_list(group, sitting) for _ in range(3))
    take_off_list(item=second, by=group.cdo)
    assert [(item.number, item.pk) for item in sitting.items.all()] == [(1, first.pk), (2, third.pk)]
    put_on_list(sitting=sitting, project=second.project, by=group.cdo)
    assert Entry.objects.filter(chain=f"sitting:{sitting.pk}", act="take_off_list").count() == 1


def test_a_recorded_item_is_not_taken_off(group, listed):
    recorded(group, listed)
    with pytest.raises(ProcedureError, match="schon etwas protokolliert"):
        take_off_list(item=listed, by=group.cdo)
    drop(item=listed, by=group.cdo)
    assert SittingItem.objects.get().state == "dropped"


def test_a_stale_click_takes_nothing_off(group, listed):
    seen = listed.version
    recorded(group, listed)
    with pytest.raises(StaleVersion):
        take_off_list(item=listed, by=group.cdo, version=seen)
    gone = on_list(group, listed.sitting)
    take_off_list(item=gone, by=group.cdo)
    gone.pk = 10_000_000
    with pytest.raises(StaleVersion, match="nicht mehr auf der Liste"):
        take_off_list(item=gone, by=group.cdo)


def test_a_rule_comes_on_the_list_without_a_project(group, sitting):
    item = put_rule_on_list(sitting=sitting, rule_version=rule_1(), kind="rule", by=group.cdo)
    assert (item.kind, item.project, item.title) == ("rule", None, "Regelfassung 1")
    with pytest.raises(ProcedureError, match="schon auf der Liste"):
        put_rule_on_list(sitting=sitting, rule_version=rule_1(), kind="rule", by=group.cdo)
    with pytest.raises(ProcedureError, match="Regel oder als Gewichte"):
        put_rule_on_list(sitting=sitting, rule_version=rule_1(), kind="project", by=group.cdo)


def test_an_example_sitting_never_switches_a_real_rule(db, today):
    demo = make_group(is_demo=True)
    example = open_sitting(body=demo.body, day=today, place="", by=demo.cdo)
    assert put_rule_on_list(sitting=example, rule_version=rule_1(), kind="rule", by=demo.cdo)
    pending = RuleVersion.objects.create(
        number=2, valid_from=today, rubric=rule_1().rubric, is_pending=True, weight_vernetzung=40, weight_effect=10
    )
    with pytest.raises(ProcedureError, match="Beispielsitzung"):
        put_rule_on_list(sitting=example, rule_version=pending, kind="weights", by=demo.cdo)


def test_a_real_sitting_takes_no_example_rule(group, sitting, today):
    example = RuleVersion.objects.create(number=2, valid_from=today, rubric=rule_1().rubric, is_example=True)
    with pytest.raises(ProcedureError, match="keine Beispielregel"):
        put_rule_on_list(sitting=sitting, rule_version=example, kind="weights", by=group.cdo)


def test_no_one_without_a_mandate_lists_anything(group, sitting):
    for stranger in (user_with(employed_in(unit("amt-61"))), user_with(is_superuser=True, is_staff=True)):
        with pytest.raises(NotAllowed):
            put_on_list(sitting=sitting, project=project_at(Step.ASSESSED), by=stranger)
