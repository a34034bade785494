"""Safety and ties against brute force: every weighting, the whole order each time."""

from itertools import pairwise
from statistics import median_low

from hypothesis import given, settings
from hypothesis import strategies as st

from pool.priority.rules import EQUAL_WEIGHTS, Candidate, Levels, Weights, ranked
from pool.priority.stability import (
    RANKS_COUNTED,
    digest_of,
    from_content,
    number_of_weightings,
    profiles_of,
    stability,
    stability_of,
    to_content,
    weightings,
)
from pool.priority.variation import range_of, reach, runs, tied_by_a_level
from tests.pool.priority import pools


def test_ten_points_around_equal_weights_are_6181_weightings():
    found = list(weightings(EQUAL_WEIGHTS, 10))
    assert len(found) == len(set(found)) == number_of_weightings(EQUAL_WEIGHTS, 10) == 6181
    assert number_of_weightings(EQUAL_WEIGHTS, 15) == 19_871


@given(pools.weights(), st.integers(0, 15))
def test_every_weighting_inside_the_interval_and_no_other(weights, interval):
    found = list(weightings(weights, interval))
    assert sorted(map(str, found)) == sorted(map(str, pools.every_weighting(weights, interval)))
    assert len(found) == number_of_weightings(weights, interval)
    assert weights in found


@settings(max_examples=60, deadline=None)
@given(pools.pools(), pools.weights(), pools.threshold, st.integers(0, 4))
def test_safety_and_ties_agree_with_brute_force(pool, weights, threshold, interval):
    tried = [pools.ranks(pool, each, threshold) for each in pools.every_weighting(weights, interval)]
    order = ranked(pool, weights, threshold)
    found = {row.rank: row for row in stability_of(pool, weights, threshold, interval)}
    for row in order:
        seen = [ranks[row.candidate.project_id] for ranks in tried]
        safety = found[row.rank]
        assert (safety.best, safety.worst, safety.median) == (min(seen), max(seen), median_low(seen))
        assert safety.best <= row.rank <= safety.worst
        assert safety.at_rank == seen.count(row.rank)
        assert safety.within == tuple(sum(rank <= most for rank in seen) for most in RANKS_COUNTED)
        assert safety.total == len(tried)
    for upper, lower in pairwise(order):
        if upper.rank == lower.rank:
            continue
        first, second = upper.candidate.project_id, lower.candidate.project_id
        before = sum(ranks[first] < ranks[second] for ranks in tried)
        behind = sum(ranks[second] < ranks[first] for ranks in tried)
        assert found[upper.rank].before_next == before
        assert before + behind == len(tried)
        assert found[upper.rank].is_tied_with_next() == (100 * min(before, behind) >= 20 * len(tried))


@settings(max_examples=60, deadline=None)
@given(pools.pools(), pools.weights(), pools.threshold, st.data())
def test_the_reach_of_single_levels_agrees_with_brute_force(pool, weights, threshold, data):
    ranges = {
        each.project_id: {
            name: data.draw(st.tuples(pools.level, pools.level).map(sorted).map(tuple))
            for name in data.draw(st.sets(st.sampled_from(["vernetzung", "effect_inward", "synergien"])))
        }
        for each in pool[::2]
    }
    tried = [pool]
    for place, each in enumerate(pool):
        for name, (lowest, highest) in ranges.get(each.project_id, {}).items():
            for level in (getattr(each.levels, name) - 1, getattr(each.levels, name) + 1):
                if lowest <= level <= highest:
                    other = Levels(**{**_as_dict(each.levels), name: level})
                    changed = Candidate(each.project_id, each.pool_number, other, each.mark_states)
                    tried.append([*pool[:place], changed, *pool[place + 1 :]])
    ranks = [pools.ranks(each, weights, threshold) for each in tried]
    for project, found in reach(pool, ranges, weights, threshold).items():
        seen = [each[project] for each in ranks]
        assert (found.best, found.worst) == (min(seen), max(seen))
    order = ranked(pool, weights, threshold)
    for upper, lower in pairwise(order):
        first, second = upper.candidate.project_id, lower.candidate.project_id
        swaps = any(
            each[second] < each[first] and _differs_in(other, pool) in (first, second)
            for each, other in zip(ranks, tried, strict=True)
        )
        expected = swaps and upper.rank != lower.rank
        assert tied_by_a_level(upper.candidate, lower.candidate, ranges, weights, threshold) == expected


def _as_dict(levels: Levels) -> dict[str, int]:
    return {name: getattr(levels, name) for name in Levels.__slots__}


def _differs_in(one, other) -> str | None:
    return next((a.project_id for a, b in zip(one, other, strict=True) if a != b), None)


@given(pools.pools(), pools.weights(), pools.threshold)
def test_a_stored_result_comes_back_as_it_was_under_the_digest_of_its_state(pool, weights, threshold):
    profiles = profiles_of(row.criteria for row in ranked(pool, weights, threshold))
    found = stability(profiles, weights, 2)
    assert from_content(to_content(found)) == found
    assert sum(profile.projects for profile in profiles) == len(pool)
    digests = {digest_of(profiles, weights, interval) for interval in (2, 3)}
    assert len(digests | {digest_of(profiles[:-1], weights, 2)}) == 3


def test_the_same_state_has_the_same_digest_everywhere():
    profiles = profiles_of(row.criteria for row in ranked([Candidate("a", 1, Levels(3, 3, 1, 2, 3))], EQUAL_WEIGHTS, 3))
    assert digest_of(profiles, EQUAL_WEIGHTS, 10) == digest_of(list(profiles), Weights(25, 25, 25, 25), 10)


def test_no_project_no_safety():
    assert stability_of([], EQUAL_WEIGHTS, 3, 10) == []
    assert from_content(to_content([])) == []


def test_a_range_needs_two_opinions_and_a_level_left_out_is_none():
    assert range_of([3, None]) is None
    assert range_of([3, None, 1]) == (1, 3)


def test_groups_are_runs_of_neighbours():
    assert runs([True, True, False, False, True, False]) == [range(0, 3), range(4, 6)]
    assert runs([True]) == [range(0, 2)]
    assert runs([]) == []
