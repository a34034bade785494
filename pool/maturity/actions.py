"""The only writers of ratings. The move to "assessed" and the place in the ranking belong to the next step."""

from collections.abc import Mapping

from django.db import transaction

from governance.models import RubricVersion, User
from governance.record import clock
from governance.record.text import clean_text
from governance.strategy.rules import Dimension
from pool.lifecycle import Act, Incomplete
from pool.maturity.models import Rating, RatingDraft
from pool.maturity.rules import missing_levels
from pool.permissions import Authority
from pool.project.actions import begin
from pool.project.models import Project


@transaction.atomic
def write_rating(
    *,
    project: Project,
    levels: Mapping[str, int],
    reasons: Mapping[str, str],
    authority: Authority,
    rubric: RubricVersion,
) -> Rating:
    """Write the rating of record of a new round and return it; moves nothing and asks no right.

    Called by `pool.priority.actions.rate`, which has asked and moves. In order: refuses fewer than five levels with a
    reason each (Incomplete) and too long texts (ValidationError); takes an older rating off; saves the row; drops what
    was put aside. Source: Verfahrensordnung des Portals, „Bewertung“.
    """
    cleaned = {name: clean_text(reasons.get(name, "")) for name in Dimension.values}
    missing = missing_levels(levels, cleaned)
    if missing:
        raise Incomplete(missing)
    retire_rating(project=project)
    rating = Rating(
        project=project,
        number=project.ratings.count() + 1,
        rubric=rubric,
        by=authority.actor,
        in_place_of=authority.in_place_of,
        at=clock.now(),
        **{name: levels[name] for name in Dimension.values},
        **{f"{name}_reason": text for name, text in cleaned.items()},
    )
    rating.full_clean()
    rating.save()
    RatingDraft.objects.filter(project=project).delete()
    return rating


@transaction.atomic
def save_draft(
    *, project: Project, content: Mapping[str, Mapping[str, object]], by: User, version: int | None = None
) -> RatingDraft:
    """Put aside what is typed on the rating page; counts for nothing, so it writes no entry and no new version.

    `content` is {"levels": {...}, "reasons": {...}} by dimension. Who may rate may put aside; raises StaleVersion,
    IllegalMove or NotAllowed.
    """
    fresh, authority = begin(project=project, act=Act.RATE, by=by, version=version)
    draft, _created = RatingDraft.objects.update_or_create(
        project=fresh,
        defaults={
            "content": {part: dict(content.get(part, {})) for part in ("levels", "reasons")},
            "by": authority.actor,
            "at": clock.now(),
        },
    )
    return draft


def retire_rating(*, project: Project) -> None:
    """Let the current rating stand as an earlier round; called when a rating is opened again."""
    project.ratings.filter(is_current=True).update(is_current=False)
