"""Score, priority class, order, shared ranks and their explanation: integers in, integers out.

Levels are 0–4, weights whole percents that sum to 100, scores 0–400 (shown as 0–100 in steps of 0.25). No
database, no clock, no floats: the same values give the same order everywhere and years later.
Source: Mainzer Weg, Reifegrade; Verfahrensordnung des Portals, „Klasse“, „Rangfolge“ und „Erklärung“.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

HIGHEST_SCORE = 400
SCHNELLBOOT_MONTHS = 12
# By how many whole percents each weight may differ when the safety of a place is computed: 6,181 weightings for 10
# around 25 each, 19,871 for 15. Beyond that a weight could fall below half or nearly double: another rule, no doubt.
DEFAULT_INTERVAL, WIDEST_INTERVAL = 10, 15
COUNTING_STATES = frozenset({"proposed", "confirmed"})


class Degree(StrEnum):
    """The four degrees that are weighted, in the order they are shown: V W K S."""

    VERNETZUNG = "vernetzung"
    EFFECT = "effect"
    KOMPETENZAUFBAU = "kompetenzaufbau"
    SYNERGIEN = "synergien"


@dataclass(frozen=True, slots=True)
class Weights:
    """Four whole percents that sum to 100."""

    vernetzung: int
    effect: int
    kompetenzaufbau: int
    synergien: int

    def __post_init__(self) -> None:
        parts = self.by_degree().values()
        if sum(parts) != 100 or min(parts) < 0:
            raise ValueError("Four weights of at least 0 sum to 100.")

    def by_degree(self) -> dict[Degree, int]:
        """Return the weights by degree, in percent."""
        return {degree: getattr(self, degree) for degree in Degree}


EQUAL_WEIGHTS = Weights(25, 25, 25, 25)


@dataclass(frozen=True, slots=True)
class Levels:
    """The five levels of a rating of record, 0–4 each."""

    vernetzung: int
    effect_inward: int
    effect_outward: int
    kompetenzaufbau: int
    synergien: int

    @property
    def effect(self) -> int:
        """The degree of effect: the larger of inward and outward."""
        return max(self.effect_inward, self.effect_outward)

    @property
    def smaller_effect(self) -> int:
        """The smaller of inward and outward, which only breaks ties."""
        return min(self.effect_inward, self.effect_outward)

    def by_degree(self) -> dict[Degree, int]:
        """Return the level of each weighted degree."""
        return {degree: getattr(self, degree) for degree in Degree}


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one degree adds to the score: `points` = weight × level, in the units of the score (0–400)."""

    degree: Degree
    level: int
    weight: int

    @property
    def points(self) -> int:
        """Weight in percent times level."""
        return self.weight * self.level


def contributions(levels: Levels, weights: Weights) -> tuple[Contribution, ...]:
    """Return the contribution of each degree; they add up to the score."""
    weight_of = weights.by_degree()
    return tuple(Contribution(degree, level, weight_of[degree]) for degree, level in levels.by_degree().items())


def score(levels: Levels, weights: Weights) -> int:
    """Return the score, an integer from 0 to 400: the sum of weight × level over the four degrees."""
    return sum(part.points for part in contributions(levels, weights))


def is_in_priority_class(*, mark_states: Iterable[str], effect: int, threshold: int) -> bool:
    """Tell whether a project is handled first: a mark proposed or confirmed, and an effect of at least `threshold`."""
    return effect >= threshold and any(state in COUNTING_STATES for state in mark_states)


def latest_visible_day(start_on: date) -> date:
    """Return the last day on which a Schnellboot begun on `start_on` must show its result: twelve months later.

    29 February is followed by 28 February; there is no day after the year 9999.
    """
    if start_on.year == date.max.year:
        return date.max
    try:
        return start_on.replace(year=start_on.year + 1)
    except ValueError:
        return start_on.replace(year=start_on.year + 1, day=28)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rated project as the order needs it."""

    project_id: str
    pool_number: int
    levels: Levels
    mark_states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Criteria:
    """What the order compares, first to last; larger comes first."""

    priority_class: int
    score: int
    effect: int
    smaller_effect: int
    vernetzung: int
    synergien: int
    kompetenzaufbau: int

    def key(self) -> tuple[int, ...]:
        """Return the values in the order they are compared."""
        return (
            self.priority_class,
            self.score,
            self.effect,
            self.smaller_effect,
            self.vernetzung,
            self.synergien,
            self.kompetenzaufbau,
        )


CRITERIA_NAMES = (
    "priority_class",
    "score",
    "effect",
    "smaller_effect",
    "vernetzung",
    "synergien",
    "kompetenzaufbau",
)


def criteria_of(candidate: Candidate, weights: Weights, threshold: int) -> Criteria:
    """Return what a candidate is ordered by under the given weights and class threshold."""
    levels = candidate.levels
    inside = is_in_priority_class(mark_states=candidate.mark_states, effect=levels.effect, threshold=threshold)
    return Criteria(
        priority_class=int(inside),
        score=score(levels, weights),
        effect=levels.effect,
        smaller_effect=levels.smaller_effect,
        vernetzung=levels.vernetzung,
        synergien=levels.synergien,
        kompetenzaufbau=levels.kompetenzaufbau,
    )


@dataclass(frozen=True, slots=True)
class Distance:
    """What separates two neighbours: the first criterion in which they differ, and by how much.

    `decided_by` is a name of CRITERIA_NAMES, or "equal". `points` is the upper one's score less the lower one's, in
    the units of the score; it is negative where the class decides against the score.
    """

    decided_by: str
    difference: int
    points: int


def distance(upper: Criteria, lower: Criteria) -> Distance:
    """Return what puts `upper` above `lower`."""
    points = upper.score - lower.score
    for name, above, below in zip(CRITERIA_NAMES, upper.key(), lower.key(), strict=True):
        if above != below:
            return Distance(decided_by=name, difference=above - below, points=points)
    return Distance(decided_by="equal", difference=0, points=0)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One place of the ranking and why it is this one."""

    candidate: Candidate
    criteria: Criteria
    rank: int
    is_shared: bool
    outscores_class: bool
    contributions: tuple[Contribution, ...]
    to_upper: Distance | None
    to_lower: Distance | None

    @property
    def score(self) -> int:
        """The score, 0–400."""
        return self.criteria.score


def ranked(candidates: Iterable[Candidate], weights: Weights, threshold: int) -> list[Ranked]:
    """Return all candidates in order with their ranks.

    What is equal in every criterion shares the rank (1, 2, 2, 4) and is listed by pool number, which is no priority.
    A candidate outside the priority class that scores higher than the last inside it is marked.
    """
    rows = [(criteria_of(candidate, weights, threshold), candidate) for candidate in candidates]
    rows.sort(key=lambda row: (*(-value for value in row[0].key()), row[1].pool_number, row[1].project_id))
    keys = [criteria.key() for criteria, _candidate in rows]
    last_inside = min((criteria.score for criteria, _candidate in rows if criteria.priority_class), default=None)
    result: list[Ranked] = []
    for index, (criteria, candidate) in enumerate(rows):
        is_tied_above = index > 0 and keys[index - 1] == keys[index]
        is_tied_below = index + 1 < len(rows) and keys[index + 1] == keys[index]
        result.append(
            Ranked(
                candidate=candidate,
                criteria=criteria,
                rank=result[-1].rank if is_tied_above else index + 1,
                is_shared=is_tied_above or is_tied_below,
                outscores_class=(
                    not criteria.priority_class and last_inside is not None and criteria.score > last_inside
                ),
                contributions=contributions(candidate.levels, weights),
                to_upper=distance(rows[index - 1][0], criteria) if index else None,
                to_lower=distance(criteria, rows[index + 1][0]) if index + 1 < len(rows) else None,
            )
        )
    return result


def ranking_content(entries: Sequence[Ranked]) -> list[dict[str, object]]:
    """Return the order as plain values: what a confirming chair has seen and a frozen form keeps."""
    return [
        {
            "project": entry.candidate.project_id,
            "pool_number": entry.candidate.pool_number,
            "rank": entry.rank,
            "score": entry.score,
            "in_class": bool(entry.criteria.priority_class),
        }
        for entry in entries
    ]
