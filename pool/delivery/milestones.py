"""How far a project is, by its milestones: values only, and only words that the public may read too.

Source: docs/decisions/0079-milestones.md.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from pool.lifecycle import Step

# Steps in which a project is being carried out: only there is anything still to come.
GOING_ON = frozenset({Step.COMMISSIONED, Step.RUNNING})
DECEMBER = 12


class MilestoneState(TextChoices):
    """How a milestone stands today."""

    PLANNED = "planned", _lazy("geplant")
    OVERDUE = "overdue", _lazy("überfällig")
    REACHED = "reached", _lazy("erreicht")
    GIVEN_UP = "given_up", _lazy("aufgegeben")
    LEFT_OPEN = "left_open", _lazy("offen geblieben")


@dataclass(frozen=True, slots=True)
class MilestoneFacts:
    """A milestone as values: its title, the day planned now and at first, and how it ended, if it did."""

    title: str
    planned_on: date
    precision: str
    first_planned_on: date
    first_precision: str
    reached_on: date | None = None
    given_up_on: date | None = None

    @property
    def planned_until(self) -> date:
        """The last day on which it is still in time."""
        return period_end(self.planned_on, self.precision)

    @property
    def is_open(self) -> bool:
        """Tell whether it is neither reached nor given up."""
        return self.reached_on is None and self.given_up_on is None

    @property
    def was_shifted(self) -> bool:
        """Tell whether it is planned for another day than at first."""
        return (self.planned_on, self.precision) != (self.first_planned_on, self.first_precision)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many milestones are reached out of those that were not given up."""

    reached: int
    total: int

    @property
    def words(self) -> str:
        """Return it as a sentence, never as a percentage."""
        return ngettext(
            "{reached} von {total} Meilenstein erreicht", "{reached} von {total} Meilensteinen erreicht", self.total
        ).format(reached=self.reached, total=self.total)


def period_start(day: date, precision: str) -> date:
    """Return the first day of the day, month or year that `day` stands for."""
    return {"month": day.replace(day=1), "year": date(day.year, 1, 1)}.get(precision, day)


def period_end(day: date, precision: str) -> date:
    """Return the last day of the day, month or year that `day` stands for."""
    if precision == "month":
        return day.replace(day=monthrange(day.year, day.month)[1])
    return date(day.year, DECEMBER, 31) if precision == "year" else day


def is_going_on(step: str) -> bool:
    """Tell whether a project in `step` is being carried out."""
    return step in GOING_ON


def state_of(milestone: MilestoneFacts, *, step: str, today: date) -> MilestoneState:
    """Return how a milestone stands; what a project left open that is no longer carried out is not overdue."""
    if milestone.reached_on is not None:
        return MilestoneState.REACHED
    if milestone.given_up_on is not None:
        return MilestoneState.GIVEN_UP
    if not is_going_on(step):
        return MilestoneState.LEFT_OPEN
    return MilestoneState.OVERDUE if milestone.planned_until < today else MilestoneState.PLANNED


def progress_of(milestones: Iterable[MilestoneFacts]) -> Progress:
    """Return the progress by milestones; those given up count neither way."""
    counted = [each for each in milestones if each.given_up_on is None]
    return Progress(sum(each.reached_on is not None for each in counted), len(counted))


def next_of(milestones: Iterable[MilestoneFacts], *, step: str) -> MilestoneFacts | None:
    """Return the milestone whose planned day comes first among those still open; None where nothing is to come."""
    waiting = [each for each in milestones if each.is_open] if is_going_on(step) else []
    return min(waiting, key=lambda each: (each.planned_until, each.planned_on, each.title), default=None)


def in_order(milestones: Iterable[MilestoneFacts]) -> list[MilestoneFacts]:
    """Return milestones by the day on which each was reached or given up, or else is planned."""
    return sorted(milestones, key=lambda each: (place_of(each), each.planned_on, each.title))


def place_of(milestone: MilestoneFacts) -> date:
    """Return the day at which a milestone stands on a line of time."""
    return milestone.reached_on or milestone.given_up_on or milestone.planned_until
