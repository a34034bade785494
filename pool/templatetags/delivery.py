"""Milestones and status reports as pages show them: marks, days in words, the line of time.

Whatever the figure shows stands beside it in words; colour never stands alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from governance.templatetags.portal import day
from pool.deadlines import MONTHS_A_YEAR
from pool.delivery.milestones import MilestoneFacts, MilestoneState, in_order, period_start, place_of, state_of
from pool.delivery.rules import ReportStanding
from pool.templatetags.figures import state_stamp

register = template.Library()

STATES = {
    MilestoneState.PLANNED: ("outline", ""),
    MilestoneState.OVERDUE: ("half", "alert"),
    MilestoneState.REACHED: ("full", "ok"),
    MilestoneState.GIVEN_UP: ("slash", ""),
    MilestoneState.LEFT_OPEN: ("dashed", ""),
}
STANDINGS = {
    ReportStanding.ON_TRACK: ("full", "ok"),
    ReportStanding.AT_RISK: ("half", "warn"),
    ReportStanding.DELAYED: ("bars", "alert"),
    ReportStanding.RESTING: ("dashed", ""),
}

# The line of time, in pixels down and per cent across: narrow screens draw it too.
LANE, HEAD, FOOT = 34, 26, 24
APART = 11.0  # per cent between two marks in one lane, so that they do not touch at 320 pixels
FIRST, LAST = 4.0, 96.0
TICKS_APART = 24.0  # per cent, for words like 10/2027


# --- In words -----------------------------------------------------------------------------------------------------


@register.simple_tag
def milestone_state(facts: MilestoneFacts, step: str, today: date) -> MilestoneState:
    """Return how a milestone of a project in `step` stands today."""
    return state_of(facts, step=step, today=today)


@register.simple_tag
def milestone_stamp(state: MilestoneState) -> SafeString:
    """Return the mark of a milestone's state."""
    shape, kind = STATES[state]
    return state_stamp(shape, str(state.label), kind)


@register.simple_tag
def planned_words(facts: MilestoneFacts) -> str:
    """Return for when a milestone is planned: „geplant: März 2027“."""
    return _("geplant: {day}").format(day=day(facts.planned_on, facts.precision))


@register.simple_tag
def milestone_words(facts: MilestoneFacts, state: MilestoneState) -> str:
    """Return the days of a milestone in words."""
    said = {
        MilestoneState.REACHED: _("Erreicht am {ended}, geplant war {planned}"),
        MilestoneState.GIVEN_UP: _("Aufgegeben am {ended}, geplant war {planned}"),
        MilestoneState.PLANNED: _("Termin: {planned}"),
    }.get(state, _("Termin war {planned}"))
    words = said.format(
        ended=day(facts.reached_on or facts.given_up_on), planned=day(facts.planned_on, facts.precision)
    )
    if not facts.was_shifted:
        return words
    return _("{words}, ursprünglich {first}").format(
        words=words, first=day(facts.first_planned_on, facts.first_precision)
    )


@register.simple_tag
def report_stamp(standing: str, as_of: date | None = None) -> SafeString:
    """Return the mark of what the last report says; nothing where there is none."""
    if not standing:
        return SafeString("")
    shape, kind = STANDINGS[ReportStanding(standing)]
    words = str(ReportStanding(standing).label)
    if as_of is not None:
        words = _("{standing}, Stand {day}").format(standing=words, day=f"{as_of:%d.%m.%Y}")
    return state_stamp(shape, words, kind)


# --- The line of time ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone on the line: its number in the list beside it, where it stands, how it is drawn."""

    number: int
    x: str
    lane: int
    state: str

    @property
    def y(self) -> int:
        """The middle of its lane, from above."""
        return HEAD + LANE * self.lane + LANE // 2


@dataclass(frozen=True, slots=True)
class Tick:
    """The beginning of a year, half-year, quarter or month on the line."""

    x: str
    words: str
    anchor: str


@register.inclusion_tag("_components/milestone_line.html")
def milestone_line(milestones: Iterable[Any], step: str, today: date) -> dict[str, object]:
    """Draw milestones on a line of time, numbered as in the list beside it, with today.

    Takes rows with `facts`, or the facts themselves.
    """
    facts = in_order(getattr(each, "facts", each) for each in milestones)
    span = span_of(facts, today)
    marks = lanes([(across(place_of(each), span), state_of(each, step=step, today=today)) for each in facts])
    height = HEAD + LANE * (max((mark.lane for mark in marks), default=0) + 1)
    now = across(today, span)
    return {
        "marks": marks,
        "ticks": ticks(span),
        "axis": height,
        "height": height + FOOT,
        "tick_end": height + 6,
        "tick_y": height + 20,
        "today_x": f"{now:g}",
        "today_anchor": anchor_of(now),
    }


def span_of(facts: Sequence[MilestoneFacts], today: date) -> tuple[date, date]:
    """Return the first and the last day of the line: all days of the milestones and today."""
    days = [today, *(place_of(each) for each in facts)]
    first, last = min(days), max(days)
    return (first, last) if first < last else (first - timedelta(days=15), last + timedelta(days=15))


def across(moment: date, span: tuple[date, date]) -> float:
    """Return where a day stands on the line, in per cent of its width."""
    first, last = span
    return round(FIRST + (LAST - FIRST) * (moment - first).days / (last - first).days, 1)


def lanes(places: Sequence[tuple[float, MilestoneState]]) -> list[Mark]:
    """Put marks one above the other where they would touch; each into the lowest lane that has room."""
    ends: list[float] = []
    marks = []
    for number, (x, state) in enumerate(places, start=1):
        lane = next((index for index, end in enumerate(ends) if x - end >= APART), len(ends))
        if lane == len(ends):
            ends.append(x)
        ends[lane] = x
        marks.append(Mark(number, f"{x:g}", lane, state.value))
    top = len(ends) - 1
    return [Mark(mark.number, mark.x, top - mark.lane, mark.state) for mark in marks]


def ticks(span: tuple[date, date]) -> list[Tick]:
    """Return the beginnings of months, quarters, half-years or years on the line, a few of them."""
    first, last = span
    for months in (1, 3, 6, 12, 24, 60, 120):
        found = []
        each = period_start(first, "year")
        while each <= last:
            if each >= first:
                found.append(each)
            year, month = divmod(each.month - 1 + months, MONTHS_A_YEAR)
            each = date(each.year + year, month + 1, 1)
        places = [across(each, span) for each in found]
        if all(after - before >= TICKS_APART for before, after in pairwise(places)):
            return [tick(each, span, whole_years=months >= MONTHS_A_YEAR) for each in found]
    return []


def tick(moment: date, span: tuple[date, date], *, whole_years: bool) -> Tick:
    """Return one tick with its words: „2027“ or „4/2027“."""
    x = across(moment, span)
    return Tick(f"{x:g}", str(moment.year) if whole_years else f"{moment.month}/{moment.year}", anchor_of(x))


def anchor_of(x: float) -> str:
    """Return how words at a place are set, so that they stay inside the figure."""
    return "start" if x < 12 else "end" if x > 88 else "middle"
