"""What the Lenkungsgruppe looks at: light rows for the figures, and the same questions asked of the database for lists.

Each within what the reader may see. Every condition here has its twin in pool.steering.rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from governance.mandates.queries import standing_of
from governance.models import User
from governance.permissions import may_open
from governance.strategy.rules import Dimension
from pool.deadlines import ANSWER_PERIODS
from pool.decision.models import Sitting
from pool.lifecycle import Step
from pool.priority.models import ClassMark, RuleVersion
from pool.priority.queries import shows_examples_to, weights_of
from pool.priority.rules import COUNTING_STATES, Candidate, Levels, Ranked, ranked
from pool.project.models import Precision, Project
from pool.publication.queries import released_projects
from pool.steering.rules import SERVING_STEPS, Clock, Direction, Late, Steered, overdue_since

CONFIRMED = frozenset({ClassMark.State.CONFIRMED.value})


def steered_projects(user: User) -> QuerySet[Project]:
    """Return the projects behind every figure of the dashboard: what `user` may see, without drafts.

    The Beirat also counts what is public; anybody reads as much of it.
    """
    visible = Project.objects.visible_to(user)
    if standing_of(user).is_advisory:
        public = Project.objects.filter(Exists(released_projects().filter(project=OuterRef("pk"))))
        visible = Project.objects.filter(Q(pk__in=visible.values("pk")) | Q(pk__in=public.values("pk")))
    rows = visible.exclude(step=Step.DRAFT)
    return rows if shows_examples_to(user) else rows.filter(is_example=False)


def counting_states(user: User) -> frozenset[str]:
    """Return the states of a mark that count for `user`; what is only proposed is for those who read inside."""
    return COUNTING_STATES if may_open(user, "sitzungen") else CONFIRMED


_OWN = ("pk", "step", "look_again_on", "remind_on", "title", "is_example", "pool_number")
_JOINED = {
    "known_since": "step_since",
    "precision": "step_since_precision",
    "field_slug": "lead_handlungsfeld__slug",
    "leuchtturm_state": "leuchtturm__state",
    "schnellboot_state": "schnellboot__state",
    "start_on": "schnellboot__start_on",
    "visible_on": "schnellboot__visible_on",
    "call_pk": "call_idea__call",
} | {name: f"rating__{name}" for name in Dimension.values}


def steered_rows(user: User) -> list[Steered]:
    """Return the projects as values, marks and levels of record included; one query."""
    return rows_of(steered_projects(user), counting_states(user))


def rows_of(projects: QuerySet[Project], states: frozenset[str]) -> list[Steered]:
    """Return some projects as values; marks count in the given states. One query."""
    rows = projects.order_by().alias(**_relations())
    found = rows.values(*_OWN, **{name: F(path) for name, path in _JOINED.items()})
    return [_steered(row, states) for row in found]


def _relations() -> dict[str, FilteredRelation]:
    """Return what is joined, made anew each time: a query writes into it."""
    found = {
        mark: FilteredRelation("class_marks", condition=Q(class_marks__is_current=True, class_marks__mark=mark))
        for mark in ClassMark.Mark.values
    }
    return found | {"rating": FilteredRelation("ratings", condition=Q(ratings__is_current=True))}


def _steered(row: Mapping[str, Any], states: frozenset[str]) -> Steered:
    marks = {"leuchtturm": row["leuchtturm_state"], "schnellboot": row["schnellboot_state"]}
    levels = Levels(**{name: row[name] for name in Dimension.values}) if row["vernetzung"] is not None else None
    return Steered(
        **{name: row[name] for name in _OWN},
        since=row["known_since"] if row["precision"] == Precision.DAY else None,
        field=row["field_slug"] or "",
        is_leuchtturm=marks["leuchtturm"] in states,
        is_schnellboot=marks["schnellboot"] in states,
        proposed=frozenset(mark for mark, state in marks.items() if state == "proposed" and state in states),
        start_on=row["start_on"],
        visible_on=row["visible_on"],
        inward=row["effect_inward"],
        outward=row["effect_outward"],
        levels=levels,
        call=row["call_pk"],
        mark_states=tuple(state for state in marks.values() if state),
    )


# --- The same, asked of the database -------------------------------------------------------------------------------


def with_mark(mark: str, states: frozenset[str]) -> Q:
    """Return the condition for what serves the strategy and bears `mark`."""
    marks = ClassMark.objects.filter(project=OuterRef("pk"), is_current=True, mark=mark, state__in=states)
    return Q(Exists(marks), step__in=SERVING_STEPS)


def late_condition(reason: str, today: date, states: frozenset[str]) -> Q:
    """Return the condition for what is late for one reason."""
    if reason == Late.ANSWER:
        found = Q(pk__in=[])
        for step in ANSWER_PERIODS:
            found |= Q(step=step, step_since__lte=overdue_since(step, today))
        return found & Q(step_since_precision=Precision.DAY)
    if reason == Late.REVISION:
        return Q(step=Step.RETURNED, remind_on__lt=today)
    if reason == Late.LOOK_AGAIN:
        return Q(step=Step.DEFERRED, look_again_on__lt=today)
    return clock_condition(Clock.BROKEN, today, states) & ~Q(step=Step.COMPLETED)


def clock_condition(clock: str, today: date, states: frozenset[str]) -> Q:
    """Return the condition for Schnellboote that stand like this with their promise."""
    boats = ClassMark.objects.filter(
        project=OuterRef("pk"), is_current=True, mark=ClassMark.Mark.SCHNELLBOOT, state__in=states
    ).exclude(visible_on=None)
    serving = Q(step__in=SERVING_STEPS)
    completed = Q(step=Step.COMPLETED)
    dated = Q(step_since_precision=Precision.DAY, step_since__isnull=False)
    in_time = dated & Exists(boats.filter(visible_on__gte=OuterRef("step_since")))
    too_late = dated & Exists(boats.filter(visible_on__lt=OuterRef("step_since")))
    undated_in_time = ~dated & Exists(boats.filter(visible_on__gte=today))
    undated_too_late = ~dated & Exists(boats.filter(visible_on__lt=today))
    ahead = Q(Exists(boats.filter(visible_on__gte=today, start_on__gt=today)))
    if clock == Clock.KEPT:
        return completed & (in_time | undated_in_time)
    if clock == Clock.BROKEN:
        past = Q(Exists(boats.filter(visible_on__lt=today)))
        return completed & (too_late | undated_too_late) | serving & ~completed & past
    if clock == Clock.AHEAD:
        return serving & ~completed & ahead
    return serving & ~completed & Q(Exists(boats.filter(visible_on__gte=today))) & ~ahead


def direction_condition(direction: str) -> Q:
    """Return the condition for what is rated like this inward and outward."""
    compared = {
        Direction.INWARD: Q(ratings__effect_inward__gt=F("ratings__effect_outward")),
        Direction.OUTWARD: Q(ratings__effect_inward__lt=F("ratings__effect_outward")),
        Direction.BOTH: Q(ratings__effect_inward=F("ratings__effect_outward")),
    }[Direction(direction)]
    return _rated(compared)


def level_condition(*, inward: int | None = None, outward: int | None = None) -> Q:
    """Return the condition for what is rated with these levels of effect."""
    levels = {"ratings__effect_inward": inward, "ratings__effect_outward": outward}
    return _rated(Q(**{name: level for name, level in levels.items() if level is not None}))


def serving_rated() -> Q:
    """Return the condition for what serves the strategy and has a rating of record."""
    return _rated(Q())


def _rated(condition: Q) -> Q:
    rated = Project.objects.filter(Q(ratings__is_current=True) & condition, pk=OuterRef("pk"))
    return Q(Exists(rated), step__in=SERVING_STEPS)


# --- Sittings ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sittings:
    """The sitting that comes and the last one that was closed."""

    coming: Sitting | None
    last: Sitting | None

    @property
    def closed_on(self) -> date | None:
        """The day on which the last sitting was closed."""
        if self.last is None or self.last.closed_at is None:
            return None
        return timezone.localtime(self.last.closed_at).date()


def sittings_for(user: User) -> Sittings:
    """Return both sittings as `user` may know them; one query. Open ones are not for everybody."""
    rows = Sitting.objects.select_related("body")
    if not shows_examples_to(user):
        rows = rows.filter(is_example=False)
    steering = rows.filter(body__kind="lenkungsgruppe")
    wanted = Q(pk=Subquery(steering.exclude(closed_at=None).order_by("-closed_at", "-pk").values("pk")[:1]))
    if may_open(user, "sitzungen"):
        wanted |= Q(pk=Subquery(rows.filter(closed_at=None).order_by("day", "pk").values("pk")[:1]))
    found = list(rows.filter(wanted).annotate(items_count=Count("items")))
    return Sittings(
        coming=next((each for each in found if each.closed_at is None), None),
        last=next((each for each in found if each.closed_at is not None), None),
    )


# --- The head of the ranking ---------------------------------------------------------------------------------------


def ranked_rows(rows: Iterable[Steered], rule: RuleVersion) -> list[tuple[Ranked, Steered]]:
    """Return those of `rows` that are ranked, in order under `rule`; the order of the ranking page, without a query."""
    by_id = {str(row.pk): row for row in rows if row.step == Step.ASSESSED and row.levels is not None}
    candidates = (
        Candidate(
            project_id=key,
            pool_number=row.pool_number or 0,
            levels=row.levels,
            mark_states=row.mark_states,
        )
        for key, row in by_id.items()
        if row.levels is not None
    )
    order = ranked(candidates, weights_of(rule), rule.effect_threshold)
    return [(place, by_id[place.candidate.project_id]) for place in order]
