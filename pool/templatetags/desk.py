"""What the first page of the desk shows above the list of everything: the work that waits, and where everything is."""

from datetime import timedelta
from typing import Any

from django import template
from django.urls import reverse

from governance.mandates.queries import standing_of
from governance.record import clock
from pool.casefile.desk import address
from pool.casefile.desk_queries import (
    QUEUES,
    Queue,
    open_lists,
    waiting_answers_and_consents,
    waiting_counts,
    waiting_objections,
)
from pool.casefile.rules import SCHNELLBOOT_NOTICE_DAYS, SITTING_NOTICE_DAYS, bounds_in_words
from pool.lifecycle import Step
from pool.participation.desk_queries import desk_voices, voices_as_columns
from pool.priority.queries import shows_examples_to
from pool.project.models import Project

register = template.Library()


@register.inclusion_tag("admin/pool/_tasks.html", takes_context=True)
def desk_tasks(context: template.Context) -> dict[str, Any]:
    """List what waits for the CDO, each number with exactly its list, what is due, and how many projects stand in
    each step; nothing for anybody else."""
    user = context["request"].user
    if not standing_of(user).is_cdo:
        return {"is_cdo": False}
    sees_examples = shows_examples_to(user)
    counts = waiting_counts(user, beside=voices_as_columns(with_examples=sees_examples))
    address = reverse("admin:pool_project_changelist")
    today = clock.today()
    lines = [_line(queue, counts[queue.key], address) | {"is_own": queue.is_own} for queue in QUEUES.values()]
    shown = [line for line in lines if line["count"]]
    answers, consents = waiting_answers_and_consents(user)
    sittings = open_lists(is_example=sees_examples)
    return {
        "is_cdo": True,
        "tasks": [line for line in shown if line["is_own"]],
        "watched": [line for line in shown if not line["is_own"]],
        "steps": [
            {"task": step.label, "count": counts[f"step_{step}"], "href": f"{address}?schritt={step}"}
            for step in Step
            if counts[f"step_{step}"]
        ],
        "sittings": [each for each in sittings if each.day <= today + timedelta(days=SITTING_NOTICE_DAYS)],
        "next_sitting": sittings[0] if sittings else None,
        "objections": waiting_objections(user),
        "answers": answers,
        "voices": desk_voices(counts),
        "consents": consents,
        "today": today,
        "notice": SITTING_NOTICE_DAYS,
    }


def _line(queue: Queue, count: int, address: str) -> dict[str, Any]:
    hint = str(queue.hint).format(bounds=bounds_in_words(), days=SCHNELLBOOT_NOTICE_DAYS)
    return {"task": queue.task, "hint": hint, "count": count, "href": f"{address}?wartet={queue.key}"}


@register.inclusion_tag("admin/pool/_objections.html", takes_context=True)
def lying_objections(context: template.Context) -> dict[str, Any]:
    """List the objections that no sitting has decided yet, with the way to their cases. One query."""
    return {"lying": waiting_objections(context["request"].user)}


@register.simple_tag(takes_context=True)
def desk_address(context: template.Context, name: str, project: Project) -> str:
    """Return the address of a page about a project for who reads: at the desk, or outside it for a stand-in."""
    return address(name, project, context["request"].user)
