"""A Beteiligungsformat as an iCalendar file (RFC 5545): pure text from values."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pool.participation.queries import PublicFormat

LINE_OCTETS = 73


def calendar_text(row: PublicFormat, *, address: str, host: str, zone: str) -> str:
    """Return the file. An event of some days repeats its hours on each of them; without hours it lasts whole days."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Landeshauptstadt Mainz//mainzDIGITAL//DE",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{row.slug}@{host}",
        f"DTSTAMP:{_utc(row.changed_at)}",
        f"LAST-MODIFIED:{_utc(row.changed_at)}",
        *_times(row, ZoneInfo(zone)),
        f"SUMMARY:{_text(row.title)}",
        f"DESCRIPTION:{_text(row.short_text)}",
        f"LOCATION:{_text(row.place or row.online_address)}",
        f"URL:{address}",
        f"STATUS:{'CANCELLED' if row.is_cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _times(row: PublicFormat, zone: ZoneInfo) -> list[str]:
    if row.begins is None:
        return [f"DTSTART;VALUE=DATE:{row.first_day:%Y%m%d}", f"DTEND;VALUE=DATE:{_day_after(row.last_day):%Y%m%d}"]
    begin = datetime.combine(row.first_day, row.begins, tzinfo=zone)
    lines = [f"DTSTART:{_utc(begin)}"]
    if row.ends is not None:
        last = row.first_day if row.ends > row.begins else _day_after(row.first_day)
        lines.append(f"DTEND:{_utc(datetime.combine(last, row.ends, tzinfo=zone))}")
    if not row.is_one_day:
        until = datetime.combine(row.last_day, time(23, 59, 59), tzinfo=zone)
        lines.append(f"RRULE:FREQ=DAILY;UNTIL={_utc(until)}")
    return lines


def _day_after(day: date) -> date:
    return day + timedelta(days=1)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo('UTC')):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Break a line into pieces of at most 75 octets, never within a character."""
    pieces, piece = [], ""
    for sign in line:
        if len((piece + sign).encode()) > LINE_OCTETS:
            pieces.append(piece)
            piece = " "
        piece += sign
    return [*pieces, piece]
