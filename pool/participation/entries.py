"""Beteiligungsformate as entries of the feeds: announced, called off, and what came of them."""

from django.urls import reverse
from django.utils.translation import gettext as _

from pool.participation.queries import feed_formats
from pool.publication.feeds import Entry, FeedOf


def format_entries(about: FeedOf) -> list[Entry]:
    """Return an entry for each public Beteiligungsformat of a feed; it is updated when the office changes it."""
    return [
        Entry(
            name=f"beteiligung:{row.slug}",
            title=_("Mitmachen: {title}").format(title=row.title) + (_(" (Beispiel)") if row.is_example else ""),
            address=about.address(reverse("participation:format", args=[row.slug])),
            text=_("Abgesagt.") if row.is_cancelled else row.outcome or row.short_text,
            published=row.published_at,
            updated=row.changed_at,
        )
        for row in feed_formats(project_slug=about.project_slug, field_slug=about.field_slug)
    ]
