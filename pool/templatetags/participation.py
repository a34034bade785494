"""Taking part on pages of other slices: what is said about this, what comes next, and whether the page helped."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from governance.retention import known_rules
from pool.participation.beside import beside
from pool.participation.queries import next_formats
from pool.participation.views import NOT_ASKED_ABOUT, PUBLIC_PAGES

register = template.Library()
# Where a feed of one project or Handlungsfeld stands, as far as there is one.
FEEDS = {"projekt": "open_data:project_feed", "feld": "open_data:field_feed"}


@register.inclusion_tag("participation/_voices.html")
def taking_part(about: str, slug: str) -> dict[str, Any]:
    """Show the dates and the Rückmeldungen of a project ("projekt") or a Handlungsfeld ("feld"), in one query."""
    key = {"project_slug": slug} if about == "projekt" else {"field_slug": slug}
    found = beside(**key)
    return {
        "about": about,
        "slug": slug,
        "voices": found.voices,
        "total": found.total,
        "formats": found.formats,
        "upcoming": found.upcoming,
        "feed": reverse(FEEDS[about], args=[slug]),
    }


@register.inclusion_tag("participation/_next.html")
def next_dates() -> dict[str, Any]:
    """Show the next Beteiligungsformate and the other ways, in one query."""
    return {"formats": next_formats()}


@register.inclusion_tag("participation/_helpful.html", takes_context=True)
def helpful_line(context: template.Context) -> dict[str, Any]:
    """Ask on a public page whether it helped; nothing on any other page."""
    request: Any = context.get("request")
    match = getattr(request, "resolver_match", None)
    is_error_page = "incident" in context
    if is_error_page or match is None or match.namespace not in PUBLIC_PAGES or match.url_name in NOT_ASKED_ABOUT:
        return {"page": ""}
    yes, no = (urlencode({"seite": request.path, "antwort": word}) for word in ("ja", "nein"))
    return {"page": request.path, "yes": yes, "no": no}


@register.inclusion_tag("participation/_periods.html")
def periods(whose: str) -> dict[str, Any]:
    """List what is kept of the public ("public") or of those with an account ("accounts") for how long, out of the
    rules that remove it."""
    return {"rules": [rule for rule in known_rules() if rule.is_of_accounts == (whose == "accounts")]}
