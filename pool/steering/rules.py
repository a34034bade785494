"""What the figures of the Lenkungsgruppe are made of: values only.

The lists behind the figures ask the database the same questions (pool.steering.queries); a test compares the two over a
thousand random pools. No figure speaks of a person.
Source: Verfahrensordnung des Portals, „Klasse“, „Fristen“, „Menschen werden nicht gemessen“.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from statistics import median
from typing import TypeVar
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from pool.deadlines import ANSWER_PERIODS, answer_due
from pool.lifecycle import Step
from pool.priority.rules import Levels

OPEN_STEPS = (
    Step.SUBMITTED,
    Step.RETURNED,
    Step.POOLED,
    Step.ASSESSED,
    Step.DEFERRED,
    Step.COMMISSIONED,
    Step.RUNNING,
)
ENDED_STEPS = (Step.COMPLETED, Step.STOPPED, Step.DECLINED, Step.REJECTED, Step.WITHDRAWN, Step.MERGED)
# What serves the strategy: in the pool, or come out of it. What was given up serves nothing.
SERVING_STEPS = (Step.POOLED, Step.ASSESSED, Step.DEFERRED, Step.COMMISSIONED, Step.RUNNING, Step.COMPLETED)
PLANNED_STEPS = (Step.POOLED, Step.ASSESSED, Step.DEFERRED)
CARRIED_STEPS = (Step.COMMISSIONED, Step.RUNNING, Step.COMPLETED)
WAITING_STEPS = (Step.SUBMITTED, Step.POOLED, Step.ASSESSED, Step.COMMISSIONED)
LEVELS = range(5)
# Times are shown from this many cases up.
ENOUGH_CASES = 5

Key = TypeVar("Key")


class Late(TextChoices):
    """Why a project is late; the value stands in the address of its list."""

    ANSWER = "antwort", _("Antwort an Einreichende überfällig")
    REVISION = "ueberarbeitung", _("Tag der Überarbeitung vorbei")
    LOOK_AGAIN = "wiedervorlage", _("Tag zum Wiederansehen vorbei")
    PROMISE = "schnellboot", _("Schnellboot-Versprechen überschritten")


class Clock(TextChoices):
    """Where a Schnellboot stands with its promise of a visible result."""

    AHEAD = "vor-beginn", _("beginnt noch")
    TICKING = "laeuft", _("läuft")
    KEPT = "gehalten", _("gehalten")
    BROKEN = "ueberschritten", _("überschritten")


class Direction(TextChoices):
    """Where a rated project works more."""

    INWARD = "innen", _("mehr nach innen")
    OUTWARD = "aussen", _("mehr nach außen")
    BOTH = "beides", _("nach innen und außen gleich")


class Cover(TextChoices):
    """How a Handlungsbedarf is served."""

    NONE = "ohne", _("ohne Vorhaben")
    IDEAS = "nur-ideen", _("nur Ideen")
    SINGLE = "ein-vorhaben", _("ruht auf einem beschlossenen Vorhaben")
    SERVED = "mehrere", _("mehrere beschlossen")


@dataclass(frozen=True, slots=True)
class Steered:
    """One project as the figures count it. `since` only where the day is known; marks only where they count."""

    pk: UUID
    step: str
    since: date | None = None
    field: str = ""
    look_again_on: date | None = None
    remind_on: date | None = None
    is_leuchtturm: bool = False
    is_schnellboot: bool = False
    proposed: frozenset[str] = frozenset()
    start_on: date | None = None
    visible_on: date | None = None
    inward: int | None = None
    outward: int | None = None
    title: str = ""
    is_example: bool = False
    pool_number: int | None = None
    levels: Levels | None = None
    mark_states: tuple[str, ...] = ()
    call: int | None = None

    @property
    def serves(self) -> bool:
        """Tell whether the project counts for the strategy."""
        return self.step in SERVING_STEPS

    @property
    def is_rated(self) -> bool:
        """Tell whether the project serves and has a rating of record."""
        return self.serves and self.inward is not None and self.outward is not None


# --- Late, and the clock of a Schnellboot --------------------------------------------------------------------------


def late_reasons(row: Steered, today: date) -> frozenset[Late]:
    """Return why a project is late on `today`; on the day itself nothing is late."""
    found = set()
    if row.step in ANSWER_PERIODS and row.since is not None and row.since <= overdue_since(row.step, today):
        found.add(Late.ANSWER)
    if row.step == Step.RETURNED and _is_past(row.remind_on, today):
        found.add(Late.REVISION)
    if row.step == Step.DEFERRED and _is_past(row.look_again_on, today):
        found.add(Late.LOOK_AGAIN)
    if row.step != Step.COMPLETED and clock_of(row, today) == Clock.BROKEN:
        found.add(Late.PROMISE)
    return frozenset(found)


def _is_past(day: date | None, today: date) -> bool:
    return day is not None and day < today


@lru_cache(maxsize=32)
def overdue_since(step: str, today: date) -> date:
    """Return the last day on which a project that came into `step` is late on `today` with its answer.

    The due day never falls when the first day rises, so that the database can compare with this one day.
    """
    since = today - timedelta(days=1)
    while not _is_past(answer_due(step, since), today):
        since -= timedelta(days=1)
    return since


def clock_of(row: Steered, today: date) -> Clock | None:
    """Return where a Schnellboot stands: kept when completed by the promised day; None for what serves nothing.

    A completed one whose day is not known counts as kept only as long as the promised day has not passed.
    """
    if not row.is_schnellboot or row.visible_on is None or not row.serves:
        return None
    if row.step == Step.COMPLETED:
        return Clock.KEPT if (row.since or today) <= row.visible_on else Clock.BROKEN
    if row.visible_on < today:
        return Clock.BROKEN
    return Clock.AHEAD if row.start_on is not None and row.start_on > today else Clock.TICKING


@dataclass(frozen=True, slots=True)
class Track:
    """The year of a Schnellboot: days from its start until today (or the result), until the promise, and beyond."""

    row: Steered
    clock: Clock
    elapsed: int
    promised: int
    left: int

    @property
    def over(self) -> int:
        """How many days the promise was exceeded by."""
        return max(-self.left, 0)


def track_of(row: Steered, today: date) -> Track | None:
    """Return the track of a Schnellboot, or None where no clock runs."""
    clock = clock_of(row, today)
    if clock is None or row.start_on is None or row.visible_on is None:
        return None
    until = (row.since or today) if row.step == Step.COMPLETED else today
    return Track(
        row=row,
        clock=clock,
        elapsed=max((until - row.start_on).days, 0),
        promised=(row.visible_on - row.start_on).days,
        left=(row.visible_on - until).days,
    )


# --- Effect --------------------------------------------------------------------------------------------------------


def direction_of(row: Steered) -> Direction | None:
    """Return where a rated project works more; None without a rating."""
    if not row.is_rated or row.inward is None or row.outward is None:
        return None
    if row.inward == row.outward:
        return Direction.BOTH
    return Direction.INWARD if row.inward > row.outward else Direction.OUTWARD


# --- The figures ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Age:
    """How long projects have stood in a step: the median in days, from five cases up."""

    cases: int
    days: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the dashboard counts."""

    by_step: Counter[str]
    by_field: Mapping[str, Counter[str]]
    late: Counter[Late]
    late_projects: int
    leuchttuerme: int
    schnellboote: int
    proposed: Counter[str]
    clocks: Counter[Clock]
    tracks: Sequence[Track]
    cells: Counter[tuple[int, int]]
    directions: Counter[Direction]
    changed: Counter[str]
    ages: Mapping[str, Age]
    ages_by_field: Mapping[tuple[str, str], Age]

    def of(self, *steps: str) -> int:
        """Return how many stand in one of `steps`."""
        return sum(self.by_step[step] for step in steps)

    @property
    def total(self) -> int:
        """All projects counted."""
        return sum(self.by_step.values())


def figures_of(rows: Iterable[Steered], *, today: date, last_sitting: date | None) -> Figures:
    """Count `rows` as they stand on `today`.

    `last_sitting`: the day on which the last sitting was closed; changed is what came into its step after that day.
    """
    listed = list(rows)
    by_field: dict[str, Counter[str]] = {}
    late: Counter[Late] = Counter()
    late_projects = 0
    for row in listed:
        by_field.setdefault(row.field, Counter())[row.step] += 1
        reasons = late_reasons(row, today)
        late.update(reasons)
        late_projects += bool(reasons)
    tracks = [track for row in listed if (track := track_of(row, today)) is not None]
    return Figures(
        by_step=Counter(row.step for row in listed),
        by_field=by_field,
        late=late,
        late_projects=late_projects,
        leuchttuerme=sum(row.is_leuchtturm and row.serves for row in listed),
        schnellboote=sum(row.is_schnellboot and row.serves for row in listed),
        proposed=Counter(mark for row in listed if row.serves for mark in row.proposed),
        clocks=Counter(clock for row in listed if (clock := clock_of(row, today)) is not None),
        tracks=sorted(tracks, key=lambda track: (track.clock != Clock.BROKEN, track.left, track.row.title)),
        cells=Counter(
            (row.inward, row.outward)
            for row in listed
            if row.is_rated and row.inward is not None and row.outward is not None
        ),
        directions=Counter(found for row in listed if (found := direction_of(row)) is not None),
        changed=Counter(row.step for row in listed if has_changed(row, last_sitting)),
        ages=_ages(((row.step, row) for row in listed), today),
        ages_by_field=_ages((((row.field, row.step), row) for row in listed), today),
    )


def has_changed(row: Steered, last_sitting: date | None) -> bool:
    """Tell whether a project came into its step after the last sitting was closed; days that are not known do not."""
    return last_sitting is not None and row.since is not None and row.since > last_sitting


def _ages(keyed: Iterable[tuple[Key, Steered]], today: date) -> dict[Key, Age]:
    """Return medians by key over the projects that wait in a step whose first day is known."""
    days: dict[Key, list[int]] = {}
    for key, row in keyed:
        if row.step in WAITING_STEPS and row.since is not None and row.since <= today:
            days.setdefault(key, []).append((today - row.since).days)
    return {
        key: Age(len(found), round(median(found)) if len(found) >= ENOUGH_CASES else None)
        for key, found in days.items()
    }


# --- Coverage ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """The projects that serve one part of the strategy, by step."""

    by_step: Counter[str]

    def of(self, *steps: str) -> int:
        """Return how many stand in one of `steps`."""
        return sum(self.by_step[step] for step in steps)

    @property
    def planned(self) -> int:
        """How many are not decided on."""
        return self.of(*PLANNED_STEPS)

    @property
    def begun(self) -> int:
        """How many are to be carried out or are being carried out."""
        return self.of(Step.COMMISSIONED, Step.RUNNING)

    @property
    def done(self) -> int:
        """How many are completed."""
        return self.of(Step.COMPLETED)

    @property
    def total(self) -> int:
        """How many serve it at all."""
        return self.of(*SERVING_STEPS)

    @property
    def cover(self) -> Cover:
        """How the part is served."""
        return cover_of(planned=self.planned, carried=self.of(*CARRIED_STEPS))


def cover_of(*, planned: int, carried: int) -> Cover:
    """Return how a need is served: `planned` ideas not decided on, `carried` ordered, running or completed."""
    if carried == 0:
        return Cover.IDEAS if planned else Cover.NONE
    return Cover.SINGLE if carried == 1 else Cover.SERVED


def tally(rows: Iterable[Steered]) -> Tally:
    """Count those of `rows` that serve the strategy, each once."""
    return Tally(Counter(row.step for row in {row.pk: row for row in rows}.values() if row.serves))
