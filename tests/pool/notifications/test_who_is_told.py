"""After each act: who is told of what, and that nobody else is. Written by hand, act by act."""

from datetime import timedelta

import pytest
from django.db import transaction

from governance.messages.models import Mail, Message
from governance.organisation.models import User
from governance.record import clock
from governance.record.actions import actor_for
from pool.decision.actions import close_sitting, confirm, invite, open_sitting, put_on_list, record_outcome, send_back
from pool.delivery.actions import complete, propose_completion, start
from pool.delivery.team_actions import name_team
from pool.gate.actions import GateInput, admit, answer_gate, decline_admission, return_for_revision
from pool.lifecycle import IllegalMove
from pool.message_kinds import GROUPS, Kind
from pool.priority.actions import rate, reopen_rating, resume
from pool.project.actions import correct_slip, merge, stop_taken_over, take_over, withdraw
from pool.publication.actions import release, take_back, write_public_text
from pool.publication.consents import record_consent
from pool.submission.actions import add_co_author, submit
from tests.factories import (
    LEVELS,
    absent_today,
    body,
    five,
    gate_round,
    handlungsfeld,
    join,
    source,
    taken_over_at,
    unit,
)
from tests.pool.notifications.conftest import MARKER

AUTHORS_OF = {"author", "co-author"}


def alike(names: set[str], kind: Kind) -> dict[str, set[str]]:
    return {name: {kind.value} for name in names}


def test_every_kind_stands_in_one_group_and_fits_its_column():
    grouped = [kind for group in GROUPS for kind in group.kinds]
    assert sorted(grouped) == sorted(Kind)
    assert all(len(kind) <= 40 for kind in Kind.values)


def test_handed_in(people, told):
    project = people.project("draft")
    assert told(submit, project=project, by=people["author"]) == {
        **alike(AUTHORS_OF, Kind.HANDED_IN),
        "cdo": {"to_check"},
    }


def test_handed_in_again(people, told):
    project = people.project("returned")
    told(submit, project=project, by=people["co-author"])
    assert Message.objects.get(person=actor_for(people["cdo"])).subject.startswith("Eine überarbeitete Idee")


def test_while_the_cdo_is_away_the_deputy_is_told(people, told):
    absent_today(people["cdo"])
    heard = told(submit, project=people.project("draft"), by=people["author"])
    assert heard["deputy"] == {"to_check"}


def test_where_the_cdo_is_barred_the_deputy_is_told_and_not_the_cdo(people, told):
    project = people.project("draft")
    join(project, people["cdo"], "co_author")
    heard = told(submit, project=project, by=people["author"])
    assert (heard["cdo"], heard["deputy"]) == ({"handed_in"}, {"to_check"})


def test_the_review_begins_with_the_first_answer_and_only_then(people, told):
    project = people.project("submitted")
    answer = {"leitlinien": GateInput("yes", "Ja.")}
    assert told(answer_gate, project=project, answers=answer, by=people["cdo"]) == alike(AUTHORS_OF, Kind.REVIEW_BEGUN)
    answer = {"digitalisierungsbezug": GateInput("yes", "Ja.")}
    assert told(answer_gate, project=project, answers=answer, by=people["cdo"]) == {}


def submitted_with(people, **answers):
    project = people.project("submitted")
    gate_round(project, five("yes", **answers), by=actor_for(people["cdo"]))
    return project


def test_given_back(people, told):
    project = submitted_with(people, nutzen="no")
    day = clock.today() + timedelta(days=28)
    heard = told(return_for_revision, project=project, reason=MARKER, remind_on=day, by=people["cdo"])
    assert heard == alike(AUTHORS_OF, Kind.RETURNED)
    assert f"{day.day}. " in Message.objects.first().text


def test_not_admitted(people, told):
    project = submitted_with(people, nutzen="no")
    heard = told(decline_admission, project=project, reason=MARKER, by=people["cdo"])
    assert heard == alike(AUTHORS_OF, Kind.NOT_ADMITTED)


def test_admitted(people, told):
    project = submitted_with(people)
    heard = told(admit, project=project, by=people["cdo"])
    assert heard == {**alike(AUTHORS_OF, Kind.ADMITTED), "coordinator": {"in_my_field"}}
    assert all("(Nr. " in message.subject for message in Message.objects.all())


def test_rated_and_rated_anew(people, told):
    project = people.project("pooled")
    authors = alike(AUTHORS_OF, Kind.RATED)
    values = {"levels": LEVELS, "reasons": dict.fromkeys(LEVELS, MARKER)}
    second_hand = alike(("coordinator", "deputy"), Kind.TO_COUNTERSIGN)
    assert told(rate, project=project, by=people["cdo"], **values) == {**authors, **second_hand}
    assert not any(f" {level}" in Message.objects.first().text for level in range(5))
    heard = told(reopen_rating, project=project, reason=MARKER, by=people["cdo"])
    assert heard == {**authors, "coordinator": {"in_my_field"}}


def test_resumed(people, told):
    heard = told(resume, project=people.project("deferred"), by=people["cdo"], reason=MARKER)
    assert heard == {**alike(AUTHORS_OF, Kind.RATED), "coordinator": {"in_my_field"}}


@pytest.fixture
def sitting(people):
    return open_sitting(body=body(), day=clock.today(), place="", by=people["cdo"])


def test_an_open_sitting_is_told_to_those_who_sit_in_it_alone(people, told, sitting):
    """Nobody outside the office hears of a sitting in preparation; from the invitation on those who sit in it do."""
    first, later = people.project("assessed"), people.project("assessed")
    assert told(put_on_list, sitting=sitting, project=first, by=people["cdo"]) == {}
    assert told(invite, sitting=sitting, by=people["cdo"]) == alike({"chair", "steering"}, Kind.INVITED)
    heard = told(put_on_list, sitting=sitting, project=later, by=people["cdo"])
    assert heard == alike({"chair", "steering"}, Kind.ON_LIST)


def record(people, told, item, outcome="defer", **values):
    if outcome == "defer":
        values["look_again_on"] = clock.today() + timedelta(days=60)
    recorded = {"outcome": outcome, "text": MARKER, "reason": MARKER, "by": people["cdo"]}
    return told(record_outcome, item=item, **recorded, **values)


def test_what_is_recorded_waits_for_the_chair_and_comes_back_to_the_office(people, told, sitting):
    item = put_on_list(sitting=sitting, project=people.project("assessed"), by=people["cdo"])
    assert record(people, told, item) == alike({"chair"}, Kind.TO_CONFIRM)
    item.refresh_from_db()
    assert told(send_back, item=item, note=MARKER, by=people["chair"]) == alike({"cdo"}, Kind.SENT_BACK)


def test_a_beschluss_is_told_when_the_sitting_closes_and_not_before(people, told, sitting):
    item = put_on_list(sitting=sitting, project=people.project("assessed"), by=people["cdo"])
    record(people, told, item)
    item.refresh_from_db()
    assert told(confirm, item=item, by=people["chair"]) == {}
    heard = told(close_sitting, sitting=sitting, by=people["chair"])
    assert heard == {**alike(AUTHORS_OF, Kind.DECIDED), "coordinator": {"in_my_field"}}
    message = Message.objects.filter(kind=Kind.DECIDED).first()
    assert message.subject.startswith("Ihre Idee ist zurückgestellt")
    assert "Wieder angesehen" in message.text


def test_a_stop_by_beschluss_reaches_the_team(people, told, sitting):
    item = put_on_list(sitting=sitting, project=people.project("running"), by=people["cdo"])
    record(people, told, item, outcome="stop", lesson=MARKER)
    item.refresh_from_db()
    confirm(item=item, by=people["chair"])
    heard = told(close_sitting, sitting=sitting, by=people["chair"])
    assert heard == {
        **alike(AUTHORS_OF, Kind.DECIDED),
        **alike({"lead", "member"}, Kind.PROGRESS),
        "coordinator": {"in_my_field"},
    }


def test_the_team_hears_who_comes_and_who_leaves(people, told):
    project = people.project("commissioned")
    named = {"lead": people["lead"], "members": [people["colleague"]], "source": "Beschluss", "by": people["cdo"]}
    assert told(name_team, project=project, **named) == alike({"colleague", "member"}, Kind.TEAM_NAMED)
    assert "nicht mehr" in Message.objects.get(person=actor_for(people["member"])).subject
    assert "nicht mehr" not in Message.objects.get(person=actor_for(people["colleague"])).subject


def test_begun(people, told):
    heard = told(start, project=people.project("commissioned"), by=people["lead"])
    assert heard == {
        **alike({*AUTHORS_OF, "member"}, Kind.PROGRESS),
        "coordinator": {"in_my_field"},
        "cdo": {"in_the_pool"},
    }


def test_completion_is_proposed_to_the_office_and_completed_for_all(people, told):
    project = people.project("running")
    heard = told(propose_completion, project=project, result=MARKER, by=people["lead"])
    assert heard == alike({"cdo"}, Kind.COMPLETION_PROPOSED)
    heard = told(complete, project=project, by=people["cdo"])
    assert heard == {**alike({*AUTHORS_OF, "lead", "member"}, Kind.PROGRESS), "coordinator": {"in_my_field"}}


def test_a_project_that_was_taken_over(people, told):
    heard = told(
        take_over,
        by=people["cdo"],
        title=MARKER,
        short_text=MARKER,
        lead_unit=unit("amt-33"),
        lead_handlungsfeld=handlungsfeld("DV"),
        step="running",
        source=source(),
        source_read_on=clock.today(),
        on_day=clock.today(),
    )
    assert heard == alike({"coordinator"}, Kind.IN_MY_FIELD)
    project = taken_over_at("running", field=handlungsfeld("DV"))
    join(project, people["lead"], "lead")
    heard = told(stop_taken_over, project=project, by=people["cdo"], reason=MARKER, lesson=MARKER)
    assert heard == {"lead": {"progress"}, "coordinator": {"in_my_field"}}


def test_published_and_taken_back(people, told):
    project = people.project("running")
    text = write_public_text(project=project, title=MARKER, short_text=MARKER, plain_text=MARKER, by=people["cdo"])
    record_consent(text=text, unit=project.lead_unit, given_by=MARKER, given_on=clock.today(), by=people["cdo"])
    expected = alike({*AUTHORS_OF, "lead", "member"}, Kind.PUBLISHED)
    assert told(release, text=text, by=people["cdo"]) == expected
    assert told(take_back, project=project, reason=MARKER, by=people["cdo"]) == expected


def test_withdrawn_from_the_pool(people, told):
    heard = told(withdraw, project=people.project("pooled"), by=people["author"], reason=MARKER)
    assert heard == {"co-author": {"withdrawn"}, "cdo": {"in_the_pool"}, "coordinator": {"in_my_field"}}


def test_a_draft_withdrawn_concerns_nobody_but_its_authors(people, told):
    assert told(withdraw, project=people.project("draft"), by=people["author"]) == {"co-author": {"withdrawn"}}


def test_merged_tells_both_sides(people, told):
    target = people.project("pooled")
    other = taken_over_at("running", field=handlungsfeld("DV"))
    join(other, people["lead"], "lead")
    heard = told(merge, project=target, target=other, by=people["cdo"], reason=MARKER)
    assert heard == {**alike({*AUTHORS_OF, "lead"}, Kind.MERGED), "coordinator": {"in_my_field"}}


def test_a_slip_corrected(people, told):
    project = people.project("pooled")
    heard = told(correct_slip, project=project, field="title", new_text=MARKER, reason=MARKER, by=people["cdo"])
    assert heard == alike(AUTHORS_OF, Kind.CORRECTED)


def test_named_as_co_author(people, told):
    heard = told(add_co_author, project=people.project("draft"), person=people["colleague"], by=people["author"])
    assert heard == {"colleague": {"co_author"}}


# --- What holds for all -------------------------------------------------------------------------------------------


def test_a_refused_act_tells_nobody(people, told):
    project = people.project("submitted")
    with pytest.raises(IllegalMove):
        told(submit, project=project, by=people["author"])
    assert not Message.objects.exists()


def test_an_act_that_is_rolled_back_tells_nobody(people, told):
    def handed_in_and_regretted() -> None:
        with transaction.atomic():
            submit(project=people.project("draft"), by=people["author"])
            transaction.set_rollback(True)

    assert told(handed_in_and_regretted) == {}
    assert not Mail.objects.exists()


def test_real_people_are_not_told_of_examples(people, told):
    User.objects.filter(username="author").update(is_demo=True)
    project = people.project("draft", is_example=True)
    assert told(submit, project=project, by=people["author"]) == {}


def test_the_link_leads_where_the_reader_may_go(people, told, client):
    told(submit, project=people.project("draft"), by=people["author"])
    for message in Message.objects.select_related("person__person__user"):
        client.force_login(message.person.person.user)
        assert client.get(message.address).status_code == 200, message
