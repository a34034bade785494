"""The pictures of the dashboard that are more than bars: the clock of the Schnellboote, waiting times, effect.

Nothing is asked of the database here.
"""

from collections.abc import Iterable
from math import sqrt

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pool.deadlines import ANSWER_PERIODS
from pool.lifecycle import Step
from pool.priority.rules import latest_visible_day
from pool.steering.coverage import FieldCover
from pool.steering.pictures import list_address, percent
from pool.steering.rules import ENOUGH_CASES, LEVELS, WAITING_STEPS, Clock, Figures, Track

TRACKS_SHOWN = 8
# The year of a Schnellboot fills this much of its line; the rest shows by how much a promise was exceeded.
YEAR, WHOLE_LINE = 365, 480
LARGEST_BUBBLE, SMALLEST_BUBBLE = 23, 9


# --- The clock of the Schnellboote ---------------------------------------------------------------------------------


def clock_rows(figures: Figures) -> list[dict[str, object]]:
    """Return a line per Schnellboot: its days so far, its promise, what it went beyond; the worst first."""
    return [_clock_row(track) for track in figures.tracks[:TRACKS_SHOWN]]


def _clock_row(track: Track) -> dict[str, object]:
    row = track.row
    ends = min(track.elapsed, WHOLE_LINE)
    promise = min(track.promised, WHOLE_LINE)
    return {
        "pk": row.pk,
        "title": row.title,
        "is_example": row.is_example,
        "clock": track.clock,
        "words": _clock_words(track),
        "shape": {Clock.KEPT: "full", Clock.BROKEN: "bars", Clock.AHEAD: "outline"}.get(track.clock, "half"),
        "kind": "alert" if track.clock == Clock.BROKEN else "",
        "until": percent(100 * min(ends, promise) / WHOLE_LINE),
        "over_from": percent(100 * promise / WHOLE_LINE),
        "over": percent(100 * max(ends - promise, 0) / WHOLE_LINE),
        "promise": percent(100 * promise / WHOLE_LINE),
        "year": percent(100 * YEAR / WHOLE_LINE),
        "is_proposed": "schnellboot" in row.proposed,
        "start_on": row.start_on,
        "visible_on": row.visible_on,
        "elapsed": track.elapsed,
        "last_day": latest_visible_day(row.start_on) if row.start_on else None,
    }


def _clock_words(track: Track) -> str:
    if track.clock == Clock.KEPT:
        return ngettext("gehalten, nach {days} Tag", "gehalten, nach {days} Tagen", track.elapsed).format(
            days=track.elapsed
        )
    if track.clock == Clock.BROKEN:
        return ngettext("{days} Tag zu spät", "{days} Tage zu spät", track.over).format(days=track.over)
    if track.clock == Clock.AHEAD and track.row.start_on is not None:
        return _("beginnt am {day}").format(day=date_format(track.row.start_on, "j. F Y"))
    return ngettext("läuft, noch {days} Tag", "läuft, noch {days} Tage", track.left).format(days=track.left)


def clock_counts(figures: Figures) -> list[dict[str, object]]:
    """Return how many promises stand how, each with its list."""
    return [
        {"label": str(clock.label), "value": figures.clocks[clock], "href": list_address(versprechen=clock.value)}
        for clock in Clock
    ]


def clock_sentence(figures: Figures) -> str:
    """Return whether the promises are kept."""
    total, broken, kept = sum(figures.clocks.values()), figures.clocks[Clock.BROKEN], figures.clocks[Clock.KEPT]
    if not total:
        return _("Noch ist kein Schnellboot unterwegs. Ein Schnellboot zeigt binnen eines Jahres ein Ergebnis.")
    if broken:
        text = ngettext(
            "Ein Schnellboot zeigt binnen eines Jahres ein Ergebnis. {broken} von {total} hat seinen zugesagten Tag "
            "überschritten (rot).",
            "Ein Schnellboot zeigt binnen eines Jahres ein Ergebnis. {broken} von {total} haben ihren zugesagten Tag "
            "überschritten (rot).",
            broken,
        )
        return text.format(broken=broken, total=total)
    text = ngettext(
        "Ein Schnellboot zeigt binnen eines Jahres ein Ergebnis. Kein zugesagter Tag ist überschritten, {kept} von "
        "{total} ist gehalten.",
        "Ein Schnellboot zeigt binnen eines Jahres ein Ergebnis. Kein zugesagter Tag ist überschritten, {kept} von "
        "{total} sind gehalten.",
        kept,
    )
    return text.format(kept=kept, total=total)


# --- How long projects wait ----------------------------------------------------------------------------------------


def age_rows(figures: Figures) -> list[dict[str, object]]:
    """Return a bar per step: the median of the days that projects have stood in it; below five cases no number."""
    rows: list[dict[str, object]] = []
    longest = max((age.days or 0 for age in figures.ages.values()), default=0)
    for step in WAITING_STEPS:
        age = figures.ages.get(step)
        if age is None:
            continue
        period = ANSWER_PERIODS.get(step)
        rows.append(
            {
                "label": str(step.label),
                "width": percent(100 * (age.days or 0) / longest if longest else 0),
                "shown": ngettext("{days} Tag", "{days} Tage", age.days).format(days=age.days)
                if age.days is not None
                else _("keine Angabe"),
                "under": _("zugesagte Antwort: {days} Arbeitstage").format(days=period)
                if age.days is not None and period
                else _("aus {count} Vorhaben").format(count=age.cases)
                if age.days is not None
                else _("weniger als {count} Vorhaben").format(count=ENOUGH_CASES),
                "cells": age,
            }
        )
    return rows


def age_table(figures: Figures, fields: Iterable[FieldCover]) -> list[dict[str, object]]:
    """Return the same by Handlungsfeld, from five cases up."""
    steps = [step for step in WAITING_STEPS if step in figures.ages]
    return [
        {
            "label": field.name,
            "cells": [
                age.days if (age := figures.ages_by_field.get((field.slug, step))) is not None else None
                for step in steps
            ],
        }
        for field in fields
    ]


def age_heads(figures: Figures) -> list[str]:
    """Return the steps that head the table of times."""
    return [str(step.label) for step in WAITING_STEPS if step in figures.ages]


def age_sentence(figures: Figures) -> str:
    """Return where projects wait longest."""
    known = {step: age.days for step, age in figures.ages.items() if age.days is not None}
    if not known:
        return _("In keinem Schritt stehen fünf Vorhaben; für weniger nennt das Portal keine Zeiten.")
    longest = max(known, key=lambda step: known[step] or 0)
    text = _(
        "Am längsten stehen Vorhaben im Schritt „{step}“: die Hälfte seit mindestens {days} Tagen. Genannt sind Zeiten "
        "ab fünf Vorhaben."
    )
    return text.format(step=Step(longest).label, days=known[longest])


# --- Effect inward and outward -------------------------------------------------------------------------------------


def portfolio(figures: Figures) -> dict[str, object]:
    """Return the picture of effect: a circle per pair of levels, its area by the number of projects in it."""
    largest = max(figures.cells.values(), default=0)
    bubbles = [
        {
            "x": percent(10 + 20 * outward),
            "y": percent(10 + 20 * (4 - inward)),
            "left": 20 * outward,
            "top": 20 * (4 - inward),
            "radius": percent(max(SMALLEST_BUBBLE, LARGEST_BUBBLE * sqrt(count / largest))),
            "count": count,
            "inward": inward,
            "outward": outward,
            "href": list_address(innen=inward, aussen=outward),
        }
        for (inward, outward), count in sorted(figures.cells.items(), key=lambda cell: (-cell[0][0], cell[0][1]))
    ]
    table = [
        {
            "inward": inward,
            "cells": [
                {"value": figures.cells[inward, outward], "href": list_address(innen=inward, aussen=outward)}
                for outward in LEVELS
            ],
            "total": sum(figures.cells[inward, outward] for outward in LEVELS),
            "href": list_address(innen=inward),
        }
        for inward in reversed(LEVELS)
    ]
    totals = [
        {
            "value": sum(figures.cells[inward, outward] for inward in LEVELS),
            "href": list_address(aussen=outward),
        }
        for outward in LEVELS
    ]
    return {"bubbles": bubbles, "table": table, "totals": totals, "levels": list(LEVELS)}


def portfolio_sentence(figures: Figures) -> str:
    """Return where the rated projects work."""
    directions = {key.value: count for key, count in figures.directions.items()}
    total = sum(directions.values())
    if not total:
        return _("Noch ist kein Vorhaben bewertet; Wirkung steht erst in der Bewertung.")
    text = ngettext(
        "Von {total} bewertetem Vorhaben wirken {out} mehr nach außen, {inside} mehr nach innen, {both} auf beiden "
        "Seiten gleich.",
        "Von {total} bewerteten Vorhaben wirken {out} mehr nach außen, {inside} mehr nach innen, {both} auf beiden "
        "Seiten gleich.",
        total,
    )
    return text.format(
        total=total,
        out=directions.get("aussen", 0),
        inside=directions.get("innen", 0),
        both=directions.get("beides", 0),
    )
