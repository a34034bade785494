"""The safety of places is computed once per state of the data, stored after the commit, and never out of date."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from governance.record import clock
from pool.lifecycle import Step
from pool.models import Place, RuleVersion, StabilityResult
from pool.priority import actions, queries
from pool.priority.queries import ranking, ranking_with_safety, safety_of, state_of
from pool.priority.stability import stability_of
from tests import cast, factories

pytestmark = pytest.mark.django_db

REASONS = dict.fromkeys(factories.LEVELS, "Ein Nachweis.")


@pytest.fixture
def people() -> cast.Cast:
    factories.rule_1()
    return cast.assemble()


@pytest.fixture
def committing(django_capture_on_commit_callbacks) -> Callable:
    """Begin as a new transaction does: nothing waits for the commit yet."""

    def begin(**how: bool) -> AbstractContextManager:
        connection.run_on_commit.clear()
        return django_capture_on_commit_callbacks(**how)

    return begin


@pytest.fixture
def rated(people, committing) -> list:
    """Four rated projects; what waits for the commit has run."""
    found = []
    with committing(execute=True):
        for vernetzung in (4, 3, 2, 2):
            project = factories.project_at(Step.POOLED)
            levels = factories.LEVELS | {"vernetzung": vernetzung}
            actions.rate(project=project, levels=levels, reasons=REASONS, by=people.cdo)
            found.append(project)
    return found


def stored() -> StabilityResult:
    return StabilityResult.objects.get(digest=state_of(ranking(include_examples=True)).digest)


def test_after_a_rating_the_result_of_the_new_state_is_stored(rated, django_assert_num_queries):
    assert stored().content
    state = state_of(ranking(include_examples=True))
    with django_assert_num_queries(1):
        found = safety_of(state)
    candidates = [entry.ranked.candidate for entry in ranking(include_examples=True).entries]
    assert found == stability_of(candidates, state.weights, 3, 10)
    assert [row.rank for row in found] == [1, 2, 3]


def test_a_transaction_computes_once_however_many_places_it_changes(rated, committing):
    with committing() as waiting:
        assert actions.replace_all() == 4
    assert waiting == [actions.store_stability]


def test_what_was_stored_for_an_older_state_goes(people, rated, committing):
    before = stored()
    with committing(execute=True):
        actions.reopen_rating(project=rated[0], reason="Neue Zahlen.", by=people.cdo)
    assert not StabilityResult.objects.filter(pk=before.pk).exists()
    assert stored().pk != before.pk


def test_without_a_stored_result_the_reader_computes_the_same_and_writes_nothing(rated):
    state = state_of(ranking(include_examples=True))
    found = safety_of(state)
    StabilityResult.objects.all().delete()
    assert safety_of(state) == found
    assert not StabilityResult.objects.exists()


def test_a_large_state_is_left_to_the_command(rated, monkeypatch):
    StabilityResult.objects.all().delete()
    assert actions.store_stability(at_most=1) == 0
    call_command("compute_stability", verbosity=0)
    assert stored().content


def test_a_wider_interval_is_another_state(rated):
    before = state_of(ranking(include_examples=True)).digest
    RuleVersion.objects.update(accepted_interval=12)
    assert state_of(ranking(include_examples=True)).digest != before


def test_a_weighting_that_begins_tomorrow_changes_nothing_today(rated):
    today = ranking_with_safety(include_examples=True)
    RuleVersion.objects.create(
        number=2,
        valid_from=clock.today() + timedelta(days=1),
        rubric=factories.rubric_1(),
        weight_vernetzung=0,
        weight_effect=40,
        weight_kompetenzaufbau=30,
        weight_synergien=30,
        accepted_interval=5,
    )
    again = ranking_with_safety(include_examples=True)
    assert [entry.ranked for entry in again.order.entries] == [entry.ranked for entry in today.order.entries]
    assert (again.safeties, again.groups) == (today.safeties, today.groups)
    tomorrow = ranking_with_safety(include_examples=True, day=clock.today() + timedelta(days=1))
    assert tomorrow.safeties != today.safeties


def test_best_shown_worst_for_every_entry_and_neighbours_of_one_rank_stand_in_one_group(rated):
    found = ranking_with_safety(include_examples=True)
    for place, entry in enumerate(found.order.entries):
        explained = found.explained(place)
        assert explained.safety.best <= entry.ranked.rank <= explained.safety.worst
        assert explained.safety.rank == entry.ranked.rank
    assert [entry.ranked.rank for entry in found.order.entries] == [1, 2, 3, 3]
    assert found.explained(3).group is not None
    assert found.explained(3).group == found.explained(2).group


def test_opinions_are_kept_with_the_place_and_tie_only_for_whoever_may_know(people):
    first, second = (people.joins(factories.project_at(Step.POOLED)) for _each in range(2))
    high = factories.LEVELS | {"synergien": 4, "vernetzung": 4}
    for person, levels in ((people.coordinator, high), (people.expert, high | {"vernetzung": 1, "synergien": 3})):
        factories.opinion(second, person, levels)
    actions.rate(project=first, levels=high, reasons=REASONS, by=people.cdo)
    actions.rate(project=second, levels=high | {"synergien": 3, "vernetzung": 3}, reasons=REASONS, by=people.cdo)
    place = Place.objects.get(project=second)
    assert place.level_ranges["vernetzung"] == [1, 4]
    knows = ranking_with_safety(include_examples=True, with_opinions=True, with_reach=True)
    assert knows.reaches[str(second.pk)].worst == 2
    blind = ranking_with_safety(include_examples=True)
    assert blind.reaches == {}
    assert blind.explained(1).reach is None


def test_a_pool_without_ratings_has_no_safety(people):
    found = ranking_with_safety(include_examples=True, with_opinions=True, with_reach=True)
    assert (found.safeties, found.groups, found.reaches) == ([], [], {})
    assert actions.store_stability() == 0


def test_the_state_alone_is_the_key_of_what_a_process_remembers(rated):
    state = state_of(ranking(include_examples=True))
    assert queries._computed(state) is queries._computed(state_of(ranking(include_examples=True)))
