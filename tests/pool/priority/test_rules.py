"""Score, order and explanation: the worked examples as printed, and what must hold for any pool."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool.priority.rules import (
    EQUAL_WEIGHTS,
    Candidate,
    Levels,
    Weights,
    contributions,
    criteria_of,
    distance,
    is_in_priority_class,
    latest_visible_day,
    ranked,
    score,
)
from pool.templatetags.figures import score_text

WORKED = {
    "E03": (Levels(3, 3, 3, 2, 4), "75"),
    "E13": (Levels(3, 3, 1, 2, 3), "68,75"),
    "E01": (Levels(2, 3, 2, 1, 3), "56,25"),
    "E14": (Levels(2, 2, 3, 1, 3), "56,25"),
    "E07": (Levels(2, 2, 3, 1, 2), "50"),
}

level = st.integers(0, 4)
levels = st.builds(Levels, level, level, level, level, level)
marks = st.lists(st.sampled_from(["proposed", "confirmed", "refused", "withdrawn"]), max_size=2).map(tuple)


@st.composite
def weights(draw: st.DrawFn) -> Weights:
    """Any four whole percents that sum to 100."""
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3)))
    return Weights(cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1], 100 - cuts[2])


@st.composite
def pools(draw: st.DrawFn) -> list[Candidate]:
    """Up to twelve rated projects with distinct pool numbers."""
    rated = draw(st.lists(st.tuples(levels, marks), max_size=12))
    return [Candidate(f"p{number}", number, each, states) for number, (each, states) in enumerate(rated, start=1)]


@pytest.mark.parametrize("name", WORKED)
def test_worked_examples_come_out_as_printed(name: str) -> None:
    rated, printed = WORKED[name]
    assert score_text(score(rated, EQUAL_WEIGHTS)) == printed


def test_worked_examples_rank_with_a_shared_place() -> None:
    order = ranked(
        [Candidate(name, number, rated) for number, (name, (rated, _)) in enumerate(WORKED.items(), start=1)],
        EQUAL_WEIGHTS,
        3,
    )
    assert [(entry.candidate.project_id, entry.rank) for entry in order] == [
        ("E03", 1),
        ("E13", 2),
        ("E01", 3),
        ("E14", 3),
        ("E07", 5),
    ]
    assert [entry.is_shared for entry in order] == [False, False, True, True, False]


def test_schnellboot_stands_above_a_higher_score_and_the_higher_score_is_marked() -> None:
    order = ranked(
        [
            Candidate("E03", 1, WORKED["E03"][0]),
            Candidate("boat", 2, Levels(1, 1, 3, 1, 1), ("proposed",)),
            Candidate("E07", 3, Levels(1, 0, 1, 1, 1)),
        ],
        EQUAL_WEIGHTS,
        3,
    )
    assert [(entry.candidate.project_id, score_text(entry.score)) for entry in order] == [
        ("boat", "37,5"),
        ("E03", "75"),
        ("E07", "25"),
    ]
    assert [entry.outscores_class for entry in order] == [False, True, False]
    assert order[0].to_lower is not None
    assert order[0].to_lower.decided_by == "priority_class"
    assert order[0].to_lower.points == -150


@pytest.mark.parametrize(
    ("states", "effect", "inside"),
    [
        ((), 4, False),
        (("proposed",), 2, False),
        (("proposed",), 3, True),
        (("confirmed",), 3, True),
        (("refused",), 4, False),
        (("withdrawn",), 4, False),
        (("refused", "confirmed"), 4, True),
    ],
)
def test_priority_class(states: tuple[str, ...], effect: int, inside: bool) -> None:
    assert is_in_priority_class(mark_states=states, effect=effect, threshold=3) is inside


TIE_BREAKS = [
    ("score", Levels(3, 2, 2, 2, 2), Levels(2, 2, 2, 2, 2)),
    ("effect", Levels(2, 3, 0, 2, 2), Levels(3, 2, 2, 2, 2)),
    ("smaller_effect", Levels(2, 3, 2, 2, 2), Levels(2, 3, 1, 2, 2)),
    ("vernetzung", Levels(3, 2, 2, 1, 2), Levels(2, 2, 2, 2, 2)),
    ("synergien", Levels(2, 2, 2, 1, 3), Levels(2, 2, 2, 2, 2)),
]


@pytest.mark.parametrize(("decided_by", "upper", "lower"), TIE_BREAKS)
def test_order_compares_one_criterion_after_the_other(decided_by: str, upper: Levels, lower: Levels) -> None:
    order = ranked([Candidate("lower", 1, lower), Candidate("upper", 2, upper)], EQUAL_WEIGHTS, 3)
    assert [entry.candidate.project_id for entry in order] == ["upper", "lower"]
    assert order[1].to_upper is not None
    assert order[1].to_upper.decided_by == decided_by


def test_kompetenzaufbau_decides_last_under_unequal_weights() -> None:
    uneven = Weights(50, 50, 0, 0)
    order = ranked(
        [Candidate("lower", 1, Levels(2, 2, 2, 1, 2)), Candidate("upper", 2, Levels(2, 2, 2, 3, 2))], uneven, 3
    )
    assert order[0].candidate.project_id == "upper"
    assert order[1].to_upper is not None
    assert order[1].to_upper.decided_by == "kompetenzaufbau"


@given(levels, weights())
def test_contributions_add_up_to_the_score(rated: Levels, weighting: Weights) -> None:
    total = score(rated, weighting)
    assert sum(part.points for part in contributions(rated, weighting)) == total
    assert 0 <= total <= 400


@given(pools(), weights(), st.randoms(use_true_random=False))
def test_order_is_total_and_unchanged_under_permutation(pool, weighting, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(pool)
    random.shuffle(shuffled)
    assert ranked(pool, weighting, 3) == ranked(shuffled, weighting, 3)


@given(pools(), weights())
def test_shared_ranks_are_exactly_the_equal_ones(pool: list[Candidate], weighting: Weights) -> None:
    order = ranked(pool, weighting, 3)
    for index, entry in enumerate(order):
        better = sum(1 for other in order if other.criteria.key() > entry.criteria.key())
        equal = sum(1 for other in order if other.criteria.key() == entry.criteria.key())
        assert entry.rank == better + 1
        assert entry.is_shared == (equal > 1)
        if index:
            assert order[index - 1].criteria.key() >= entry.criteria.key()


@given(pools(), levels, marks, weights())
def test_adding_a_project_changes_no_other_score(
    pool: list[Candidate], extra: Levels, states: tuple[str, ...], weighting: Weights
) -> None:
    before = {entry.candidate.project_id: entry.score for entry in ranked(pool, weighting, 3)}
    after = {
        entry.candidate.project_id: entry.score
        for entry in ranked([*pool, Candidate("new", 999, extra, states)], weighting, 3)
    }
    del after["new"]
    assert after == before


@given(pools(), weights())
def test_class_comes_before_score(pool: list[Candidate], weighting: Weights) -> None:
    inside = [entry.criteria.priority_class for entry in ranked(pool, weighting, 3)]
    assert inside == sorted(inside, reverse=True)


@given(pools(), weights())
def test_distances_name_the_first_difference(pool: list[Candidate], weighting: Weights) -> None:
    order = ranked(pool, weighting, 3)
    for upper, lower in itertools.pairwise(order):
        assert lower.to_upper == upper.to_lower == distance(upper.criteria, lower.criteria)
        assert (upper.rank == lower.rank) == (upper.to_lower is not None and upper.to_lower.decided_by == "equal")


@pytest.mark.parametrize("parts", [(25, 25, 25, 24), (100, 1, 0, -1), (0, 0, 0, 0)])
def test_weights_sum_to_100(parts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="sum to 100"):
        Weights(*parts)


@pytest.mark.parametrize(
    ("start", "latest"),
    [(date(2026, 1, 15), date(2027, 1, 15)), (date(2028, 2, 29), date(2029, 2, 28)), (date.max, date.max)],
)
def test_schnellboot_has_twelve_months(start: date, latest: date) -> None:
    assert latest_visible_day(start) == latest


def test_effect_is_the_larger_of_inward_and_outward() -> None:
    assert criteria_of(Candidate("a", 1, Levels(0, 1, 4, 0, 0)), EQUAL_WEIGHTS, 3).effect == 4
    assert criteria_of(Candidate("a", 1, Levels(0, 4, 1, 0, 0)), EQUAL_WEIGHTS, 3).smaller_effect == 1
