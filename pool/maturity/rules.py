"""What a rating of record and an opinion need, how far opinions lie apart, what the degree of effect is: values only.

Source: Mainzer Weg, Prüfschritt 2 (Reifegrade); Verfahrensordnung des Portals, „Bewertung“.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from governance.strategy.rules import HIGHEST_LEVEL, LOWEST_LEVEL, Dimension

# From this many levels between the lowest and the highest opinion on a spread is marked: better talked over first.
LARGE_SPREAD = 2
SENT, ABSTAINED, BIASED = "sent", "abstained", "biased"


def is_level(value: object) -> bool:
    """Tell whether `value` is one of the whole numbers 0 to 4 (nothing else that merely looks like one)."""
    return isinstance(value, int) and not isinstance(value, bool) and LOWEST_LEVEL <= value <= HIGHEST_LEVEL


def missing_levels(levels: Mapping[str, int | None], reasons: Mapping[str, str]) -> list[str]:
    """Return, in words and in the order of the procedure, the levels and reasons a rating of record lacks.

    A level that was left out is never 0, and a level outside 0 to 4 is none.
    """
    missing = []
    for dimension in Dimension:
        if not is_level(levels.get(dimension)):
            missing.append(_("{name}: eine Stufe von 0 bis 4").format(name=dimension.label))
        if not reasons.get(dimension):
            missing.append(_("{name}: eine Begründung").format(name=dimension.label))
    return missing


def effect(inward: int, outward: int) -> int:
    """Return the degree of effect: the larger of inward and outward."""
    return max(inward, outward)


def missing_for_opinion(levels: Mapping[str, int | None], reasons: Mapping[str, str]) -> list[str]:
    """Return, in words, what an opinion lacks before it can be sent: one level at least, a reason for each given."""
    given = [dimension for dimension in Dimension if is_level(levels.get(dimension))]
    if not given:
        return [_("mindestens eine Stufe von 0 bis 4")]
    return [
        _("{name}: eine Begründung").format(name=dimension.label) for dimension in given if not reasons.get(dimension)
    ]


def sees_others(state: str) -> bool:
    """Tell whether somebody whose own word in a round is `state` ("" for none) may read what the others said."""
    return state in (SENT, ABSTAINED)


def is_final(state: str) -> bool:
    """Tell whether a word stays for the round: who abstained has read the others, who is biased stays out."""
    return state in (ABSTAINED, BIASED)


@dataclass(frozen=True, slots=True)
class Spread:
    """How the opinions on one dimension lie: how many gave each level, and how many left it out."""

    counts: tuple[int, ...]
    left_out: int

    @property
    def given(self) -> int:
        """How many gave a level."""
        return sum(self.counts)

    @property
    def lowest(self) -> int | None:
        """The lowest level given."""
        return next((level for level, count in enumerate(self.counts) if count), None)

    @property
    def highest(self) -> int | None:
        """The highest level given."""
        return next((level for level in range(HIGHEST_LEVEL, -1, -1) if self.counts[level]), None)

    @property
    def distance(self) -> int:
        """How many levels lie between the lowest and the highest."""
        return 0 if self.lowest is None or self.highest is None else self.highest - self.lowest

    @property
    def is_large(self) -> bool:
        """Tell whether the spread is marked."""
        return self.distance >= LARGE_SPREAD


def spread_of(levels: Iterable[int | None]) -> Spread:
    """Return the spread of some opinions on one dimension; a level that was left out counts as left out, never as 0."""
    given = list(levels)
    counts = tuple(sum(level == each for level in given) for each in range(LOWEST_LEVEL, HIGHEST_LEVEL + 1))
    return Spread(counts, sum(level is None for level in given))
