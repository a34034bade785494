"""Beteiligungsformate beyond their own pages: entries of the feeds, places on the map, words for machines."""

from datetime import date, datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pool.participation.queries import PublicFormat, feed_formats, public_formats
from pool.participation.rules import Mode
from pool.publication.descriptions import CITY
from pool.publication.feeds import Entry, FeedOf
from pool.publication.site_map import MappedPage

SCHEMA = "https://schema.org/"
ATTENDANCE = {Mode.ON_SITE: "Offline", Mode.ONLINE: "Online", Mode.BOTH: "Mixed"}


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


def mapped_formats() -> list[MappedPage]:
    """Return the page of all Beteiligungsformate and the page of each public one."""
    rows = public_formats().order_by("slug").values_list("slug", "changed_at")
    formats = [MappedPage("participation:format", slug, changed) for slug, changed in rows]
    return [MappedPage("participation:overview"), *formats]


def described_format(row: PublicFormat, address: str) -> dict[str, Any]:
    """Return a Beteiligungsformat as an Event of schema.org, which calendars and search engines read."""
    places: list[dict[str, str]] = []
    if row.place:
        places.append({"@type": "Place", "name": row.place, "address": row.place})
    if row.online_address:
        places.append({"@type": "VirtualLocation", "url": row.online_address})
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": row.title,
        "description": row.short_text,
        "url": address,
        "inLanguage": "de",
        "startDate": _moment(row.first_day, row.begins),
        "endDate": _moment(row.last_day, row.ends),
        "eventStatus": SCHEMA + ("EventCancelled" if row.is_cancelled else "EventScheduled"),
        "eventAttendanceMode": f"{SCHEMA}{ATTENDANCE[Mode(row.mode)]}EventAttendanceMode",
        "location": places,
        "organizer": CITY,
    }


def _moment(day: date, hour: time | None) -> str:
    """Return a day, or a moment on the clocks of Mainz."""
    if hour is None:
        return day.isoformat()
    return timezone.make_aware(datetime.combine(day, hour)).isoformat(timespec="minutes")
