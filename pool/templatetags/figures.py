"""The working figures of the portal, drawn as inline SVG with attributes only: Winkelhaken, Setzkasten, bars, stamps.

Every figure carries its values in words; colour never stands alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from pool.lifecycle import Step

register = template.Library()

DEGREES = (("V", "Vernetzung"), ("W", "Wirkung"), ("K", "Kompetenzaufbau"), ("S", "Synergien"))
HIGHEST_LEVEL = 4
FULL_SCORE = 400
SORTS_IN_A_LINE = 7

# Form of the sort in a stamp, by step: the word beside it says the rest.
SHAPES = {
    Step.DRAFT: "dashed",
    Step.SUBMITTED: "outline",
    Step.RETURNED: "bars",
    Step.REJECTED: "slash",
    Step.POOLED: "outline",
    Step.ASSESSED: "outline",
    Step.DEFERRED: "bars",
    Step.DECLINED: "slash",
    Step.COMMISSIONED: "quarter",
    Step.RUNNING: "half",
    Step.COMPLETED: "full",
    Step.STOPPED: "slash",
    Step.WITHDRAWN: "slash",
    Step.MERGED: "arrow",
}
DRAWINGS = {
    "outline": '<path class="mk-line" d="M1 1h9v14H1z"/>',
    "dashed": '<path class="mk-line" stroke-dasharray="2 1.5" d="M1 1h9v14H1z"/>',
    "quarter": '<path class="mk-line" d="M1 1h9v14H1z"/><path class="mk-fill" d="M1 12h9v3H1z"/>',
    "half": '<path class="mk-line" d="M1 1h9v14H1z"/><path class="mk-fill" d="M1 8h9v7H1z"/>',
    "full": '<path class="mk-fill" d="M1 1h9v14H1z"/>',
    "bars": '<path class="mk-line" d="M1 1h9v14H1zM4 5v6M7 5v6"/>',
    "slash": '<path class="mk-line" d="M1 1h9v14H1zM1 15 10 1"/>',
    "arrow": '<path class="mk-line" d="M1 1h9v14H1zM3 8h5M6 5.500l2.500 2.500L6 10.500"/>',
}
CLASS_WORDS = {"leuchtturm": _lazy("Leuchtturm"), "schnellboot": _lazy("Schnellboot")}
CLASS_DRAWINGS = {
    "leuchtturm": '<path class="mk-line" d="M7.500 1v14M1.500 4.500l12 7M13.500 4.500l-12 7"/>',
    "schnellboot": '<path class="mk-line" d="M2 2.500 7 8l-5 5.500M8 2.500 13 8l-5 5.500"/>',
}
CLASS_STATES = {
    "confirmed": "{name}",
    "proposed": "{name}, vorgeschlagen",
    "refused": "{name}, nicht bestätigt",
    "withdrawn": "{name}, zurückgenommen",
}
RAIL_WORDS = {"done": _lazy("erledigt"), "now": _lazy("jetzt"), "open": _lazy("noch offen")}
RAIL_CLASSES = {"done": "done", "now": "now", "open": ""}


def part_of(row: Any, name: str, default: Any = None) -> Any:
    """Return a value of a row that is either a mapping or an object."""
    return row.get(name, default) if isinstance(row, Mapping) else getattr(row, name, default)


# --- Winkelhaken: the four degrees --------------------------------------------------------------------------------


def notches(level: int | None, centre: float) -> tuple[str, str, str]:
    """Return the paths of one sort: filled notches, empty notches, and the dashed body of a missing level."""
    if level is None:
        return "", "", f"M{centre - 3.5:g} .5h7v24h-7z"
    filled = f"M{centre:g} 25v-{6.4 * level - 0.7:g}" if level else ""
    empty = "".join(f"M{centre - 3.6:g} {19.7 - 6.4 * step:g}h7.2v4.9h-7.2z" for step in range(level, HIGHEST_LEVEL))
    return filled, empty, ""


def sorts_paths(levels: Sequence[int | None], first: float = 10) -> SafeString:
    """Return the paths of sorts standing side by side."""
    columns = [notches(level, first + 12 * index) for index, level in enumerate(levels)]
    joined = ("".join(part) for part in zip(*columns, strict=True))
    drawn = [(name, path) for name, path in zip(("so-on", "so-off", "so-na"), joined, strict=True) if path]
    return format_html_join("", '<path class="{}" d="{}"/>', drawn)


def level_words(level: int | None) -> str:
    """Return a level in words; a missing one is never a nought."""
    return _("keine Angabe") if level is None else str(level)


def sorts_label(levels: Sequence[int | None]) -> str:
    """Return the four degrees in words, for those who do not see the figure."""
    listed = ", ".join(f"{name} {level_words(level)}" for (_letter, name), level in zip(DEGREES, levels, strict=True))
    return _("Reifegrade: {listed}; je 0 bis 4").format(listed=listed)


@register.simple_tag
def reifegrad_sorts(
    vernetzung: int | None,
    effect: int | None,
    kompetenzaufbau: int | None,
    synergien: int | None,
    size: str = "s",
    hidden: bool = False,
) -> SafeString:
    """Draw the Winkelhaken: four sorts on a stick, 0 to 4 notches each, dashed where nothing is said.

    `size` is s, m or l (with letters); `hidden` where the same values stand beside it in words.
    """
    levels = (vernetzung, effect, kompetenzaufbau, synergien)
    letters = mark_safe("")
    height = 30
    if size == "l":
        height = 41
        letters = format_html_join(
            "", '<text class="so-letter" x="{}" y="39">{}</text>', ((10 + 12 * i, d[0]) for i, d in enumerate(DEGREES))
        )
    spoken = (
        mark_safe('aria-hidden="true"') if hidden else format_html('role="img" aria-label="{}"', sorts_label(levels))
    )
    return format_html(
        '<svg class="sorts{}" viewBox="0 0 53 {}" {}><path class="so-stick" d="M1 0v28.5h51"/>{}{}</svg>',
        {"m": " sorts-m", "l": " sorts-l"}.get(size, ""),
        height,
        spoken,
        sorts_paths(levels),
        letters,
    )


@register.simple_tag
def sorts_defs() -> SafeString:
    """Draw each level once, unseen, for the many figures of a long page that then only refer to it."""
    drawn = format_html_join(
        "", '<g id="so{}">{}</g>', ((level, sorts_paths((level,), 0)) for level in range(HIGHEST_LEVEL + 1))
    )
    stick = '<path id="so" class="so-stick" d="M1 0v28.5h51"/>'
    return format_html('<svg class="visually-hidden" aria-hidden="true">{}{}</svg>', mark_safe(stick), drawn)


@register.simple_tag
def referring_sorts(vernetzung: int, effect: int, kompetenzaufbau: int, synergien: int) -> SafeString:
    """Draw the Winkelhaken by reference to `sorts_defs`, middle size; the same values stand beside it in words."""
    levels = (vernetzung, effect, kompetenzaufbau, synergien)
    uses = format_html_join("", '<use href="#so{}" x="{}"/>', ((level, 10 + 12 * i) for i, level in enumerate(levels)))
    return format_html(
        '<svg class="sorts sorts-m" viewBox="0 0 53 30" aria-hidden="true"><use href="#so"/>{}</svg>',
        uses,
    )


@register.simple_tag
def level_mark(level: int | None) -> SafeString:
    """Draw one sort with its level; the number or word stands beside it."""
    return format_html(
        '<svg class="level-mark" viewBox="0 0 12 26" aria-hidden="true">{}</svg>', sorts_paths((level,), 6)
    )


# --- Scores -------------------------------------------------------------------------------------------------------


@register.simple_tag(name="score")
def score_tag(value: int | None) -> str:
    """Print a score of 0 to 400 as 0 to 100 in steps of a quarter."""
    return score_text(value)


@register.filter(name="score")
def score_text(value: int | None) -> str:
    """Return „68,75“ for 275; „noch keine“ where there is none."""
    if value is None:
        return _("noch keine")
    return percent(value).replace(".", ",")


def percent(value: int) -> str:
    """Return a score or a part of it in per cent of the full score, as short as exact: 275 is 68.75."""
    return f"{value / 4:.2f}".rstrip("0").rstrip(".")


@register.inclusion_tag("_components/contribution_bar.html")
def contribution_bar(contributions: Iterable[Any], caption: bool = True) -> dict[str, object]:
    """Draw what each degree adds to the score: four parts with their letters on a track of 100.

    Each contribution has `level` and `points` (weight × level), in the order V W K S.
    """
    segments = []
    words = []
    start = 0
    for index, ((letter, name), part) in enumerate(zip(DEGREES, contributions, strict=True)):
        points = part_of(part, "points")
        segments.append(
            {
                "letter": letter,
                "start": percent(start),
                "width": percent(points),
                "middle": percent_of_half(start, points),
                "tone": "c-2" if index % 2 else "c-1",
                "points": points,
            }
        )
        words.append(f"{name} {level_words(part_of(part, 'level'))}")
        start += points
    return {"segments": segments, "words": ", ".join(words) if caption else ""}


@register.simple_tag
def contribution_defs() -> SafeString:
    """Draw the part of each degree once, unseen, for the many bars of a long page that then only refer to it."""
    parts = format_html_join(
        "",
        '<symbol id="c{0}"><rect class="c-seg {1}" width="100%" height="26"/>'
        '<text class="c-letter" x="50%" y="18">{0}</text></symbol>',
        ((letter, "c-2" if index % 2 else "c-1") for index, (letter, _name) in enumerate(DEGREES)),
    )
    return format_html('<svg class="visually-hidden" aria-hidden="true">{}</svg>', parts)


@register.simple_tag
def referring_contributions(contributions: Iterable[Any]) -> SafeString:
    """Draw the bar of `contribution_bar` by reference to `contribution_defs`, with the levels in words below."""
    drawn, words, start = [], [], 0
    for (letter, name), part in zip(DEGREES, contributions, strict=True):
        points = part_of(part, "points")
        words.append(f"{name} {level_words(part_of(part, 'level'))}")
        if points:
            drawn.append((letter, percent(start), percent(points)))
        start += points
    return format_html(
        '<svg class="contrib" aria-hidden="true"><rect class="c-track" width="100%" height="100%"/>{}</svg><p>{}</p>',
        format_html_join("", '<use href="#c{}" x="{}%" width="{}%"/>', drawn),
        ", ".join(words),
    )


def percent_of_half(start: int, points: int) -> str:
    """Return the middle of a segment in per cent."""
    return f"{(2 * start + points) / 8:.3f}".rstrip("0").rstrip(".")


# --- Marks --------------------------------------------------------------------------------------------------------


def stamp(drawing: str, text: str, kind: str = "", width: int = 11) -> SafeString:
    """Return a mark: a shape and a word."""
    return format_html(
        '<span class="stamp{}"><svg viewBox="0 0 {} 16" aria-hidden="true">{}</svg>{}</span>',
        f" {kind}" if kind else "",
        width,
        mark_safe(drawing),
        text,
    )


@register.simple_tag
def step_stamp(step: Any, text: str = "") -> SafeString:
    """Return the mark of a step; `text` replaces its label where more is said („in Betrieb seit 2025“)."""
    return stamp(DRAWINGS[SHAPES[Step(step)]], text or step_label(step))


def step_label(step: Any) -> str:
    """Return the German label of a step."""
    return str(Step(step).label)


@register.simple_tag
def state_stamp(shape: str, text: str, kind: str = "") -> SafeString:
    """Return a mark for a state of another thing: shape outline, half, full, bars, slash; kind ok, warn or alert."""
    return stamp(DRAWINGS[shape], text, f"stamp-{kind}" if kind else "")


@register.simple_tag
def class_mark(kind: Any, state: Any = "confirmed") -> SafeString:
    """Return the mark of a class; red only where it counts, a proposal says so."""
    words = _(CLASS_STATES[str(state)]).format(name=CLASS_WORDS[str(kind)])
    counts = str(state) in ("confirmed", "proposed")
    return stamp(CLASS_DRAWINGS[str(kind)], words, "stamp-class" if counts else "stamp-off", 15)


@register.inclusion_tag("_components/rail.html")
def rail(steps: Iterable[Any], kind: str = "flat") -> dict[str, object]:
    """Draw the way of a project: `label`, `text`, `state` (done, now, open) of each step; kind flat or plain."""
    rows = [
        {
            "label": part_of(each, "label"),
            "words": rail_words(part_of(each, "state", ""), part_of(each, "text", "")),
            "css": RAIL_CLASSES.get(part_of(each, "state", ""), ""),
        }
        for each in steps
    ]
    return {"rows": rows, "kind": kind}


def rail_words(state: str, text: str) -> str:
    """Return what stands under a step: its state in words, then the rest."""
    return ", ".join(part for part in (str(RAIL_WORDS.get(state, "")), str(text or "")) if part)


# --- Setzkasten ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """One sort in a compartment: where it stands and how full it is."""

    x: int
    y: int
    kind: str


def letters(planned: int, running: int, done: int) -> list[Letter]:
    """Return the sorts of one compartment, fullest last, seven in a line."""
    kinds = ["open"] * planned + ["run"] * running + ["done"] * done
    return [Letter(12 * (i % SORTS_IN_A_LINE), 18 * (i // SORTS_IN_A_LINE), kind) for i, kind in enumerate(kinds)]


def compartment_words(planned: int, running: int, done: int) -> str:
    """Return what lies in one compartment, for those who do not see it."""
    total = planned + running + done
    said = ngettext("{count} Projekt", "{count} Projekte", total).format(count=total)
    parts = [
        text.format(count=count)
        for count, text in (
            (planned, _("{count} noch nicht begonnen")),
            (running, _("{count} in Umsetzung")),
            (done, _("{count} in Betrieb oder abgeschlossen")),
        )
        if count
    ]
    return f"{said}: {', '.join(parts)}"


@register.inclusion_tag("_components/case.html")
def case(rows: Iterable[Any], key: bool = True) -> dict[str, object]:
    """Draw the Setzkasten: a row per Handlungsfeld, a compartment per Handlungsbedarf, a sort per project.

    Row: `name`, `href`, `cells`; cell: `label`, `planned`, `running`, `done`, and `href` if it leads somewhere.
    """
    drawn = []
    any_planned = False
    for row in rows:
        cells = []
        for cell in part_of(row, "cells"):
            counts = tuple(int(part_of(cell, name, 0) or 0) for name in ("planned", "running", "done"))
            any_planned = any_planned or counts[0] > 0
            sorts = letters(*counts)
            cells.append(
                {
                    "label": part_of(cell, "label"),
                    "href": part_of(cell, "href", ""),
                    "letters": sorts,
                    "width": 12 * min(len(sorts), SORTS_IN_A_LINE),
                    "height": 18 * (1 + (len(sorts) - 1) // SORTS_IN_A_LINE) if sorts else 0,
                    "words": compartment_words(*counts),
                }
            )
        drawn.append({"name": part_of(row, "name"), "href": part_of(row, "href", ""), "cells": cells})
    return {"rows": drawn, "key": key, "any_planned": any_planned}


# --- Bars ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("_components/bars.html")
def bars(
    rows: Iterable[Any],
    title: str,
    sentence: str,
    identifier: str,
    row_head: str,
    value_head: str,
    maximum: int | float | None = None,
    level: int = 2,
    example: bool = False,
) -> dict[str, object]:
    """Draw a bar per row from 0 to the largest value (or `maximum`), under its finding, with the values as a table.

    Row: `label`, `value`; if wanted `href` (the exact list behind it), `hot` (needs a decision), `under`, `shown`.
    """
    listed = list(rows)
    largest = max([part_of(row, "value") for row in listed] + [maximum or 0], default=0)
    drawn = [
        {
            "label": part_of(row, "label"),
            "shown": part_of(row, "shown") or part_of(row, "value"),
            "href": part_of(row, "href", ""),
            "under": part_of(row, "under", ""),
            "tone": "c-hot" if part_of(row, "hot", False) else "c-1",
            "width": bar_width(part_of(row, "value"), largest),
        }
        for row in listed
    ]
    return {
        "rows": drawn,
        "title": title,
        "sentence": sentence,
        "identifier": identifier,
        "row_head": row_head,
        "value_head": value_head,
        "level": level,
        "example": example,
    }


def bar_width(value: int | float, largest: int | float) -> str:
    """Return the length of a bar in per cent of the largest, with one place."""
    return f"{100 * value / largest:.1f}".removesuffix(".0") if largest else "0"
