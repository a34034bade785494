"""A Beteiligungsformat in the words of schema.org, for search engines and calendars: pure, from values."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pool.participation.queries import PublicFormat
from pool.participation.rules import Mode

ATTENDANCE: Mapping[str, str] = {
    Mode.ON_SITE: "OfflineEventAttendanceMode",
    Mode.ONLINE: "OnlineEventAttendanceMode",
    Mode.BOTH: "MixedEventAttendanceMode",
}


def described_format(row: PublicFormat, *, address: str, organiser: str, zone: str) -> dict[str, Any]:
    """Return the event; times carry the offset of `zone`, days without a time stay days."""
    places: list[dict[str, Any]] = []
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
        "startDate": _moment(row.first_day, row.begins, zone),
        "endDate": _moment(row.last_day, row.ends, zone),
        "eventAttendanceMode": f"https://schema.org/{ATTENDANCE[row.mode]}",
        "eventStatus": f"https://schema.org/{'EventCancelled' if row.is_cancelled else 'EventScheduled'}",
        "location": places[0] if len(places) == 1 else places,
        "audience": {"@type": "Audience", "audienceType": row.audience},
        "organizer": {"@type": "GovernmentOrganization", "name": organiser},
    }


def _moment(day: date, hour: time | None, zone: str) -> str:
    if hour is None:
        return day.isoformat()
    return datetime.combine(day, hour, tzinfo=ZoneInfo(zone)).isoformat()
