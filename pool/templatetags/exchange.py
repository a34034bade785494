"""Links under a list that lead to the same list as a file."""

from django import template
from django.template.context import Context
from django.urls import reverse

register = template.Library()


@register.inclusion_tag("_components/take_away.html", takes_context=True)
def take_away(context: Context, name: str) -> dict[str, object]:
    """Offer the list of this page as XLSX and CSV, narrowed and ordered as it stands, all pages of it."""
    query = context["request"].GET.copy()
    for page in ("page", "p"):
        query.pop(page, None)
    asked = f"?{query.urlencode()}" if query else ""
    return {"xlsx": reverse(name, args=["xlsx"]) + asked, "csv": reverse(name, args=["csv"]) + asked}
