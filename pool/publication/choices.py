"""What of the frame in force, of the city and of the UN goals can be chosen in the public list, read in one query."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from governance.models import SDG, Edition, Handlungsfeld, Stadtteil
from governance.record import clock

Pair = tuple[str, str]


IN_ORDER = ("part", "field_place", "need_place", "goal_place", "key")
IN_WORDS = ("key", "words", "need", "need_words", "goal", "goal_words")
FRAME, STADTTEILE, SDGS = range(3)


@dataclass(frozen=True, slots=True)
class FrameChoices:
    """Handlungsfelder and Stadtteile by address, Handlungsbedarfe and strategic goals by code, UN goals by number,
    each with its words."""

    fields: list[Pair]
    needs: list[Pair]
    goals: list[Pair]
    stadtteile: list[Pair]
    sdgs: list[Pair]


def frame_choices() -> FrameChoices:
    """Return what can be chosen in the edition that holds today, the Stadtteile and the UN goals, in their orders."""
    edition = Edition.objects.in_force(clock.today()).values("pk")[:1]
    fields = _columns(
        Handlungsfeld.objects.filter(edition__in=edition),
        FRAME,
        key="slug",
        field_place=F("number"),
        need_place=Coalesce("handlungsbedarfe__number", 0),
        goal_place=Coalesce("goals__number", 0),
        need=_text("handlungsbedarfe__code"),
        need_words=_text("handlungsbedarfe__title"),
        goal=_text("goals__code"),
        goal_words=_text("goals__text"),
    )
    stadtteile = _columns(Stadtteil.objects.all(), STADTTEILE, key="slug")
    sdgs = _columns(SDG.objects.all(), SDGS, key="number", field_place=F("number"))
    parts: dict[int, list[tuple[str, ...]]] = {FRAME: [], STADTTEILE: [], SDGS: []}
    for row in fields.union(stadtteile, sdgs, all=True).order_by(*IN_ORDER):
        parts[row[0]].append(row[-len(IN_WORDS) :])
    return FrameChoices(
        fields=_distinct((row[0], row[1]) for row in parts[FRAME]),
        needs=_distinct((row[2], row[3]) for row in parts[FRAME]),
        goals=_distinct((row[4], row[5]) for row in parts[FRAME]),
        stadtteile=_distinct((row[0], row[1]) for row in parts[STADTTEILE]),
        sdgs=_distinct((row[0], row[1]) for row in parts[SDGS]),
    )


def _columns(rows: QuerySet, part: int, *, key: str, **columns: object) -> QuerySet:
    """Return one branch of the query; what it does not say is 0 or empty."""
    places = {name: Value(0) for name in IN_ORDER[1:-1]}
    words = {name: Value("", output_field=CharField()) for name in IN_WORDS[2:]}
    said = {"part": Value(part), "key": _text(key), "words": _text("name"), **places, **words, **columns}
    return rows.order_by().annotate(**said).values_list(*IN_ORDER[:-1], *IN_WORDS)


def _text(column: str) -> Coalesce:
    return Coalesce(Cast(column, CharField(max_length=400)), Value(""))


def _distinct(pairs: Iterable[Pair]) -> list[Pair]:
    return [pair for pair in dict.fromkeys(pairs) if pair[0]]
