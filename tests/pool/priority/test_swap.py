"""The smallest single change that exchanges two neighbours, against trying everything."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pool.priority.rules import Candidate, Degree, Levels, Weights, ranked
from pool.priority.swap import (
    DIMENSIONS,
    LOWER,
    UPPER,
    ClassSwap,
    LevelSwap,
    WeightSwap,
    comes_before,
    shifted,
    single_changes,
    swap,
    with_change,
)
from tests.pool.priority import pools

EQUAL = Weights(25, 25, 25, 25)


def candidate(*levels: int, marks: tuple[str, ...] = (), number: int = 1) -> Candidate:
    return Candidate(f"P{number}", number, Levels(*levels), marks)


def every_level_swap(upper, lower, weights, threshold) -> set[tuple[str, str, int]]:
    found = set()
    for name in DIMENSIONS:
        for step in (-1, 1):
            for side, changed, other in ((LOWER, lower, upper), (UPPER, upper, lower)):
                new = getattr(changed.levels, name) + step
                if not 0 <= new <= 4:
                    continue
                other_self = replace(changed, levels=replace(changed.levels, **{name: new}))
                first, second = (other_self, other) if side == LOWER else (other, other_self)
                if comes_before(first, second, weights, threshold):
                    found.add((side, name, new))
    return found


def smallest_shift(upper, lower, weights, threshold) -> int | None:
    for percents in range(1, 101):
        for raised in Degree:
            for lowered in Degree:
                parts = weights.by_degree()
                if raised == lowered or parts[lowered] < percents:
                    continue
                parts[raised] += percents
                parts[lowered] -= percents
                if comes_before(lower, upper, Weights(*parts.values()), threshold):
                    return percents
    return None


@given(pools.pools(least=2, most=2), pools.weights(), pools.threshold)
def test_the_swap_is_the_smallest_there_is_and_truly_swaps(pair, weights, threshold):
    order = ranked(pair, weights, threshold)
    upper, lower = (row.candidate for row in order)
    found = swap(upper, lower, weights, threshold)
    if order[0].is_shared:
        assert found is None
        return
    levels = every_level_swap(upper, lower, weights, threshold)
    same_class = order[0].criteria.priority_class == order[1].criteria.priority_class
    if levels:
        assert isinstance(found, LevelSwap)
        assert (found.side, found.dimension, found.new) in levels
        assert found.side == LOWER or not any(side == LOWER for side, _name, _new in levels)
        return
    percents = smallest_shift(upper, lower, weights, threshold)
    if percents is not None:
        assert isinstance(found, WeightSwap)
        assert found.percents == percents
        assert comes_before(lower, upper, shifted(weights, found), threshold)
        return
    if same_class:
        assert found is None
        return
    marked = comes_before(replace(lower, mark_states=("proposed",)), upper, weights, threshold)
    unmarked = comes_before(lower, replace(upper, mark_states=()), weights, threshold)
    expected = ClassSwap(LOWER) if marked else ClassSwap(UPPER) if unmarked else None
    assert found == expected


@given(pools.levels, st.data())
def test_changes_stay_within_the_ranges_given(levels, data):
    lowest = data.draw(pools.level)
    ranges = {"synergien": (lowest, data.draw(st.integers(lowest, 4)))}
    for change in single_changes(levels, ranges):
        assert change.dimension == "synergien"
        assert ranges["synergien"][0] <= change.new <= ranges["synergien"][1]
        assert abs(change.new - change.old) == 1
        assert with_change(candidate(1, 1, 1, 1, 1), change).levels.synergien == change.new


def test_one_level_more_of_the_lower_one_is_preferred():
    upper, lower = candidate(3, 3, 1, 2, 3), candidate(2, 3, 1, 2, 3, number=2)
    assert swap(upper, lower, EQUAL, 3) == LevelSwap(LOWER, "effect_inward", 3, 4)


def test_weights_are_shifted_where_no_level_does_it():
    upper, lower = candidate(4, 4, 0, 1, 4), candidate(1, 1, 1, 4, 4, number=2)
    found = swap(upper, lower, Weights(30, 20, 20, 30), 3)
    assert found == WeightSwap(Degree.KOMPETENZAUFBAU, Degree.VERNETZUNG, 16)


def test_across_the_border_it_is_the_effect_or_the_class():
    inside = candidate(2, 3, 1, 1, 1, marks=("confirmed",))
    outside = candidate(4, 4, 4, 4, 4, number=2)
    assert swap(inside, outside, EQUAL, 3) == LevelSwap(UPPER, "effect_inward", 3, 2)
    strong = candidate(2, 4, 1, 1, 1, marks=("confirmed",))
    assert swap(strong, outside, EQUAL, 3) == ClassSwap(LOWER)
    assert swap(strong, candidate(4, 2, 2, 4, 4, number=2), EQUAL, 3) == ClassSwap(UPPER)


def test_sometimes_no_single_change_does_it():
    assert swap(candidate(4, 4, 4, 4, 4), candidate(1, 1, 1, 1, 1, number=2), EQUAL, 3) is None
