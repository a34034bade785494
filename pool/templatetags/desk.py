"""What the first page of the desk shows above the list of everything: the work that waits."""

from typing import Any

from django import template
from django.urls import reverse

from governance.mandates.queries import standing_of
from pool.casefile.desk_queries import QUEUES, waiting_counts
from pool.steering.queries import next_sitting

register = template.Library()


@register.inclusion_tag("admin/pool/_tasks.html", takes_context=True)
def desk_tasks(context: template.Context) -> dict[str, Any]:
    """List what waits for the CDO, each number with its list, and the next sitting; nothing for anybody else."""
    user = context["request"].user
    if not standing_of(user).is_cdo:
        return {"is_cdo": False}
    counts = waiting_counts(user)
    address = reverse("admin:pool_project_changelist")
    tasks = [
        {
            "task": queue.task,
            "count": counts[queue.key],
            "href": reverse("admin:pool_project_prioritisation")
            if queue.key == "beschluss"
            else f"{address}?wartet={queue.key}",
        }
        for queue in QUEUES.values()
    ]
    return {
        "is_cdo": True,
        "tasks": [task for task in tasks if task["count"]],
        "total": sum(counts[key] for key in counts if key != "beschluss"),
        "sitting": next_sitting(user),
    }
