"""SEC-28: every step × every act × the whole cast, by hand from the procedure, asked of `may()` and of the acts.

Three tables stand here: the moves, who may do what in which situation, and who deputises whom. Nothing in them is
computed from the permission table of the portal.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from governance.mandates.queries import cache_for_request
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for, system_actor
from governance.record.models import Entry
from pool.delivery.actions import complete, start
from pool.delivery.models import CompletionProposal
from pool.gate.actions import admit, decline_admission, reopen_gate, return_for_revision
from pool.lifecycle import MOVES, Act, IllegalMove, ProcedureError, Step
from pool.permissions import may
from pool.priority.actions import rate, reopen_rating, resume
from pool.project.actions import merge, move, stop_taken_over, take_over, withdraw
from pool.project.models import Project, Transition
from pool.submission.actions import submit
from tests.cast import Cast, Person, assemble
from tests.factories import (
    LEVELS,
    edition_2022,
    five,
    gate_round,
    handlungsfeld,
    project_at,
    rating,
    source,
    taken_over_at,
    unit,
)

# act, from, to. Everything else is refused.
MOVES_BY_HAND = """
    submit             draft         submitted
    resubmit           returned      submitted
    return             submitted     returned
    decline_admission  submitted     rejected
    admit              submitted     pooled
    rate               pooled        assessed
    reopen_rating      assessed      pooled
    reopen_rating      deferred      pooled
    reopen_gate        rejected      submitted
    commission         assessed      commissioned
    commission         deferred      commissioned
    defer              assessed      deferred
    decline            assessed      declined
    decline            deferred      declined
    reconsider         declined      assessed
    reconsider         commissioned  assessed
    resume             deferred      assessed
    start              commissioned  running
    complete           running       completed
    stop               commissioned  stopped
    stop               running       stopped
    withdraw           draft         withdrawn
    withdraw           submitted     withdrawn
    withdraw           returned      withdrawn
    withdraw           pooled        withdrawn
    withdraw           assessed      withdrawn
    withdraw           deferred      withdrawn
    merge              submitted     merged
    merge              returned      merged
    merge              pooled        merged
    merge              assessed      merged
    merge              deferred      merged
"""

# Who stands behind the words of the next table, by name in tests/cast.py. An office is held by several people here,
# each in another situation: present, deputised, barred. "judging" is the office where nobody judges their own.
PARTIES = {
    "authors": "submitter co_author cdo_who_submitted",
    "submitter": "submitter cdo_who_submitted",
    # A project that was taken over has nobody who handed it in; the cast's CDO was made its submitter all the same.
    "authors-taken": "co_author cdo_who_submitted",
    "submitter-taken": "cdo_who_submitted",
    "lead": "lead",
    "team": "lead team_member",
    # Everybody with the mandate Beschäftigte today.
    "employed": "submitter co_author employee employee_of_lead_office cdo cdo_deputy cdo_deputy_of_absent "
    "cdo_until_yesterday cdo_from_tomorrow cdo_who_submitted cdo_in_lead_office cdo_deputy_of_barred "
    "cdo_deputy_barred_too coordinator coordinator_elsewhere expert chair chair_in_lead_office deputy_chair "
    "deputy_chair_of_absent deputy_chair_of_barred member lead lead_until_yesterday team_member",
    "CDO": "cdo cdo_deputy_of_absent cdo_who_submitted cdo_in_lead_office",
    "CDO-judging": "cdo cdo_deputy_of_absent cdo_deputy_of_barred",
    "CDO-office": "cdo cdo_deputy cdo_deputy_of_absent cdo_who_submitted cdo_in_lead_office cdo_deputy_of_barred "
    "cdo_deputy_barred_too",
    "raters": "coordinator expert",
    "commenters": "cdo cdo_deputy cdo_deputy_of_absent cdo_in_lead_office cdo_deputy_of_barred cdo_deputy_barred_too "
    "coordinator expert",
    "countersigners": "coordinator cdo_deputy cdo_deputy_of_absent cdo_deputy_of_barred",
    "speakers": "speaker speaker_deputy_of_absent",
    "chair": "chair chair_in_lead_office deputy_chair_of_absent",
    "chair-judging": "chair deputy_chair_of_absent deputy_chair_of_barred",
    "beirat-office": "beirat_office",
}

# Situations: the fourteen steps, two of them also reached from the pool, four of them also taken over, and "-" for
# acts on no project. "*" is every situation but "-".
SITUATIONS = [
    "draft", "submitted", "returned", "rejected", "pooled", "assessed", "deferred", "declined", "commissioned",
    "running", "completed", "stopped", "withdrawn", "merged", "withdrawn/pool", "merged/pool",
    "commissioned/taken", "running/taken", "completed/taken", "stopped/taken", "-",
]  # fmt: skip

# act | situations | who. An act not named for a situation is refused to everybody.
ACTS_BY_HAND = """
    submit             | draft                                                  | authors
    resubmit           | returned                                               | authors
    return             | submitted                                              | CDO-judging
    decline_admission  | submitted                                              | CDO-judging
    admit              | submitted                                              | CDO-judging
    rate               | pooled                                                 | CDO-judging
    reopen_rating      | assessed deferred                                      | CDO-judging
    reopen_gate        | rejected                                               | chair
    commission         | assessed deferred                                      | chair
    defer              | assessed                                               | chair
    decline            | assessed deferred                                      | chair
    reconsider         | declined commissioned commissioned/taken               | chair
    resume             | deferred                                               | CDO
    start              | commissioned commissioned/taken                        | lead
    complete           | running running/taken                                  | CDO-judging
    stop               | commissioned running                                   | chair
    stop               | commissioned/taken running/taken                       | chair CDO
    withdraw           | draft submitted returned pooled assessed deferred      | submitter CDO
    merge              | submitted returned pooled assessed deferred            | CDO-judging
    take_over          | -                                                      | CDO
    import_ideas       | -                                                      | CDO
    edit_text          | draft returned                                         | authors
    link_needs         | draft returned                                         | authors
    link_needs         | submitted                                              | CDO
    correct_slip       | submitted returned rejected pooled assessed deferred declined commissioned running completed \
                         stopped withdrawn merged withdrawn/pool merged/pool commissioned/taken running/taken \
                         completed/taken stopped/taken                          | CDO
    answer_gate        | submitted                                              | CDO-judging
    prepare_decision   | submitted                                              | CDO-judging
    propose_class      | pooled assessed deferred                               | CDO-judging
    withdraw_class     | pooled assessed deferred                               | CDO-judging
    open_sitting       | -                                                      | CDO
    invite             | -                                                      | CDO
    begin_sitting      | -                                                      | chair
    recommend          | -                                                      | beirat-office
    record             | *                                                      | CDO-judging
    record             | -                                                      | CDO
    confirm            | *                                                      | chair-judging
    confirm            | -                                                      | chair
    close_sitting      | -                                                      | chair
    name_stand_in      | submitted returned rejected pooled assessed deferred declined commissioned running \
                         commissioned/taken running/taken                       | chair-judging
    end_stand_in       | *                                                      | chair-judging
    make_pack          | -                                                      | CDO
    name_team          | commissioned running commissioned/taken running/taken  | CDO
    propose_completion | running running/taken                                  | lead
    plan_milestone     | commissioned running commissioned/taken running/taken  | team CDO-office
    shift_milestone    | commissioned running commissioned/taken running/taken  | team CDO-office
    rename_milestone   | commissioned running completed commissioned/taken running/taken completed/taken \
                         | team CDO-office
    reach_milestone    | commissioned running completed commissioned/taken running/taken completed/taken \
                         | team CDO-office
    give_up_milestone  | commissioned running completed commissioned/taken running/taken completed/taken \
                         | team CDO-office
    report             | commissioned running commissioned/taken running/taken  | team CDO-office
    record_consent     | pooled assessed deferred declined commissioned running completed stopped withdrawn/pool \
                         merged/pool commissioned/taken running/taken completed/taken stopped/taken | CDO
    ask_consent        | pooled assessed deferred declined commissioned running completed stopped withdrawn/pool \
                         commissioned/taken running/taken completed/taken stopped/taken | CDO
    give_consent       | pooled assessed deferred declined commissioned running completed stopped withdrawn/pool \
                         commissioned/taken running/taken completed/taken stopped/taken | speakers
    release            | pooled assessed deferred declined commissioned running completed stopped withdrawn/pool \
                         commissioned/taken running/taken completed/taken stopped/taken | CDO-judging
    explain_difference | draft returned                                         | authors
    ask_to_join        | submitted returned pooled assessed deferred commissioned running \
                         commissioned/taken running/taken                       | employed
    answer_join_request | submitted returned rejected pooled assessed deferred declined commissioned running completed \
                         stopped withdrawn merged withdrawn/pool merged/pool         | submitter
    answer_join_request | commissioned/taken running/taken completed/taken stopped/taken | submitter-taken
    hand_over          | draft submitted returned rejected pooled assessed deferred declined commissioned \
                         running                                                | submitter CDO
    hand_over          | commissioned/taken running/taken                       | submitter-taken CDO
    begin_again        | rejected declined withdrawn withdrawn/pool             | authors
    propose_link       | draft submitted returned rejected pooled assessed deferred declined commissioned \
                         running                                                | authors lead
    propose_link       | commissioned/taken running/taken                       | authors-taken lead
    answer_link        | draft submitted returned rejected pooled assessed deferred declined commissioned running \
                         completed stopped withdrawn merged withdrawn/pool merged/pool | authors lead CDO
    answer_link        | commissioned/taken running/taken completed/taken stopped/taken | authors-taken lead CDO
    give_opinion       | pooled                                                 | raters
    ask_expert         | pooled                                                 | CDO
    end_expert         | pooled assessed deferred                               | CDO
    countersign        | assessed deferred                                      | countersigners
    comment            | submitted returned rejected pooled assessed deferred declined commissioned running completed \
                         stopped withdrawn merged withdrawn/pool merged/pool commissioned/taken running/taken \
                         completed/taken stopped/taken                          | commenters
    black_out_comment  | submitted returned rejected pooled assessed deferred declined commissioned running completed \
                         stopped withdrawn merged withdrawn/pool merged/pool commissioned/taken running/taken \
                         completed/taken stopped/taken                          | commenters
    ask_question       | submitted returned rejected assessed deferred declined commissioned running \
                         commissioned/taken running/taken                       | CDO-judging
    ask_question       | pooled                                                 | CDO-judging raters
    answer_question    | submitted returned rejected pooled assessed deferred declined commissioned running completed \
                         stopped withdrawn merged withdrawn/pool merged/pool         | authors
    answer_question    | commissioned/taken running/taken completed/taken stopped/taken | authors-taken
    close_question     | submitted returned rejected pooled assessed deferred declined commissioned running completed \
                         stopped withdrawn merged withdrawn/pool merged/pool commissioned/taken running/taken \
                         completed/taken stopped/taken                          | CDO-judging raters
    object             | rejected                                               | submitter
    issue_call         | -                                                      | CDO
    end_call           | -                                                      | CDO
    black_out_reason   | *                                                      | CDO
    black_out_reason   | -                                                      | CDO
    answer_public      | -                                                      | CDO-office
    offer_participation | -                                                     | CDO-office
"""

# Who acts in whose place, wherever the tables let them act.
DEPUTISES = {
    "cdo_deputy_of_absent": "cdo-away",
    "cdo_deputy_of_barred": "cdo-who-submitted",
    "deputy_chair_of_absent": "chair-away",
    "speaker_deputy_of_absent": "speaker-away",
    "deputy_chair_of_barred": "chair-in-lead-office",
}


def lines(table: str, separator: str | None = None) -> Iterator[list[str]]:
    for line in table.strip().splitlines():
        yield [part.strip() for part in line.split(separator)]


def moves_by_hand() -> dict[tuple[str, str], str]:
    return {(origin, act): target for act, origin, target in lines(MOVES_BY_HAND)}


def allowed_by_hand() -> dict[tuple[str, str], frozenset[str]]:
    """Return (act, situation) -> names of those who may."""
    allowed: dict[tuple[str, str], frozenset[str]] = {}
    for act, situations, parties in lines(ACTS_BY_HAND, "|"):
        named = [s for s in SITUATIONS if s != "-"] if situations == "*" else situations.split()
        people = frozenset(name for party in parties.split() for name in PARTIES[party].split())
        for situation in named:
            assert situation in SITUATIONS, situation
            assert (act, situation) not in allowed, f"{act} in {situation} stands twice"
            allowed[act, situation] = people
    return allowed


ALLOWED = allowed_by_hand()


def test_the_moves_are_those_of_the_procedure():
    assert {(str(origin), str(act)): str(target) for (origin, act), target in MOVES.items()} == moves_by_hand()


def test_the_tables_name_every_act_and_every_step():
    # Naming a submitter is for ideas read in without one, which no situation here is.
    assert {act for act, _situation in ALLOWED} == set(Act.values) - {Act.NAME_SUBMITTER}
    assert {situation.partition("/")[0] for situation in SITUATIONS} == {*Step.values, "-"}
    assert len({name for people in ALLOWED.values() for name in people}) >= 11


def test_the_two_hand_tables_agree():
    """Whoever may move a project may do so exactly from the steps that the moves name."""
    moving = {act for _origin, act in moves_by_hand()}
    from_rights = {(situation.partition("/")[0], act) for act, situation in ALLOWED if act in moving}
    assert from_rights == set(moves_by_hand())


# --- One world for the whole table --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cast(module_db) -> Cast:
    return assemble()


@pytest.fixture(scope="module")
def world(cast: Cast) -> dict[str, Project | None]:
    """One project in each situation, with the same people around it."""
    made: dict[str, Project | None] = {"-": None}
    for situation in SITUATIONS[:-1]:
        step, _, how = situation.partition("/")
        if how == "taken":
            made[situation] = taken_over_at(step, lead_unit=unit("amt-33"))
            continue
        made[situation] = project_at(step, submitter=cast.submitter, was_pooled=how == "pool")
    for project in made.values():
        if project is not None:
            cast.joins(project)
    return made


@pytest.mark.parametrize("act", list(Act))
def test_may_answers_as_the_procedure_says(act, world, cast):
    for person in cast.everybody().values():
        cache_for_request(person)
    wrong = []
    for situation, project in world.items():
        expected = ALLOWED.get((act.value, situation), frozenset())
        answered = {name for name, person in cast.everybody().items() if may(person, act, project)}
        wrong += [f"{situation}: {name} may, should not" for name in sorted(answered - expected)]
        wrong += [f"{situation}: {name} may not, should" for name in sorted(expected - answered)]
    assert not wrong, "\n".join(wrong)


# --- The acts themselves ------------------------------------------------------------------------------------------


def prepare(act: str, project: Project, cast: Cast) -> None:
    """Give the project all that the act needs besides the right and the step."""
    if act == "admit":
        gate_round(project, five("yes"), by=system_actor())
    elif act in ("return", "decline_admission"):
        gate_round(project, five("yes", nutzen="no"), by=system_actor())
    elif act == "complete":
        CompletionProposal.objects.create(
            project=project, result="Es läuft.", by=actor_for(cast.lead), at=clock.now(), is_current=True
        )
    elif act == "reconsider" and not project.ratings.exists() and not project.is_taken_over:
        rating(project)


def perform(act: str, project: Project, by: Person, *, target: Project | None = None) -> None:
    """Do a moving act the way its page does it; a Beschluss as a closing sitting does it."""
    in_ninety_days = clock.today() + timedelta(days=90)
    beschluss = {"project": project, "act": Act(act), "by": by, "reason": "Grund", "is_beschluss": True}
    match act:
        case "submit" | "resubmit":
            submit(project=project, by=by)
        case "return":
            return_for_revision(project=project, reason="Nutzen fehlt", remind_on=in_ninety_days, by=by)
        case "decline_admission":
            decline_admission(project=project, reason="Nutzen fehlt", by=by)
        case "admit":
            admit(project=project, by=by)
        case "rate":
            rate(project=project, levels=LEVELS, reasons=dict.fromkeys(LEVELS, "Grund"), by=by)
        case "reopen_rating":
            reopen_rating(project=project, reason="Neue Lage", by=by)
        case "reopen_gate":
            reopen_gate(project=project, reason="Neue Lage", by=by)
        case "defer":
            move(**beschluss, changes={"look_again_on": in_ninety_days})
        case "commission" | "decline" | "reconsider":
            move(**beschluss)
        case "stop" if project.is_taken_over and may(by, Act.TAKE_OVER):
            stop_taken_over(project=project, reason="Ersetzt", lesson="Früher fragen", by=by)
        case "stop":
            move(**beschluss)
        case "resume":
            resume(project=project, reason="Früher möglich", by=by)
        case "start":
            start(project=project, by=by)
        case "complete":
            complete(project=project, by=by)
        case "withdraw":
            withdraw(project=project, reason="Erledigt", by=by)
        case "merge":
            merge(project=project, target=target, reason="Dasselbe Vorhaben", by=by)
        case _:
            raise AssertionError(act)


def state_of(project: Project) -> tuple[object, ...]:
    """Return what a refused act must leave alone."""
    fresh = Project.objects.get(pk=project.pk)
    return fresh.step, fresh.version, fresh.transitions.count(), Entry.objects.count()


MOVING = sorted({act for _origin, act in moves_by_hand()})


@pytest.mark.parametrize("act", MOVING)
def test_an_act_from_any_other_step_is_refused(act, world, cast, db):
    """IllegalMove by the one method that moves and by the act's own action, even for whoever may do it elsewhere."""
    party = next(parties for named, _situations, parties in lines(ACTS_BY_HAND, "|") if named == act).split()[0]
    by = getattr(cast, PARTIES[party].split()[0])
    for situation, project in world.items():
        if project is None or (project.step, act) in moves_by_hand():
            continue
        before = state_of(project)
        with pytest.raises(IllegalMove) as refused:
            move(project=Project.objects.get(pk=project.pk), act=Act(act), by=by, is_beschluss=True)
        assert str(Step(project.step).label) in str(refused.value)
        if {act, project.step} != {"submit", "returned"} and {act, project.step} != {"resubmit", "draft"}:
            with pytest.raises(IllegalMove):
                perform(act, Project.objects.get(pk=project.pk), by, target=world["pooled"])
        assert state_of(project) == before, situation


PAIRS = [(act, s) for act, s in ALLOWED if act in MOVING and (act, s) != ("reconsider", "commissioned/taken")]


@pytest.mark.parametrize(("act", "situation"), PAIRS, ids=[f"{act}-{situation}" for act, situation in PAIRS])
def test_moving_is_done_by_the_entitled_and_refused_to_everybody_else(act, situation, world, cast, db):
    project, target = world[situation], moves_by_hand()[situation.partition("/")[0], act]
    into = world["pooled"] if situation != "pooled" else world["assessed"]
    prepare(act, project, cast)
    for name, person in cast.everybody().items():
        if name == "anonymous":
            continue
        before = state_of(project)
        if name not in ALLOWED[act, situation]:
            with pytest.raises(NotAllowed):
                perform(act, Project.objects.get(pk=project.pk), person, target=into)
            assert state_of(project) == before, name
            continue
        with transaction.atomic():
            perform(act, Project.objects.get(pk=project.pk), person, target=into)
            last = Transition.objects.filter(project=project).latest("pk")
            entry = Entry.objects.filter(chain=f"project:{project.pk}").latest("number")
            assert Project.objects.get(pk=project.pk).step == last.to_step == target, name
            assert last.by == entry.actor == actor_for(person), name
            principal = DEPUTISES.get(name)
            stated = [row.in_place_of and row.in_place_of.person.user.username for row in (last, entry)]
            assert stated == [principal, principal], name
            transaction.set_rollback(True)


@pytest.mark.parametrize("act", ["commission", "defer", "decline", "reconsider", "reopen_gate", "stop"])
def test_a_beschluss_moves_only_when_its_sitting_closes(act, world, cast, db):
    """Not even the chair moves a project beside a sitting."""
    situation = next(s for a, s in ALLOWED if a == act)
    with pytest.raises(ProcedureError, match="in einer Sitzung"):
        move(project=Project.objects.get(pk=world[situation].pk), act=Act(act), by=cast.chair, reason="Grund")


def test_taking_over_is_for_the_cdo(cast, module_db, db):
    edition_2022()
    for name, person in cast.everybody().items():
        if name == "anonymous":
            continue
        facts = {
            "title": f"Übernommen von {name}",
            "short_text": "Läuft schon.",
            "lead_unit": unit("amt-33"),
            "lead_handlungsfeld": handlungsfeld(),
            "step": Step.RUNNING,
            "source": source(),
            "source_read_on": clock.today(),
            "on_day": None,
        }
        if name in PARTIES["CDO"].split():
            assert take_over(by=person, **facts).step == Step.RUNNING
        else:
            with pytest.raises(NotAllowed):
                take_over(by=person, **facts)


@pytest.mark.parametrize(
    "step", [step for step in Step if step not in ("commissioned", "running", "completed", "stopped")]
)
def test_nothing_is_taken_over_into_a_step_before_the_beschluss(step, cast, db):
    edition_2022()
    with pytest.raises(ProcedureError):
        take_over(
            by=cast.cdo,
            title="Übernommen",
            short_text="Läuft.",
            lead_unit=unit("amt-33"),
            lead_handlungsfeld=handlungsfeld(),
            step=step,
            source=source(),
            source_read_on=clock.today(),
            on_day=None,
        )
