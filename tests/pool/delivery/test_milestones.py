"""Planning, shifting, reaching and giving up milestones; reporting. What is written stays, and is written once."""

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.models import Entry
from pool.delivery import actions
from pool.delivery.models import Milestone, MilestoneDay, StatusReport
from pool.lifecycle import Incomplete, ProcedureError, StaleVersion, Step
from pool.project.models import Project
from tests.conftest import moment
from tests.factories import employed_in, join, mandate, project_at, unit, user_with

pytestmark = pytest.mark.django_db
TODAY = "2026-11-30 09:00"
SOURCE = "Mail der Projektleitung vom 3. November 2026"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The days named here lie before and after this one, whenever the tests run."""
    with clock.played(moment(TODAY)):
        yield


@pytest.fixture
def people(db: None) -> SimpleNamespace:
    return SimpleNamespace(
        cdo=user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate("cdo")),
        lead=user_with(employed_in(unit("amt-60"))),
        member=user_with(employed_in(unit("amt-61"))),
        other=user_with(employed_in(unit("amt-50"))),
    )


@pytest.fixture
def running(people: SimpleNamespace) -> Project:
    project = project_at(Step.RUNNING)
    join(project, people.lead, "lead")
    join(project, people.member, "member")
    return project


def soon(days: int = 30) -> date:
    return clock.today() + timedelta(days=days)


def plan(project: Project, people: SimpleNamespace, **others: object) -> Milestone:
    values = {"title": "Fünf Büros reichen ein", "day": soon(), "by": people.lead} | others
    return actions.plan_milestone(project=project, **values)


def last_entry(project: Project) -> Entry:
    return Entry.objects.filter(chain=f"project:{project.pk}").order_by("-number")[0]


def days(milestone: Milestone) -> list[tuple[date, str, str]]:
    return list(milestone.days.order_by("number").values_list("day", "precision", "reason"))


# --- Milestones ---------------------------------------------------------------------------------------------------


def test_a_planned_milestone_stands_with_its_first_day_and_one_entry(people, running):
    milestone = plan(running, people, day=date(2027, 3, 17), precision="month", is_public=True)
    assert (milestone.title, milestone.is_public) == ("Fünf Büros reichen ein", True)
    assert (milestone.planned_on, milestone.planned_until) == (date(2027, 3, 1), date(2027, 3, 31))
    assert days(milestone) == [(date(2027, 3, 1), "month", "")]
    entry = last_entry(running)
    assert (entry.act, entry.object_type, entry.object_id) == ("plan_milestone", "milestone", str(milestone.pk))
    assert running.version == Project.objects.get(pk=running.pk).version


def test_a_shift_adds_a_day_with_its_reason_and_loses_none(people, running):
    milestone = plan(running, people, day=date(2027, 3, 1))
    actions.shift_milestone(milestone=milestone, day=date(2027, 5, 2), reason="Lieferung fehlt", by=people.member)
    actions.shift_milestone(
        milestone=milestone, day=date(2027, 9, 9), precision="year", reason="Noch einmal", by=people.lead
    )
    milestone.refresh_from_db()
    assert days(milestone) == [
        (date(2027, 3, 1), "day", ""),
        (date(2027, 5, 2), "day", "Lieferung fehlt"),
        (date(2027, 1, 1), "year", "Noch einmal"),
    ]
    assert (milestone.planned_on, milestone.planned_precision) == (date(2027, 1, 1), "year")
    assert (milestone.first_planned_on, milestone.first_precision) == (date(2027, 3, 1), "day")
    assert last_entry(running).reason_hash == milestone.days.last().reason_digest()


@pytest.mark.parametrize("reason", ["", "   ", "\u200b"])
def test_a_shift_without_a_reason_is_refused(people, running, reason):
    milestone = plan(running, people)
    with pytest.raises(Incomplete, match="Begründung"):
        actions.shift_milestone(milestone=milestone, day=soon(60), reason=reason, by=people.lead)
    assert len(days(milestone)) == 1


def test_a_reached_milestone_is_closed(people, running):
    milestone = plan(running, people, day=soon(-10))
    reached = actions.reach_milestone(milestone=milestone, day=soon(-12), by=people.member)
    assert (reached.reached_on, reached.closed_by) == (soon(-12), people.member.actor_person.actor)
    for act in (
        lambda: actions.give_up_milestone(milestone=milestone, reason="Doch nicht", by=people.lead),
        lambda: actions.reach_milestone(milestone=milestone, day=soon(-1), by=people.lead),
    ):
        with pytest.raises(ProcedureError, match="schon erreicht"):
            act()
    milestone.refresh_from_db()
    assert (milestone.reached_on, milestone.given_up_on) == (soon(-12), None)


def test_what_was_called_reached_by_mistake_is_put_right_with_a_reason_and_stays_to_be_read(people, running):
    milestone = plan(running, people, day=soon(10))
    actions.reach_milestone(milestone=milestone, day=soon(-1), by=people.member)
    with pytest.raises(Incomplete):
        actions.shift_milestone(milestone=milestone, day=soon(10), reason="", by=people.lead)
    written = actions.shift_milestone(milestone=milestone, day=soon(10), reason="Verwechselt", by=people.lead)
    assert (written.called_reached_on, written.reason, written.number) == (soon(-1), "Verwechselt", 2)
    milestone.refresh_from_db()
    assert milestone.facts.is_open
    assert (milestone.closed_by, milestone.planned_on) == (None, soon(10))
    actions.give_up_milestone(milestone=milestone, reason="Entfällt", by=people.lead)
    with pytest.raises(ProcedureError, match="aufgegeben"):
        actions.shift_milestone(milestone=milestone, day=soon(20), reason="Doch", by=people.lead)


def test_another_title_needs_a_reason_and_the_former_one_stays(people, running):
    milestone = plan(running, people, title="Fünf Bueros reichen ein")
    given = {"milestone": milestone, "title": "Neu", "reason": "x", "by": people.lead}
    for values, missing in (({"reason": " "}, "Begründung"), ({"title": "\u200b"}, "Titel")):
        with pytest.raises(Incomplete, match=missing):
            actions.rename_milestone(**given | values)
    with pytest.raises(ProcedureError, match="heißt der Meilenstein schon"):
        actions.rename_milestone(milestone=milestone, title="Fünf  Bueros reichen ein", reason="x", by=people.lead)
    former = actions.rename_milestone(
        milestone=milestone, title="Fünf Büros reichen ein", reason="Tippfehler", by=people.member
    )
    milestone.refresh_from_db()
    assert (milestone.title, former.title) == ("Fünf Büros reichen ein", "Fünf Bueros reichen ein")
    assert last_entry(running).act == "rename_milestone"
    assert last_entry(running).reason_hash == former.reason_digest()
    actions.reach_milestone(milestone=milestone, day=clock.today(), by=people.lead)
    actions.rename_milestone(milestone=milestone, title="Fünf Büros", reason="Kürzer", by=people.lead)
    assert milestone.former_titles.count() == 2
    milestone.refresh_from_db()
    assert (milestone.title, milestone.reached_on) == ("Fünf Büros", clock.today())


def test_what_is_given_up_is_renamed_no_more(people, running):
    milestone = plan(running, people)
    actions.give_up_milestone(milestone=milestone, reason="Entfällt", by=people.lead)
    with pytest.raises(ProcedureError, match="aufgegeben"):
        actions.rename_milestone(milestone=milestone, title="Anders", reason="x", by=people.lead)


def test_the_office_says_who_said_that_the_title_is_another(people, running):
    milestone = plan(running, people)
    with pytest.raises(Incomplete, match="Quelle"):
        actions.rename_milestone(milestone=milestone, title="Anders", reason="x", by=people.cdo)


def test_nothing_is_reached_in_the_future(people, running):
    milestone = plan(running, people)
    with pytest.raises(ProcedureError, match="Zukunft"):
        actions.reach_milestone(milestone=milestone, day=soon(1), by=people.lead)


def test_giving_up_needs_a_reason_and_keeps_the_milestone(people, running):
    milestone = plan(running, people)
    with pytest.raises(Incomplete):
        actions.give_up_milestone(milestone=milestone, reason=" ", by=people.lead)
    actions.give_up_milestone(milestone=milestone, reason="Niemand braucht es.", by=people.lead)
    milestone.refresh_from_db()
    assert (milestone.given_up_on, milestone.reason) == (clock.today(), "Niemand braucht es.")
    assert last_entry(running).reason_hash == milestone.reason_digest()


def test_after_the_end_only_what_was_reached_or_given_up_is_noted(people, running):
    first, second = plan(running, people, day=soon(-3)), plan(running, people, title="Noch etwas")
    Project.objects.filter(pk=running.pk).update(step=Step.COMPLETED)
    actions.reach_milestone(milestone=first, day=soon(-4), by=people.lead)
    actions.give_up_milestone(milestone=second, reason="Entfallen", by=people.lead)
    for act in (
        lambda: plan(running, people),
        lambda: actions.shift_milestone(milestone=second, day=soon(), reason="x", by=people.lead),
        lambda: report(running, people),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("step", [step for step in Step if step not in ("commissioned", "running", "completed")])
def test_in_other_steps_nothing_is_planned_or_reached(people, step):
    project = project_at(step)
    join(project, people.lead, "lead")
    with pytest.raises(NotAllowed):
        plan(project, people)
    with pytest.raises(NotAllowed):
        report(project, people)


# --- Whose word ---------------------------------------------------------------------------------------------------


def test_the_office_enters_what_the_team_said_and_names_where(people, running):
    with pytest.raises(Incomplete, match="Quelle"):
        plan(running, people, by=people.cdo)
    with pytest.raises(Incomplete, match="Quelle"):
        report(running, people, by=people.cdo)
    milestone = plan(running, people, by=people.cdo, source=SOURCE)
    assert milestone.days.get().source == SOURCE
    with pytest.raises(Incomplete, match="Quelle"):
        actions.shift_milestone(milestone=milestone, day=soon(50), reason="Später", by=people.cdo)
    with pytest.raises(Incomplete, match="Quelle"):
        actions.reach_milestone(milestone=milestone, day=clock.today(), by=people.cdo)
    with pytest.raises(Incomplete, match="Quelle"):
        actions.give_up_milestone(milestone=milestone, reason="Entfällt", by=people.cdo)
    actions.reach_milestone(milestone=milestone, day=clock.today(), source=SOURCE, by=people.cdo)
    milestone.refresh_from_db()
    assert milestone.closing_source == SOURCE
    assert report(running, people, by=people.cdo, source=SOURCE).source == SOURCE


def test_a_colleague_who_is_not_in_the_team_plans_nothing(people, running):
    with pytest.raises(NotAllowed):
        plan(running, people, by=people.other)
    assert not Milestone.objects.exists()


# --- Reports ------------------------------------------------------------------------------------------------------


def report(project: Project, people: SimpleNamespace, **others: object) -> StatusReport:
    values = {
        "as_of": clock.today(),
        "standing": "at_risk",
        "happened": "Die Lieferung fehlt.",
        "coming": "Wir warten.",
        "by": people.lead,
    }
    return actions.report(project=project, **(values | others))


def test_a_report_stays_and_the_next_one_puts_it_right(people, running):
    first = report(running, people, as_of=soon(-2))
    second = report(running, people, standing="on_track", happened="Sie ist doch da.", by=people.member)
    assert [row.pk for row in running.status_reports.all()] == [second.pk, first.pk]
    first.refresh_from_db()
    assert first.happened == "Die Lieferung fehlt."
    entry = last_entry(running)
    assert (entry.act, entry.to_state, entry.reason_hash) == ("report", "on_track", second.reason_digest())
    with pytest.raises(ProcedureError, match="späteren Stand"):
        report(running, people, as_of=soon(-1))


@pytest.mark.parametrize("empty", ["happened", "coming"])
def test_a_report_with_half_of_it_is_refused(people, running, empty):
    with pytest.raises(Incomplete):
        report(running, people, **{empty: " \n "})
    assert not StatusReport.objects.exists()


# --- Once, and on the state that was seen -------------------------------------------------------------------------


def test_the_same_form_sent_twice_writes_one_row(people, running):
    token, seen = uuid4(), running.version
    sent = {"form_token": token, "version": seen}
    assert plan(running, people, **sent) == plan(running, people, **sent)
    milestone = Milestone.objects.get()
    shift = {"day": soon(90), "reason": "Später", "by": people.lead, "form_token": uuid4(), "version": running.version}
    assert actions.shift_milestone(milestone=milestone, **shift) == actions.shift_milestone(
        milestone=milestone, **shift
    )
    running.refresh_from_db()
    sent = {"form_token": uuid4(), "version": running.version}
    assert report(running, people, **sent) == report(running, people, **sent)
    running.refresh_from_db()
    reach = {"day": clock.today(), "by": people.lead, "version": running.version}
    assert actions.reach_milestone(milestone=milestone, **reach) == actions.reach_milestone(
        milestone=milestone, **reach
    )
    assert (Milestone.objects.count(), MilestoneDay.objects.count(), StatusReport.objects.count()) == (1, 2, 1)
    acts = list(Entry.objects.filter(chain=f"project:{running.pk}").order_by("number").values_list("act", flat=True))
    assert acts[-4:] == ["plan_milestone", "shift_milestone", "report", "reach_milestone"]


def test_a_second_click_renames_once(people, running):
    milestone, token = plan(running, people), uuid4()
    for _click in range(2):
        actions.rename_milestone(milestone=milestone, title="Anders", reason="x", by=people.lead, form_token=token)
    assert milestone.former_titles.count() == 1


def test_somebody_elses_token_is_no_key_to_her_row(people, running):
    token = uuid4()
    mine = plan(running, people, form_token=token)
    hers = plan(running, people, form_token=token, by=people.member, title="Etwas anderes")
    assert mine != hers


def test_a_stale_click_is_refused(people, running):
    seen = running.version
    milestone = plan(running, people)
    for act in (
        lambda: plan(running, people, version=seen),
        lambda: report(running, people, version=seen),
        lambda: actions.reach_milestone(milestone=milestone, day=clock.today(), by=people.member, version=seen),
        lambda: actions.shift_milestone(milestone=milestone, day=soon(9), reason="x", by=people.member, version=seen),
        lambda: actions.give_up_milestone(milestone=milestone, reason="x", by=people.member, version=seen),
        lambda: actions.rename_milestone(milestone=milestone, title="x", reason="x", by=people.member, version=seen),
    ):
        with pytest.raises(StaleVersion):
            act()


# --- The database -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"title": ""},
        {"planned_precision": "unknown"},
        {"planned_until": date(2020, 1, 1)},
        {"given_up_on": date(2026, 1, 1)},
        {"reached_on": date(2026, 1, 1)},
        {"reason": "ohne Aufgabe"},
    ],
)
def test_the_database_refuses_a_milestone_that_cannot_be(people, running, broken):
    milestone = plan(running, people)
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.filter(pk=milestone.pk).update(**broken)


def test_the_database_refuses_a_second_day_without_a_reason_and_an_empty_report(people, running):
    milestone = plan(running, people)
    day = milestone.days.get()
    day.pk, day.number, day.form_token = None, 2, None
    with pytest.raises(IntegrityError), transaction.atomic():
        day.save(force_insert=True)
    written = report(running, people)
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusReport.objects.filter(pk=written.pk).update(coming="")
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusReport.objects.filter(pk=written.pk).update(standing="good")
