"""Picking teams and those who may be in one; how projects stand while they are carried out."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from governance.mandates.models import Mandate
from governance.mandates.queries import standing_of
from governance.mandates.rules import Role
from governance.models import User
from governance.record import clock
from pool.barred import held_on
from pool.deadlines import is_overdue
from pool.delivery.milestones import GOING_ON, Progress, is_going_on, place_of
from pool.delivery.models import CompletionProposal, Milestone, MilestoneDay, StatusReport
from pool.delivery.rules import ReportStanding, next_report_due
from pool.lifecycle import Step
from pool.permissions import TEAM
from pool.priority.queries import shows_examples_to
from pool.project.models import Precision, Project, ProjectMandate

CARRIED_OUT = (Step.COMMISSIONED, Step.RUNNING, Step.COMPLETED, Step.STOPPED)


def employed_on(day: date, *, is_example: bool) -> QuerySet[User]:
    """Return the accounts of those employed in the Konzern on `day`; example accounts apart from real ones."""
    employments = Mandate.objects.valid_on(day).filter(role=Role.EMPLOYEE, person__person__user=OuterRef("pk"))
    return User.objects.filter(Exists(employments), is_active=True, is_demo=is_example).order_by(
        "last_name", "first_name", "username"
    )


def team_on(project: Project, day: date) -> QuerySet[ProjectMandate]:
    """Return who carries the project out on `day`, the Projektleitung first."""
    held = Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))
    rows = ProjectMandate.objects.filter(held, project=project, role__in=TEAM)
    return rows.select_related("person__person__user").order_by("role", "pk")


def current_proposal(project: Project) -> CompletionProposal | None:
    """Return the Projektleitung's open proposal to complete the project, or None."""
    return project.completion_proposals.filter(is_current=True).select_related("by").first()


# --- Milestones and reports ---------------------------------------------------------------------------------------


def next_milestone(project: str = "pk") -> QuerySet[Milestone]:
    """Return the open milestone of the outer row whose day comes first, to be asked for inside another query."""
    waiting = Milestone.objects.filter(project=OuterRef(project), reached_on=None, given_up_on=None)
    return waiting.order_by("planned_until", "planned_on", "title", "pk")


def last_report(project: str = "pk") -> QuerySet[StatusReport]:
    """Return the latest status report of the outer row, to be asked for inside another query."""
    return StatusReport.objects.filter(project=OuterRef(project)).order_by("-as_of", "-pk")


def with_standing(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Return projects with how they stand, in the same query: next milestone, last report, progress, who leads since
    when, whether completion is proposed.
    """
    day = clock.today()
    leads = ProjectMandate.objects.filter(held_on(day), project=OuterRef("pk"), role=ProjectMandate.Role.LEAD)
    counted = Milestone.objects.filter(project=OuterRef("pk"), given_up_on=None).order_by().values("project")
    proposed = CompletionProposal.objects.filter(project=OuterRef("pk"), is_current=True)
    waiting, last = next_milestone(), last_report()
    return projects.annotate(
        next_title=Subquery(waiting.values("title")[:1]),
        next_on=Subquery(waiting.values("planned_on")[:1]),
        next_precision=Subquery(waiting.values("planned_precision")[:1]),
        next_until=Subquery(waiting.values("planned_until")[:1]),
        milestones_total=Subquery(counted.annotate(number=Count("pk")).values("number")),
        milestones_reached=Subquery(counted.annotate(number=Count("reached_on")).values("number")),
        last_standing=Subquery(last.values("standing")[:1]),
        last_as_of=Subquery(last.values("as_of")[:1]),
        led_since=Subquery(leads.order_by("valid_from").values("valid_from")[:1]),
        has_proposal=Exists(proposed),
    )


def running_since(project: Project) -> date | None:
    """Return the day since when a running project runs, where it is known exactly."""
    is_exact = project.step == Step.RUNNING and project.step_since_precision == Precision.DAY
    return project.step_since if is_exact else None


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A project as the room lists it."""

    project: Project
    progress: Progress
    standing: str
    as_of: date | None
    next_title: str
    next_on: date | None
    next_precision: str
    is_next_overdue: bool
    report_due: date | None
    is_report_overdue: bool
    has_proposal: bool
    has_lead: bool

    @property
    def standing_words(self) -> str:
        """The standing of the last report in words."""
        return str(ReportStanding(self.standing).label) if self.standing else ""


def room_row(project: Project, today: date) -> RoomRow:
    """Return a project from `with_standing` as a row of the room."""
    row: Any = project
    goes_on = is_going_on(project.step)
    due = next_report_due(
        step=project.step, running_since=running_since(project), led_since=row.led_since, last=row.last_as_of
    )
    return RoomRow(
        project=project,
        progress=Progress(row.milestones_reached or 0, row.milestones_total or 0),
        standing=row.last_standing or "",
        as_of=row.last_as_of,
        next_title=row.next_title or "" if goes_on else "",
        next_on=row.next_on if goes_on else None,
        next_precision=row.next_precision or "",
        is_next_overdue=goes_on and is_overdue(row.next_until, today=today),
        report_due=due,
        is_report_overdue=is_overdue(due, today=today),
        has_proposal=row.has_proposal and project.step == Step.RUNNING,
        has_lead=row.led_since is not None,
    )


OVER = "beendet"


def room_list(user: User, shows: str) -> QuerySet[Project]:
    """Return what the room lists to `user`, with how it stands: the next day first; with OVER what is over, the latest
    first.
    """
    rows = with_standing(carried_out_by(user).select_related("lead_unit", "lead_handlungsfeld"))
    if shows == OVER:
        return rows.exclude(step__in=GOING_ON).order_by(F("step_since").desc(nulls_last=True), "title", "pk")
    return rows.filter(step__in=GOING_ON).order_by(F("next_until").asc(nulls_last=True), "title", "pk")


def carried_out_by(user: User) -> QuerySet[Project]:
    """Return the projects whose room page `user` opens: those of her team; to the CDO's office all that are or were
    carried out. Examples only to whom they are shown.
    """
    standing, day = standing_of(user), clock.today()
    mine = ProjectMandate.objects.filter(
        held_on(day), project=OuterRef("pk"), person_id=standing.actor_id, role__in=TEAM
    )
    wanted = Q(Exists(mine)) if standing.is_employee else Q(pk__in=[])
    if standing.is_cdo:
        wanted |= Q(step__in=CARRIED_OUT)
    rows = Project.objects.filter(wanted)
    return rows if shows_examples_to(user) else rows.filter(is_example=False)


def in_team_on(day: date) -> Exists:
    """Return the condition that the person of a mandate (OuterRef "person") is in a project's team on `day`."""
    return Exists(ProjectMandate.objects.filter(held_on(day), person=OuterRef("person"), role__in=TEAM))


def milestones_of(project: Project, *, reads_inside: bool) -> list[Milestone]:
    """Return the milestones in the order of their days, with every planned day and former title and whether the public
    knows them; without the inner ones to who does not read inside. Three queries.
    """
    # A later slice's rows, by their relation: this module may not import them.
    release = "public_titles__text__releases"
    come = Q(**{f"{release}__is_planned": True, f"{release}__released_at__lte": clock.now()})
    told = Milestone.objects.filter(Q(**{f"{release}__is_current": True}) | come, pk=OuterRef("pk"))
    rows = project.milestones.all() if reads_inside else project.milestones.filter(is_public=True)
    days = Prefetch("days", MilestoneDay.objects.select_related("by__person__user").order_by("number"))
    found = (
        rows.annotate(is_told=Exists(told))
        .select_related("closed_by__person__user")
        .prefetch_related(days, "former_titles")
    )
    return sorted(found, key=lambda each: (place_of(each.facts), each.planned_on, each.title))


def reports_of(project: Project) -> QuerySet[StatusReport]:
    """Return the status reports, the latest first."""
    return project.status_reports.select_related("by__person__user").order_by("-as_of", "-pk")
