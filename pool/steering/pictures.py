"""The figures and pictures of the dashboard as values for the page: each with its sentence, its table and its lists.

Every number carries the address of exactly its list. Nothing is asked of the database here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pool.lifecycle import Step
from pool.steering.coverage import FieldCover, NeedsCover
from pool.steering.rules import (
    ENDED_STEPS,
    OPEN_STEPS,
    PLANNED_STEPS,
    SERVING_STEPS,
    Clock,
    Cover,
    Figures,
    Late,
)


def list_address(**parameters: Any) -> str:
    """Return the address of the list behind a figure; sequences give a parameter several times, None gives none."""
    given = {name: value for name, value in parameters.items() if value not in (None, "")}
    query = urlencode(given, doseq=True)
    return f"{reverse('steering:projects')}?{query}" if query else reverse("steering:projects")


def steps_of(steps: Iterable[Step]) -> list[str]:
    """Return steps as they stand in an address."""
    return [step.value for step in steps]


def percent(value: float) -> str:
    """Return a length for a picture, with one place."""
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number on top of the page, with its list and what it is compared with."""

    label: str
    value: int
    href: str
    note: str = ""
    is_alert: bool = False


def figures_on_top(figures: Figures, *, since: date | None) -> list[Figure]:
    """Return the five figures that stand first: open, ready to be decided, late, Leuchttürme, Schnellboote."""
    ready, late = figures.of(Step.ASSESSED), figures.late_projects
    broken = figures.clocks[Clock.BROKEN]
    new, proposed = figures.changed[Step.ASSESSED], figures.proposed["leuchtturm"]
    return [
        Figure(
            _("offene Vorhaben"),
            figures.of(*OPEN_STEPS),
            list_address(schritt=steps_of(OPEN_STEPS)),
            _("{count} in Umsetzung").format(count=figures.of(Step.RUNNING)),
        ),
        Figure(
            _("beschlussreif"),
            ready,
            list_address(schritt=Step.ASSESSED.value),
            _("{count} neu seit {day}").format(count=new, day=_short(since)) if since else _("bewertet"),
        ),
        Figure(
            _("überfällig"),
            late,
            list_address(faellig="ja"),
            _("Fristen und Zusagen") if late else _("alles in der Frist"),
            is_alert=late > 0,
        ),
        Figure(
            _("Leuchttürme"),
            figures.leuchttuerme,
            list_address(klasse="leuchtturm"),
            _("{count} vorgeschlagen").format(count=proposed) if proposed else _("alle bestätigt"),
        ),
        Figure(
            _("Schnellboote"),
            figures.schnellboote,
            list_address(klasse="schnellboot"),
            _("{count} zu spät").format(count=broken) if broken else _("alle in der Zeit"),
        ),
    ]


def _short(day: date | None) -> str:
    return date_format(day, "j.n.") if day else ""


# --- Steps ---------------------------------------------------------------------------------------------------------


def step_rows(figures: Figures, steps: Sequence[Step]) -> list[dict[str, object]]:
    """Return a bar per step; steps at the edge that nobody stands in are left out."""
    return [
        {
            "label": str(step.label),
            "value": figures.by_step[step],
            "href": list_address(schritt=step.value),
            "hot": step == Step.ASSESSED and figures.by_step[step] > 0,
        }
        for step in steps
        if figures.by_step[step] or step in OPEN_STEPS[2:]
    ]


def step_sentence(figures: Figures) -> str:
    """Return the finding of the bars."""
    text = _("Von {open} offenen Vorhaben sind {running} in Umsetzung; {waiting} warten auf die Lenkungsgruppe (rot).")
    return text.format(
        open=figures.of(*OPEN_STEPS), running=figures.of(Step.RUNNING), waiting=figures.of(Step.ASSESSED)
    )


def changed_rows(figures: Figures, since: date | None) -> list[dict[str, object]]:
    """Return a bar per step that something has come into since the last sitting."""
    if since is None:
        return []
    return [
        {
            "label": str(step.label),
            "value": figures.changed[step],
            "href": list_address(schritt=step.value, seit=since.isoformat()),
            "hot": step == Step.ASSESSED,
        }
        for step in (*OPEN_STEPS, *ENDED_STEPS)
        if figures.changed[step]
    ]


def changed_sentence(figures: Figures, since: date | None) -> str:
    """Return how much has moved."""
    if since is None:
        return _("Noch keine Sitzung ist geschlossen; ab der ersten steht hier, was sich seitdem bewegt hat.")
    total = sum(figures.changed.values())
    text = ngettext(
        "{count} Vorhaben hat seit der Sitzung am {day} den Schritt gewechselt.",
        "{count} Vorhaben haben seit der Sitzung am {day} den Schritt gewechselt.",
        total,
    )
    if not total:
        text = _("Kein Vorhaben hat seit der Sitzung am {day} den Schritt gewechselt.")
    return text.format(count=total, day=date_format(since, "j. F Y"))


# --- Handlungsfelder -----------------------------------------------------------------------------------------------

GROUPS = (
    ("planned", _("noch nicht beschlossen"), (Step.SUBMITTED, Step.RETURNED, *PLANNED_STEPS)),
    ("begun", _("bestimmt oder in Umsetzung"), (Step.COMMISSIONED, Step.RUNNING)),
    ("done", _("abgeschlossen"), (Step.COMPLETED,)),
)
TONES = {"planned": "c-3", "begun": "c-2", "done": "c-1"}


def field_rows(figures: Figures, fields: Iterable[FieldCover]) -> list[dict[str, object]]:
    """Return a bar of three parts per Handlungsfeld, by the field that leads, and its numbers by step."""
    names = [(field.slug, field.name) for field in fields]
    totals = {slug: _grouped(figures, slug) for slug, _name in names}
    largest = max((sum(parts.values()) for parts in totals.values()), default=0)
    rows = []
    for slug, name in names:
        start = 0.0
        segments = []
        for key, _label, _steps in GROUPS:
            width = 100 * totals[slug][key] / largest if largest else 0
            segments.append({"tone": TONES[key], "start": percent(start), "width": percent(width)})
            start += width
        counts = figures.by_field.get(slug, Counter())
        shown = [step for _key, _label, steps in GROUPS for step in steps]
        rows.append(
            {
                "label": name,
                "value": sum(totals[slug].values()),
                "href": list_address(handlungsfeld=slug, schritt=steps_of(shown)),
                "segments": segments,
                "parts": [
                    {
                        "label": label,
                        "value": totals[slug][key],
                        "href": list_address(handlungsfeld=slug, schritt=steps_of(steps)),
                    }
                    for key, label, steps in GROUPS
                ],
                "cells": [
                    {
                        "value": counts.get(step, 0),
                        "href": list_address(handlungsfeld=slug, schritt=step.value),
                    }
                    for step in shown
                ],
            }
        )
    return rows


def _grouped(figures: Figures, slug: str) -> dict[str, int]:
    counts = figures.by_field.get(slug, Counter())
    return {key: sum(counts.get(step, 0) for step in steps) for key, _label, steps in GROUPS}


def field_heads() -> list[str]:
    """Return the steps that head the table behind the bars of the fields."""
    return [str(step.label) for _key, _label, steps in GROUPS for step in steps]


def field_sentence(rows: Sequence[dict[str, object]]) -> str:
    """Return which Handlungsfeld has most, and which has least."""
    if not rows:
        return ""
    values = [int(str(row["value"])) for row in rows]
    most, least = max(values), min(values)
    if most == least:
        return _("In jedem Handlungsfeld stehen {count} Vorhaben.").format(count=most)
    leading = _(" und ").join(f"„{row['label']}“" for row in rows if row["value"] == most)
    trailing = _(" und ").join(f"„{row['label']}“" for row in rows if row["value"] == least)
    text = _("Die meisten Vorhaben führt {leading} ({most}), die wenigsten {trailing} ({least}).")
    return text.format(leading=leading, most=most, trailing=trailing, least=least)


# --- Late, and the strategy ----------------------------------------------------------------------------------------


def late_rows(figures: Figures) -> list[dict[str, object]]:
    """Return why something is late, each with its list."""
    return [
        {"label": str(reason.label), "value": figures.late[reason], "href": list_address(faellig=reason.value)}
        for reason in Late
        if figures.late[reason]
    ]


def case_rows(needs: NeedsCover) -> list[dict[str, object]]:
    """Return the Setzkasten: a row per Handlungsfeld, a compartment per Handlungsbedarf, each leading to its list."""
    return [
        {
            "name": field.name,
            "href": f"{reverse('steering:coverage')}#feld-{field.slug}",
            "cells": [
                {
                    "label": need.short_title,
                    "href": list_address(bedarf=need.code, schritt=steps_of(SERVING_STEPS)),
                    "planned": need.tally.of(*PLANNED_STEPS, Step.COMMISSIONED),
                    "running": need.tally.of(Step.RUNNING),
                    "done": need.tally.done,
                }
                for need in field.needs
            ],
        }
        for field in needs.fields
    ]


def case_table(needs: NeedsCover) -> list[dict[str, object]]:
    """Return the same as a table."""
    return [
        {"need": need, "href": list_address(bedarf=need.code, schritt=steps_of(SERVING_STEPS))} for need in needs.needs
    ]


def case_sentence(needs: NeedsCover) -> str:
    """Return what the Setzkasten shows."""
    bare, total = len(needs.covered(Cover.NONE)), len(needs.needs)
    ideas, single = len(needs.covered(Cover.IDEAS)), len(needs.covered(Cover.SINGLE))
    if not total:
        return _("Keine Ausgabe der Strategie ist in Kraft.")
    if not bare and not ideas:
        text = _(
            "Jedem der {total} Handlungsbedarfe dient Beschlossenes; {single} ruhen auf einem einzigen beschlossenen "
            "Vorhaben."
        )
    elif not bare:
        text = _(
            "Jedem der {total} Handlungsbedarfe dient etwas, {ideas} davon nur Ideen ohne Beschluss; {single} ruhen "
            "auf einem einzigen beschlossenen Vorhaben."
        )
    else:
        text = _(
            "Von {total} Handlungsbedarfen haben {bare} kein Vorhaben und {ideas} nur Ideen; {single} ruhen auf einem "
            "einzigen beschlossenen Vorhaben."
        )
    return text.format(total=total, bare=bare, ideas=ideas, single=single)
