"""Proposal, outcome, confirmation, and what takes them back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from governance.models import Entry
from governance.permissions import NotAllowed
from pool.decision.actions import adjourn, close_sitting, confirm, drop, propose, put_on_list, record_outcome, send_back
from pool.decision.models import SittingItem
from pool.lifecycle import Incomplete, ProcedureError, StaleVersion, Step
from pool.maturity.actions import countersign
from pool.priority.actions import propose_class, rate, reopen_rating
from pool.project.actions import withdraw
from tests.factories import absent_today, class_mark, join, project_at
from tests.pool.decision.conftest import NEEDS, confirmed, on_list, recorded, step_of

ZERO_WIDTH = "\u200b\u2060"


def test_a_proposal_prefills_and_moves_nothing(group, listed):
    item = propose(
        item=listed, proposal="commission", text="Das Vorhaben wird umgesetzt.", funding="applied", by=group.cdo
    )
    assert (item.state, item.proposal, item.outcome, item.funding) == ("proposed", "commission", "", "applied")
    assert step_of(item) == Step.ASSESSED
    assert item.proposed_by == group.cdo.actor_person.actor


@pytest.mark.parametrize("text", ["", "   ", ZERO_WIDTH])
def test_a_proposal_without_words_is_incomplete(group, listed, text):
    with pytest.raises(Incomplete, match="Beschlussvorschlag"):
        propose(item=listed, proposal="commission", text=text, by=group.cdo)


OUTCOMES = {
    Step.REJECTED: {"reopen_gate"},
    Step.ASSESSED: {"commission", "defer", "decline"},
    Step.DEFERRED: {"commission", "decline"},
    Step.DECLINED: {"reconsider"},
    Step.COMMISSIONED: {"reconsider", "stop"},
    Step.RUNNING: {"stop"},
}
PROJECT_OUTCOMES = {"commission", "defer", "decline", "reconsider", "reopen_gate", "stop", "class_only"}


@pytest.mark.parametrize("step", OUTCOMES)
def test_each_step_allows_its_outcomes_and_no_other(group, sitting, step):
    item = on_list(group, sitting, step)
    allowed = set()
    for outcome in [*PROJECT_OUTCOMES, "adopt_rule", "no_change", "erfunden"]:
        try:
            propose(item=item, proposal=outcome, text="Vorschlag", by=group.cdo)
        except ProcedureError:
            continue
        allowed.add(outcome)
    assert allowed == OUTCOMES[step]


@pytest.mark.parametrize(
    ("outcome", "left_out", "named"),
    [
        ("commission", "text", "Beschlusstext"),
        ("commission", "funding", "Finanzierung"),
        ("commission", "council_matter", "Ausschusssache"),
        ("commission", "unit_consent", "federführende"),
        ("decline", "reason", "Begründen"),
        ("defer", "look_again_on", "wieder angesehen"),
    ],
)
@pytest.mark.parametrize("empty", ["", ZERO_WIDTH])
def test_an_outcome_names_what_it_lacks(group, listed, outcome, left_out, named, empty):
    with pytest.raises(Incomplete, match=named):
        recorded(group, listed, outcome, **{left_out: None if left_out == "look_again_on" else empty})
    assert SittingItem.objects.get().state == "listed"


def test_the_day_to_look_again_lies_after_the_sitting(group, listed, today):
    with pytest.raises(Incomplete, match="nach der Sitzung"):
        recorded(group, listed, "defer", look_again_on=today)
    with pytest.raises(Incomplete, match="zehn Jahren"):
        recorded(group, listed, "defer", look_again_on=today.replace(year=9999, day=1))


def test_stopping_needs_a_lesson(group, sitting):
    with pytest.raises(Incomplete, match="gelernt"):
        recorded(group, on_list(group, sitting, Step.RUNNING), "stop", lesson="")


def test_reconsidering_names_a_standing_beschluss_on_the_same_project(group, sitting):
    item = on_list(group, sitting, Step.DECLINED)
    with pytest.raises(Incomplete, match="ersetzt"):
        recorded(group, item, "reconsider")
    other = on_list(group, sitting)
    with pytest.raises(ProcedureError, match="geltender Beschluss"):
        recorded(group, item, "reconsider", supersedes=other)


def test_every_undecided_class_needs_a_word_and_a_refusal_a_reason(group, listed):
    class_mark(listed.project, "leuchtturm")
    class_mark(listed.project, "schnellboot")
    with pytest.raises(Incomplete, match="Schnellboot ist vorgeschlagen"):
        recorded(group, listed, marks={"leuchtturm": True})
    with pytest.raises(Incomplete, match="Begründen"):
        recorded(group, listed, marks={"leuchtturm": True, "schnellboot": False})
    item = recorded(group, listed, marks={"leuchtturm": True, "schnellboot": False}, reason="Zu lang.")
    assert {row.mark: row.confirms for row in item.mark_decisions.all()} == {"leuchtturm": True, "schnellboot": False}


def test_nobody_decides_about_a_class_that_was_not_proposed(group, listed):
    with pytest.raises(ProcedureError, match="keinen Vorschlag"):
        recorded(group, listed, marks={"leuchtturm": True})
    with pytest.raises(ProcedureError, match="nicht möglich"):
        recorded(group, listed, "class_only")


def test_the_own_project_is_recorded_by_the_deputy(group, sitting):
    project = project_at(Step.ASSESSED)
    item = put_on_list(sitting=sitting, project=project, by=group.cdo)
    join(project, group.cdo, "member")
    for attempt in (recorded, lambda group, item: propose(item=item, proposal="defer", text="x", by=group.cdo)):
        with pytest.raises(NotAllowed, match="befangen"):
            attempt(group, item)
    done = record_outcome(
        item=item, outcome="commission", text="Text", reason="", by=group.cdo_deputy, **NEEDS["commission"]
    )
    assert done.recorded_by == group.cdo_deputy.actor_person.actor


@pytest.mark.parametrize("who", ["chair", "member", "cdo_deputy"])
def test_only_the_cdo_records(group, listed, who):
    with pytest.raises(NotAllowed):
        record_outcome(item=listed, outcome="decline", text="Text", reason="Grund", by=getattr(group, who))


def test_confirming_keeps_the_ranking_seen(group, listed):
    item = confirmed(group, listed)
    assert item.state == "confirmed"
    assert item.confirmed_by == group.chair.actor_person.actor
    assert len(item.confirmed_ranking_hash) == 64
    assert item.confirmed_ranking == [
        {"project": str(item.project_id), "rank": 1, "score": 200, "marks": {}},
    ]
    assert step_of(item) == Step.ASSESSED


@pytest.mark.parametrize("who", ["cdo", "member", "chair_deputy"])
def test_only_the_chair_confirms(group, listed, who):
    item = recorded(group, listed)
    with pytest.raises(NotAllowed):
        confirm(item=item, by=getattr(group, who))
    assert SittingItem.objects.get().state == "recorded"


def test_the_deputy_confirms_on_a_day_of_absence(group, listed):
    item = recorded(group, listed)
    absent_today(group.chair)
    assert confirm(item=item, by=group.chair_deputy).confirmed_in_place_of == group.chair.actor_person.actor


def test_the_deputy_confirms_what_is_the_chairs_own(group, sitting):
    item = recorded(group, on_list(group, sitting, submitter=group.chair))
    with pytest.raises(NotAllowed, match="befangen"):
        confirm(item=item, by=group.chair)
    done = confirm(item=item, by=group.chair_deputy)
    assert done.confirmed_in_place_of == group.chair.actor_person.actor


def test_who_recorded_does_not_confirm(group, listed):
    item = recorded(group, listed)
    SittingItem.objects.filter(pk=item.pk).update(recorded_by=group.chair.actor_person.actor)
    with pytest.raises(ProcedureError, match="protokolliert hat"):
        confirm(item=item, by=group.chair)
    with pytest.raises(IntegrityError), transaction.atomic():
        SittingItem.objects.filter(pk=item.pk).update(
            confirmed_by=group.chair.actor_person.actor, confirmed_at=item.recorded_at
        )


def test_nothing_unrecorded_is_confirmed(group, listed):
    with pytest.raises(ProcedureError, match="kein protokolliertes Ergebnis"):
        confirm(item=listed, by=group.chair)


def test_recording_again_takes_the_confirmation_away(group, listed):
    item = recorded(group, confirmed(group, listed), "decline")
    assert (item.state, item.confirmed_by, item.confirmed_at) == ("recorded", None, None)


def test_sending_back_needs_a_note_and_keeps_what_was_written(group, listed):
    item = recorded(group, propose(item=listed, proposal="commission", text="Vorschlag", by=group.cdo))
    with pytest.raises(Incomplete, match="zu ändern"):
        send_back(item=item, note=ZERO_WIDTH, by=group.chair)
    with pytest.raises(NotAllowed):
        send_back(item=item, note="Tag fehlt", by=group.cdo)
    back = send_back(item=item, note="Tag fehlt", by=group.chair)
    assert (back.state, back.recorded_by, back.outcome) == ("proposed", None, "commission")
    assert back.sent_back_note == "Tag fehlt"
    assert recorded(group, back).sent_back_note == ""


@pytest.mark.parametrize(("act", "state"), [(adjourn, "adjourned"), (drop, "dropped")])
def test_what_is_set_aside_has_no_outcome_and_can_come_back(group, listed, act, state):
    item = act(item=confirmed(group, listed), by=group.cdo)
    assert (item.state, item.outcome, item.recorded_by, item.confirmed_by) == (state, "", None, None)
    with pytest.raises(ProcedureError, match="schon"):
        act(item=item, by=group.cdo)
    assert recorded(group, item).state == "recorded"


@pytest.mark.parametrize("act", [adjourn, drop])
def test_only_the_cdo_sets_aside(group, listed, act):
    for who in (group.chair, group.member):
        with pytest.raises(NotAllowed):
            act(item=listed, by=who)


def test_stale_clicks_are_refused_and_change_nothing(group, listed):
    seen = listed.version
    item = recorded(group, listed)
    for stale in (
        lambda: propose(item=item, proposal="defer", text="x", by=group.cdo, version=seen),
        lambda: recorded(group, item, "decline", version=seen),
        lambda: confirm(item=item, by=group.chair, version=seen),
        lambda: send_back(item=item, note="x", by=group.chair, version=seen),
        lambda: adjourn(item=item, by=group.cdo, version=seen),
        lambda: drop(item=item, by=group.cdo, version=seen),
        lambda: confirm(item=item, by=group.chair, seen_hash="0" * 64),
    ):
        with pytest.raises(StaleVersion):
            stale()
    assert SittingItem.objects.get().outcome == "commission"


def test_a_closed_sitting_is_not_written_to(group, sitting, listed):
    confirmed(group, listed)
    close_sitting(sitting=sitting, by=group.chair)
    for late in (
        lambda: recorded(group, listed),
        lambda: adjourn(item=listed, by=group.cdo),
        lambda: put_on_list(sitting=sitting, project=project_at(Step.ASSESSED), by=group.cdo),
        lambda: close_sitting(sitting=sitting, by=group.chair),
    ):
        with pytest.raises(ProcedureError, match="geschlossen"):
            late()


def test_while_recorded_the_project_is_not_withdrawn_and_its_rating_not_reopened(group, sitting, listed):
    recorded(group, listed)
    project = listed.project
    with pytest.raises(ProcedureError, match=str(sitting)):
        withdraw(project=project, by=group.cdo, reason="auf Wunsch vom 2. März")
    with pytest.raises(ProcedureError, match=str(sitting)):
        reopen_rating(project=project, reason="Neu", by=group.cdo)
    send_back(item=listed, note="Bitte neu", by=group.chair)
    assert reopen_rating(project=project, reason="Neu", by=group.cdo)


def test_an_outcome_that_became_impossible_is_not_confirmed(group, listed):
    item = recorded(group, listed)
    type(item.project).objects.filter(pk=item.project_id).update(step=Step.DECLINED)
    with pytest.raises(ProcedureError, match="nicht weiterverfolgt"):
        confirm(item=item, by=group.chair)


def test_a_class_proposed_after_recording_must_be_decided_before_confirming(group, listed):
    item = recorded(group, listed)
    propose_class(project=listed.project, mark="leuchtturm", reason="Strahlt aus.", by=group.cdo)
    with pytest.raises(Incomplete, match="eine Klasse vorgeschlagen"):
        confirm(item=item, by=group.chair)


def test_an_outdated_confirmation_may_be_given_anew(group, listed):
    item = confirmed(group, listed)
    with pytest.raises(ProcedureError):
        confirm(item=item, by=group.chair)
    project = project_at(Step.POOLED)
    levels = dict.fromkeys(("vernetzung", "effect_inward", "effect_outward", "kompetenzaufbau", "synergien"), 4)
    rate(project=project, levels=levels, reasons=dict.fromkeys(levels, "Grund"), by=group.cdo)
    before = item.confirmed_ranking_hash
    assert confirm(item=item, by=group.chair).confirmed_ranking_hash != before


def test_every_act_writes_one_entry_without_words(group, sitting, listed):
    item = propose(item=listed, proposal="defer", text="Geheimer Satz", by=group.cdo)
    item = recorded(group, item, "defer", look_again_on=sitting.day + timedelta(days=30), reason="Geheimer Grund")
    item = send_back(item=item, note="Geheimer Hinweis", by=group.chair)
    item = confirmed(group, item)
    adjourn(item=item, by=group.cdo)
    entries = list(Entry.objects.filter(chain=f"sitting:{sitting.pk}").values_list("act", "from_state", "to_state"))
    assert entries == [
        ("open_sitting", "", "open"),
        ("put_on_list", "", "listed"),
        ("propose", "listed", "proposed"),
        ("record", "proposed", "recorded"),
        ("send_back", "recorded", "proposed"),
        ("record", "proposed", "recorded"),
        ("confirm", "recorded", "confirmed"),
        ("adjourn", "confirmed", "adjourned"),
    ]
    assert not Entry.objects.exclude(chain__startswith="sitting:").filter(object_type="sitting_item").exists()


# --- Ratings that nobody has countersigned ------------------------------------------------------------------------


def uncountersigned(item: SittingItem) -> SittingItem:
    """Take the countersignature of the item's project away."""
    item.project.ratings.get(is_current=True).countersignature.delete()
    return item


@pytest.mark.parametrize("outcome", ["commission", "defer", "decline"])
def test_on_a_rating_without_countersignature_the_item_names_a_reason(group, listed, outcome):
    item = recorded(group, uncountersigned(listed), outcome)
    with pytest.raises(Incomplete, match="nicht gegengezeichnet"):
        confirm(item=item, by=group.chair)
    item = recorded(group, item, outcome, no_countersignature="Die Frist läuft ab.")
    assert confirm(item=item, by=group.chair).state == "confirmed"


def test_a_countersignature_given_meanwhile_is_enough(group, listed):
    item = recorded(group, uncountersigned(listed))
    countersign(project=item.project, rating=item.project.ratings.get(), by=group.cdo_deputy)
    assert confirm(item=item, by=group.chair).state == "confirmed"


@pytest.mark.parametrize("step", [Step.RUNNING, Step.COMMISSIONED])
def test_what_does_not_rest_on_the_rating_needs_none(group, sitting, step):
    item = recorded(group, uncountersigned(on_list(group, sitting, step)), "stop")
    assert confirm(item=item, by=group.chair).state == "confirmed"
