"""What the Lenkungsgruppe looks at: counts and lists, each within what the reader may see."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from governance.models import User
from pool.decision.models import Sitting
from pool.lifecycle import Step
from pool.priority.queries import shows_examples_to
from pool.project.models import Project

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


def steered_projects(user: User) -> QuerySet[Project]:
    """Return the projects behind every figure of the dashboard: what `user` may see, without drafts."""
    rows = Project.objects.visible_to(user).exclude(step=Step.DRAFT)
    return rows if shows_examples_to(user) else rows.filter(is_example=False)


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How many projects one Handlungsfeld leads."""

    number: int
    name: str
    slug: str
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many projects stand where."""

    by_step: Counter[str]
    by_field: list[FieldCount]

    @property
    def total(self) -> int:
        """All projects counted."""
        return sum(self.by_step.values())

    def of(self, *steps: Step) -> int:
        """Return how many stand in one of `steps`."""
        return sum(self.by_step[step] for step in steps)


def counts_for(user: User) -> Counts:
    """Count by step and Handlungsfeld; one query."""
    by_step: Counter[str] = Counter()
    by_field: Counter[tuple[int, str, str]] = Counter()
    field = ("lead_handlungsfeld__number", "lead_handlungsfeld__name", "lead_handlungsfeld__slug")
    rows = steered_projects(user).order_by().values_list("step", *field).annotate(rows=Count("pk"))
    for step, number, name, slug, count in rows:
        by_step[step] += count
        if slug is not None:
            by_field[number, name, slug] += count
    fields = [FieldCount(*key, count) for key, count in sorted(by_field.items())]
    return Counts(by_step=by_step, by_field=fields)


def next_sitting(user: User) -> Sitting | None:
    """Return the open sitting with the nearest day; one query."""
    rows = Sitting.objects.filter(closed_at__isnull=True).select_related("body").annotate(items_count=Count("items"))
    if not shows_examples_to(user):
        rows = rows.filter(is_example=False)
    return rows.order_by("day", "pk").first()
