"""Where the CDO and the deputy are both barred, the chair names in a sitting who acts for this one project."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from governance.messages.models import Message
from governance.organisation.models import User
from governance.permissions import NotAllowed
from governance.record.actions import actor_for
from governance.record.models import Entry
from pool.decision.actions import put_on_list, record_outcome
from pool.decision.stand_ins import end_stand_in, name_stand_in, projects_without_judge
from pool.gate.actions import GateInput, admit, answer_gate
from pool.lifecycle import JUDGING_ACTS, Act, Incomplete, ProcedureError, Step
from pool.maturity.queries import opinions_for
from pool.permissions import TABLE, Aspect, Who, may, may_read, require
from pool.priority.actions import rate
from pool.project.actions import withdraw
from pool.project.models import Project
from pool.stand_ins.models import StandIn
from pool.submission.actions import submit
from tests.factories import LEVELS, employed_in, five, held_by, join, mandate, opinion, project_at, unit, user_with
from tests.pool.decision.conftest import NEEDS

REASON = "Die Idee kommt aus der Stabsstelle, federführend ist die KDZ."


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(fresh(user), backend="governance.organisation.backends.AccountBackend")
    return client


@pytest.fixture
def stand_in(db) -> User:
    return user_with(employed_in(unit("amt-37", "amt")), username="dritte", first_name="Ute", last_name="Dritte")


def orphan(group, step: str = "submitted", **values: object) -> Project:
    """A project that the CDO wrote along and the deputy's office leads."""
    project = project_at(step, lead_unit=unit("kdz"), **values)
    join(project, group.cdo, "co_author")
    return project


def named(group, sitting, project, person, **values: object) -> StandIn:
    given = {"reason": REASON, "by": fresh(group.chair)} | values
    return name_stand_in(sitting=sitting, project=project, person=fresh(person), **given)


# --- Naming -------------------------------------------------------------------------------------------------------


def test_the_chair_names_and_the_stand_in_does_every_judging_act_of_the_cdo_on_that_project_alone(
    group, sitting, stand_in
):
    project, other = orphan(group), orphan(group)
    assert not may(fresh(stand_in), Act.ANSWER_GATE, project)
    row = named(group, sitting, project, stand_in)
    judged = [act for act, grants in TABLE.items() if any(grant.who is Who.STAND_IN for grant in grants)]
    of_the_cdo = {act for act in JUDGING_ACTS if any(grant.who is Who.CDO for grant in TABLE[act])}
    assert set(judged) == of_the_cdo - {Act.PREPARE_DECISION}
    answer_gate(project=project, answers=five_yes(), by=fresh(stand_in))
    admit(project=project, by=fresh(stand_in))
    rate(project=project, levels=LEVELS, reasons=dict.fromkeys(LEVELS, "Grund"), by=fresh(stand_in))
    moves = list(project.transitions.filter(act__in=["admit", "rate"]))
    assert [(move.by, move.in_place_of) for move in moves] == [(actor_for(stand_in), actor_for(group.cdo))] * 2
    entry = Entry.objects.get(act="name_stand_in")
    assert (entry.chain, entry.object_id, entry.actor) == (f"project:{project.pk}", str(row.pk), actor_for(group.chair))
    with pytest.raises(NotAllowed):
        require(fresh(stand_in), Act.ANSWER_GATE, other)
    for act in (Act.CORRECT_SLIP, Act.WITHDRAW, Act.COUNTERSIGN, Act.PREPARE_DECISION, Act.NAME_STAND_IN):
        assert not may(fresh(stand_in), act, project), act


def five_yes() -> dict[str, GateInput]:
    return {
        code: GateInput(answer=answer, reason="", beneficiary="both" if code == "nutzen" else "")
        for code, answer in five("yes").items()
    }


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("no reason", "Begründen Sie"),
        ("the chair herself", "Niemand benennt sich selbst"),
        ("somebody barred", "selbst befangen"),
        ("somebody without employment", "beschäftigt"),
        ("the deputy may act", "nicht befangen"),
        ("an example account", "getrennt"),
        ("a draft", "fehlt Ihnen"),
        ("twice", "schon eine Vertretung"),
        ("a closed sitting", "geschlossen"),
    ],
)
def test_what_cannot_be_named(wrong, says, group, sitting, stand_in):
    project, person, values = orphan(group), stand_in, {}
    if wrong == "no reason":
        values = {"reason": "  "}
    elif wrong == "the chair herself":
        person = group.chair
    elif wrong == "somebody barred":
        join(project, stand_in, "member")
    elif wrong == "somebody without employment":
        person = user_with(mandate("operator"))
    elif wrong == "the deputy may act":
        project = project_at("submitted")
        join(project, group.cdo, "co_author")
    elif wrong == "an example account":
        person = user_with(employed_in(unit("amt-37")), is_demo=True)
    elif wrong == "a draft":
        project = orphan(group, "draft")
    elif wrong == "twice":
        named(group, sitting, project, stand_in)
    elif wrong == "a closed sitting":
        type(sitting).objects.filter(pk=sitting.pk).update(
            closed_at=sitting.opened_at, closed_by=sitting.opened_by, state="closed"
        )
    before = StandIn.objects.count()
    with pytest.raises((ProcedureError, NotAllowed, ValidationError, Incomplete), match=says):
        named(group, sitting, project, person, **values)
    assert StandIn.objects.count() == before


def test_only_the_chair_names_and_the_deputy_chair_where_the_chair_is_barred(group, sitting, stand_in):
    project = orphan(group)
    for person in (group.cdo, group.cdo_deputy, group.member, group.chair_deputy, stand_in):
        with pytest.raises(NotAllowed):
            named(group, sitting, project, stand_in, by=fresh(person))
    join(project, group.chair, "member")
    with pytest.raises(NotAllowed, match="befangen"):
        named(group, sitting, project, stand_in)
    row = named(group, sitting, project, stand_in, by=fresh(group.chair_deputy))
    assert (row.by, row.in_place_of) == (actor_for(group.chair_deputy), actor_for(group.chair))


def test_where_both_chairs_are_barred_the_refusal_says_who_is_to_chair_and_who_enters_it(group, sitting):
    project = project_at(Step.ASSESSED)
    for person in (group.chair, group.chair_deputy):
        join(project, person, "member")
    for person in (group.chair, group.chair_deputy):
        with pytest.raises(NotAllowed, match=r"bestimmt die Lenkungsgruppe aus ihren Mitgliedern; der Betrieb trägt"):
            require(fresh(person), Act.CONFIRM, project)
    third = user_with(
        employed_in(unit("amt-37", "amt")),
        mandate("chair", body=group.body, deputy_for=held_by(group.chair, "chair")),
    )
    assert may(third, Act.CONFIRM, project), "what the refusal names is a way that works"


def test_who_is_refused_learns_that_somebody_is_named(group, sitting, stand_in):
    project = orphan(group)
    with pytest.raises(NotAllowed, match="benennt der Vorsitz der Lenkungsgruppe"):
        require(fresh(group.cdo), Act.ANSWER_GATE, project)
    named(group, sitting, project, stand_in)
    for person in (group.cdo, group.cdo_deputy):
        with pytest.raises(NotAllowed, match="übernimmt, wen der Vorsitz dafür benannt hat"):
            require(fresh(person), Act.ANSWER_GATE, project)


# --- How long it lasts --------------------------------------------------------------------------------------------


def test_it_ends_by_the_chair_at_once_and_the_project_waits_again(group, sitting, stand_in):
    project = orphan(group)
    row = named(group, sitting, project, stand_in)
    assert projects_without_judge(is_example=False) == []
    with pytest.raises(NotAllowed):
        end_stand_in(stand_in=row, by=fresh(group.cdo))
    end_stand_in(stand_in=row, by=fresh(group.chair))
    end_stand_in(stand_in=row, by=fresh(group.chair))
    assert Entry.objects.filter(act="end_stand_in").count() == 1
    assert not may(fresh(stand_in), Act.ANSWER_GATE, project)
    assert projects_without_judge(is_example=False) == [project]
    named(group, sitting, project, stand_in)
    assert StandIn.objects.filter(project=project).count() == 2


def test_it_ends_with_the_project_with_the_bar_of_the_cdo_and_when_she_becomes_barred_herself(group, sitting, stand_in):
    over, freed, joined = orphan(group), orphan(group), orphan(group)
    for project in (over, freed, joined):
        named(group, sitting, project, stand_in)
    withdraw(project=over, reason="Auf Wunsch", by=over.mandates.get(role="submitter").person.person.user)
    freed.mandates.filter(role="co_author").delete()
    join(joined, stand_in, "member")
    for project in (over, freed, joined):
        project.refresh_from_db()
        assert not may(fresh(stand_in), Act.ANSWER_GATE, project)
        assert not may(fresh(stand_in), Act.RECORD, project)
    assert not may_read(fresh(stand_in), Aspect.MONEY, over)


# --- What she reads and where she does it --------------------------------------------------------------------------


def test_the_stand_in_reads_the_whole_project_as_the_cdo_does_and_no_other(group, sitting, stand_in):
    project, other = orphan(group), orphan(group)
    named(group, sitting, project, stand_in)
    person = fresh(stand_in)
    assert list(Project.objects.visible_to(person)) == [project]
    assert all(may_read(person, aspect, project) for aspect in Aspect)
    assert not any(may_read(person, aspect, other) for aspect in (Aspect.GATE, Aspect.MONEY, Aspect.COMMENTS))


def test_a_rater_who_stands_in_stays_blind_until_her_own_is_sent(group, sitting, stand_in):
    project = orphan(group, "pooled")
    named(group, sitting, project, stand_in)
    assert opinions_for(fresh(stand_in), project) is not None
    join(project, stand_in, "expert")
    assert opinions_for(fresh(stand_in), project) is None
    opinion(project, stand_in)
    assert opinions_for(fresh(stand_in), project) is not None


@pytest.mark.parametrize(
    ("step", "names"),
    [
        ("submitted", ["gate"]),
        ("pooled", ["rating", "class", "merge", "list"]),
        ("assessed", ["class", "merge", "reopen", "list"]),
    ],
)
def test_the_casefile_leads_to_the_pages_and_the_desk_stays_closed(step, names, group, sitting, stand_in):
    project = orphan(group, step)
    visitor = browser(stand_in)
    for name in names:
        address = reverse(f"casefile:in_place_{name}", args=[project.pk])
        assert visitor.get(address).status_code == (404 if step == "submitted" else 403), name
    named(group, sitting, project, stand_in)
    casefile = visitor.get(reverse("casefile:detail", args=[project.pk])).content.decode()
    assert "/admin/" not in casefile
    assert REASON in casefile
    for name in names:
        address = reverse(f"casefile:in_place_{name}", args=[project.pk])
        page = visitor.get(address)
        assert page.status_code == 200, name
        assert "/admin/" not in page.content.decode(), name
        if name != "list" or step == "assessed":
            assert address in casefile, name
    for address in ("/admin/", f"/admin/pool/project/{project.pk}/change/", "/lenkungsgruppe/sitzungen/"):
        assert visitor.get(address).status_code == 403, address


def test_she_checks_and_admits_by_the_pages(group, sitting, stand_in):
    project = orphan(group)
    named(group, sitting, project, stand_in)
    visitor, page = browser(stand_in), reverse("casefile:in_place_gate", args=[project.pk])
    project.refresh_from_db()
    answers = {f"answer_{code}": answer for code, answer in five("yes").items()}
    sent = visitor.post(page, answers | {"beneficiary": "both", "version": project.version, "tun": "aufnehmen"})
    assert sent.status_code == 302, sent.content.decode()
    assert sent.url.startswith(f"/ideen/{project.pk}/in-vertretung/bewertung/")
    project.refresh_from_db()
    assert project.step == Step.POOLED


def test_she_records_the_outcome_on_the_items_page_and_reads_nothing_else_of_the_sitting(group, sitting, stand_in):
    project, other = orphan(group, Step.ASSESSED), project_at(Step.ASSESSED)
    strange = put_on_list(sitting=sitting, project=other, by=fresh(group.cdo))
    named(group, sitting, project, stand_in)
    visitor = browser(stand_in)
    listed = visitor.post(reverse("casefile:in_place_list", args=[project.pk]), {"sitting": sitting.pk})
    assert listed.status_code == 302
    item = project.sitting_items.get()
    record = reverse("decision:record", args=[sitting.pk, item.pk])
    assert visitor.get(reverse("decision:item", args=[sitting.pk, item.pk])).status_code == 200
    assert visitor.get(record).status_code == 200
    assert visitor.get(reverse("decision:item", args=[sitting.pk, strange.pk])).status_code == 403
    assert visitor.get(reverse("decision:sitting", args=[sitting.pk])).status_code == 403
    recorded = record_outcome(
        item=item, outcome="commission", text="So", reason="", by=fresh(stand_in), **NEEDS["commission"]
    )
    assert recorded.recorded_in_place_of == actor_for(group.cdo)


def test_the_chair_names_on_the_page_of_the_sitting_and_it_stands_in_the_minutes(group, sitting, stand_in):
    project = orphan(group)
    chair = browser(group.chair)
    address = reverse("decision:name_stand_in", args=[sitting.pk])
    assert address in chair.get(reverse("decision:sitting", args=[sitting.pk])).content.decode()
    assert project.title in chair.get(address).content.decode()
    wrong = chair.post(address, {"project": project.pk, "person": "niemand", "reason": REASON})
    assert wrong.status_code == 422
    assert REASON in wrong.content.decode()
    sent = chair.post(address, {"project": project.pk, "person": stand_in.username, "reason": REASON})
    assert sent.status_code == 302
    for name in ("decision:sitting", "decision:print"):
        text = browser(group.member).get(reverse(name, args=[sitting.pk])).content.decode()
        assert "Ute Dritte" in text, name
        assert REASON in text, name
    row = StandIn.objects.get()
    end = reverse("decision:end_stand_in", args=[row.pk])
    assert browser(group.member).post(end).status_code == 403
    assert chair.post(end).status_code == 302
    assert StandIn.objects.get().ended_by == actor_for(group.chair)


def test_who_is_named_is_told_and_hears_what_the_office_hears(
    group, sitting, stand_in, django_capture_on_commit_callbacks
):
    project = orphan(group, "returned")
    with django_capture_on_commit_callbacks(execute=True):
        named(group, sitting, project, stand_in)
        submit(project=project, by=project.mandates.get(role="submitter").person.person.user)
    messages = Message.objects.filter(person=actor_for(stand_in)).order_by("pk")
    casefile = reverse("casefile:detail", args=[project.pk])
    assert [(each.kind, each.address) for each in messages] == [("stand_in_named", casefile), ("to_check", casefile)]
