"""Answering the gate: what is written, what is refused, who may."""

import pytest
from django.core.exceptions import ValidationError

from governance.models import Entry
from governance.permissions import NotAllowed
from pool.gate.actions import GateInput, answer_gate
from pool.gate.models import GateAnswer
from pool.gate.queries import answer_values, current_round, open_round
from pool.lifecycle import Incomplete, ProcedureError, StaleVersion
from pool.submission.actions import link_needs
from tests.factories import (
    absent_today,
    employed_in,
    five,
    gate_round,
    held_by,
    mandate,
    project_at,
    unit,
    user_with,
)

YES = GateInput("yes")
NO = GateInput("no", "Nur ein Amt wirkt mit.")


def entries(project):
    return Entry.objects.filter(chain=f"project:{project.pk}", act="answer_gate").order_by("number")


def test_the_first_answer_opens_the_round_and_one_entry_stands_for_it(idea, cdo):
    round_ = answer_gate(project=idea, answers={"digitalisierungsbezug": YES}, by=cdo, version=1)
    assert (round_.number, answer_values(round_)) == (1, {"digitalisierungsbezug": "yes"})
    entry = entries(idea).get()
    assert (entry.from_state, entry.to_state) == ("digitalisierungsbezug:open", "digitalisierungsbezug:yes")
    assert idea.version == 2


def test_only_what_changed_becomes_a_new_row(idea, cdo):
    answer_gate(project=idea, answers={"vernetzung": NO, "leitlinien": YES}, by=cdo)
    round_ = answer_gate(project=idea, answers={"vernetzung": YES, "leitlinien": YES}, by=cdo)
    rows = list(round_.answers.filter(grundkriterium="vernetzung").values_list("answer", "is_current"))
    assert rows == [("no", False), ("yes", True)]
    assert round_.answers.filter(grundkriterium="leitlinien").count() == 1
    assert entries(idea).count() == 3


def test_the_same_answers_sent_twice_are_written_once(idea, cdo):
    answer_gate(project=idea, answers={"vernetzung": NO}, by=cdo)
    answer_gate(project=idea, answers={"vernetzung": NO}, by=cdo)
    assert (GateAnswer.objects.count(), entries(idea).count()) == (1, 1)


def test_nothing_answered_opens_no_round(idea, cdo):
    with pytest.raises(Incomplete):
        answer_gate(project=idea, answers={"vernetzung": GateInput("open")}, by=cdo)
    assert open_round(idea) is None


@pytest.mark.parametrize("reason", ["", "   \n", "\u200b\u200d\u2060", "\u202e"])
def test_a_no_needs_a_reason_that_can_be_read(idea, cdo, reason):
    with pytest.raises(Incomplete, match="Begründung"):
        answer_gate(project=idea, answers={"vernetzung": GateInput("no", reason)}, by=cdo)
    assert not GateAnswer.objects.exists()


def test_a_nul_in_a_reason_is_refused_by_name(idea, cdo):
    with pytest.raises(ValidationError, match="NUL"):
        answer_gate(project=idea, answers={"vernetzung": GateInput("no", "a\x00b")}, by=cdo)


def test_a_nutzen_names_whom(idea, cdo):
    with pytest.raises(Incomplete, match="wem das Vorhaben nützt"):
        answer_gate(project=idea, answers={"nutzen": YES}, by=cdo)
    round_ = answer_gate(project=idea, answers={"nutzen": GateInput("yes", beneficiary="konzern")}, by=cdo)
    assert round_.answers.get().beneficiary == "konzern"


def test_a_no_on_leitlinien_names_the_leitlinie(idea, cdo):
    with pytest.raises(Incomplete, match="Leitlinie"):
        answer_gate(project=idea, answers={"leitlinien": NO}, by=cdo)
    leitlinie = idea.edition.leitlinien.get()
    round_ = answer_gate(project=idea, answers={"leitlinien": GateInput("no", "Ohne.", leitlinie=leitlinie)}, by=cdo)
    assert round_.answers.get().leitlinie == leitlinie


def test_handlungsbedarfe_is_not_yes_without_a_linked_one(idea, cdo):
    idea.need_links.all().delete()
    with pytest.raises(Incomplete, match="verknüpfter Handlungsbedarf"):
        answer_gate(project=idea, answers={"handlungsbedarfe": YES}, by=cdo)


def test_vernetzung_needs_two_offices_each_with_a_part(idea, cdo):
    below = unit("abteilung-33-1", "abteilung", parent=idea.lead_unit)
    second = idea.unit_links.exclude(unit=idea.lead_unit)
    assert second.update(unit=below) == 1
    with pytest.raises(Incomplete, match="zweites Amt"):
        answer_gate(project=idea, answers={"vernetzung": YES}, by=cdo)
    idea.unit_links.filter(unit=below).update(unit=unit("msw", "company"), part="")
    with pytest.raises(Incomplete, match="zweites Amt"):
        answer_gate(project=idea, answers={"vernetzung": YES}, by=cdo)
    idea.unit_links.update(part="carries_out")
    assert answer_values(answer_gate(project=idea, answers={"vernetzung": YES}, by=cdo)) == {"vernetzung": "yes"}


def test_the_lead_unit_and_outside_partners_do_not_count_by_themselves(idea, cdo):
    idea.unit_links.filter(unit=idea.lead_unit).delete()
    assert idea.partners.exists()
    with pytest.raises(Incomplete, match="zweites Amt"):
        answer_gate(project=idea, answers={"vernetzung": YES}, by=cdo)


@pytest.mark.parametrize(("code", "answer"), [("vernetzung", "vielleicht"), ("schoenheit", "yes"), ("nutzen", "")])
def test_unknown_criteria_and_answers_are_refused(idea, cdo, code, answer):
    with pytest.raises(ValidationError):
        answer_gate(project=idea, answers={code: GateInput(answer)}, by=cdo)


def test_a_stale_page_is_refused(idea, cdo):
    with pytest.raises(StaleVersion):
        answer_gate(project=idea, answers={"vernetzung": NO}, by=cdo, version=idea.version - 1)


@pytest.mark.parametrize("step", ["draft", "returned", "rejected", "pooled", "assessed", "running"])
def test_the_gate_is_answered_only_while_submitted(submitter, cdo, step):
    with pytest.raises(NotAllowed):
        answer_gate(project=project_at(step, submitter=submitter), answers={"vernetzung": NO}, by=cdo)


def test_nobody_answers_for_their_own(cdo):
    with pytest.raises(NotAllowed, match="befangen"):
        answer_gate(project=project_at("submitted", submitter=cdo), answers={"vernetzung": NO}, by=cdo)


def test_the_deputy_answers_for_an_absent_cdo_and_the_row_says_in_whose_place(idea, cdo):
    deputy = user_with(employed_in(unit("kdz", "eigenbetrieb")), mandate("cdo", deputy_for=held_by(cdo, "cdo")))
    with pytest.raises(NotAllowed, match="Vertretung"):
        answer_gate(project=idea, answers={"vernetzung": NO}, by=deputy)
    absent_today(cdo)
    round_ = answer_gate(project=idea, answers={"vernetzung": NO}, by=deputy)
    assert round_.answers.get().in_place_of == cdo.actor_person.actor
    assert entries(idea).get().in_place_of == cdo.actor_person.actor


def test_the_deputy_answers_where_the_cdo_is_barred(cdo):
    deputy = user_with(employed_in(unit("kdz", "eigenbetrieb")), mandate("cdo", deputy_for=held_by(cdo, "cdo")))
    own = project_at("submitted", submitter=cdo)
    assert answer_gate(project=own, answers={"vernetzung": NO}, by=deputy).answers.get().by != cdo.actor_person.actor


def test_after_a_return_the_new_round_starts_empty(submitter, cdo):
    idea = project_at("submitted", submitter=submitter)
    gate_round(idea, five("yes", nutzen="no"), by=cdo.actor_person.actor, outcome="return")
    assert current_round(idea) is None
    round_ = answer_gate(project=idea, answers={"vernetzung": YES}, by=cdo)
    assert (round_.number, answer_values(round_)) == (2, {"vernetzung": "yes"})


@pytest.mark.parametrize("code", ["handlungsbedarfe", "vernetzung"])
def test_what_a_yes_stands_on_is_not_taken_away_from_under_it(idea, cdo, code):
    needs = [link.handlungsbedarf for link in idea.need_links.all()]
    units = [(link.unit, link.part, link.task) for link in idea.unit_links.all()]
    fewer = {"handlungsbedarfe": [] if code == "handlungsbedarfe" else needs}
    fewer["units"] = units[:1] if code == "vernetzung" else units
    answer_gate(project=idea, answers={code: YES}, by=cdo)
    with pytest.raises(ProcedureError, match="mit Ja beantwortet"):
        link_needs(project=idea, by=cdo, version=None, **fewer)
    assert (idea.need_links.count(), idea.unit_links.count()) == (len(needs), len(units))
    answer_gate(project=idea, answers={code: GateInput("open")}, by=cdo)
    link_needs(project=idea, by=cdo, version=None, **fewer)
    assert (idea.need_links.count(), idea.unit_links.count()) != (len(needs), len(units))
