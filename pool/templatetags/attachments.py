"""The files of an idea wherever the idea is read."""

from django import template
from django.template.context import Context

from pool.attachments.queries import attachments_of, reads_removed
from pool.lifecycle import Act
from pool.permissions import may
from pool.project.models import Project

register = template.Library()


@register.inclusion_tag("attachments/_section.html", takes_context=True)
def attachments(context: Context, project: Project, heading: str = "h2") -> dict[str, object]:
    """Show the files of an idea with their links; nothing where there are none and the reader adds none."""
    user = context["request"].user
    hanging = attachments_of(project)
    return {
        "project": project,
        "hanging": hanging,
        "heading": heading,
        "may_change": may(user, Act.EDIT_TEXT, project),
        "removed": [each for each in hanging.removed if each.removal.is_file_kept]
        if hanging.removed and reads_removed(user, project)
        else [],
    }
