"""The frozen form of a sitting: built from values in format 3, computed again from values in any format. Pure.

Once written, a format never changes; later fields come under a new format number. Format 2 adds who countersigned
each ranked rating, and the digest of why an item was confirmed without a countersignature. Format 3 adds the accepted
interval, who was there, and of each item the vote, who was befangen, dissent, condition, what it replaces, whom it
passes over in the ranking, and what the Beirat recommended.
Source: Verfahrensordnung des Portals, „Festgeschriebene Fassung“.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from governance.record.rules import canonical_json, reason_digest, sha256
from pool.decision.sitting_rules import PlannedOutcome, skipped
from pool.priority.rules import Candidate, Levels, Weights, ranked

FORMAT = 3
FORMATS = (1, 2, 3)
# Fields that an older format did not have, by the format that brought them.
_NEW_IN_PLACES = {"countersigned_by": 2}
_NEW_IN_ITEMS = {
    "no_countersignature_sha256": 2,
    **dict.fromkeys(
        (
            "voting", "voters", "votes", "recused", "dissent_sha256", "conditions_sha256", "conditions_due",
            "follow_up", "supersedes", "passed_over", "recommendations",
        ),
        3,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FrozenSitting:
    """Which sitting, and what was in force."""

    body: str
    day: str
    chair: str
    is_example: bool
    edition: str
    rule: int
    rubric: int
    weights: Weights
    effect_threshold: int
    accepted_interval: int = 0


@dataclass(frozen=True, slots=True)
class FrozenAttendance:
    """Who was there; `sitting_there` has one person for each seat taken. People are actor ids."""

    seats: int
    quorum: int
    sitting_there: list[str]
    present: list[str]


@dataclass(frozen=True, slots=True)
class FrozenPlace:
    """One ranked project."""

    project: str
    pool_number: int
    marks: Mapping[str, str]
    levels: Levels
    rating: int
    score: int
    rank: int
    countersigned_by: str | None = None


@dataclass(frozen=True, slots=True)
class FrozenItem:
    """One item. `outcome` of an item without effect is "adjourned" or "dropped"; people are actor ids."""

    number: int
    kind: str
    project: str | None
    rule: int | None
    proposal: str
    outcome: str
    marks: Mapping[str, str]
    day: str | None
    reason_sha256: str
    text_sha256: str
    recorded_by: str | None
    recorded_at: str | None
    confirmed_by: str | None
    confirmed_at: str | None
    no_countersignature_sha256: str = ""
    voting: str = ""
    voters: int | None = None
    votes: list[int | None] | None = None
    recused: list[str] = field(default_factory=list)
    dissent_sha256: str = ""
    conditions_sha256: str = ""
    conditions_due: str | None = None
    follow_up: str | None = None
    supersedes: str | None = None
    passed_over: list[str] = field(default_factory=list)
    recommendations: list[dict[str, Any]] = field(default_factory=list)


def has_item_field(name: str, form_format: int) -> bool:
    """Tell whether a format keeps this field of an item."""
    return _NEW_IN_ITEMS.get(name, 1) <= form_format


def has_place_field(name: str, form_format: int) -> bool:
    """Tell whether a format keeps this field of a ranked project."""
    return _NEW_IN_PLACES.get(name, 1) <= form_format


def text_digest(*, salt: str, text: str) -> str:
    """Return the SHA-256 that stands for a reason or a text, salted so that a short one cannot be guessed."""
    return reason_digest(salt=salt, text=text)


def build(
    *,
    sitting: FrozenSitting,
    places: Sequence[FrozenPlace],
    deferred: Sequence[str],
    unrated: Sequence[str],
    items: Sequence[FrozenItem],
    entitled: Sequence[str],
    attendance: FrozenAttendance | None = None,
) -> str:
    """Return the canonical JSON of a sitting at closing, before any item takes effect."""
    return canonical_json(
        {
            "format": FORMAT,
            "sitting": {
                "body": sitting.body,
                "day": sitting.day,
                "chair": sitting.chair,
                "is_example": sitting.is_example,
            },
            "edition": sitting.edition,
            "rule": sitting.rule,
            "rubric": sitting.rubric,
            "weights": asdict(sitting.weights),
            "effect_threshold": sitting.effect_threshold,
            "accepted_interval": sitting.accepted_interval,
            "attendance": asdict(attendance) if attendance else None,
            "ranked": [asdict(place) for place in places],
            "deferred": sorted(deferred),
            "unrated": sorted(unrated),
            "items": [asdict(item) for item in items],
            "entitled": sorted(entitled),
        }
    )


def form_hash(content: str, previous_hash: str) -> str:
    """Return the hash of a form, bound to the last closed sitting of the same body and the same world."""
    return sha256(previous_hash + "\n" + content)


def break_in_chain(*, content: str, stated_previous: str, stated_hash: str, previous_hash: str) -> str:
    """Return what is wrong with a form's hashes, or ""."""
    if stated_previous != previous_hash:
        return _("der Verweis auf die vorige Sitzung stimmt nicht")
    if form_hash(content, previous_hash) != stated_hash:
        return _("der Inhalt passt nicht zur Prüfsumme")
    return ""


def read(content: str) -> dict[str, Any]:
    """Return a form as values. Raises ValueError with the reason where it is none of a known format."""
    try:
        form = json.loads(content)
    except ValueError:
        raise ValueError(_("der Inhalt ist kein lesbares JSON")) from None
    if not isinstance(form, dict) or form.get("format") not in FORMATS:
        raise ValueError(_("das Format ist unbekannt"))
    if canonical_json(form) != content:
        raise ValueError(_("der Inhalt steht nicht in der festgelegten Schreibweise"))
    return form


def wrong_computation(form: Mapping[str, Any]) -> str:
    """Compute scores, order and ranks again from levels, marks and weights; return the first difference, or ""."""
    candidates = [
        Candidate(
            project_id=place["project"],
            pool_number=place["pool_number"],
            levels=Levels(**place["levels"]),
            mark_states=tuple(place["marks"].values()),
        )
        for place in form["ranked"]
    ]
    computed = ranked(candidates, Weights(**form["weights"]), form["effect_threshold"])
    for stated, own in zip(form["ranked"], computed, strict=True):
        if stated["project"] != own.candidate.project_id:
            return _("auf Platz {rank} gehört Projekt {own}, dort steht {stated}").format(
                rank=own.rank, own=own.candidate.project_id, stated=stated["project"]
            )
        if stated["score"] != own.score:
            return _("Projekt {project}: die Punkte ergeben {own}, dort steht {stated}").format(
                project=stated["project"], own=own.score, stated=stated["score"]
            )
        if stated["rank"] != own.rank:
            return _("Projekt {project}: der Rang ist {own}, dort steht {stated}").format(
                project=stated["project"], own=own.rank, stated=stated["rank"]
            )
    return _wrong_minutes(form) if form["format"] >= 3 else ""


def _wrong_minutes(form: Mapping[str, Any]) -> str:
    """Compute quorum, votes and departures from the ranking again; return the first difference, or ""."""
    there = form["attendance"]
    if there is not None and not set(there["sitting_there"]) <= set(there["present"]) & set(form["entitled"]):
        return _("auf einem Sitz sitzt jemand, der nicht anwesend oder nicht stimmberechtigt war")
    ranks = {place["project"]: place["rank"] for place in form["ranked"]}
    outcomes = [PlannedOutcome(item["project"], item["outcome"]) for item in form["items"] if item["project"]]
    for item in form["items"]:
        votes = item["votes"]
        if votes is not None and item["voters"] is not None and sum(votes) != item["voters"]:
            return _("Punkt {number}: die Stimmen ergeben {own}, stimmberechtigt waren {stated}").format(
                number=item["number"], own=sum(votes), stated=item["voters"]
            )
        own = skipped(item["project"] or "", item["outcome"], ranks=ranks, decided=outcomes, is_closing=True)
        if own != item["passed_over"]:
            return _("Punkt {number}: „Abweichung von der Rangfolge“ stimmt nicht überein").format(
                number=item["number"]
            )
    return ""
