"""A person's saved filters beside a list."""

from typing import Any

from django import template

from pool.saved_filters.queries import list_address, saved_filters_of
from pool.saved_filters.rules import kept_query

register = template.Library()


@register.inclusion_tag("saved_filters/_beside.html", takes_context=True)
def saved_filters(context: template.Context, of_list: str) -> dict[str, Any]:
    """List what the reader saved for this list; where it is set to anything, offer to save that. One query."""
    request = context["request"]
    query = kept_query(request.GET.urlencode())
    rows = saved_filters_of(request.user, of_list)
    return {
        "of_list": of_list,
        "query": query,
        "filters": [(row, list_address(of_list, row.query), row.query == query) for row in rows],
        "is_saved": any(row.query == query for row in rows),
        "link": request.build_absolute_uri(list_address(of_list, query)),
        "csrf_token": context.get("csrf_token"),
    }
