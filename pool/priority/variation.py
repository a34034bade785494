"""How far a place depends on single levels: one level of one project changed by one, within what opinions have named.

Weights and levels are varied apart. Of every project each of the five levels is moved up and down by one, as far as the
opinions of its round reach; each such change alone gives a ranking, and a project's best and worst rank are taken over
all of them. A dimension with fewer than two opinions has no range: its level stays as it is.
Source: Verfahrensordnung des Portals, „Erklärung“.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from pool.priority.rules import Candidate, Weights, criteria_of
from pool.priority.swap import Ranges, comes_before, level_swap, single_changes, with_change

OPINIONS_FOR_A_RANGE = 2


@dataclass(frozen=True, slots=True)
class Reach:
    """The best and the worst rank over all single changes of a level, today's included."""

    best: int
    worst: int


def range_of(levels: Iterable[int | None]) -> tuple[int, int] | None:
    """Return the lowest and the highest level opinions have named, or None for fewer than two; left out is never 0."""
    named = [level for level in levels if level is not None]
    return (min(named), max(named)) if len(named) >= OPINIONS_FOR_A_RANGE else None


def reach(
    candidates: Sequence[Candidate], ranges: Mapping[str, Ranges], weights: Weights, threshold: int
) -> dict[str, Reach]:
    """Return for each project, by id, its best and worst rank if one level of any one project were one off.

    A change of its own level can move a project far; a change of another's moves it by one place where the other one
    passes it. `ranges` are by project id; a project that is missing there has none.
    """
    key_of = {each.project_id: criteria_of(each, weights, threshold).key() for each in candidates}
    ordered = sorted(key_of.values())
    # By position in `ordered`: how many changes lift another project over it, and how many let one fall below it.
    passed, freed = [0] * (len(ordered) + 1), [0] * (len(ordered) + 1)
    own: dict[str, list[int]] = {}
    own_lifts: dict[str, int] = {}
    for each in candidates:
        old = key_of[each.project_id]
        own[each.project_id] = [_rank(ordered, old, counts_itself=False)]
        own_lifts[each.project_id] = 0
        for change in single_changes(each.levels, ranges.get(each.project_id, {})):
            new = criteria_of(with_change(each, change), weights, threshold).key()
            own[each.project_id].append(_rank(ordered, new, counts_itself=new < old))
            own_lifts[each.project_id] += new > old
            marks = passed if new > old else freed
            marks[bisect_left(ordered, min(old, new))] += 1
            marks[bisect_left(ordered, max(old, new))] -= 1
    is_passed, is_freed = list(accumulate(passed)), list(accumulate(freed))
    found = {}
    for each in candidates:
        ranks, place = own[each.project_id], bisect_left(ordered, key_of[each.project_id])
        found[each.project_id] = Reach(
            best=min(*ranks, ranks[0] - (1 if is_freed[place] else 0)),
            worst=max(*ranks, ranks[0] + (1 if is_passed[place] > own_lifts[each.project_id] else 0)),
        )
    return found


def _rank(ordered: Sequence[tuple[int, ...]], key: tuple[int, ...], *, counts_itself: bool) -> int:
    """Return the rank of `key` among all others; `counts_itself`: its own old key is among those above."""
    return len(ordered) - bisect_right(ordered, key) + 1 - counts_itself


def tied_by_a_level(
    upper: Candidate, lower: Candidate, ranges: Mapping[str, Ranges], weights: Weights, threshold: int
) -> bool:
    """Tell whether one single change of a level within what opinions have named exchanges two neighbours.

    Two that share a rank have nothing to exchange.
    """
    if not comes_before(upper, lower, weights, threshold):
        return False
    found = level_swap(
        upper,
        lower,
        weights,
        threshold,
        upper_ranges=ranges.get(upper.project_id, {}),
        lower_ranges=ranges.get(lower.project_id, {}),
    )
    return found is not None


def runs(is_tied_with_next: Sequence[bool]) -> list[range]:
    """Return the groups of practically tied neighbours: the runs of at least two places, each tied with the next."""
    found, start = [], 0
    for place, is_tied in enumerate([*is_tied_with_next, False]):
        if not is_tied:
            if place > start:
                found.append(range(start, place + 1))
            start = place + 1
    return found
