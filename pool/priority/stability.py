"""How safe a place is: the ranking under every accepted weighting, all of them, none drawn at random.

The group accepts ± `interval` whole percents per weight. Every weighting of four whole percents ≥ 0 that sum to 100
inside that interval is computed: 6,181 for ± 10 around 25 each. Projects with the same levels and the same class always
share their rank, so each such profile is computed once and counted as often as it occurs: however many projects there
are, there are no more profiles than combinations of levels. Integers only.
Source: Verfahrensordnung des Portals, „Erklärung“.
"""

import json
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from operator import add, attrgetter

from governance.record.rules import canonical_json, sha256
from pool.priority.rules import Candidate, Criteria, Weights, criteria_of

# Share of weightings with a rank of at most this.
RANKS_COUNTED = (1, 3, 5, 10, 20)
# Neighbours are practically tied if each comes before the other in at least one of so many weightings: 20 %.
ONE_IN = 5
# Counts into every digest: raise it when the computation itself changes.
METHOD = 1


@dataclass(frozen=True, slots=True)
class Profile:
    """What a rank depends on under any weighting, and how many projects have exactly this."""

    priority_class: int
    vernetzung: int
    effect: int
    kompetenzaufbau: int
    synergien: int
    smaller_effect: int
    projects: int

    def tie_break(self) -> tuple[int, ...]:
        """Return what decides between equal scores, as `Criteria` orders it."""
        return (self.effect, self.smaller_effect, self.vernetzung, self.synergien, self.kompetenzaufbau)


@dataclass(frozen=True, slots=True)
class Safety:
    """How one profile stands over all weightings; numbers of weightings, `total` of them.

    `median` is the middle rank, of an even number of weightings the better of the two middle ones. `at_rank` counts the
    weightings that give today's rank, `within` those with a rank of at most RANKS_COUNTED each. `before_next` counts
    those in which it stands before the next profile of today's order (None for the last).
    """

    rank: int
    best: int
    worst: int
    median: int
    at_rank: int
    within: tuple[int, ...]
    before_next: int | None
    total: int

    @property
    def is_certain(self) -> bool:
        """Tell whether every weighting gives the same rank."""
        return self.best == self.worst

    def is_tied_with_next(self) -> bool:
        """Tell whether this profile and the next each come before the other in at least 20 % of the weightings."""
        return self.before_next is not None and is_tied(self.before_next, self.total)


def is_tied(before: int, total: int) -> bool:
    """Tell whether, of `total` weightings, both `before` and the rest make up at least 20 %.

    Only for two that differ in something: then one of them comes before the other in every weighting.
    """
    return ONE_IN * before >= total and ONE_IN * (total - before) >= total


def weightings(weights: Weights, interval: int) -> Iterator[Weights]:
    """Yield every weighting of four whole percents ≥ 0 that sum to 100, each within ± `interval` of `weights`."""
    for vernetzung, effect, rest, first, last in _runs(weights, interval):
        for kompetenzaufbau in range(first, last + 1):
            yield Weights(vernetzung, effect, kompetenzaufbau, rest - kompetenzaufbau)


def number_of_weightings(weights: Weights, interval: int) -> int:
    """Return how many weightings `weightings` yields."""
    return sum(max(0, last - first + 1) for _v, _e, _rest, first, last in _runs(weights, interval))


def _runs(weights: Weights, interval: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield the weightings in runs: Vernetzung, effect, what remains for the other two, and the first and last weight
    of Kompetenzaufbau."""
    spans = [(max(0, part - interval), min(100, part + interval)) for part in weights.by_degree().values()]
    (v_from, v_to), (e_from, e_to), (k_from, k_to), (s_from, s_to) = spans
    for vernetzung in range(v_from, v_to + 1):
        for effect in range(e_from, e_to + 1):
            rest = 100 - vernetzung - effect
            yield vernetzung, effect, rest, max(k_from, rest - s_to), min(k_to, rest - s_from)


def profiles_of(criteria: Iterable[Criteria]) -> list[Profile]:
    """Return the profiles of an order in that order; `criteria` come as `rules.ranked` sorted them, best first."""
    counted = Counter(
        (row.priority_class, row.vernetzung, row.effect, row.kompetenzaufbau, row.synergien, row.smaller_effect)
        for row in criteria
    )
    return [Profile(*values, projects) for values, projects in counted.items()]


_values = attrgetter(*Profile.__slots__)


def digest_of(profiles: Sequence[Profile], weights: Weights, interval: int) -> str:
    """Return the SHA-256 of everything that `stability` depends on: the same state, the same digest, forever."""
    content = {
        "method": METHOD,
        "ranks": RANKS_COUNTED,
        "weights": asdict(weights),
        "interval": interval,
        "profiles": [_values(profile) for profile in profiles],
    }
    return sha256(canonical_json(content))


def stability(profiles: Sequence[Profile], weights: Weights, interval: int) -> list[Safety]:
    """Return the safety of each profile, in the order given, which is today's order under `weights`.

    The class precedes the score under every weighting, so each side of its border is computed for itself.
    """
    total = number_of_weightings(weights, interval)
    inside = [profile for profile in profiles if profile.priority_class]
    outside = [profile for profile in profiles if not profile.priority_class]
    found: list[Safety] = []
    first_rank = 1
    for side in (inside, outside):
        found += _side(side, weights, interval, first_rank=first_rank, total=total)
        first_rank += sum(profile.projects for profile in side)
    if inside and outside:  # the border of the class holds under every weighting
        last = len(inside) - 1
        found[last] = replace(found[last], before_next=total)
    return found


def _side(side: Sequence[Profile], weights: Weights, interval: int, *, first_rank: int, total: int) -> list[Safety]:
    """Return the safety of the profiles on one side of the class border, which begins at `first_rank`."""
    by_tie_break = sorted(range(len(side)), key=lambda place: side[place].tie_break())
    ranks = _ranks([side[place] for place in by_tie_break], weights, interval, first_rank)
    column_of = {place: column for column, place in enumerate(by_tie_break)}
    found = []
    rank = first_rank
    for place, profile in enumerate(side):
        column = sorted(ranks[column_of[place] :: len(side)])
        next_one = side[place + 1] if place + 1 < len(side) else None
        found.append(
            Safety(
                rank=rank,
                best=column[0],
                worst=column[-1],
                median=column[(total - 1) // 2],
                at_rank=bisect_right(column, rank) - bisect_right(column, rank - 1),
                within=tuple(bisect_right(column, most) for most in RANKS_COUNTED),
                before_next=times_before(profile, next_one, weights, interval) if next_one else None,
                total=total,
            )
        )
        rank += profile.projects
    return found


def _ranks(rows: Sequence[Profile], weights: Weights, interval: int, first_rank: int) -> "array[int]":
    """Return the rank of every profile under every weighting, one after the other; `rows`: worst tie-break first.

    The score and the row's number are packed into one integer, so that sorting plain integers sorts the profiles, ties
    included; from one weighting of a run to the next each integer grows by the same step.
    """
    bits = len(rows).bit_length()
    mask = (1 << bits) - 1
    projects = [row.projects for row in rows]
    steps = [(row.kompetenzaufbau - row.synergien) << bits for row in rows]
    found = array("H" if first_rank + sum(projects) < 2**16 else "L")
    ranks = [0] * len(rows)
    for vernetzung, effect, rest, first, last in _runs(weights, interval):
        if first > last:
            continue
        start = Weights(vernetzung, effect, first, rest - first)
        keys = [(_score(row, start) << bits) | number for number, row in enumerate(rows)]
        for _weight in range(first, last + 1):
            rank = first_rank
            for key in sorted(keys, reverse=True):
                number = key & mask
                ranks[number] = rank
                rank += projects[number]
            found.extend(ranks)
            keys = list(map(add, keys, steps))
    return found


def _score(row: Profile, weights: Weights) -> int:
    return (
        weights.vernetzung * row.vernetzung
        + weights.effect * row.effect
        + weights.kompetenzaufbau * row.kompetenzaufbau
        + weights.synergien * row.synergien
    )


def times_before(first: Profile, second: Profile, weights: Weights, interval: int) -> int:
    """Return in how many weightings `first` stands before `second`, both on the same side of the class border."""
    lead = (
        first.vernetzung - second.vernetzung,
        first.effect - second.effect,
        first.kompetenzaufbau - second.kompetenzaufbau,
        first.synergien - second.synergien,
    )
    # Equal scores count for whoever the tie-break favours: "more than 0" or "at least 0", that is more than -1.
    bound = -1 if first.tie_break() > second.tie_break() else 0
    times = 0
    for vernetzung, effect, rest, start, end in _runs(weights, interval):
        slope = lead[2] - lead[3]
        fixed = vernetzung * lead[0] + effect * lead[1] + rest * lead[3] - bound
        # Count the k in start..end with fixed + k × slope > 0.
        if slope == 0:
            times += max(0, end - start + 1) if fixed > 0 else 0
        elif slope > 0:
            times += max(0, end - max(start, -fixed // slope + 1) + 1)
        else:
            times += max(0, min(end, (fixed - 1) // -slope) - start + 1)
    return times


def to_content(found: Sequence[Safety]) -> str:
    """Return a result as canonical JSON, to be stored under its digest."""
    rows = [[row.rank, row.best, row.worst, row.median, row.at_rank, row.before_next, *row.within] for row in found]
    return canonical_json({"total": found[0].total if found else 0, "rows": rows})


def from_content(content: str) -> list[Safety]:
    """Return a result that `to_content` wrote."""
    stored = json.loads(content)
    return [
        Safety(
            rank=row[0],
            best=row[1],
            worst=row[2],
            median=row[3],
            at_rank=row[4],
            within=tuple(row[6:]),
            before_next=row[5],
            total=stored["total"],
        )
        for row in stored["rows"]
    ]


def stability_of(candidates: Iterable[Candidate], weights: Weights, threshold: int, interval: int) -> list[Safety]:
    """Return the safety of candidates, for whoever has only those, best first and one per profile."""
    criteria = sorted((criteria_of(each, weights, threshold) for each in candidates), key=Criteria.key, reverse=True)
    return stability(profiles_of(criteria), weights, interval)
