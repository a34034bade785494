"""Picking ratings."""

from pool.maturity.models import Rating, RatingDraft
from pool.project.models import Project


def rating_of_record(project: Project) -> Rating | None:
    """Return the current rating of record, or None."""
    return project.ratings.filter(is_current=True).select_related("rubric", "by", "in_place_of").first()


def earlier_ratings(project: Project) -> list[Rating]:
    """Return the ratings of earlier rounds, the last one first."""
    return list(project.ratings.filter(is_current=False).select_related("rubric", "by").order_by("-number"))


def draft_of(project: Project) -> RatingDraft | None:
    """Return what has been put aside on the rating page, or None."""
    return RatingDraft.objects.filter(project=project).select_related("by").first()
