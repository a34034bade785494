"""What of the frame in force and of the city can be chosen in the public list, read in one query."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from governance.models import Edition, Handlungsfeld, Stadtteil
from governance.record import clock

Pair = tuple[str, str]


IN_ORDER = ("is_stadtteil", "field_place", "need_place", "goal_place", "key")
IN_WORDS = ("key", "words", "need", "need_words", "goal", "goal_words")


@dataclass(frozen=True, slots=True)
class FrameChoices:
    """Handlungsfelder and Stadtteile by address, Handlungsbedarfe and strategic goals by code, each with its words."""

    fields: list[Pair]
    needs: list[Pair]
    goals: list[Pair]
    stadtteile: list[Pair]


def frame_choices() -> FrameChoices:
    """Return what can be chosen in the edition that holds today, and the Stadtteile, each in its order."""
    edition = Edition.objects.in_force(clock.today()).values("pk")[:1]
    fields = _columns(
        Handlungsfeld.objects.filter(edition__in=edition),
        is_stadtteil=Value(0),
        field_place=F("number"),
        need_place=Coalesce("handlungsbedarfe__number", 0),
        goal_place=Coalesce("goals__number", 0),
        need=_text("handlungsbedarfe__code"),
        need_words=_text("handlungsbedarfe__title"),
        goal=_text("goals__code"),
        goal_words=_text("goals__text"),
    )
    nothing = {name: Value("", output_field=CharField()) for name in IN_WORDS[2:]}
    places = {name: Value(0) for name in IN_ORDER[1:-1]}
    stadtteile = _columns(Stadtteil.objects.all(), is_stadtteil=Value(1), **places, **nothing)
    table = [(row[0] == 1, row[-len(IN_WORDS) :]) for row in fields.union(stadtteile, all=True).order_by(*IN_ORDER)]
    frame = [words for is_stadtteil, words in table if not is_stadtteil]
    return FrameChoices(
        fields=_distinct((row[0], row[1]) for row in frame),
        needs=_distinct((row[2], row[3]) for row in frame),
        goals=_distinct((row[4], row[5]) for row in frame),
        stadtteile=[(row[0], row[1]) for is_stadtteil, row in table if is_stadtteil],
    )


def _columns(rows: QuerySet, **columns: object) -> QuerySet:
    named = rows.order_by().annotate(key=_text("slug"), words=_text("name"), **columns)
    return named.values_list(*IN_ORDER[:-1], *IN_WORDS)


def _text(column: str) -> Coalesce:
    return Coalesce(Cast(column, CharField(max_length=400)), Value(""))


def _distinct(pairs: Iterable[Pair]) -> list[Pair]:
    return [pair for pair in dict.fromkeys(pairs) if pair[0]]
