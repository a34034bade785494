"""The smallest single change that would exchange two neighbours of the ranking: integers in, integers out.

Looked for in this order, and the first kind that can do it is the answer: one level of one of the two by one; else a
shift of whole percents between two weights, the smallest; else, across the border of the priority class, the class
itself. Every answer is computed again before it is given: under the changed values the lower one truly comes first.
Source: Verfahrensordnung des Portals, „Erklärung“.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pool.priority.rules import COUNTING_STATES, Candidate, Degree, Levels, Weights, criteria_of

HIGHEST_LEVEL = 4
# The order in which changes of the same size are preferred. Nothing else distinguishes them.
DIMENSIONS = ("vernetzung", "effect_inward", "effect_outward", "kompetenzaufbau", "synergien")
LOWER, UPPER = "lower", "upper"

# The lowest and highest level a change may lead to, by dimension.
Ranges = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class LevelChange:
    """One level of one project, changed by one."""

    dimension: str
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class LevelSwap:
    """One level of the lower or the upper one, changed by one, exchanges them."""

    side: str
    dimension: str
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class WeightSwap:
    """So many whole percents, taken from one weight and given to another, exchange them."""

    raised: Degree
    lowered: Degree
    percents: int


@dataclass(frozen=True, slots=True)
class ClassSwap:
    """The lower one entering the priority class by a mark, or the upper one losing its marks, exchanges them."""

    side: str


Swap = LevelSwap | WeightSwap | ClassSwap


def single_changes(levels: Levels, ranges: Ranges | None = None) -> Iterator[LevelChange]:
    """Yield every change of one level by one that stays within `ranges` (0 to 4 for None), down before up.

    With `ranges`, a dimension that is not named does not change.
    """
    for dimension in DIMENSIONS:
        old = getattr(levels, dimension)
        lowest, highest = (0, HIGHEST_LEVEL) if ranges is None else ranges.get(dimension, (old, old))
        for new in (old - 1, old + 1):
            if lowest <= new <= highest and 0 <= new <= HIGHEST_LEVEL:
                yield LevelChange(dimension, old, new)


def with_change(candidate: Candidate, change: LevelChange | LevelSwap) -> Candidate:
    """Return the candidate with one level changed."""
    return replace(candidate, levels=replace(candidate.levels, **{change.dimension: change.new}))


def comes_before(first: Candidate, second: Candidate, weights: Weights, threshold: int) -> bool:
    """Tell whether `first` stands above `second`; those equal in everything share a rank, so neither does."""
    return criteria_of(first, weights, threshold).key() > criteria_of(second, weights, threshold).key()


def swap(upper: Candidate, lower: Candidate, weights: Weights, threshold: int) -> Swap | None:
    """Return the smallest single change by which `lower` would stand above `upper`, or None where there is none.

    Among changes of the same size: the lower one better before the upper one worse, and the dimensions in the order of
    DIMENSIONS; among weights the raised one first, then the lowered one, in the order of Degree. Two that share a rank
    have nothing to exchange: None.
    """
    if not comes_before(upper, lower, weights, threshold):
        return None
    return (
        level_swap(upper, lower, weights, threshold)
        or _weight_swap(upper, lower, weights, threshold)
        or _class_swap(upper, lower, weights, threshold)
    )


def level_swap(
    upper: Candidate,
    lower: Candidate,
    weights: Weights,
    threshold: int,
    *,
    upper_ranges: Ranges | None = None,
    lower_ranges: Ranges | None = None,
) -> LevelSwap | None:
    """Return the change of one level by one that exchanges the two, the preferred one, or None.

    `upper_ranges` and `lower_ranges` narrow the changes to levels somebody has named; see `single_changes`.
    """
    for change in single_changes(lower.levels, lower_ranges):
        if comes_before(with_change(lower, change), upper, weights, threshold):
            return LevelSwap(LOWER, change.dimension, change.old, change.new)
    for change in single_changes(upper.levels, upper_ranges):
        if comes_before(lower, with_change(upper, change), weights, threshold):
            return LevelSwap(UPPER, change.dimension, change.old, change.new)
    return None


def shifted(weights: Weights, change: WeightSwap) -> Weights:
    """Return the weights with the percents of `change` taken from one and given to another."""
    parts = weights.by_degree()
    parts[change.raised] += change.percents
    parts[change.lowered] -= change.percents
    return Weights(**{degree.value: weight for degree, weight in parts.items()})


def _weight_swap(upper: Candidate, lower: Candidate, weights: Weights, threshold: int) -> WeightSwap | None:
    """Return the smallest shift between two weights. t percents change the lead of the upper one by t × (its difference
    at the raised degree − at the lowered one), so the first t that turns it follows from one division."""
    above, below = criteria_of(upper, weights, threshold), criteria_of(lower, weights, threshold)
    if above.priority_class != below.priority_class:
        return None
    lead = above.score - below.score
    lower_wins_ties = below.key()[2:] > above.key()[2:]
    high, low = upper.levels.by_degree(), lower.levels.by_degree()
    difference = {degree: high[degree] - low[degree] for degree in Degree}
    percent_of = weights.by_degree()
    best: WeightSwap | None = None
    for raised in Degree:
        for lowered in Degree:
            gain = difference[lowered] - difference[raised]
            if gain <= 0:
                continue
            percents = -(-lead // gain) if lower_wins_ties else lead // gain + 1
            if 0 < percents <= percent_of[lowered] and (best is None or percents < best.percents):
                best = WeightSwap(raised, lowered, percents)
    if best is None or not comes_before(lower, upper, shifted(weights, best), threshold):
        return None
    return best


def _class_swap(upper: Candidate, lower: Candidate, weights: Weights, threshold: int) -> ClassSwap | None:
    """Only across the border: within one class the class is not what separates them."""
    above, below = criteria_of(upper, weights, threshold), criteria_of(lower, weights, threshold)
    if above.priority_class == below.priority_class:
        return None
    marked = replace(lower, mark_states=(*lower.mark_states, min(COUNTING_STATES)))
    if comes_before(marked, upper, weights, threshold):
        return ClassSwap(LOWER)
    if comes_before(lower, replace(upper, mark_states=()), weights, threshold):
        return ClassSwap(UPPER)
    return None
