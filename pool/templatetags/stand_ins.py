"""Who stands in for the CDO, as the pages of a sitting and of a project show it."""

from typing import Any

from django import template

from pool.decision.models import Sitting
from pool.decision.stand_in_views import is_chair
from pool.lifecycle import FINAL_STEPS
from pool.project.models import Project
from pool.stand_ins.queries import named_for, named_in

register = template.Library()


@register.inclusion_tag("decision/_stand_ins.html", takes_context=True)
def stand_ins_of_sitting(context: template.Context, sitting: Sitting, *, on_paper: bool = False) -> dict[str, Any]:
    """List whom a sitting named; to the chair, with the way to name and to end. One query where it named anybody."""
    chairs = not on_paper and is_chair(context["request"].user)
    return {
        "stand_ins": named_in(sitting.pk) if getattr(sitting, "names_stand_ins", True) else [],
        "sitting": sitting,
        "may_name": chairs and sitting.is_open,
        "may_end": chairs,
        "final": FINAL_STEPS,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("casefile/_stand_ins.html")
def stand_ins_of_project(project: Project, *, reads_names: bool, reads_reason: bool) -> dict[str, Any]:
    """List who stood in for the CDO on a project, as far as the reader may know it. One query."""
    return {"stand_ins": named_for(project), "reads_names": reads_names, "reads_reason": reads_reason}
