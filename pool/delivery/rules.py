"""What naming a team, proposing completion, planning and reporting need: values only.

Source: Verfahrensordnung des Portals, „Schritte und Züge“ und „Mandate“; for milestones and status reports
docs/decisions/0079-milestones.md.
"""

from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from pool.deadlines import report_due
from pool.delivery.milestones import MilestoneFacts, period_end, period_start
from pool.lifecycle import Step


def missing_for_team(*, has_lead: bool, source: str) -> list[str]:
    """Return in German words what is missing to name a team."""
    missing = [] if has_lead else [_("eine Projektleitung")]
    return missing if source.strip() else [*missing, _("die Grundlage der Benennung")]


def missing_for_proposal(*, result: str) -> list[str]:
    """Return in German words what is missing to propose completion."""
    return [] if result.strip() else [_("das Ergebnis")]


# --- Milestones ---------------------------------------------------------------------------------------------------

PRECISIONS = ("day", "month", "year")
EARLIEST_DAY = date(2000, 1, 1)
YEARS_AHEAD = 20


def missing_for_milestone(*, title: str) -> list[str]:
    """Return in German words what is missing to plan a milestone."""
    return [] if title else [_("ein Titel")]


def missing_for_word_of_the_team(*, is_of_the_team: bool, source: str) -> list[str]:
    """Return in German words what is missing where somebody enters for the team what it said."""
    return [] if is_of_the_team or source else [_("die Quelle: wer aus dem Team hat das wann gesagt?")]


def problem_with_planned_day(*, day: date, precision: str, today: date) -> str:
    """Return why a milestone cannot be planned for this day, or nothing."""
    if precision not in PRECISIONS:
        return _("Sagen Sie, wie genau der Tag feststeht.")
    if day < EARLIEST_DAY or day.year > today.year + YEARS_AHEAD:
        return _("Prüfen Sie das Jahr: Geplant wird für die nächsten {years} Jahre.").format(years=YEARS_AHEAD)
    return ""


def problem_with_shift(*, milestone: MilestoneFacts, day: date, precision: str, today: date) -> str:
    """Return why a milestone cannot be shifted to this day, or nothing; what was called reached by mistake may keep the
    day it was planned for.
    """
    problem = problem_with_planned_day(day=day, precision=precision, today=today)
    if problem:
        return problem
    is_same = (period_start(day, precision), precision) == (milestone.planned_on, milestone.precision)
    if is_same and milestone.reached_on is None:
        return _("Das ist der Tag, der schon geplant ist.")
    if period_end(day, precision) < today:
        return _("Dieser Tag ist vorbei. Verschieben Sie auf einen Tag, der noch kommt.")
    return ""


def problem_with_title(*, milestone: MilestoneFacts, title: str) -> str:
    """Return why a milestone cannot be called so from now on, or nothing."""
    return _("So heißt der Meilenstein schon.") if title == milestone.title else ""


def problem_with_past_day(*, day: date, today: date) -> str:
    """Return why something cannot have happened on this day, or nothing."""
    if day > today:
        return _("Dieser Tag liegt in der Zukunft.")
    return _("Prüfen Sie das Jahr.") if day < EARLIEST_DAY else ""


# --- Status reports -----------------------------------------------------------------------------------------------


class ReportStanding(TextChoices):
    """How a project stands, in the words of its team."""

    ON_TRACK = "on_track", _lazy("planmäßig")
    AT_RISK = "at_risk", _lazy("gefährdet")
    DELAYED = "delayed", _lazy("verzögert")
    RESTING = "resting", _lazy("ruht")


def missing_for_report(*, happened: str, coming: str) -> list[str]:
    """Return in German words what a status report still lacks."""
    wanted = ((happened, _("was geschehen ist")), (coming, _("was als Nächstes kommt")))
    return [words for there, words in wanted if not there]


def problem_with_report_day(*, as_of: date, last: date | None, today: date) -> str:
    """Return why a report cannot bear this day, or nothing: not later than today, not before the last report's."""
    if last is not None and as_of < last:
        return _("Der letzte Bericht hat einen späteren Stand. Ein Versehen darin stellt der nächste Bericht richtig.")
    return problem_with_past_day(day=as_of, today=today)


def next_report_due(*, step: str, running_since: date | None, led_since: date | None, last: date | None) -> date | None:
    """Return the last day for the next report of a project; None where none is asked for.

    Asked for are reports of running projects that somebody leads: three months after the last one, at first after the
    work began and somebody led it. `running_since` is None where that day is not known exactly.
    """
    if step != Step.RUNNING or led_since is None:
        return None
    begun = max(led_since, running_since or led_since)
    return report_due(max(begun, last or begun))
