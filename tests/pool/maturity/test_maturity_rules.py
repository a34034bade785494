"""A rating of record needs five whole levels 0 to 4 and five reasons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool.maturity.rules import effect, is_level, missing_levels

DIMENSIONS = ["vernetzung", "effect_inward", "effect_outward", "kompetenzaufbau", "synergien"]
LEVELS = dict.fromkeys(DIMENSIONS, 2)
REASONS = dict.fromkeys(DIMENSIONS, "Weil es so im Projektauftrag steht.")


@pytest.mark.parametrize("value", [0, 1, 2, 3, 4])
def test_the_levels_are_0_to_4(value):
    assert is_level(value)


@pytest.mark.parametrize("value", [-1, 5, 2.0, "2", "٣", "１", "1e2", None, True, False])
def test_nothing_else_is_a_level(value):
    assert not is_level(value)


def test_a_complete_rating_lacks_nothing():
    assert missing_levels(LEVELS, REASONS) == []


@pytest.mark.parametrize("left_out", DIMENSIONS)
def test_a_level_left_out_is_named_and_never_counts_as_0(left_out):
    levels = {name: 0 for name in DIMENSIONS if name != left_out}
    assert len(missing_levels(levels, REASONS)) == 1


@pytest.mark.parametrize("left_out", DIMENSIONS)
def test_a_reason_left_out_is_named(left_out):
    assert len(missing_levels(LEVELS, REASONS | {left_out: ""})) == 1


def test_an_empty_page_lacks_five_levels_and_five_reasons():
    assert len(missing_levels({}, {})) == 10


@given(st.integers(0, 4), st.integers(0, 4))
def test_the_effect_is_the_larger_of_inward_and_outward(inward, outward):
    assert effect(inward, outward) == effect(outward, inward)
    assert effect(inward, outward) in (inward, outward)
    assert effect(inward, outward) >= inward
