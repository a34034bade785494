"""Released milestones as open data: the title waits for a release, days and what came of them follow at once.

Their facts travel as one text through the query that reads all that surrounds a project.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from pool.delivery.milestones import MilestoneFacts, place_of
from pool.publication.models import PublicMilestone
from pool.publication.open_fields import OpenMilestone

SEPARATOR = "|"
PACKED = (
    "planned_on", "planned_precision", "first_planned_on", "first_precision", "reached_on", "given_up_on", "closed_at",
)  # fmt: skip


def milestone_columns(texts: Sequence[int]) -> QuerySet[PublicMilestone]:
    """Return the milestones that some text versions name, their facts packed into one text."""
    rows = PublicMilestone.objects.filter(text__in=texts)
    parts: list[object] = []
    for name in PACKED:
        parts += [Coalesce(Cast(F(f"milestone__{name}"), CharField(max_length=40)), Value("")), Value(SEPARATOR)]
    return rows.annotate(packed=Concat(*parts, output_field=CharField(max_length=400)))


def read_milestone(number: int, title: str, packed: str) -> OpenMilestone:
    """Return a milestone out of its packed facts."""
    planned, precision, first, first_precision, reached, given_up, closed, _rest = packed.split(SEPARATOR)
    facts = MilestoneFacts(
        title=title,
        planned_on=date.fromisoformat(planned),
        precision=precision,
        first_planned_on=date.fromisoformat(first),
        first_precision=first_precision,
        reached_on=date.fromisoformat(reached) if reached else None,
        given_up_on=date.fromisoformat(given_up) if given_up else None,
    )
    return OpenMilestone(number, facts, _moment(closed))


def order_of(milestone: OpenMilestone) -> tuple[date, date, str]:
    """Return what milestones are sorted by: the day at which each stands."""
    return place_of(milestone.facts), milestone.facts.planned_on, milestone.facts.title


def _moment(written: str) -> datetime | None:
    """Return a moment as either database writes it; SQLite leaves out that it is UTC."""
    found = parse_datetime(written) if written else None
    return make_aware(found, UTC) if found is not None and is_naive(found) else found
