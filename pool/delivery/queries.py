"""Picking teams and those who may be in one."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from governance.mandates.models import Mandate
from governance.mandates.rules import Role
from governance.models import User
from pool.delivery.models import CompletionProposal
from pool.permissions import TEAM
from pool.project.models import Project, ProjectMandate


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
