"""The tables of the coverage page as values: every cell leads to exactly its list."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from pool.calls.queries import ShownCall
from pool.calls.rules import CallState
from pool.lifecycle import Step
from pool.priority.models import ClassMark
from pool.steering.coverage import Balance, Coverage, TopicCover
from pool.steering.pictures import list_address, steps_of
from pool.steering.rules import SERVING_STEPS, Cover, Direction, Steered, Tally

COLUMNS: Sequence[tuple[object, tuple[Step, ...]]] = tuple((step.label, (step,)) for step in SERVING_STEPS)
SHAPES = {Cover.NONE: "dashed", Cover.IDEAS: "outline", Cover.SINGLE: "half", Cover.SERVED: "full"}
KINDS = {Cover.NONE: "alert", Cover.IDEAS: "warn", Cover.SINGLE: "", Cover.SERVED: ""}
CALL_SHAPES = {CallState.AHEAD: "dashed", CallState.OPEN: "half", CallState.OVER: "full", CallState.ENDED: "slash"}
NAMES = dict(ClassMark.Mark.choices) | {"keine": _("ohne Klasse")}


def heads() -> list[str]:
    """Return the steps that head the tables."""
    return [str(label) for label, _steps in COLUMNS]


def need_table(coverage: Coverage) -> dict[str, object]:
    """Return the Handlungsbedarfe by Handlungsfeld against steps, each with the goals it follows from."""
    numbers: dict[int, list[int]] = {}
    for goal in coverage.goals:
        for need in goal.need_ids:
            numbers.setdefault(need, []).append(goal.part.number)
    fields = [
        {
            "name": field.name,
            "slug": field.slug,
            "rows": [
                {
                    "need": need,
                    "goals": sorted(numbers.get(need.pk, [])),
                    "shape": SHAPES[need.cover],
                    "kind": KINDS[need.cover],
                    "cells": _cells(need.tally, bedarf=need.code),
                    "total": _total(need.tally, bedarf=need.code),
                }
                for need in field.needs
            ],
        }
        for field in coverage.needs.fields
    ]
    return {"heads": heads(), "fields": fields}


def goal_table(coverage: Coverage) -> dict[str, object]:
    """Return the strategic goals against steps, the field's name with its first goal."""
    rows = [
        {
            "field": goal.part.field_name,
            "goal": goal.part,
            "cells": _cells(goal.tally, ziel=goal.part.code),
            "total": _total(goal.tally, ziel=goal.part.code),
        }
        for goal in coverage.goals
    ]
    return {"heads": heads(), "rows": rows}


def topic_table(topics: Iterable[TopicCover], name: str) -> list[dict[str, object]]:
    """Return bars for Querschnittsthemen or SDGs; what nobody serves is red and says so."""
    return [
        {
            "label": f"{topic.code} {topic.name}" if name == "sdg" else topic.name,
            "value": topic.tally.total,
            "shown": topic.tally.total or str(_("noch keines")),
            "href": list_address(**{name: topic.code}, schritt=steps_of(SERVING_STEPS)),
            "is_bare": topic.tally.total == 0,
        }
        for topic in topics
    ]


def balance_table(balance: Iterable[Balance]) -> list[dict[str, object]]:
    """Return Leuchttürme, Schnellboote and the rest by where they work more."""
    return [
        {
            "label": NAMES[line.key],
            "total": {"value": line.total, "href": list_address(klasse=line.key)},
            "cells": [
                *(
                    {
                        "value": line.by_direction[direction],
                        "href": list_address(klasse=line.key, wirkung=direction.value),
                    }
                    for direction in Direction
                ),
                {"value": line.unrated, "href": list_address(klasse=line.key, wirkung="ohne")},
            ],
        }
        for line in balance
    ]


def call_rows(calls: Iterable[ShownCall], rows: Iterable[Steered]) -> list[dict[str, object]]:
    """Return the calls for ideas with the number of ideas that came from each and that the reader may see."""
    came = Counter(row.call for row in rows if row.call is not None)
    return [
        {
            "shown": each,
            "count": came[each.call.pk],
            "href": list_address(aufruf=each.call.pk),
            "shape": CALL_SHAPES[each.state],
        }
        for each in calls
    ]


def balance_sentence(balance: Iterable[Balance]) -> str:
    """Return in words how the marked projects are spread."""
    lines = {line.key: line for line in balance}
    lights, boats = lines["leuchtturm"], lines["schnellboot"]
    directions = lights.by_direction + boats.by_direction
    if not lights.total and not boats.total:
        return str(_("Noch trägt kein Vorhaben eine Klasse."))
    text = _(
        "Leuchttürme und Schnellboote stehen {lights} zu {boats}; von ihnen wirken {out} mehr nach außen und {inside} "
        "mehr nach innen."
    )
    out, inside = directions[Direction.OUTWARD], directions[Direction.INWARD]
    return str(text).format(lights=lights.total, boats=boats.total, out=out, inside=inside)


def _cells(tally: Tally, **parameters: str) -> list[dict[str, object]]:
    return [
        {"value": tally.of(*steps), "href": list_address(**parameters, schritt=steps_of(steps))}
        for _label, steps in COLUMNS
    ]


def _total(tally: Tally, **parameters: str) -> dict[str, object]:
    return {"value": tally.total, "href": list_address(**parameters, schritt=steps_of(SERVING_STEPS))}
