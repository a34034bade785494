"""Until when an answer is due: working days, the periods of the portal, and the day an objection ends. Pure.

Source: Verfahrensordnung des Portals, „Fristen“ (docs/decisions/0060-answer-days.md, 0079-milestones.md).
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from pool.lifecycle import Step

# Working days in which the CDO's office answers an idea that lies with it in this step.
ANSWER_PERIODS: Mapping[Step, int] = MappingProxyType({Step.SUBMITTED: 20, Step.POOLED: 40})
# Working days that authors have for a question, and the office for the answer that came.
QUESTION_PERIOD = 10
# Calendar days after "nicht aufgenommen" in which the submitter may object, the last day included.
OBJECTION_PERIOD = timedelta(days=30)
# Months after the last status report, or after the team began, within which a running project reports again.
REPORT_PERIOD = 3

SATURDAY = 5
MONTHS_A_YEAR = 12


def answer_due(step: str, since: date | None) -> date | None:
    """Return the day until which the office answers an idea in `step` since `since`; None where no period runs."""
    period = ANSWER_PERIODS.get(Step(step))
    return None if period is None or since is None else after_working_days(since, period)


def question_due(since: date) -> date:
    """Return the day until which a question waits for its answer, or an answer for the office."""
    return after_working_days(since, QUESTION_PERIOD)


def objection_ends(decided_on: date) -> date:
    """Return the last day on which an objection may be made."""
    return decided_on + OBJECTION_PERIOD


def report_due(since: date) -> date:
    """Return the last day for the next status report; a month that has no such day ends it earlier."""
    years, month = divmod(since.month - 1 + REPORT_PERIOD, MONTHS_A_YEAR)
    year, month = since.year + years, month + 1
    return date(year, month, min(since.day, monthrange(year, month)[1]))


def is_overdue(due: date | None, *, today: date) -> bool:
    """Tell whether the day has passed; on the day itself it is not overdue."""
    return due is not None and due < today


def after_working_days(day: date, number: int) -> date:
    """Return the working day that lies `number` working days after `day`, which itself does not count."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day


def is_working_day(day: date) -> bool:
    """Tell whether offices in Mainz work: Monday to Friday, but on no public holiday of Rheinland-Pfalz."""
    return day.weekday() < SATURDAY and day not in public_holidays(day.year)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Return the public holidays of Rheinland-Pfalz (§ 2 LFtG)."""
    easter = easter_sunday(year)
    moving = (easter + timedelta(days=days) for days in (-2, 1, 39, 50, 60))
    fixed = (date(year, month, day) for month, day in ((1, 1), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26)))
    return frozenset((*moving, *fixed))


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar, by the rule of Gauß in the form of Butcher."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    leap_centuries, century_rest = divmod(century, 4)
    moon = (19 * golden + century - leap_centuries - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    leap_years, year_rest = divmod(of_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - moon - year_rest) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
