"""The one method that moves, and the acts that belong to no single step: what they need, write and refuse."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from governance.permissions import NotAllowed
from governance.record import clock
from governance.record.actions import actor_for, system_actor
from governance.record.models import Entry
from governance.record.queries import chain_breaks, reason_findings
from pool.decision.models import Sitting, SittingItem
from pool.delivery.actions import propose_completion
from pool.gate.actions import GateInput, answer_gate, decline_admission, return_for_revision
from pool.lifecycle import Act, Incomplete, ProcedureError, StaleVersion, Step
from pool.priority.actions import propose_class, rate, reopen_rating, resume
from pool.priority.models import Place
from pool.project.actions import correct_slip, merge, move, stop_taken_over, take_over, withdraw
from pool.project.models import Project
from pool.submission.actions import edit_text, submit
from tests.factories import (
    LEVELS,
    body,
    employed_in,
    five,
    gate_round,
    handlungsfeld,
    join,
    mandate,
    project_at,
    source,
    taken_over_at,
    unit,
    user_with,
)

INVISIBLE = pytest.mark.parametrize("nothing", ["", "   \n\t", "\u200b\u2060\u200b", "\ufeff", "\u00a0"], ids=ascii)


@pytest.fixture
def cdo(db):
    return user_with(employed_in(unit("stab-mainzdigital", "stabsstelle")), mandate("cdo"), username="cdo")


def submitter_of(project: Project):
    return project.mandates.get(role="submitter").person.person.user


def listed(project: Project, **values: object) -> SittingItem:
    actor = system_actor()
    sitting = Sitting.objects.create(
        body=body(), day=clock.today(), chair=actor, opened_by=actor, opened_at=clock.now(), is_example=False
    )
    return SittingItem.objects.create(
        sitting=sitting, number=1, kind="project", project=project, title=project.title, **values
    )


# --- Reasons that say nothing -------------------------------------------------------------------------------------


# act -> the step it is done in (None: a project that was taken over), and how it is done with an empty reason.
GIVEN_NO_REASON = {
    "withdraw": ("pooled", lambda asked, nothing: withdraw(**asked, reason=nothing)),
    "reopen_rating": ("assessed", lambda asked, nothing: reopen_rating(**asked, reason=nothing)),
    "resume": ("deferred", lambda asked, nothing: resume(**asked, reason=nothing)),
    "correct_slip": (
        "pooled",
        lambda asked, nothing: correct_slip(**asked, field="title", new_text="Neu", reason=nothing),
    ),
    "stop": (None, lambda asked, nothing: stop_taken_over(**asked, reason=nothing, lesson="Früher fragen")),
    "lesson": (None, lambda asked, nothing: stop_taken_over(**asked, reason="Ersetzt", lesson=nothing)),
    "return": (
        "submitted",
        lambda asked, nothing: return_for_revision(
            **asked, reason=nothing, remind_on=clock.today() + timedelta(days=9)
        ),
    ),
    "decline_admission": ("submitted", lambda asked, nothing: decline_admission(**asked, reason=nothing)),
    "answer_gate": (
        "submitted",
        lambda asked, nothing: answer_gate(**asked, answers={"nutzen": GateInput("no", nothing)}),
    ),
    "rate": (
        "pooled",
        lambda asked, nothing: rate(
            **asked, levels=LEVELS, reasons={**dict.fromkeys(LEVELS, "Grund"), "synergien": nothing}
        ),
    ),
    "propose_class": ("pooled", lambda asked, nothing: propose_class(**asked, mark="leuchtturm", reason=nothing)),
}


@INVISIBLE
@pytest.mark.parametrize("act", GIVEN_NO_REASON)
def test_a_reason_nobody_can_read_is_no_reason(act, nothing, cdo):
    """Zero-width and blank texts count as missing wherever the procedure asks for a reason; nothing is written."""
    step, do = GIVEN_NO_REASON[act]
    project = project_at(step) if step else taken_over_at("running")
    if act in ("return", "decline_admission"):
        gate_round(project, five("yes", nutzen="no"), by=system_actor())
    before = (project.version, project.step, Entry.objects.count())
    with pytest.raises(Incomplete):
        do({"project": project, "by": cdo}, nothing)
    project.refresh_from_db()
    assert (project.version, project.step, Entry.objects.count()) == before


@INVISIBLE
def test_a_result_nobody_can_read_is_no_result(nothing, db):
    project, lead = project_at("running"), user_with(employed_in(unit("amt-61")))
    join(project, lead, "lead")
    with pytest.raises(Incomplete):
        propose_completion(project=project, by=lead, result=nothing)


# --- Stale clicks -------------------------------------------------------------------------------------------------


CLICKED = {
    "withdraw": ("pooled", lambda seen: withdraw(**seen, reason="Grund")),
    "correct_slip": ("pooled", lambda seen: correct_slip(**seen, field="title", new_text="N", reason="Grund")),
    "edit_text": ("draft", lambda seen: edit_text(**seen, values={"title": "Meins"})),
    "submit": ("draft", lambda seen: submit(**seen)),
    "rate": ("pooled", lambda seen: rate(**seen, levels=LEVELS, reasons=dict.fromkeys(LEVELS, "Grund"))),
    "answer_gate": ("submitted", lambda seen: answer_gate(**seen, answers={"nutzen": GateInput("no", "Grund")})),
    "merge": ("pooled", lambda seen: merge(**seen, target=project_at("pooled"), reason="Doppelt")),
}


@pytest.mark.parametrize("act", CLICKED)
def test_a_stale_click_is_refused_and_changes_nothing(act, cdo):
    step, click = CLICKED[act]
    project = project_at(step)
    by, seen = (submitter_of(project) if step == "draft" else cdo), project.version
    Project.objects.filter(pk=project.pk).update(version=seen + 1, title="Inzwischen geändert")
    with pytest.raises(StaleVersion, match="inzwischen geändert"):
        click({"project": project, "by": by, "version": seen})
    fresh = Project.objects.get(pk=project.pk)
    assert (fresh.title, fresh.step, fresh.version) == ("Inzwischen geändert", project.step, seen + 1)


# --- Moving -------------------------------------------------------------------------------------------------------


def test_a_move_writes_one_row_of_history_and_one_entry(cdo):
    project = project_at("pooled")
    before = project.transitions.count(), project.version
    row = withdraw(project=project, by=cdo, reason="  Auf Wunsch vom 2. März  ")
    assert (project.transitions.count(), project.version) == (before[0] + 1, before[1] + 1)
    assert (row.from_step, row.to_step, row.reason) == ("pooled", "withdrawn", "Auf Wunsch vom 2. März")
    assert (project.step, project.step_since, row.on_day) == ("withdrawn", clock.today(), clock.today())
    entry = Entry.objects.get(chain=f"project:{project.pk}")
    assert (entry.from_state, entry.to_state, entry.reason_hash) == ("pooled", "withdrawn", row.reason_digest())
    assert list(chain_breaks()) == list(reason_findings()) == []


def test_days_that_belong_to_a_step_go_with_it(cdo):
    project = project_at("deferred")
    resume(project=project, by=cdo, reason="Früher möglich")
    assert (project.step, project.look_again_on) == ("assessed", None)


def test_on_its_day_a_deferred_project_is_resumed_without_a_reason(cdo):
    early, due = project_at("deferred"), project_at("deferred", look_again_on=clock.today())
    assert resume(project=due, by=cdo).to_step == "assessed"
    with pytest.raises(Incomplete, match="Begründen Sie"):
        resume(project=early, by=cdo)


def test_the_day_of_a_history_row_counts_in_berlin(at, cdo):
    project = project_at("pooled")
    with at("2026-12-31 23:59:59"):
        row = withdraw(project=project, by=cdo, reason="Wunsch")
    assert f"{row.on_day:%Y-%m-%d}" == "2026-12-31"


def test_the_day_to_look_again_is_the_one_that_stands_now(cdo):
    """The day of a project read earlier does not open it: a later Beschluss may have named another."""
    project = project_at("deferred", look_again_on=clock.today())
    Project.objects.filter(pk=project.pk).update(look_again_on=clock.today() + timedelta(days=30))
    with pytest.raises(Incomplete, match="Begründen Sie"):
        resume(project=project, by=cdo)


# --- Withdrawing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["draft", "submitted", "returned"])
def test_before_the_pool_the_submitter_withdraws_without_a_reason(step, db):
    project = project_at(step)
    assert withdraw(project=project, by=submitter_of(project)).to_step == Step.WITHDRAWN


@pytest.mark.parametrize("step", ["pooled", "assessed", "deferred"])
def test_from_the_pool_on_a_reason_is_demanded(step, db):
    project = project_at(step)
    with pytest.raises(Incomplete, match="zurückgezogen"):
        withdraw(project=project, by=submitter_of(project))
    assert withdraw(project=project, by=submitter_of(project), reason="Andere Lösung").to_step == Step.WITHDRAWN


@pytest.mark.parametrize("step", ["draft", "submitted", "pooled"])
def test_the_cdo_names_the_request_always(step, cdo):
    with pytest.raises(Incomplete):
        withdraw(project=project_at(step), by=cdo)


TAKES_AWAY = {
    "withdraw": lambda asked: withdraw(**asked, reason="Wunsch"),
    "merge": lambda asked: merge(**asked, target=project_at("pooled"), reason="Doppelt"),
    "reopen_rating": lambda asked: reopen_rating(**asked, reason="Neue Lage"),
}


@pytest.mark.parametrize("state", ["recorded", "confirmed"])
@pytest.mark.parametrize("act", TAKES_AWAY)
def test_while_a_sitting_has_recorded_it_nothing_takes_a_project_away(act, state, cdo):
    project, now = project_at("assessed"), clock.now()
    facts = {"state": state, "outcome": "commission", "recorded_by": system_actor(), "recorded_at": now}
    if state == "confirmed":
        facts |= {"confirmed_by": actor_for(cdo), "confirmed_at": now}
    item = listed(project, **facts)
    with pytest.raises(ProcedureError, match=str(item.sitting)):
        TAKES_AWAY[act]({"project": project, "by": cdo})
    project.refresh_from_db()
    assert project.step == "assessed"


@pytest.mark.parametrize("state", ["listed", "adjourned", "dropped"])
def test_only_listed_it_can_still_be_withdrawn(state, cdo):
    project = project_at("assessed")
    listed(project, state=state)
    assert withdraw(project=project, by=cdo, reason="Wunsch").to_step == Step.WITHDRAWN


# --- Merging ------------------------------------------------------------------------------------------------------


def test_merging_is_told_to_both_sides(cdo):
    project, target = project_at("pooled"), project_at("running")
    merge(project=project, target=target, by=cdo, reason="Dasselbe Vorhaben")
    project.refresh_from_db(), target.refresh_from_db()
    assert (project.step, project.merged_into) == ("merged", target)
    for side in (project, target):
        assert Entry.objects.filter(chain=f"project:{side.pk}", act="merge").count() == 1
    assert list(chain_breaks()) == []


@pytest.mark.parametrize("leave", [withdraw, merge])
def test_what_is_withdrawn_or_merged_leaves_the_ranking(leave, cdo):
    project = project_at("assessed")
    more = {"target": project_at("pooled")} if leave is merge else {}
    assert Place.objects.filter(project=project).exists()
    leave(project=project, by=cdo, reason="Grund", **more)
    assert not Place.objects.filter(project=project).exists()


@pytest.mark.parametrize("step", ["draft", "completed", "stopped", "withdrawn", "merged"])
def test_nothing_merges_into_a_draft_or_an_ended_project(step, cdo):
    with pytest.raises(ProcedureError, match="nichts mehr aufnehmen"):
        merge(project=project_at("pooled"), target=project_at(step), by=cdo, reason="Doppelt")


def test_nothing_merges_into_itself(cdo):
    project = project_at("pooled")
    with pytest.raises(ProcedureError, match="in sich selbst"):
        merge(project=project, target=project, by=cdo, reason="Doppelt")


def test_examples_and_real_projects_stay_apart(cdo):
    with pytest.raises(ProcedureError, match="bleiben getrennt"):
        merge(project=project_at("pooled"), target=project_at("pooled", is_example=True), by=cdo, reason="Doppelt")


@pytest.mark.parametrize("relation", ["submitter", "member", "lead office"])
def test_nobody_merges_anything_into_their_own(relation, cdo):
    project = project_at("pooled")
    target = project_at("pooled", lead_unit=unit("stab-mainzdigital") if relation == "lead office" else None)
    if relation != "lead office":
        join(target, cdo, relation)
    with pytest.raises(NotAllowed, match="befangen, das aufnehmen soll"):
        merge(project=project, target=target, by=cdo, reason="Doppelt")
    project.refresh_from_db()
    assert project.step == "pooled"


@pytest.mark.parametrize("leave", [withdraw, merge])
def test_a_round_of_the_gate_that_nobody_answers_any_more_is_closed(leave, cdo):
    project = project_at("submitted")
    answer_gate(project=project, answers={"nutzen": GateInput("no", "Wem?")}, by=cdo)
    more = {"target": project_at("pooled")} if leave is merge else {}
    leave(project=project, by=cdo, reason="Grund", **more)
    left = project.gate_rounds.get()
    assert (left.outcome, left.closed_by, bool(left.closed_at)) == ("left", actor_for(cdo), True)


# --- Slips and text versions --------------------------------------------------------------------------------------


def test_a_slip_is_corrected_and_the_old_text_is_kept(cdo):
    project = project_at("pooled", title="Parkschien per App")
    correct_slip(project=project, field="title", new_text=" Parkschein\nper App ", reason="Tippfehler", by=cdo)
    assert project.title == "Parkschein per App"
    old, new = project.text_versions.order_by("number")
    assert (old.content["title"], new.content["title"]) == ("Parkschien per App", "Parkschein per App")
    assert (new.kind, new.reason) == ("corrected", "Tippfehler")


@pytest.mark.parametrize("field", ["title", "problem", "benefit", "participation"])
@pytest.mark.parametrize("nothing", ["", " ", "\u200b"])
def test_correcting_a_slip_never_empties_a_text(field, nothing, cdo):
    project = project_at("pooled")
    with pytest.raises(Incomplete, match="nicht, den Text zu löschen"):
        correct_slip(project=project, field=field, new_text=nothing, reason="Versehen", by=cdo)


@pytest.mark.parametrize("field", ["step", "pool_number", "is_example", "lead_unit", "version", "nichts"])
def test_what_is_no_text_is_not_corrected(field, cdo):
    with pytest.raises(ProcedureError, match="lässt sich nicht berichtigen"):
        correct_slip(project=project_at("pooled"), field=field, new_text="1", reason="Grund", by=cdo)


@pytest.mark.parametrize("text", ["x" * 121, "", "\u200b"])
def test_a_correction_keeps_to_the_bounds_of_the_field(text, cdo):
    project = project_at("pooled", title="Alt")
    with pytest.raises((ValidationError, Incomplete)):
        correct_slip(project=project, field="title", new_text=text, reason="Grund", by=cdo)
    assert Project.objects.get(pk=project.pk).title == "Alt"


def test_what_was_never_submitted_has_no_slip_to_correct(cdo):
    project = project_at("draft")
    withdraw(project=project, by=submitter_of(project))
    with pytest.raises(ProcedureError, match="blieb ein Entwurf"):
        correct_slip(project=project, field="title", new_text="Neu", reason="Tippfehler", by=cdo)


# --- Taking over --------------------------------------------------------------------------------------------------


def taken(by, **values):
    facts = {
        "title": "WLAN in Bussen",
        "short_text": "Läuft.",
        "lead_unit": unit("amt-33"),
        "lead_handlungsfeld": handlungsfeld(),
        "step": Step.RUNNING,
        "source": source(),
        "source_read_on": clock.today(),
        "on_day": None,
    }
    return take_over(by=by, **(facts | values))


def test_a_project_taken_over_stands_on_its_source(cdo):
    project = taken(cdo)
    assert (project.step, project.pool_number, project.is_taken_over) == ("running", None, True)
    assert project.source_links.get().source.key == "MW"
    assert not project.gate_rounds.exists()
    assert not project.ratings.exists()
    row = project.transitions.get()
    assert (row.act, row.from_step, row.to_step, row.on_day, row.precision) == (
        "take_over",
        "",
        "running",
        None,
        "unknown",
    )


@pytest.mark.parametrize("name", ["source_read_on", "on_day"])
def test_nobody_has_read_tomorrow_where_a_project_stands(name, cdo):
    with pytest.raises(ProcedureError, match="Tage bis heute"):
        taken(cdo, **{name: clock.today() + timedelta(days=1)})
    assert taken(cdo, **{name: clock.today()})


def test_the_import_takes_over_without_an_account(db):
    handlungsfeld()
    project = taken(None, natural_key="R-01")
    assert project.created_by.kind == "import"
    assert not project.is_example


def test_only_a_project_taken_over_is_stopped_by_the_cdo_alone(cdo):
    with pytest.raises(NotAllowed):
        stop_taken_over(project=project_at("running"), by=cdo, reason="Ersetzt", lesson="Früher fragen")
    project = taken_over_at("running")
    stop_taken_over(project=project, by=cdo, reason="Ersetzt", lesson="Früher fragen")
    assert (project.step, project.result) == ("stopped", "Früher fragen")


# --- What the database refuses whoever writes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"step": "approved"},
        {"title": ""},
        {"short_text": ""},
        {"lead_unit": None},
        {"lead_handlungsfeld": None},
        {"pool_number": None},
        {"step": "deferred"},
        {"look_again_on": clock.today()},
        {"step": "returned", "pool_number": None},
        {"remind_on": clock.today()},
        {"step": "merged"},
        {"in_operation": True},
        {"step": "submitted"},
        {"is_taken_over": True},
    ],
    ids=str,
)
def test_the_database_refuses_a_project_that_cannot_be(values, db):
    project = project_at("pooled")
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(**values)


@pytest.mark.parametrize(
    ("act", "step"),
    [
        ("return", "submitted"),
        ("decline_admission", "submitted"),
        ("reopen_rating", "assessed"),
        ("reopen_gate", "rejected"),
        ("decline", "assessed"),
        ("reconsider", "declined"),
        ("stop", "running"),
        ("withdraw", "pooled"),
        ("withdraw", "assessed"),
        ("withdraw", "deferred"),
    ],
)
def test_the_database_refuses_a_step_without_its_reason(act, step, db):
    project = project_at("pooled")
    facts = {"to_step": "pooled", "at": clock.now(), "on_day": clock.today(), "by": system_actor()}
    with pytest.raises(IntegrityError), transaction.atomic():
        project.transitions.create(act=act, from_step=step, reason="", **facts)
    removed = project.transitions.create(act=act, from_step=step, reason="", reason_removed_at=clock.now(), **facts)
    assert project.transitions.create(act="withdraw", from_step="submitted", **facts).pk > removed.pk


def test_the_database_refuses_a_role_in_a_project_without_its_source(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        project_at("pooled").mandates.update(source="")


def test_a_pool_number_is_given_once(db):
    first, second = project_at("pooled"), project_at("pooled")
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=second.pk).update(pool_number=first.pool_number)


def test_a_step_never_changes_without_a_row_of_history(cdo):
    """`move` is atomic: where writing the history fails, the step stays."""
    project = project_at("pooled")

    def fail(*_args: object) -> None:
        raise ProcedureError("kaputt")

    with pytest.raises(ProcedureError):
        move(project=project, act=Act.RATE, by=cdo, write_row=fail)
    fresh = Project.objects.get(pk=project.pk)
    assert (fresh.step, fresh.transitions.count()) == ("pooled", project.transitions.count())
