"""Who stands in for the CDO on which project today, and who did."""

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from governance.mandates.rules import Standing
from pool.lifecycle import FINAL_STEPS
from pool.project.models import Project
from pool.stand_ins.models import StandIn

STAND_IN = "stand_in"


def standing_rows() -> QuerySet[StandIn]:
    """Return what holds now: not ended, and the project not over."""
    return StandIn.objects.filter(ended_at__isnull=True).exclude(project__step__in=FINAL_STEPS)


def stands_in_on(day: date) -> Exists:
    """Return the condition that the person of a mandate (OuterRef "person") stands in on some project; every standing
    carries the answer, so that nobody else costs a query.
    """
    return Exists(standing_rows().filter(person=OuterRef("person")))


def stands_in(standing: Standing, project: Project) -> bool:
    """Tell whether a person is named for a project that is not over."""
    if STAND_IN not in standing.also or project.step in FINAL_STEPS:
        return False
    return standing_rows().filter(project=project, person=standing.actor_id).exists()


def stand_in_on(project: Project) -> UUID | None:
    """Return who is named for a project today."""
    return standing_rows().filter(project=project).values_list("person_id", flat=True).first()


def _with_people(rows: QuerySet[StandIn]) -> QuerySet[StandIn]:
    people = [f"{name}__person__user" for name in ("person", "by", "in_place_of", "ended_by")]
    return rows.select_related("project", "sitting__body", *people)


def named_in(sitting_id: int) -> list[StandIn]:
    """Return whom a sitting named, in its order; one query."""
    return list(_with_people(StandIn.objects.filter(sitting=sitting_id)).order_by("pk"))


def named_for(project: Project) -> list[StandIn]:
    """Return whom sittings named for a project, the latest first; one query."""
    return list(_with_people(StandIn.objects.filter(project=project)).order_by("-pk"))
