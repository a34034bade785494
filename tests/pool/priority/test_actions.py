"""Rating ranks at once; class marks follow their rules; leaving `assessed` takes the place away."""

from datetime import date, timedelta

import pytest

from governance.models import Entry
from governance.permissions import NotAllowed
from governance.record import clock
from governance.strategy.rules import Dimension
from pool.lifecycle import IllegalMove, Incomplete, ProcedureError, StaleVersion, Step
from pool.models import ClassMark, Place, Project, Rating
from pool.permissions import Authority
from pool.priority import actions
from pool.priority.queries import ranking
from tests import cast, factories

pytestmark = pytest.mark.django_db

LEVELS = {"vernetzung": 3, "effect_inward": 3, "effect_outward": 1, "kompetenzaufbau": 2, "synergien": 3}
REASONS = {name: f"Nachweis zu {name}" for name in Dimension.values}


@pytest.fixture
def people() -> cast.Cast:
    return cast.assemble()


@pytest.fixture
def pooled() -> Project:
    factories.rule_1()
    return factories.project_at(Step.POOLED)


@pytest.fixture
def assessed(people: cast.Cast, pooled: Project) -> Project:
    actions.rate(project=pooled, levels=LEVELS, reasons=REASONS, by=people.cdo)
    return pooled


def test_rating_moves_ranks_and_writes_one_entry_with_the_reasons(people: cast.Cast, pooled: Project) -> None:
    before = Entry.objects.filter(chain=f"project:{pooled.pk}").count()
    rating = actions.rate(project=pooled, levels=LEVELS, reasons=REASONS, by=people.cdo, version=pooled.version)
    assert pooled.step == Step.ASSESSED
    assert pooled.place.score == 275
    entries = Entry.objects.filter(chain=f"project:{pooled.pk}").order_by("number")
    assert entries.count() == before + 1
    last = entries.last()
    assert (last.act, last.from_state, last.to_state) == ("rate", "pooled", "assessed")
    assert last.reason_hash == rating.reason_digest()
    order = ranking(include_examples=False)
    assert [entry.project.pk for entry in order.entries] == [pooled.pk]


@pytest.mark.parametrize("name", Dimension.values)
@pytest.mark.parametrize("blank", ["", "   ", "\u200b\u2060"])
def test_every_level_needs_a_reason(people: cast.Cast, pooled: Project, name: str, blank: str) -> None:
    with pytest.raises(Incomplete):
        actions.rate(project=pooled, levels=LEVELS, reasons=REASONS | {name: blank}, by=people.cdo)
    pooled.refresh_from_db()
    assert pooled.step == Step.POOLED
    assert not Rating.objects.exists()


@pytest.mark.parametrize("name", Dimension.values)
def test_no_level_may_be_left_out(people: cast.Cast, pooled: Project, name: str) -> None:
    levels = {key: value for key, value in LEVELS.items() if key != name}
    with pytest.raises(Incomplete):
        actions.rate(project=pooled, levels=levels, reasons=REASONS, by=people.cdo)
    assert not Place.objects.exists()


def test_nobody_rates_their_own_but_the_deputy_does_in_their_place(people: cast.Cast, pooled: Project) -> None:
    people.joins(pooled)
    with pytest.raises(NotAllowed, match="befangen"):
        actions.rate(project=pooled, levels=LEVELS, reasons=REASONS, by=people.cdo_who_submitted)
    rating = actions.rate(project=pooled, levels=LEVELS, reasons=REASONS, by=people.cdo_deputy_of_barred)
    assert str(rating.in_place_of) == str(people.cdo_who_submitted)
    assert Entry.objects.filter(act="rate").get().in_place_of_id == rating.in_place_of_id


def test_rating_refuses_a_stale_click(people: cast.Cast, pooled: Project) -> None:
    with pytest.raises(StaleVersion):
        actions.rate(project=pooled, levels=LEVELS, reasons=REASONS, by=people.cdo, version=pooled.version + 1)


def test_reopening_keeps_the_old_rating_and_takes_the_place(people: cast.Cast, assessed: Project) -> None:
    with pytest.raises(Incomplete):
        actions.reopen_rating(project=assessed, reason=" ", by=people.cdo)
    actions.reopen_rating(project=assessed, reason="Neue Zahlen liegen vor.", by=people.cdo)
    assert assessed.step == Step.POOLED
    assert not Place.objects.filter(project=assessed).exists()
    second = actions.rate(project=assessed, levels=LEVELS | {"vernetzung": 4}, reasons=REASONS, by=people.cdo)
    assert [(row.number, row.is_current) for row in assessed.ratings.order_by("number")] == [(1, False), (2, True)]
    assert second.number == 2
    assert Place.objects.get(project=assessed).score == 300


def test_resume_waits_for_its_day_or_a_reason(people: cast.Cast) -> None:
    factories.rule_1()
    deferred = factories.project_at(Step.DEFERRED)
    with pytest.raises(Incomplete, match="Vorgemerkt ist der"):
        actions.resume(project=deferred, by=people.cdo)
    actions.resume(project=deferred, by=people.cdo, reason="Die Förderung kam früher.")
    assert deferred.step == Step.ASSESSED
    assert deferred.look_again_on is None
    assert Place.objects.filter(project=deferred).exists()


def test_resume_needs_no_reason_once_the_day_is_reached(people: cast.Cast) -> None:
    factories.rule_1()
    deferred = factories.project_at(Step.DEFERRED, look_again_on=clock.today())
    actions.resume(project=deferred, by=people.cdo)
    assert deferred.step == Step.ASSESSED


def test_a_proposed_leuchtturm_counts_at_once_and_withdrawing_ends_it(people: cast.Cast, assessed: Project) -> None:
    with pytest.raises(Incomplete):
        actions.propose_class(project=assessed, mark="leuchtturm", reason="", by=people.cdo)
    actions.propose_class(project=assessed, mark="leuchtturm", reason="Strahlt in alle Ämter.", by=people.cdo)
    assert Place.objects.get(project=assessed).in_priority_class
    with pytest.raises(ProcedureError, match="schon vorgeschlagen"):
        actions.propose_class(project=assessed, mark="leuchtturm", reason="Noch einmal.", by=people.cdo)
    actions.withdraw_class(project=assessed, mark="leuchtturm", by=people.cdo)
    assert not Place.objects.get(project=assessed).in_priority_class
    assert [row.state for row in assessed.class_marks.order_by("pk")] == ["proposed", "withdrawn"]


def test_a_schnellboot_shows_its_result_within_twelve_months(people: cast.Cast, assessed: Project) -> None:
    start = date(2026, 3, 2)
    propose = {"project": assessed, "mark": "schnellboot", "reason": "Schnell sichtbar.", "by": people.cdo}
    with pytest.raises(Incomplete):
        actions.propose_class(**propose)
    with pytest.raises(ProcedureError, match="höchstens zwölf Monate"):
        actions.propose_class(**propose, start_on=start, visible_on=date(2027, 3, 3))
    with pytest.raises(ProcedureError, match="vor dem Beginn"):
        actions.propose_class(**propose, start_on=start, visible_on=start - timedelta(days=1))
    mark = actions.propose_class(**propose, start_on=start, visible_on=date(2027, 3, 2))
    assert mark.state == ClassMark.State.PROPOSED


def test_after_an_item_only_an_item_changes_a_mark(people: cast.Cast, assessed: Project) -> None:
    actions.propose_class(project=assessed, mark="leuchtturm", reason="Strahlt.", by=people.cdo)
    authority = Authority(actor=people.chair.actor_person.actor)
    actions.decide_class(
        project=assessed, mark="leuchtturm", confirms=False, reason="Noch zu klein.", authority=authority
    )
    assert not Place.objects.get(project=assessed).in_priority_class
    with pytest.raises(ProcedureError, match="nur ein Beschluss"):
        actions.propose_class(project=assessed, mark="leuchtturm", reason="Doch.", by=people.cdo)
    with pytest.raises(ProcedureError):
        actions.withdraw_class(project=assessed, mark="leuchtturm", by=people.cdo)


def test_a_mark_below_the_threshold_stays_outside_the_class(people: cast.Cast, pooled: Project) -> None:
    weak = LEVELS | {"effect_inward": 2, "effect_outward": 2}
    actions.propose_class(project=pooled, mark="leuchtturm", reason="Strahlt.", by=people.cdo)
    actions.rate(project=pooled, levels=weak, reasons=REASONS, by=people.cdo)
    entry = ranking(include_examples=False).entries[0]
    assert entry.is_marked_but_outside
    assert not entry.ranked.criteria.priority_class


def test_rating_twice_is_refused(people: cast.Cast, assessed: Project) -> None:
    with pytest.raises(IllegalMove):
        actions.rate(project=assessed, levels=LEVELS, reasons=REASONS, by=people.cdo)


def test_stored_places_agree_with_the_order(people: cast.Cast) -> None:
    """The database's order of stored places is the order of the rules, on every database."""
    factories.rule_1()
    samples = [(3, 3, 3, 2, 4), (2, 3, 2, 1, 3), (2, 2, 3, 1, 3), (1, 1, 3, 1, 1), (0, 0, 0, 0, 0), (4, 2, 2, 2, 2)]
    for index, sample in enumerate(samples):
        project = factories.project_at(Step.POOLED)
        if index == 3:
            actions.propose_class(
                project=project,
                mark="schnellboot",
                reason="Schnell.",
                by=people.cdo,
                start_on=date(2026, 1, 1),
                visible_on=date(2026, 9, 1),
            )
        actions.rate(
            project=project, levels=dict(zip(Dimension.values, sample, strict=True)), reasons=REASONS, by=people.cdo
        )
    stored = [place.project_id for place in Place.objects.select_related("project")]
    assert stored == [entry.project.pk for entry in ranking(include_examples=False).entries]


def test_examples_stay_out_of_the_real_order(people: cast.Cast, assessed: Project) -> None:
    example = factories.project_at(Step.ASSESSED, is_example=True)
    factories.place(example)
    assert [entry.project.pk for entry in ranking(include_examples=False).entries] == [assessed.pk]
    assert {entry.project.pk for entry in ranking(include_examples=True).entries} == {assessed.pk, example.pk}


def test_deciding_a_class_is_on_record_as_a_decision_not_a_proposal(people: cast.Cast, assessed: Project) -> None:
    actions.propose_class(project=assessed, mark="leuchtturm", reason="Strahlt.", by=people.cdo)
    authority = Authority(actor=people.chair.actor_person.actor)
    actions.decide_class(project=assessed, mark="leuchtturm", confirms=True, reason="", authority=authority)
    last = Entry.objects.filter(chain=f"project:{assessed.pk}").order_by("number").last()
    assert (last.act, last.from_state, last.to_state) == ("decide_class", "proposed", "confirmed")
