"""What a pack consists of, as digests, and what has changed since one was made: values only.

A digest per entry is enough to name what changed; no text is kept twice.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.record.rules import sha256
from pool.exchange.meeting_pack_values import Pack

Contents = Mapping[str, Mapping[str, str]]
DIGEST_LENGTH = 20
HEAD, AGENDA, PROPOSED, DECIDED, POINTS, PLACES, PROFILES, SECTIONS = (
    "head", "agenda", "proposed", "decided", "open_points", "places", "profiles", "sections",
)  # fmt: skip


def contents_of(pack: Pack) -> dict[str, dict[str, str]]:
    """Return the digest of every entry by part and key: an item's primary key, a project's id, a number."""
    found: dict[str, dict[str, str]] = {
        HEAD: {"": _digest(asdict(pack.head) | {"recomputation": _plain(pack.recomputation)})},
        AGENDA: {item.key: _digest([item.number, item.kind, item.title, item.state]) for item in pack.items},
        PROPOSED: {item.key: _digest([asdict(each) for each in item.proposed]) for item in pack.items},
        DECIDED: {
            item.key: _digest([*(asdict(each) for each in item.decided), item.corrections]) for item in pack.items
        },
        POINTS: {str(number): _digest(said) for number, said in _points_by_item(pack).items()},
        PLACES: {place.project: _digest(asdict(place) | {"on_list": None}) for place in pack.places},
        # A place counts under the ranking, not a second time under the Steckbrief.
        PROFILES: {each.project: _digest(asdict(each) | {"place": None, "number": 0}) for each in pack.profiles},
        SECTIONS: {section.title: _digest(asdict(section)) for section in pack.sections},
    }
    return {part: entries for part, entries in found.items() if entries}


def digest_of(contents: Contents) -> str:
    """Return the one digest of a whole pack."""
    return sha256(json.dumps(contents, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def changes(before: Contents, pack: Pack) -> list[str]:
    """Return in German what has changed since a pack with the contents `before` was made; empty if nothing has."""
    now = contents_of(pack)
    numbers = {item.key: item.number for item in pack.items}
    by_project = {item.project: item.number for item in pack.items if item.project}
    found = [_("Angaben zur Sitzung oder zur Regel geändert")] if _changed(before, now, HEAD) else []
    found += [
        _("TOP {number} neu").format(number=numbers[key])
        for key in now.get(AGENDA, {})
        if key not in before.get(AGENDA, {})
    ]
    gone = len(set(before.get(AGENDA, {})) - set(now.get(AGENDA, {})))
    if gone:
        found.append(ngettext("ein TOP entfallen", "{count} TOP entfallen", gone).format(count=gone))
    said = (
        (AGENDA, _("TOP {number}: Nummer, Titel oder Stand geändert"), numbers),
        (PROPOSED, _("TOP {number}: Beschlussvorschlag geändert"), numbers),
        (DECIDED, _("TOP {number}: Ergebnis geändert"), numbers),
        (PROFILES, _("TOP {number}: Steckbrief geändert"), by_project),
    )
    for part, words, known in said:
        found += [words.format(number=known[key]) for key in _changed_in_both(before, now, part) if key in known]
    moved = len(_changed(before, now, PLACES))
    if moved:
        found.append(ngettext("Rangliste: ein Platz", "Rangliste: {count} Plätze", moved).format(count=moved))
    if _changed(before, now, POINTS):
        found.append(_("Offene Fragen geändert"))
    found += [_("{title} geändert").format(title=title) for title in _changed(before, now, SECTIONS)]
    return found


def _changed(before: Contents, now: Contents, part: str) -> list[str]:
    """Return the keys whose entry is new, gone or another one, in the order of the pack, those gone last."""
    old, new = before.get(part, {}), now.get(part, {})
    return [key for key in (*new, *(key for key in old if key not in new)) if old.get(key) != new.get(key)]


def _changed_in_both(before: Contents, now: Contents, part: str) -> list[str]:
    old, new = before.get(part, {}), now.get(part, {})
    return [key for key in new if key in old and old[key] != new[key]]


def _points_by_item(pack: Pack) -> dict[int | None, list[Any]]:
    found: dict[int | None, list[Any]] = {}
    for point in pack.open_points:
        found.setdefault(point.number, []).append(asdict(point))
    return found


def _plain(value: Any) -> Any:
    return None if value is None else asdict(value)


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return sha256(text)[:DIGEST_LENGTH]
