"""Nobody judges their own; deputies; who reads what. Tables by hand from the procedure."""

from datetime import timedelta

import pytest

from governance.mandates.models import Absence
from governance.mandates.rules import Role
from governance.organisation.models import OrganisationUnit, User
from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for
from pool.decision.models import Sitting, SittingItem
from pool.gate.actions import GateInput, answer_gate
from pool.lifecycle import Act, Step
from pool.permissions import Aspect, barred_projects, entrusted_to, is_barred, may, may_read, require
from pool.project.actions import correct_slip, withdraw
from pool.project.models import Project
from tests.cast import Cast, assemble
from tests.factories import (
    Given,
    absent_today,
    body,
    employed_in,
    handlungsbedarf,
    handlungsfeld,
    held_by,
    join,
    mandate,
    project_at,
    taken_over_at,
    unit,
    user_with,
)

# --- Nobody judges their own --------------------------------------------------------------------------------------

JUDGING = {
    "answer_gate", "admit", "return", "decline_admission", "rate", "reopen_rating", "propose_class", "withdraw_class",
    "merge", "complete", "record", "release", "ask_question", "close_question", "prepare_decision",
}  # fmt: skip
STEP_FOR = {
    "answer_gate": "submitted", "admit": "submitted", "return": "submitted", "decline_admission": "submitted",
    "rate": "pooled", "reopen_rating": "assessed", "propose_class": "assessed", "withdraw_class": "assessed",
    "merge": "assessed", "complete": "running", "record": "assessed", "release": "running", "resume": "deferred",
    "withdraw": "assessed", "link_needs": "submitted", "correct_slip": "assessed", "name_team": "commissioned",
    "record_consent": "running", "ask_consent": "running", "ask_question": "submitted", "close_question": "submitted",
    "prepare_decision": "submitted",
}  # fmt: skip

# What a person is to the project, and whether that bars her.
RELATIONS = {
    "submitted it": True,
    "co-wrote it": True,
    "co-wrote it until yesterday": True,
    "leads it": True,
    "works in its team": True,
    "left its team yesterday": False,
    "joins its team tomorrow": False,
    "is asked to rate it": False,
    "is employed in the lead unit": True,
    "is employed below the lead office": True,
    "was employed in the lead unit until yesterday": False,
    "is employed in an office that takes part": False,
    "is nothing to it": False,
}


def elsewhere() -> OrganisationUnit:
    """An office that has no part in any project here."""
    return unit("kdz", "eigenbetrieb")


def bring_about(relation: str, *projects: Project, given: Given, name: str) -> User:
    """Make somebody with this mandate stand in this relation to the projects."""
    below = unit("ortsverwaltung-neustadt", "ortsverwaltung", unit("amt-33"))
    place = {
        "is employed in the lead unit": unit("amt-33"),
        "is employed below the lead office": below,
        "is employed in an office that takes part": unit("amt-50"),
    }.get(relation, unit("stab-mainzdigital", "stabsstelle", unit("amt-10")))
    former = [employed_in(unit("amt-33"), last_day=-1)] if "until yesterday" in relation and "unit" in relation else []
    person = user_with(employed_in(place), *former, given, username=name)
    role, *days = {
        "submitted it": ("submitter",),
        "co-wrote it": ("co_author",),
        "co-wrote it until yesterday": ("co_author", {"last_day": -1}),
        "leads it": ("lead",),
        "works in its team": ("member",),
        "left its team yesterday": ("member", {"last_day": -1}),
        "joins its team tomorrow": ("member", {"first_day": 1}),
        "is asked to rate it": ("expert",),
    }.get(relation, ("",))
    for project in projects if role else ():
        join(project, person, role, **(days[0] if days else {}))
    return person


@pytest.mark.parametrize(("relation", "is_own"), RELATIONS.items())
def test_nobody_judges_their_own_and_the_deputy_does(relation, is_own, db):
    projects = {step: project_at(step) for step in set(STEP_FOR.values())}
    cdo = bring_about(relation, *projects.values(), given=mandate(Role.CDO), name="cdo")
    deputy = user_with(
        employed_in(elsewhere()), mandate(Role.CDO, deputy_for=held_by(cdo, Role.CDO)), username="deputy"
    )
    for act, step in STEP_FOR.items():
        project, refused = projects[step], is_own and act in JUDGING
        assert may(cdo, Act(act), project) is not refused, act
        assert may(deputy, Act(act), project) is refused, act
        if refused:
            assert require(deputy, Act(act), project).in_place_of == actor_for(cdo), act
            with pytest.raises(NotAllowed, match=r"befangen.*Vertretung"):
                require(cdo, Act(act), project)
        else:
            assert require(cdo, Act(act), project).in_place_of is None, act
    everything = set(projects.values())
    assert set(Project.objects.filter(barred_projects(actor_for(cdo).pk))) == (everything if is_own else set())
    assert set(Project.objects.filter(entrusted_to(deputy))) == (everything if is_own else set())
    assert not Project.objects.filter(entrusted_to(cdo)).exists()


@pytest.mark.parametrize(("relation", "is_own"), RELATIONS.items())
def test_the_chair_confirms_nothing_of_her_own(relation, is_own, db):
    project = project_at("assessed")
    scope = {"body": body()}
    chair = bring_about(relation, project, given=mandate(Role.CHAIR, **scope), name="chair")
    deputy = user_with(
        employed_in(elsewhere()),
        mandate(Role.CHAIR, deputy_for=held_by(chair, Role.CHAIR), **scope),
        username="deputy",
    )
    assert may(chair, Act.CONFIRM, project) is not is_own
    assert may(deputy, Act.CONFIRM, project) is is_own
    assert may(chair, Act.CLOSE_SITTING), "closing judges no single project"
    assert not may(deputy, Act.CLOSE_SITTING)


@pytest.mark.parametrize("act", sorted(JUDGING))
def test_where_the_deputy_is_barred_too_the_refusal_names_the_chair(act, db):
    project = project_at(STEP_FOR[act])
    cdo = user_with(employed_in(unit("amt-33")), mandate(Role.CDO), username="cdo")
    deputy = user_with(employed_in(unit("amt-33")), mandate(Role.CDO, deputy_for=held_by(cdo, Role.CDO)))
    for person in (cdo, deputy):
        with pytest.raises(NotAllowed, match="benennt der Vorsitz der Lenkungsgruppe"):
            require(person, Act(act), project)
    assert not Project.objects.filter(entrusted_to(deputy)).exists()


def test_a_barred_deputy_is_sent_to_whom_she_deputises(db):
    project = project_at("submitted")
    cdo = user_with(employed_in(unit("kdz")), mandate(Role.CDO), username="cdo")
    deputy = user_with(employed_in(unit("amt-33")), mandate(Role.CDO, deputy_for=held_by(cdo, Role.CDO)))
    absent_today(cdo)
    with pytest.raises(NotAllowed, match=r"befangen.*übernimmt, wen Sie vertreten"):
        require(deputy, Act.ANSWER_GATE, project)


def test_a_stabsstelle_is_an_office_of_its_own(db):
    """The CDO of a Stabsstelle judges a project of the Hauptamt above it, none of her own Stabsstelle."""
    hauptamt = unit("amt-10")
    stabsstelle = unit("stab-mainzdigital", "stabsstelle", hauptamt)
    cdo = actor_for(user_with(employed_in(stabsstelle), mandate(Role.CDO)))
    assert not is_barred(cdo, project_at("submitted", lead_unit=hauptamt))
    assert is_barred(cdo, project_at("submitted", lead_unit=stabsstelle))


def test_a_unit_above_all_offices_bars_nobody(db):
    dezernat = unit("dezernat-1", "dezernat")
    cdo = actor_for(user_with(employed_in(unit("amt-10", parent=dezernat)), mandate(Role.CDO)))
    assert not is_barred(cdo, project_at("submitted", lead_unit=dezernat))


# --- Deputies -----------------------------------------------------------------------------------------------------


@pytest.fixture
def office(db):
    cdo = user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate(Role.CDO), username="cdo")
    deputy = user_with(
        employed_in(unit("kdz", "eigenbetrieb")),
        mandate(Role.CDO, deputy_for=held_by(cdo, Role.CDO)),
        username="deputy",
    )
    return cdo, deputy


def test_a_deputy_acts_on_days_with_an_entered_absence_only(office):
    cdo, deputy = office
    project = project_at("pooled")
    with pytest.raises(NotAllowed, match="eingetragener Abwesenheit"):
        require(deputy, Act.RATE, project)
    absent_today(cdo)
    assert require(deputy, Act.RATE, project).in_place_of == actor_for(cdo)
    with clock.played(clock.now() + timedelta(days=1)):
        assert not may(deputy, Act.RATE, project)


@pytest.mark.parametrize(
    ("first", "last", "acts"), [(0, 0, True), (-3, 0, True), (0, 3, True), (1, 2, False), (-2, -1, False)]
)
def test_first_and_last_day_of_an_absence_count(first, last, acts, office):
    cdo, deputy = office
    actor, today = actor_for(cdo), clock.today()
    Absence.objects.create(
        person=actor,
        first_day=today + timedelta(days=first),
        last_day=today + timedelta(days=last),
        entered_by=actor,
        entered_at=clock.now(),
    )
    assert may(deputy, Act.ADMIT, project_at("submitted")) is acts


def test_the_record_says_in_whose_place(office):
    cdo, deputy = office
    absent_today(cdo)
    project = project_at("submitted")
    gate_round = answer_gate(project=project, answers={"nutzen": GateInput("no", "Wem?")}, by=deputy)
    answer = gate_round.answers.get()
    assert (answer.by, answer.in_place_of) == (actor_for(deputy), actor_for(cdo))
    moved = withdraw(project=project, by=deputy, reason="Auf Wunsch der Einreichenden vom 2. März")
    assert (moved.by, moved.in_place_of) == (actor_for(deputy), actor_for(cdo))


def test_the_deputy_of_an_office_that_has_ended_deputises_nobody(db):
    cdo = user_with(mandate(Role.CDO, last_day=-1), employed_in(unit("stab-mainzdigital", "stabsstelle")))
    deputy = user_with(mandate(Role.CDO, deputy_for=held_by(cdo, Role.CDO)))
    absent_today(cdo)
    project = project_at("submitted")
    assert not may(deputy, Act.ADMIT, project)
    assert not Project.objects.visible_to(deputy).exists()


def test_the_last_day_of_a_mandate_is_included(db):
    project = project_at("pooled")
    assert may(user_with(mandate(Role.CDO, last_day=0)), Act.RATE, project)
    assert not may(user_with(mandate(Role.CDO, last_day=-1)), Act.RATE, project)
    assert may(user_with(mandate(Role.CDO, first_day=0)), Act.RATE, project)
    assert not may(user_with(mandate(Role.CDO, first_day=1)), Act.RATE, project)


def test_a_right_lost_is_lost_at_once(office):
    cdo, _deputy = office
    project = project_at("running")
    assert may(cdo, Act.CORRECT_SLIP, project)
    held = held_by(cdo, Role.CDO)
    held.valid_until = clock.today() - timedelta(days=1)
    held.save()
    with pytest.raises(NotAllowed):
        correct_slip(project=project, field="title", new_text="Neu", reason="Tippfehler", by=cdo)


# --- Who reads what -----------------------------------------------------------------------------------------------

READERS = {
    "authors": "submitter co_author cdo_who_submitted",
    "submitter": "submitter",
    "CDO": "cdo cdo_deputy cdo_deputy_of_absent cdo_who_submitted cdo_in_lead_office cdo_deputy_of_barred "
    "cdo_deputy_barred_too",
    "CDO-not-the-submitter": "cdo cdo_deputy cdo_deputy_of_absent cdo_in_lead_office cdo_deputy_of_barred "
    "cdo_deputy_barred_too",
    "coordinator": "coordinator",
    "expert": "expert",
    "Lenkungsgruppe": "chair chair_in_lead_office deputy_chair deputy_chair_of_absent deputy_chair_of_barred member",
    "Projektleitung": "lead",
    "team": "lead team_member",
    "Beirat": "beirat beirat_chair beirat_office",
    "staff": "submitter co_author employee employee_of_lead_office cdo cdo_deputy cdo_deputy_of_absent "
    "cdo_until_yesterday cdo_from_tomorrow cdo_who_submitted cdo_in_lead_office cdo_deputy_of_barred "
    "cdo_deputy_barred_too coordinator coordinator_elsewhere expert chair chair_in_lead_office deputy_chair "
    "deputy_chair_of_absent deputy_chair_of_barred member lead lead_until_yesterday team_member",
}
# Never anybody else: not a Beirat without confidentiality, the Betrieb, a superuser, a closed account, a stranger.

VISIBLE_TO = {
    "draft": "authors CDO",
    "submitted": "authors CDO coordinator",
    "returned": "authors CDO coordinator",
    "rejected": "authors CDO coordinator",
    "withdrawn": "authors CDO coordinator",
    "merged": "authors CDO coordinator",
    "pooled": "staff",
    "withdrawn/pool": "staff",
    "merged/pool": "staff",
    "running/taken": "staff",
    "assessed": "staff Beirat",
    "deferred": "staff Beirat",
    "declined": "staff Beirat",
    "commissioned": "staff Beirat",
    "running": "staff Beirat",
    "completed": "staff Beirat",
    "stopped": "staff Beirat",
}

MAY_READ = {
    Aspect.GATE: "authors CDO Lenkungsgruppe coordinator",
    Aspect.RATING: "authors CDO Lenkungsgruppe coordinator Projektleitung Beirat",
    Aspect.NAMES: "submitter CDO Lenkungsgruppe coordinator team",
    Aspect.MONEY: "team CDO Lenkungsgruppe",
    Aspect.OPEN_SITTING: "CDO Lenkungsgruppe",
    Aspect.REPORTS: "authors CDO Lenkungsgruppe coordinator team",
    Aspect.COMMENTS: "CDO-not-the-submitter coordinator expert",
}


def readers(parties: str) -> set[str]:
    return {name for party in parties.split() for name in READERS[party].split()}


@pytest.fixture(scope="module")
def cast(module_db) -> Cast:
    return assemble()


@pytest.fixture(scope="module")
def projects(cast) -> dict[str, Project]:
    made = {}
    for situation in VISIBLE_TO:
        step, _, how = situation.partition("/")
        made[situation] = (
            taken_over_at(step)
            if how == "taken"
            else project_at(step, submitter=cast.submitter, was_pooled=how == "pool")
        )
        cast.joins(made[situation])
    return made


def test_the_tables_of_readers_know_every_step():
    assert {situation.partition("/")[0] for situation in VISIBLE_TO} == set(Step.values)


def test_who_sees_a_project_in_which_step(cast, projects):
    wrong = []
    names = {project.pk: situation for situation, project in projects.items()}
    for name, person in cast.everybody().items():
        seen = {names[pk] for pk in Project.objects.visible_to(person).values_list("pk", flat=True) if pk in names}
        expected = {situation for situation, parties in VISIBLE_TO.items() if name in readers(parties)}
        wrong += [f"{name} sees {situation}, should not" for situation in sorted(seen - expected)]
        wrong += [f"{name} does not see {situation}" for situation in sorted(expected - seen)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("aspect", list(Aspect))
def test_who_reads_which_part(aspect, cast, projects):
    reading = {name for name, person in cast.everybody().items() if may_read(person, aspect, projects["running"])}
    assert reading == readers(MAY_READ[aspect])


def test_the_tables_of_reading_name_every_part():
    assert set(MAY_READ) == set(Aspect)


def test_a_draft_that_was_withdrawn_stays_with_its_authors_and_the_cdo(db):
    project = project_at("draft")
    coordinator = user_with(
        employed_in(unit("amt-12")), mandate(Role.COORDINATOR, handlungsfeld=project.lead_handlungsfeld)
    )
    submitter = project.mandates.get(role="submitter").person.person.user
    withdraw(project=project, by=submitter)
    assert not Project.objects.visible_to(coordinator).exists()
    assert Project.objects.visible_to(submitter).get() == project


def test_a_coordinator_sees_what_serves_a_need_of_her_field(db):
    project = project_at("submitted", field=handlungsfeld("BZ"))
    coordinator = user_with(mandate(Role.COORDINATOR, handlungsfeld=handlungsfeld("DV")))
    assert not Project.objects.visible_to(coordinator).exists()
    project.need_links.create(handlungsbedarf=handlungsbedarf(handlungsfeld("DV")))
    assert Project.objects.visible_to(coordinator).get() == project
    assert may_read(coordinator, Aspect.GATE, project)


def test_the_lenkungsgruppe_sees_what_stands_on_its_list(cast, db):
    project = project_at("rejected")
    assert not Project.objects.visible_to(cast.member).filter(pk=project.pk).exists()
    actor = actor_for(cast.chair)
    sitting = Sitting.objects.create(
        body=body(), day=clock.today(), chair=actor, opened_by=actor, opened_at=clock.now(), is_example=False
    )
    SittingItem.objects.create(sitting=sitting, number=1, kind="project", project=project, title=project.title)
    assert Project.objects.visible_to(cast.member).filter(pk=project.pk).exists()
    assert not Project.objects.visible_to(cast.employee).filter(pk=project.pk).exists()
    assert not Project.objects.visible_to(cast.beirat).filter(pk=project.pk).exists()
