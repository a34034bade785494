"""Inviting, beginning, attendance: who may, what is kept, what the minutes count."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from governance.mandates.rules import Role
from governance.models import Entry
from governance.permissions import NotAllowed
from governance.record.actions import actor_for
from pool.decision.actions import (
    adjourn,
    begin_sitting,
    close_sitting,
    confirm,
    invite,
    move_item,
    open_sitting,
    put_on_list,
    record_attendance,
    take_off_list,
)
from pool.decision.agenda_queries import attendance_sheet, changes_since_invitation
from pool.decision.minutes import Minutes
from pool.decision.models import Attendance, FrozenForm, Invitation, Sitting, SittingItem
from pool.decision.sitting_rules import IllegalTurn, Vote
from pool.lifecycle import Incomplete, ProcedureError, StaleVersion, Step
from tests.factories import employed_in, mandate, project_at, unit, user_with
from tests.pool.decision.conftest import confirmed, on_list, recorded


def key(user) -> str:
    return str(actor_for(user).pk)


@pytest.fixture
def seated(group):
    """Three more members, so that the group has five seats."""
    return [
        user_with(employed_in(unit(f"amt-{number}")), mandate(Role.MEMBER, body=group.body)) for number in (37, 40, 41)
    ]


@pytest.fixture
def everybody(group, seated) -> list[str]:
    return [key(group.chair), key(group.member), *(key(each) for each in seated)]


# --- Life ---------------------------------------------------------------------------------------------------------


def test_the_whole_way_and_the_short_one(group, sitting, listed):
    assert sitting.state == "draft"
    invite(sitting=sitting, by=group.cdo)
    assert sitting.state == "invited"
    begin_sitting(sitting=sitting, by=group.chair)
    assert (sitting.state, sitting.began_by) == ("running", actor_for(group.chair))
    confirmed(group, listed)
    close_sitting(sitting=sitting, by=group.chair)
    assert sitting.state == "closed"
    acts = list(Entry.objects.filter(chain=f"sitting:{sitting.pk}").order_by("number").values_list("act", flat=True))
    assert acts[2:4] == ["invite", "begin_sitting"]


def test_the_first_outcome_begins_a_sitting_and_an_empty_one_may_close(group, sitting, listed, today):
    recorded(group, listed)
    sitting.refresh_from_db()
    assert (sitting.state, sitting.began_by) == ("running", actor_for(group.cdo))
    other = open_sitting(body=group.body, day=today - timedelta(days=3), place="", by=group.cdo)
    close_sitting(sitting=other, by=group.chair)
    assert other.state == "closed"


@pytest.mark.parametrize(
    ("act", "allowed"), [(invite, "cdo"), (begin_sitting, "chair")], ids=["invite", "begin_sitting"]
)
def test_who_may(group, sitting, listed, act, allowed):
    for name in ("cdo", "cdo_deputy", "chair", "chair_deputy", "member"):
        if name != allowed:
            with pytest.raises(NotAllowed):
                act(sitting=sitting, by=getattr(group, name))
    act(sitting=sitting, by=getattr(group, allowed))


def test_an_empty_agenda_invites_nobody_and_a_future_day_does_not_begin(group, today):
    later = open_sitting(body=group.body, day=today + timedelta(days=9), place="", by=group.cdo)
    with pytest.raises(Incomplete, match="Tagesordnung"):
        invite(sitting=later, by=group.cdo)
    for act in (begin_sitting, lambda **given: record_attendance(present=[], **given)):
        with pytest.raises(ProcedureError, match="erst am"):
            act(sitting=later, by=group.chair if act is begin_sitting else group.cdo)
    assert Sitting.objects.get(pk=later.pk).state == "draft"


def test_a_running_sitting_is_not_invited_to_and_a_closed_one_not_begun(group, sitting, listed):
    recorded(group, listed)
    with pytest.raises(IllegalTurn, match="läuft"):
        invite(sitting=sitting, by=group.cdo)
    confirm(item=listed, by=group.chair)
    close_sitting(sitting=sitting, by=group.chair)
    with pytest.raises(ProcedureError, match="geschlossen"):
        begin_sitting(sitting=sitting, by=group.chair)


def test_what_changed_since_the_invitation_is_known_and_told_once_more(group, sitting):
    first, second, third = (on_list(group, sitting) for _ in range(3))
    invite(sitting=sitting, by=group.cdo)
    with pytest.raises(ProcedureError, match="dieselbe"):
        invite(sitting=sitting, by=group.cdo)
    take_off_list(item=first, by=group.cdo)
    new = on_list(group, sitting)
    move_item(item=third, to=1, by=group.cdo)
    changes = changes_since_invitation(sitting)
    assert (changes.new, changes.moved, changes.gone) == ({new.pk}, {second.pk, third.pk}, (first.title,))
    invite(sitting=sitting, by=group.cdo)
    assert not changes_since_invitation(sitting)
    assert Invitation.objects.filter(sitting=sitting).count() == 2


def test_a_stale_click_is_refused(group, sitting, listed):
    seen = Sitting.objects.get(pk=sitting.pk).version
    on_list(group, sitting)
    with pytest.raises(StaleVersion):
        invite(sitting=sitting, by=group.cdo, version=seen)
    with pytest.raises(StaleVersion):
        move_item(item=listed, to=2, by=group.cdo, version=seen)


def test_items_take_any_place_of_the_agenda_and_no_other(group, sitting):
    items = [on_list(group, sitting) for _ in range(4)]
    move_item(item=items[3], to=1, by=group.cdo)
    move_item(item=items[0], to=4, by=group.cdo)
    assert list(sitting.items.order_by("number")) == [items[3], items[1], items[2], items[0]]
    assert [item.number for item in sitting.items.order_by("number")] == [1, 2, 3, 4]
    for place in (0, 5, -1):
        with pytest.raises(ProcedureError, match="Platz"):
            move_item(item=items[0], to=place, by=group.cdo)
    with pytest.raises(NotAllowed):
        move_item(item=items[0], to=1, by=group.chair)


def test_the_database_knows_closed_and_open_apart(group, sitting):
    for state in ("closed", "gone"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Sitting.objects.filter(pk=sitting.pk).update(state=state)


# --- Attendance, quorum, votes ------------------------------------------------------------------------------------


def test_a_word_on_who_is_there_is_a_row_and_only_what_changes_is_added(group, sitting, everybody):
    record_attendance(sitting=sitting, present=everybody[:3], by=group.cdo)
    rows = Attendance.objects.filter(sitting=sitting)
    assert rows.count() == len(everybody) + 1  # the deputy chair is entitled too
    record_attendance(sitting=sitting, present=everybody[:2], by=group.cdo)
    assert rows.count() == len(everybody) + 2
    assert rows.filter(is_current=False).count() == 1
    sheet = attendance_sheet(sitting)
    assert (len(sheet.lines), sheet.present.quorum, sheet.present.is_quorate) == (5, 3, False)


def test_only_those_entitled_that_day_can_be_there_and_only_the_office_notes_it(group, sitting):
    with pytest.raises(ProcedureError, match="Mandat im Gremium"):
        record_attendance(sitting=sitting, present=[key(group.cdo)], by=group.cdo)
    with pytest.raises(NotAllowed):
        record_attendance(sitting=sitting, present=[], by=group.chair)


def test_without_a_quorum_nothing_is_recorded_nor_closed(group, sitting, listed, everybody):
    later = on_list(group, sitting)
    confirmed(group, later)  # before anybody noted who is there
    record_attendance(sitting=sitting, present=everybody[:2], by=group.cdo)
    with pytest.raises(Incomplete, match="nicht beschlussfähig: 2 Sitze sind besetzt, 3"):
        recorded(group, listed)
    adjourn(item=listed, by=group.cdo)
    with pytest.raises(Incomplete, match="nicht beschlussfähig"):
        close_sitting(sitting=sitting, by=group.chair)
    adjourn(item=later, by=group.cdo)
    close_sitting(sitting=sitting, by=group.chair)


def test_the_body_may_set_its_quorum(group, sitting, listed, everybody):
    group.body.quorum = 2
    group.body.save()
    sitting.refresh_from_db()
    record_attendance(sitting=sitting, present=everybody[:2], by=group.cdo)
    assert recorded(group, listed).voters == 2


def test_votes_are_those_of_the_seats_without_the_befangen(group, sitting, listed, everybody):
    record_attendance(sitting=sitting, present=everybody, by=group.cdo)
    four = Vote("counted", 3, 1, 0)
    with pytest.raises(ProcedureError, match="stimmberechtigt sind 5"):
        recorded(group, listed, minutes=Minutes(vote=four))
    item = recorded(group, listed, minutes=Minutes(vote=four, recused=everybody[1:2], dissent="Zu früh."))
    assert (item.voters, item.votes_yes, item.votes_no, item.votes_abstained, item.dissent) == (4, 3, 1, 0, "Zu früh.")
    assert [str(row.person_id) for row in item.recusals.all()] == everybody[1:2]
    adjourn(item=item, by=group.cdo)
    item.refresh_from_db()
    assert (item.voting, item.voters, item.dissent, item.recusals.count()) == ("", None, "", 0)


def test_whom_the_rule_bars_is_befangen_without_being_named(group, sitting, everybody):
    own = project_at(Step.ASSESSED, lead_unit=unit("amt-37"))
    item = put_on_list(sitting=sitting, project=own, by=group.cdo)
    record_attendance(sitting=sitting, present=everybody, by=group.cdo)
    item = recorded(group, item, minutes=Minutes(vote=Vote("unanimous")))
    assert ([str(row.person_id) for row in item.recusals.all()], item.voters) == ([everybody[2]], 4)


@pytest.mark.parametrize(
    "values",
    [
        {"votes_yes": 1, "votes_no": 3},
        {"votes_yes": 5},
        {"voting": ""},
        {"voting": "unanimous"},
        {"conditions": "Ohne Tag und Stelle"},
    ],
)
def test_the_database_refuses_votes_that_do_not_fit(group, sitting, listed, everybody, values):
    record_attendance(sitting=sitting, present=everybody, by=group.cdo)
    item = recorded(group, listed, minutes=Minutes(vote=Vote("counted", 4, 1, 0)))
    with pytest.raises(IntegrityError), transaction.atomic():
        SittingItem.objects.filter(pk=item.pk).update(**values)


def test_nobody_is_befangen_before_it_is_noted_who_is_there(group, listed, everybody):
    with pytest.raises(ProcedureError, match="wer anwesend ist"):
        recorded(group, listed, minutes=Minutes(recused=everybody[:1]))


def test_the_form_keeps_who_was_there_and_how_it_went(group, sitting, listed, everybody):
    record_attendance(sitting=sitting, present=everybody[:3], by=group.cdo)
    minutes = Minutes(vote=Vote("counted", 2, 0, 1), dissent="Zu früh.")
    confirm(item=recorded(group, listed, minutes=minutes), by=group.chair)
    close_sitting(sitting=sitting, by=group.chair)
    content = FrozenForm.objects.get(sitting=sitting).content
    assert '"votes":[2,0,1]' in content
    assert '"quorum":3,"seats":5' in content
    assert "Zu früh" not in content


def test_the_page_marks_what_changed_since_the_invitation(group, sitting, listed, everybody):
    invite(sitting=sitting, by=group.cdo)
    client = Client()
    client.force_login(group.member)
    address = reverse("decision:sitting", args=[sitting.pk])
    assert "Seitdem ist die Tagesordnung dieselbe" in client.get(address).content.decode()
    on_list(group, sitting)
    assert "Seit der Einladung neu" in client.get(address).content.decode()
    record_attendance(sitting=sitting, present=everybody, by=group.cdo)
    assert "5 von 5 Sitzen besetzt, nötig 3" in client.get(address).content.decode()
