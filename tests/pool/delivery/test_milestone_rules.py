"""Truth tables of milestones and reports: values only, no database."""

from datetime import date
from itertools import pairwise

import pytest

from pool.deadlines import report_due
from pool.delivery.milestones import (
    MilestoneFacts,
    MilestoneState,
    in_order,
    next_of,
    period_end,
    period_start,
    progress_of,
    state_of,
)
from pool.delivery.rules import (
    missing_for_report,
    missing_for_word_of_the_team,
    next_report_due,
    problem_with_past_day,
    problem_with_planned_day,
    problem_with_report_day,
    problem_with_shift,
)
from pool.lifecycle import Step
from pool.templatetags.delivery import APART, lanes, ticks

TODAY = date(2026, 11, 30)


def planned(day: date, precision: str = "day", title: str = "Es läuft", **values: object) -> MilestoneFacts:
    values = {"first_planned_on": day, "first_precision": precision, **values}
    return MilestoneFacts(title=title, planned_on=period_start(day, precision), precision=precision, **values)


@pytest.mark.parametrize(
    ("day", "precision", "start", "end"),
    [
        (date(2026, 2, 14), "day", date(2026, 2, 14), date(2026, 2, 14)),
        (date(2026, 2, 14), "month", date(2026, 2, 1), date(2026, 2, 28)),
        (date(2028, 2, 29), "month", date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 2, 14), "year", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_day_stands_for_as_much_as_is_known(day, precision, start, end):
    assert (period_start(day, precision), period_end(day, precision)) == (start, end)


@pytest.mark.parametrize(
    ("milestone", "step", "state"),
    [
        (planned(TODAY), "running", "planned"),
        (planned(date(2026, 11, 29)), "running", "overdue"),
        (planned(date(2026, 11, 29)), "commissioned", "overdue"),
        (planned(date(2026, 11, 1), "month"), "running", "planned"),
        (planned(date(2026, 10, 31), "month"), "running", "overdue"),
        (planned(date(2026, 1, 1), "year"), "running", "planned"),
        (planned(date(2025, 12, 31), "year"), "running", "overdue"),
        (planned(date(2026, 1, 1), reached_on=date(2026, 3, 1)), "running", "reached"),
        (planned(date(2026, 1, 1), given_up_on=date(2026, 3, 1)), "running", "given_up"),
        (planned(date(2026, 1, 1), reached_on=date(2026, 3, 1)), "stopped", "reached"),
        *((planned(date(2026, 1, 1)), step, "left_open") for step in Step if step not in ("commissioned", "running")),
    ],
)
def test_how_a_milestone_stands(milestone, step, state):
    assert state_of(milestone, step=step, today=TODAY) == state


REACHED = {"reached_on": date(2026, 5, 1)}
GIVEN_UP = {"given_up_on": date(2026, 5, 1)}


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        ([], "0 von 0 Meilensteinen erreicht"),
        ([{}], "0 von 1 Meilenstein erreicht"),
        ([REACHED, {}, {}], "1 von 3 Meilensteinen erreicht"),
        ([REACHED, GIVEN_UP, {}], "1 von 2 Meilensteinen erreicht"),
        ([GIVEN_UP], "0 von 0 Meilensteinen erreicht"),
        ([REACHED, REACHED], "2 von 2 Meilensteinen erreicht"),
    ],
)
def test_progress_counts_milestones_and_not_those_given_up(ended, words):
    assert progress_of(planned(TODAY, **values) for values in ended).words == words


def test_the_next_date_is_the_earliest_open_one_by_the_end_of_what_is_known():
    march = planned(date(2027, 3, 1), "month", title="März")
    year = planned(date(2027, 1, 1), "year", title="Jahr")
    late = planned(date(2026, 10, 1), title="Längst")
    closed = [planned(date(2026, 1, 1), **REACHED), planned(date(2026, 1, 2), **GIVEN_UP)]
    assert next_of([year, march, *closed], step="running") == march
    assert next_of([year, march, late], step="commissioned") == late
    assert next_of(closed, step="running") is None


@pytest.mark.parametrize("step", [step for step in Step if step not in ("commissioned", "running")])
def test_what_is_not_being_carried_out_has_no_next_date(step):
    assert next_of([planned(date(2027, 1, 1))], step=step) is None


def test_milestones_stand_in_the_order_of_what_happened_and_what_is_planned():
    first = planned(date(2026, 12, 1), title="A", reached_on=date(2026, 6, 1))
    second = planned(date(2026, 7, 1), title="B")
    third = planned(date(2026, 7, 1), "month", title="C")
    assert in_order([third, second, first]) == [first, second, third]


@pytest.mark.parametrize(
    ("day", "precision", "is_refused"),
    [
        (TODAY, "day", False),
        (date(2026, 1, 1), "day", False),  # something that is past may be entered late
        (date(2046, 12, 31), "year", False),
        (date(2047, 1, 1), "day", True),
        (date(1999, 12, 31), "day", True),
        (TODAY, "unknown", True),
        (TODAY, "", True),
    ],
)
def test_which_days_can_be_planned(day, precision, is_refused):
    assert bool(problem_with_planned_day(day=day, precision=precision, today=TODAY)) is is_refused


@pytest.mark.parametrize(
    ("day", "precision", "is_refused"),
    [
        (date(2027, 1, 15), "day", True),  # planned already
        (date(2027, 1, 15), "month", False),  # less is known now
        (date(2027, 1, 16), "day", False),
        (date(2026, 12, 1), "day", False),  # earlier is a shift too
        (date(2026, 11, 29), "day", True),
        (date(2026, 11, 1), "month", False),  # the month is not over
        (date(2026, 10, 31), "month", True),
    ],
)
def test_which_days_a_milestone_can_be_shifted_to(day, precision, is_refused):
    milestone = planned(date(2027, 1, 15))
    assert bool(problem_with_shift(milestone=milestone, day=day, precision=precision, today=TODAY)) is is_refused


def test_something_happened_on_a_day_up_to_today():
    assert not problem_with_past_day(day=TODAY, today=TODAY)
    assert problem_with_past_day(day=date(2026, 12, 1), today=TODAY)
    assert problem_with_past_day(day=date(1926, 11, 30), today=TODAY)


@pytest.mark.parametrize(
    ("since", "due"),
    [
        (date(2026, 1, 31), date(2026, 4, 30)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 12, 1), date(2027, 3, 1)),
        (date(2026, 9, 30), date(2026, 12, 30)),
    ],
)
def test_a_report_is_due_three_months_later(since, due):
    assert report_due(since) == due


@pytest.mark.parametrize(
    ("step", "running", "led", "last", "due"),
    [
        ("running", date(2026, 5, 11), date(2026, 5, 5), None, date(2026, 8, 11)),
        ("running", date(2020, 1, 1), date(2026, 5, 5), None, date(2026, 8, 5)),  # nobody could report before
        ("running", None, date(2026, 5, 5), None, date(2026, 8, 5)),
        ("running", date(2026, 5, 11), date(2026, 5, 5), date(2026, 6, 30), date(2026, 9, 30)),
        ("running", date(2026, 5, 11), None, None, None),
        ("commissioned", None, date(2026, 5, 5), None, None),
        ("completed", None, date(2026, 5, 5), date(2026, 6, 30), None),
        ("stopped", None, date(2026, 5, 5), None, None),
    ],
)
def test_who_reports_by_when(step, running, led, last, due):
    assert next_report_due(step=step, running_since=running, led_since=led, last=last) == due


def test_a_report_says_both_what_happened_and_what_comes():
    assert missing_for_report(happened="a", coming="b") == []
    assert len(missing_for_report(happened="", coming="")) == 2


def test_a_report_is_not_from_the_future_nor_from_before_the_last_one():
    assert not problem_with_report_day(as_of=TODAY, last=TODAY, today=TODAY)
    assert problem_with_report_day(as_of=date(2026, 12, 1), last=None, today=TODAY)
    assert "nächste Bericht" in problem_with_report_day(as_of=date(2026, 11, 29), last=TODAY, today=TODAY)


def test_only_who_is_not_in_the_team_names_a_source():
    assert missing_for_word_of_the_team(is_of_the_team=True, source="") == []
    assert missing_for_word_of_the_team(is_of_the_team=False, source="Mail vom Montag") == []
    assert missing_for_word_of_the_team(is_of_the_team=False, source="")


def test_marks_on_the_line_never_touch():
    marks = lanes([(float(x), MilestoneState.PLANNED) for x in (4, 5, 6, 20, 21, 96)])
    assert [mark.number for mark in marks] == [1, 2, 3, 4, 5, 6]
    by_lane: dict[int, list[float]] = {}
    for mark in marks:
        by_lane.setdefault(mark.lane, []).append(float(mark.x))
    for places in by_lane.values():
        assert all(after - before >= APART for before, after in pairwise(places))


@pytest.mark.parametrize("years", [0, 1, 2, 5, 20])
def test_the_line_names_a_few_days(years):
    named = ticks((date(2026, 11, 2), date(2026 + years, 12, 30)))
    assert 1 <= len(named) <= 4
