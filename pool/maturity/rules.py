"""What a rating of record needs, and what the degree of effect is: values only.

Source: Mainzer Weg, Prüfschritt 2 (Reifegrade); Verfahrensordnung des Portals, „Bewertung“.
"""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from governance.strategy.rules import HIGHEST_LEVEL, LOWEST_LEVEL, Dimension


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
