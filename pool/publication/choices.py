"""What of the frame in force can be chosen in the public list, read in one query."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models.functions import Coalesce

from governance.models import Edition, Handlungsfeld
from governance.record import clock

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FrameChoices:
    """Handlungsfelder by address, Handlungsbedarfe and strategic goals by code, each with its words."""

    fields: list[Pair]
    needs: list[Pair]
    goals: list[Pair]


def frame_choices() -> FrameChoices:
    """Return what can be chosen in the edition that holds today."""
    edition = Edition.objects.in_force(clock.today()).values("pk")[:1]
    rows = (
        Handlungsfeld.objects.filter(edition__in=edition)
        .annotate(need=Coalesce("handlungsbedarfe__number", 0), goal=Coalesce("goals__number", 0))
        .order_by("number", "pk", "need", "handlungsbedarfe__pk", "goal", "goals__pk")
        .values_list("slug", "name", "handlungsbedarfe__code", "handlungsbedarfe__title", "goals__code", "goals__text")
    )
    table = list(rows)
    return FrameChoices(
        fields=_distinct((row[0], row[1]) for row in table),
        needs=_distinct((row[2], row[3]) for row in table),
        goals=_distinct((row[4], row[5]) for row in table),
    )


def _distinct(pairs: Iterable[Pair]) -> list[Pair]:
    return [pair for pair in dict.fromkeys(pairs) if pair[0]]
